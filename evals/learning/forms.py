"""A filter tree in the form in which a model writes it: the answer of an example.

The inverse of `agents.segments.model_form.filter_of`, which a test holds it against; a tree that
the form cannot say gives None, and so no example.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["form_of"]

_HUNDRED = 100


def form_of(tree: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the tree (as its own JSON) in the model's form, or None where it has none."""
    try:
        return _node(tree)
    except _NoFormError:
        return None


class _NoFormError(Exception):
    pass


def _node(tree: Mapping[str, Any]) -> dict[str, Any]:
    if tree.get("unknown", "exclude") != "exclude":
        raise _NoFormError
    op = tree["op"]
    match op:
        case "and" | "or":
            return {"op": op, "of": [_node(child) for child in tree["of"]]}
        case "not":
            return {"op": op, "of": [_node(tree["of"])]}
        case "property":
            return {"op": op, "field": tree["field"], "test": _test(tree["is"])}
        case "event":
            return _event(tree)
        case "last_event":
            return {"op": op, "types": list(tree["types"]), "test": _test(tree["is"])}
        case "in_list":
            return {"op": op, "list": tree["list"]}
        case "company":
            return {"op": op, "of": [_node(tree["where"])]}
        case "company_contacts" | "deals":
            where = tree.get("where")
            return {"op": op, **_bounds(tree), **({"of": [_node(where)]} if where else {})}
        case "bucket":
            return _bucket(tree)
        case _:
            raise _NoFormError


def _event(tree: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"op": "event", "types": list(tree["types"]), **_bounds(tree)}
    for key in ("asset", "window"):
        if tree.get(key) is not None:
            said[key] = _test(tree[key])
    return said


def _bounds(tree: Mapping[str, Any]) -> dict[str, Any]:
    low, high = tree.get("at_least", 1), tree.get("at_most")
    if high is None:
        return {} if low == 1 else {"at_least": low}
    return {"at_least": low, "at_most": high}


def _bucket(tree: Mapping[str, Any]) -> dict[str, Any]:
    take = list(tree["take"])
    if tree["of"] != _HUNDRED or take != list(range(len(take))) or tree.get("salt"):
        raise _NoFormError
    return {"op": "bucket", "share": len(take)}


def _test(test: Mapping[str, Any]) -> dict[str, Any]:
    kind = test["test"]
    match kind:
        case "equals":
            return {"test": kind, "values": [_text(test["value"])]}
        case "in":
            return {"test": kind, "values": [_text(one) for one in test["values"]]}
        case "contains" | "starts_with":
            return {"test": kind, "values": [test["text"]]}
        case "is_set":
            return {"test": kind}
        case "greater" | "less":
            equal = {"greater": "at_least", "less": "at_most"}[kind]
            name = equal if test.get("or_equal") else kind
            return {"test": name, "numbers": [test["value"]]}
        case "between":
            return {"test": kind, "numbers": [test["low"], test["high"]]}
        case "within":
            return {"test": kind, "amount": test["amount"], "unit": test.get("unit", "day")}
        case "period":
            return {"test": kind, "period": test["name"]}
        case "before" | "after":
            return _moment(kind, test["moment"])
        case "during":
            return {"test": kind, "start": _day(test["start"]), "end": _day(test["end"])}
        case _:
            raise _NoFormError


def _text(value: Any) -> str:
    if not isinstance(value, str):  # the form's `values` are texts; a number has `numbers`
        raise _NoFormError
    return value


def _moment(kind: str, moment: Mapping[str, Any]) -> dict[str, Any]:
    if moment["kind"] == "ago":
        unit = moment.get("unit", "day")
        return {"test": f"{kind}_ago", "amount": moment["amount"], "unit": unit}
    return {"test": kind, "start": _day(moment)}


def _day(moment: Mapping[str, Any]) -> str:
    at = moment.get("at")
    if moment["kind"] != "absolute" or not isinstance(at, str) or "T" in at:
        raise _NoFormError
    return at
