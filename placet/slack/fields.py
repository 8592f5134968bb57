"""The fields of the edit form: what a person may change in a filter without writing JSON.

A filter is walked as JSON; each value that a field can hold (picklist values, texts, numbers, days
of a window) becomes a `Slot`, which knows where its value stands. What has no slot keeps its value.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from placet.errors import BadInput
from tools.crm.port import Catalogue, FieldSpec
from tools.segments.tree import Subject

from .blocks import Block
from .modals import text_input
from .text import cut, inert, plain

__all__ = ["Slot", "SlotError", "Step", "fill", "read_slots", "slot_block"]

_MOST_OPTIONS, _OPTION = 100, 75

Step = str | int


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One value that can be edited."""

    path: tuple[Step, ...]
    """Where it stands in the filter's JSON."""
    problems: str
    """How the engine's check names the condition it belongs to."""
    label: str
    kind: Literal["pick", "lines", "text", "number"]
    value: Any
    options: tuple[tuple[str, str], ...] = ()
    """For `pick`: value and label."""


def read_slots(tree: Mapping[str, Any], catalogue: Catalogue) -> list[Slot]:
    """Return the slots of a filter, in the order in which it reads."""
    return list(_node(tree, "contact", (), (), "", catalogue))


def _node(
    node: Mapping[str, Any],
    subject: Subject,
    path: tuple[Step, ...],
    where: tuple[str, ...],
    prefix: str,
    catalogue: Catalogue,
) -> Iterator[Slot]:
    op = str(node["op"])
    here = ".".join((*where, op))
    match op:
        case "and" | "or":
            for number, child in enumerate(node["of"]):
                step = (*where, f"{op}[{number}]")
                yield from _node(child, subject, (*path, "of", number), step, prefix, catalogue)
        case "not":
            yield from _node(node["of"], subject, (*path, "of"), (*where, op), "not: ", catalogue)
        case "company" | "company_contacts" | "deals":
            inner: Subject = {"company": "company", "deals": "deal"}.get(op, "contact")  # type: ignore[assignment]  # all three are subjects
            if node.get("where"):
                yield from _node(
                    node["where"], inner, (*path, "where"), (*where, op), f"{inner}: ", catalogue
                )
        case "property":
            spec = catalogue.field(subject, node["field"])
            if spec is not None:
                yield from _test(node["is"], (*path, "is"), here, prefix + spec.label, spec)
        case "event":
            what = prefix + " or ".join(node["types"]).replace("_", " ")
            if node.get("window"):
                yield from _test(node["window"], (*path, "window"), here, what, None)
            if node["at_least"] >= 1 and node.get("at_most") is None:
                yield Slot(
                    path=(*path, "at_least"), problems=here, label=f"{what}: at least so often",
                    kind="number", value=node["at_least"],
                )  # fmt: skip
        case "last_event":
            what = prefix + "last " + " or ".join(node["types"]).replace("_", " ")
            yield from _test(node["is"], (*path, "is"), here, what, None)
        case _:
            return


def _test(
    test: Mapping[str, Any], path: tuple[Step, ...], here: str, label: str, spec: FieldSpec | None
) -> Iterator[Slot]:
    def slot(key: str, kind: Any, words: str) -> Slot:
        return Slot(
            path=(*path, key), problems=here, label=f"{label} {words}", kind=kind, value=test[key]
        )

    match test["test"]:
        case "equals" | "in":
            yield from _values(test, path, here, label, spec)
        case "contains":
            yield slot("text", "text", "contains")
        case "starts_with":
            yield slot("text", "text", "starts with")
        case "greater":
            yield slot("value", "number", "is at least" if test["or_equal"] else "is more than")
        case "less":
            yield slot("value", "number", "is at most" if test["or_equal"] else "is less than")
        case "between":
            yield slot("low", "number", "from")
            yield slot("high", "number", "to")
        case "within":
            yield slot("amount", "number", f"in the last ({test['unit']}s)")
        case _:
            return


