"""The block checker: what Slack would refuse is refused here first, before each post.

slack_sdk's models know most lengths; the rules here are for what they let through: how many blocks
a surface takes, unknown elements, names used twice, tables, inputs without a submit button, and
which block belongs on which surface. Source: Slack's block reference as of autumn 2026.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.blocks import BlockElement

__all__ = ["Surface", "faults", "view_faults"]

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
_VIEW_BYTES = 250_000
_MARKDOWN = 12_000
_TABLE_ROWS, _TABLE_CELLS = 100, 20
_TABLE_TEXT = 10_000
_FILE = re.compile(r"F[A-Z0-9]{8,40}")
_ALT = 2_000
_ALLOWED: Mapping[str, frozenset[Surface]] = {
    "actions": frozenset({"message", "modal", "home"}),
    "context": frozenset({"message", "modal", "home"}),
    "context_actions": frozenset({"message"}),
    "divider": frozenset({"message", "modal", "home"}),
    "header": frozenset({"message", "modal", "home"}),
    "image": frozenset({"message", "modal", "home"}),
    "input": frozenset({"message", "modal", "home"}),
    "markdown": frozenset({"message"}),
    "rich_text": frozenset({"message", "modal", "home"}),
    "section": frozenset({"message", "modal", "home"}),
    "table": frozenset({"message"}),
}
"""The blocks that Placet uses, and where each may stand."""
_LENGTHS: Mapping[str, int] = {"header": 150, "section": 3_000, "context": 2_000}
_ELEMENTS = frozenset(
    {
        "button", "checkboxes", "datetimepicker", "feedback_buttons", "multi_static_select",
        "number_input", "plain_text_input", "static_select",
    }
)  # fmt: skip
_RICH = frozenset(
    {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}
)
_LIMITS: Mapping[str, Mapping[str, int]] = {
    "button": {"text": 75, "value": 2_000},
    "option": {"text": 75, "value": 150, "description": 75},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "input": {"label": 2_000, "hint": 2_000},
    "plain_text_input": {"placeholder": 150, "initial_value": 3_000},
}


def faults(blocks: Sequence[Mapping[str, Any]], surface: Surface) -> list[str]:
    """Return what Slack would refuse about these blocks; nothing where it would take them."""
    found = list(_across(blocks, surface))
    for number, block in enumerate(blocks):
        found += [f"block {number}: {fault}" for fault in _block(block, surface)]
    return found


def view_faults(view: Mapping[str, Any]) -> list[str]:
    """Return what Slack would refuse about a modal or a home tab."""
    kind: Surface = "home" if view.get("type") == "home" else "modal"
    blocks = view.get("blocks") or []
    found = faults(blocks, kind)
    if kind == "modal":
        found += [
            f"{key} is longer than 24 characters"
            for key in ("title", "submit", "close")
            if len((view.get(key) or {}).get("text", "")) > 24
        ]
        if any(block.get("type") == "input" for block in blocks) and not view.get("submit"):
            found.append("an input needs a submit button")
        if not (view.get("title") or {}).get("text"):
            found.append("a modal needs a title")
    if len(view.get("private_metadata") or "") > 3_000:
        found.append("private_metadata is longer than 3,000 characters")
    if len(json.dumps(view)) > _VIEW_BYTES:
        found.append("the view is larger than 250 kB")
    return found


def _across(blocks: Sequence[Mapping[str, Any]], surface: Surface) -> Iterator[str]:
    if not blocks:
        yield "there are no blocks"
    if len(blocks) > MOST_BLOCKS[surface]:
        yield f"{len(blocks)} blocks; a {surface} takes {MOST_BLOCKS[surface]}"
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    yield from (f"block_id {one!r} is used {n} times" for one, n in ids.items() if n > 1)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield "more than one table"
    written = sum(len(b.get("text", "")) for b in blocks if b.get("type") == "markdown")
    if written > _MARKDOWN:
        yield f"{written:,} characters of markdown; a message takes {_MARKDOWN:,}"


def _block(block: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in _ALLOWED:
        yield f"unknown block {kind!r}"
        return
    if surface not in _ALLOWED[kind]:
        yield f"a {kind} does not belong in a {surface}"
    yield from _modelled(block)
    match kind:
        case "table":
            yield from _table(block)
        case "rich_text":
            yield from _rich(block)
        case "input":
            yield from _element(block.get("element") or {}, kind)
            yield from _texts(block, "input")
        case "section":
            yield from _text(block.get("text"), kind)
        case "header":
            yield from _text(block.get("text"), kind)
        case "image":
            yield from _image(block)
        case "context":
            for text in block.get("elements", ()):
                yield from _text(text, kind)
        case "actions" | "context_actions":
            yield from _elements(block)


def _modelled(block: Mapping[str, Any]) -> Iterator[str]:
    """Let slack_sdk's own model look at it."""
    try:
        parsed = SlackBlock.parse(dict(block))
        if parsed is None:
            yield "slack_sdk does not know this block"
        else:
            parsed.to_dict()
    except (SlackObjectFormationError, TypeError, ValueError, AttributeError, KeyError) as error:
        yield f"slack_sdk refuses it: {error}"


