"""The edit form of a segment: its name, its use, and its conditions as fields or as JSON.

Nothing in the form is trusted: what it sends is laid over the revision that the person saw, and the
engine computes members, counts and checks anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from placet.errors import BadInput
from tools.crm.port import Catalogue
from tools.segments.port import SegmentReader
from tools.segments.tree import Filter

from .blocks import context
from .fields import Slot, SlotError, fill, read_slots, slot_block
from .modals import Back, View, modal, text_input
from .names import Form
from .text import inert, lines, plain

__all__ = ["Edited", "edit_view", "read_edit"]

_FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
_MOST_FIELDS, _JSON = 20, 3_000
_USES = {
    "marketing": "Marketing: those who may not be mailed are left out",
    "internal": "Internal: analysis or routing, nobody is mailed",
}


def edit_view(action: Mapping[str, Any], catalogue: Catalogue, described: str, back: Back) -> View:
    """Return the form for a segment.

    Raises:
        BadInput: the filter is too large to be edited in Slack.
    """
    segment = action["segment"]
    blocks = [
        text_input("name", "Name of the list", value=segment["name"], most=120),
        _use(segment["use"]),
    ]
    slots = read_slots(segment["filter"], catalogue)
    if 0 < len(slots) <= _MOST_FIELDS:
        blocks.append(context(lines(f"Now: {described}", 1_800)))
        blocks += [slot_block(slot, f"slot:{number}") for number, slot in enumerate(slots)]
    else:
        text = json.dumps(segment["filter"], ensure_ascii=False, indent=1)
        if len(text) > _JSON:
            text = json.dumps(segment["filter"], ensure_ascii=False, separators=(",", ":"))
        if len(text) > _JSON:
            raise BadInput("This filter is too long to be edited here; press Ask for changes.")
        blocks.append(text_input("filter", "Filter, as JSON", value=text, multiline=True))
    return modal("Edit", blocks, form=Form.EDIT, submit="Save", back=back)


def _use(use: str) -> dict[str, Any]:
    options = {value: {"text": plain(words), "value": value} for value, words in _USES.items()}
    return {
        "type": "input",
        "block_id": "use",
        "label": plain("What it is for"),
        "element": {
            "type": "static_select",
            "action_id": "value",
            "options": list(options.values()),
            "initial_option": options[use],
        },
    }


@dataclass(frozen=True, kw_only=True)
class Edited:
    """What a form asks to change: a merge patch, or why not, by field."""

    patch: Mapping[str, Any]
    errors: Mapping[str, str]


def read_edit(
    action: Mapping[str, Any],
    catalogue: Catalogue,
    segments: SegmentReader,
    values: Mapping[str, Any],
) -> Edited:
    """Return what the form changes in an action, checked as far as it takes no counting."""
    segment = action["segment"]
    errors: dict[str, str] = {}
    name = str(values.get("name") or "").strip()
    if not name:
        errors["name"] = "Give the list a name."
    slots = read_slots(segment["filter"], catalogue)
    changed = _filter(segment["filter"], slots, values, errors)
    if changed is not None and changed != segment["filter"]:
        _check(changed, slots if "filter" not in values else [], segments, errors)
    if errors or changed is None:
        return Edited(patch={}, errors={block: inert(say, 150) for block, say in errors.items()})
    after = {**segment, "name": name, "use": values.get("use") or segment["use"], "filter": changed}
    patch = {"segment": _patch(segment, after)}
    return Edited(patch=patch if patch["segment"] else {}, errors={})


def _filter(
    old: Mapping[str, Any],
    slots: list[Slot],
    values: Mapping[str, Any],
    errors: dict[str, str],
) -> dict[str, Any] | None:
    if "filter" in values:
        return _from_json(str(values["filter"] or ""), errors)
    given = [values.get(f"slot:{number}") for number in range(len(slots))]
    try:
        return (
            fill(old, slots, given) if any(key.startswith("slot:") for key in values) else dict(old)
        )
    except SlotError as error:
        errors[f"slot:{error.slot}"] = str(error)
        return None


def _from_json(text: str, errors: dict[str, str]) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError as error:
        errors["filter"] = f"This is no JSON: {error}."
        return None
    if not isinstance(value, dict):
        errors["filter"] = 'Write a JSON object with an op, such as {"op": "and", "of": []}.'
        return None
    return value


def _check(
    changed: Mapping[str, Any], slots: list[Slot], segments: SegmentReader, errors: dict[str, str]
) -> None:
    """Put what is wrong with a filter beneath the field that it belongs to."""
    try:
        tree = _FILTER.validate_python(changed)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        errors[_field(first["loc"], slots)] = str(first["msg"]).removeprefix("Value error, ")
        return
    for problem in segments.check(tree):
        number = next((n for n, s in enumerate(slots) if s.problems == problem.path), None)
        block = "filter" if not slots else f"slot:{number or 0}"
        errors.setdefault(block, problem.message)


def _field(loc: tuple[int | str, ...], slots: list[Slot]) -> str:
    """Return the field whose path is the longest that a validation error's place goes through."""
    if not slots:
        return "filter"
    steps = list(loc)
    best = max(range(len(slots)), key=lambda n: _common(slots[n].path, steps))
    return f"slot:{best}"


def _common(path: tuple[int | str, ...], steps: list[int | str]) -> int:
    """Return how many steps of `path` occur in `steps`, in order: pydantic adds union tags."""
    at = 0
    for step in steps:
        if at < len(path) and path[at] == step:
            at += 1
    return at


def _patch(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patch (RFC 7396) that turns `before` into `after`.

    A changed condition (what has an `op`) is replaced whole, as the desk's merging does.
    """
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping) and "op" not in value:
            inner = _patch(old, value)
            if inner:
                patch[key] = inner
        elif value != old or type(value) is not type(old):
            patch[key] = value
    return patch