def _values(
    test: Mapping[str, Any], path: tuple[Step, ...], here: str, label: str, spec: FieldSpec | None
) -> Iterator[Slot]:
    """Offer the values as a choice where the field has a short list, else as lines of text."""
    held = [test["value"]] if test["test"] == "equals" else list(test["values"])
    if any(isinstance(one, bool) for one in held):
        return
    if all(isinstance(one, int | float) for one in held):
        if test["test"] == "equals":
            yield Slot(
                path=(*path, "value"), problems=here, label=f"{label} is", kind="number",
                value=held[0],
            )  # fmt: skip
        return
    options = _options(spec)
    known = {value.casefold(): value for value, _ in options}
    texts = [str(one) for one in held]
    if options and all(text.casefold() in known for text in texts):
        chosen = [known[text.casefold()] for text in texts]
        yield Slot(
            path=path, problems=here, label=f"{label} is", kind="pick", value=chosen,
            options=options,
        )  # fmt: skip
    else:
        yield Slot(path=path, problems=here, label=f"{label} is", kind="lines", value=texts)


def _options(spec: FieldSpec | None) -> tuple[tuple[str, str], ...]:
    if spec is None or not 0 < len(spec.values) <= _MOST_OPTIONS:
        return ()
    labels = spec.value_labels or spec.values
    options = tuple(zip(spec.values, labels, strict=True))
    return options if all(0 < len(value) <= _OPTION for value, _ in options) else ()


# --- as blocks, and back -------------------------------------------------------------------------


def slot_block(slot: Slot, block_id: str) -> Block:
    """Return the field of a slot."""
    label = inert(slot.label, 140)
    if slot.kind == "text":
        return text_input(block_id, label, value=str(slot.value), most=1_000)
    if slot.kind == "lines":
        return text_input(
            block_id, label, value="\n".join(slot.value), multiline=True, hint="One value a line."
        )
    if slot.kind == "number":
        element: Block = {
            "type": "number_input", "action_id": "value", "is_decimal_allowed": True,
            "initial_value": f"{slot.value:g}" if slot.value < 1e6 else str(slot.value),
        }  # fmt: skip
    else:
        options = {
            value: {"text": plain(cut(inert(name, _OPTION), _OPTION)), "value": value}
            for value, name in slot.options
        }
        element = {
            "type": "multi_static_select", "action_id": "value",
            "options": list(options.values()),
            "initial_options": [options[value] for value in slot.value],
        }  # fmt: skip
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def fill(tree: Mapping[str, Any], slots: Sequence[Slot], values: Sequence[Any]) -> dict[str, Any]:
    """Return the filter with the slots' new values; those left alone keep theirs exactly.

    Raises:
        SlotError: a value does not fit its slot.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(tree))
    for number, (slot, value) in enumerate(zip(slots, values, strict=True)):
        new = _read(slot, value, number)
        if new != slot.value:
            _set(changed, slot, new)
    return changed


class SlotError(BadInput):
    """A value does not fit its field."""

    def __init__(self, slot: int, message: str) -> None:
        super().__init__(message)
        self.slot = slot


def _read(slot: Slot, value: Any, number: int) -> Any:
    match slot.kind:
        case "number":
            try:
                parsed = float(str(value))
            except ValueError:
                raise SlotError(number, "Write a number.") from None
            if parsed != parsed or abs(parsed) > 1e15:
                raise SlotError(number, "Write a smaller number.")
            return int(parsed) if parsed.is_integer() else parsed
        case "lines":
            texts = [line.strip() for line in str(value or "").splitlines() if line.strip()]
            if not texts:
                raise SlotError(number, "Write at least one value.")
            return texts
        case "pick":
            chosen = [str(one) for one in value or ()]
            if not chosen:
                raise SlotError(number, "Choose at least one value.")
            return chosen
        case _:
            text = str(value or "").strip()
            if not text:
                raise SlotError(number, "Write something.")
            return text


def _set(tree: dict[str, Any], slot: Slot, value: Any) -> None:
    holder: Any = tree
    for step in slot.path[:-1]:
        holder = holder[step]
    if slot.kind in ("pick", "lines"):  # the slot is the whole test: one value or several
        one = len(value) == 1
        holder[slot.path[-1]] = (
            {"test": "equals", "value": value[0]} if one else {"test": "in", "values": value}
        )
    else:
        holder[slot.path[-1]] = value