def _text(text: Any, kind: str) -> Iterator[str]:
    if not isinstance(text, Mapping) or text.get("type") not in {"plain_text", "mrkdwn"}:
        yield "a text object is missing"
        return
    said = text.get("text")
    if not isinstance(said, str) or not said:
        yield "a text is empty"
    elif len(said) > _LENGTHS[kind]:
        yield f"a text of {len(said):,} characters; a {kind} takes {_LENGTHS[kind]:,}"


def _image(block: Mapping[str, Any]) -> Iterator[str]:
    """Look at a picture: one of Slack's own files, for nothing is loaded from elsewhere."""
    file = block.get("slack_file")
    if not isinstance(file, Mapping) or not _FILE.fullmatch(str(file.get("id"))):
        yield "an image shows a file of Slack's by its id"
    if not 0 < len(block.get("alt_text") or "") <= _ALT:
        yield f"the alt text of an image has 1 to {_ALT:,} characters"
    if len((block.get("title") or {}).get("text", "")) > _ALT:
        yield f"the title of an image has at most {_ALT:,} characters"


def _elements(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block.get("elements") or ()
    if not elements:
        yield "there are no elements"
    if len(elements) > 25:
        yield f"{len(elements)} elements; an actions block takes 25"
    names = Counter(element.get("action_id") for element in elements)
    yield from (f"action_id {one!r} is used {n} times" for one, n in names.items() if n > 1)
    for element in elements:
        yield from _element(element, str(block.get("type")))


def _element(element: Mapping[str, Any], within: str) -> Iterator[str]:
    kind = element.get("type")
    if kind not in _ELEMENTS:
        yield f"unknown element {kind!r} in {within}"
        return
    if not element.get("action_id"):
        yield f"a {kind} has no action_id"
    elif len(element["action_id"]) > 255:
        yield "an action_id is longer than 255 characters"
    yield from _texts(element, str(kind))
    yield from _texts(element.get("confirm") or {}, "confirm")
    options = element.get("options")
    if options is not None and not 1 <= len(options) <= (10 if kind == "checkboxes" else 100):
        yield f"{len(options)} options in a {kind}"
    for option in options or ():
        yield from _texts(option, "option")
    if kind == "feedback_buttons" and not (
        element.get("positive_button") and element.get("negative_button")
    ):
        yield "feedback_buttons need both buttons"
    if BlockElement.parse(dict(element)) is None:
        yield f"slack_sdk does not know the element {kind!r}"


def _texts(holder: Mapping[str, Any], kind: str) -> Iterator[str]:
    for key, most in _LIMITS.get(kind, {}).items():
        value = holder.get(key)
        said = value.get("text") if isinstance(value, Mapping) else value
        if isinstance(said, str) and len(said) > most:
            yield f"{key} of {kind} has {len(said):,} characters; {most:,} are allowed"


def _table(block: Mapping[str, Any]) -> Iterator[str]:
    rows = block.get("rows") or ()
    if not 1 <= len(rows) <= _TABLE_ROWS:
        yield f"{len(rows)} table rows; 1 to {_TABLE_ROWS} are allowed"
    if any(not 1 <= len(row) <= _TABLE_CELLS for row in rows):
        yield f"a table row has 1 to {_TABLE_CELLS} cells"
    cells = [cell for row in rows for cell in row]
    if any(cell.get("type") not in {"raw_text", "raw_number", "rich_text"} for cell in cells):
        yield "unknown kind of table cell"
    if any(cell.get("type") == "raw_text" and not cell.get("text") for cell in cells):
        yield "a table cell is empty"
    if sum(len(str(cell.get("text", ""))) for cell in cells) > _TABLE_TEXT:
        yield f"more than {_TABLE_TEXT:,} characters in a table"


def _rich(block: Mapping[str, Any]) -> Iterator[str]:
    if not block.get("elements"):
        yield "an empty rich_text"
    for element in block.get("elements", ()):
        if element.get("type") not in _RICH:
            yield f"unknown rich text {element.get('type')!r}"
            continue
        inner = element.get("elements") or ()
        if not inner:
            yield f"an empty {element['type']}"
        for one in inner:
            pieces = one.get("elements", ()) if element["type"] == "rich_text_list" else (one,)
            yield from _pieces(pieces)


def _pieces(pieces: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for piece in pieces:
        if piece.get("type") != "text":
            yield f"{piece.get('type')!r} in rich text: only literal text is used here"
        elif not piece.get("text"):
            yield "an empty text in rich text"


logging.getLogger("slack_sdk.models").setLevel(logging.ERROR)
