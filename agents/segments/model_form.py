"""The form in which a model writes a reading, and how code turns it into the filter tree.

Servers that enforce a JSON schema know few of its features: every object closed, every key
required, no lengths. So the model's form is plain (one kind of node, one kind of test, null for
what is not used), and `filter_of` checks everything and converts it, saying for the model what is
wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError
from typing_extensions import TypeIs

from agents.exchange import BadForm
from tools.segments.tree import EventType, Filter, PeriodName, Segment, Unit, UseExclusion

from .port import WordUse

__all__ = ["SCHEMA", "filter_of", "words_of_form"]

_OPS = (
    "and",
    "or",
    "not",
    "property",
    "event",
    "last_event",
    "in_list",
    "company",
    "company_contacts",
    "deals",
    "bucket",
)
_TESTS = (
    "equals",
    "in",
    "contains",
    "starts_with",
    "is_set",
    "greater",
    "at_least",
    "less",
    "at_most",
    "between",
    "within",
    "period",
    "before",
    "after",
    "during",
    "before_ago",
    "after_ago",
)
_USES = ("condition", "name", "filler", "use_policy", "question")
DEEPEST = 12
"""How deep a filter may nest."""


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_STRINGS = {"type": "array", "items": {"type": "string"}}
_TEST = _closed(
    {
        "test": {"type": "string", "enum": list(_TESTS)},
        "values": _STRINGS,
        "numbers": {"type": "array", "items": {"type": "number"}},
        "amount": _or_null({"type": "integer"}),
        "unit": _or_null({"type": "string", "enum": list(get_args(Unit))}),
        "period": _or_null({"type": "string", "enum": list(get_args(PeriodName))}),
        "start": _or_null({"type": "string"}),
        "end": _or_null({"type": "string"}),
    }
)
_NODE = _closed(
    {
        "op": {"type": "string", "enum": list(_OPS)},
        "of": {"type": "array", "items": {"$ref": "#/$defs/node"}},
        "field": _or_null({"type": "string"}),
        "test": _or_null({"$ref": "#/$defs/test"}),
        "types": {"type": "array", "items": {"type": "string", "enum": list(get_args(EventType))}},
        "asset": _or_null({"$ref": "#/$defs/test"}),
        "window": _or_null({"$ref": "#/$defs/test"}),
        "at_least": _or_null({"type": "integer"}),
        "at_most": _or_null({"type": "integer"}),
        "list": _or_null({"type": "string"}),
        "share": _or_null({"type": "integer"}),
    }
)
SCHEMA: dict[str, Any] = {
    "title": "reading",
    **_closed(
        {
            "type": {
                "type": "string",
                "enum": ["proposal", "count", "question", "answer", "refusal"],
            },
            "filter": _or_null({"$ref": "#/$defs/node"}),
            "name": _or_null({"type": "string"}),
            "use": _or_null({"type": "string", "enum": ["marketing", "internal"]}),
            "include_anyway": {
                "type": "array",
                "items": {"type": "string", "enum": list(get_args(UseExclusion))},
            },
            "words": {
                "type": "array",
                "items": _closed(
                    {
                        "words": {"type": "string"},
                        "use": {"type": "string", "enum": list(_USES)},
                        "became": {"type": "string"},
                    }
                ),
            },
            "text": _or_null({"type": "string"}),
            "options": _STRINGS,
            "about": _or_null({"type": "string"}),
        }
    ),
    "$defs": {"node": _NODE, "test": _TEST},
}
"""What the model is asked to follow."""


def _is_mapping(value: object) -> TypeIs[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _children(node: Mapping[str, Any], depth: int) -> list[dict[str, Any]]:
    of = node.get("of") or []
    if not isinstance(of, Sequence) or isinstance(of, str):
        raise BadForm("`of` must be a list of nodes.")
    return [_node(child, depth + 1) for child in of]


def _only(node: Mapping[str, Any], depth: int) -> dict[str, Any]:
    children = _children(node, depth)
    if len(children) != 1:
        raise BadForm(f"`{node.get('op')}` needs exactly one child in `of`, not {len(children)}.")
    return children[0]


def _bounds(node: Mapping[str, Any]) -> dict[str, Any]:
    low, high = node.get("at_least"), node.get("at_most")
    if low is None:
        low = 0 if high is not None else 1
    return {"at_least": low, "at_most": high}


def _node(node: object, depth: int = 0) -> dict[str, Any]:
    """Return one node as the tree's own JSON."""
    if not _is_mapping(node):
        raise BadForm("A filter node must be an object with an `op`.")
    if depth > DEEPEST:
        raise BadForm(f"The filter nests deeper than {DEEPEST} levels; flatten it.")
    op = node.get("op")
    match op:
        case "and" | "or":
            return {"op": op, "of": _children(node, depth)}
        case "not":
            return {"op": "not", "of": _only(node, depth)}
        case "property":
            return {"op": op, "field": node.get("field"), "is": _test(node.get("test"))}
        case "event":
            window, asset = node.get("window"), node.get("asset")
            return {
                "op": op,
                "types": node.get("types"),
                **_bounds(node),
                "asset": _test(asset) if asset else None,
                "window": _test(window) if window else None,
            }
        case "last_event":
            return {"op": op, "types": node.get("types"), "is": _test(node.get("test"))}
        case "in_list":
            return {"op": op, "list": node.get("list")}
        case "company":
            return {"op": op, "where": _only(node, depth)}
        case "company_contacts" | "deals":
            children = _children(node, depth)
            if len(children) > 1:
                children = [{"op": "and", "of": children}]
            return {"op": op, **_bounds(node), "where": children[0] if children else None}
        case "bucket":
            return _bucket(node.get("share"))
        case _:
            raise BadForm(f"There is no op {op!r}; use one of {', '.join(_OPS)}.")


def _bucket(share: object) -> dict[str, Any]:
    if not isinstance(share, int) or not 0 < share < 100:
        raise BadForm("`share` must be a whole per cent from 1 to 99.")
    return {"op": "bucket", "of": 100, "take": list(range(share))}


def _test(test: object) -> dict[str, Any]:
    """Return one test as the tree's own JSON."""
    if not _is_mapping(test):
        raise BadForm("A `test` must be an object with a `test` and its values.")
    kind = test.get("test")
    values, numbers = list(test.get("values") or []), list(test.get("numbers") or [])
    match kind:
        case "equals" | "in":
            every = values or numbers
            if not every:
                raise BadForm(f"`{kind}` needs `values`.")
            one = {"test": "equals", "value": every[0]}
            return one if len(every) == 1 else {"test": "in", "values": every}
        case "contains" | "starts_with":
            return {"test": kind, "text": _first(values, kind)}
        case "is_set":
            return {"test": kind}
        case "greater" | "at_least":
            return {
                "test": "greater",
                "value": _first(numbers, kind),
                "or_equal": kind == "at_least",
            }
        case "less" | "at_most":
            return {"test": "less", "value": _first(numbers, kind), "or_equal": kind == "at_most"}
        case "between":
            if len(numbers) != 2:
                raise BadForm("`between` needs two `numbers`.")
            return {"test": kind, "low": numbers[0], "high": numbers[1]}
        case _:
            return _date_test(kind, test)


def _date_test(kind: object, test: Mapping[str, Any]) -> dict[str, Any]:
    ago = {"kind": "ago", "amount": test.get("amount"), "unit": test.get("unit") or "day"}
    match kind:
        case "within":
            return {"test": kind, "amount": test.get("amount"), "unit": test.get("unit") or "day"}
        case "period":
            return {"test": kind, "name": test.get("period")}
        case "before" | "after":
            return {"test": kind, "moment": _day(test.get("start") or test.get("end"))}
        case "during":
            return {"test": kind, "start": _day(test.get("start")), "end": _day(test.get("end"))}
        case "before_ago" | "after_ago":
            return {"test": str(kind).removesuffix("_ago"), "moment": ago}
        case _:
            raise BadForm(f"There is no test {kind!r}; use one of {', '.join(_TESTS)}.")


def _day(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise BadForm("A date test needs `start` (and `end`) as YYYY-MM-DD.")
    return {"kind": "absolute", "at": text}


def _first(values: list[Any], kind: object) -> Any:
    if len(values) != 1:
        raise BadForm(f"`{kind}` needs exactly one value.")
    return values[0]


def filter_of(form: object, as_of: str) -> Filter:
    """Return the model's filter as a tree.

    Raises:
        BadForm: it cannot be read; the message says what to mend.
    """
    plain = _node(form)
    try:
        checked = Segment.model_validate({"name": "x", "filter": plain, "as_of": as_of})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadForm(f"At {where or 'the filter'}: {first['msg']}.") from None
    return checked.filter


def words_of_form(form: object) -> tuple[WordUse, ...]:
    """Return the model's mapping of words; entries that are no such thing are refused.

    Raises:
        BadForm: an entry is not words, use and became.
    """
    if not isinstance(form, Sequence) or isinstance(form, str):
        raise BadForm("`words` must be a list.")
    try:
        return tuple(WordUse.model_validate(one) for one in form)
    except ValidationError:
        raise BadForm("Each of `words` needs words, use and became, and nothing else.") from None
