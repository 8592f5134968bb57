"""Blocks, messages and views: refused where Slack would refuse them, with Slack's limits.

Source: Slack's reference of blocks and of the methods that take them, as of autumn 2026. Block
types that this console cannot draw are refused too: better a loud refusal than a hole in a card.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from placet.ids import new_id

from .elements import ACTIONS, CONTEXT, CONTEXT_ACTIONS, INPUTS, SECTION
from .faults import Faults, Objects

__all__ = ["Surface", "check_blocks", "check_view", "too_large", "with_ids"]

Surface = Literal["message", "modal", "home"]

_MOST = {"message": 50, "modal": 100, "home": 100}
_MARKDOWN = 12_000
_VIEW_BYTES = 250_000
_FILE = re.compile(r"F[A-Z0-9]{8,}")
_MESSAGE_ONLY = {"table", "markdown", "context_actions", "task_card", "plan", "alert"}


def check_blocks(blocks: object, surface: Surface, *, at: str = "/blocks") -> list[str]:
    """Return what is wrong with a list of blocks; nothing where Slack would take it."""
    faults = Faults()
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        faults.add(at, "must be an array")
        return faults.found
    if len(blocks) > _MOST[surface]:
        faults.add(at, f"no more than {_MOST[surface]} items allowed [blocks]")
        return faults.found
    for index, block in enumerate(blocks):
        _block(faults, f"{at}/{index}", block, surface)
    objects = [block for block in blocks if isinstance(block, Mapping)]
    _across(faults, at, objects)
    return faults.found


def check_view(view: object, kind: Literal["modal", "home"]) -> list[str]:
    """Return what is wrong with a view; nothing where Slack would take it."""
    faults = Faults()
    held = faults.held("/view", view)
    if held is None:
        return faults.found
    if held.get("type") != kind:
        faults.add("/view/type", f"must be {kind}")
    faults.keys("", held, _VIEW_KEYS[kind])
    if kind == "modal":
        faults.text("/view", held, "title", most=24, plain=True)
        faults.text("/view", held, "submit", most=24, plain=True, needed=False)
        faults.text("/view", held, "close", most=24, plain=True, needed=False)
    for key, most in (("callback_id", 255), ("external_id", 255), ("private_metadata", 3_000)):
        faults.string("/view", held, key, most=most)
    faults.found += check_blocks(held.get("blocks"), kind, at="/view/blocks")
    if kind == "modal" and not held.get("submit") and _has_input(held.get("blocks")):
        faults.add("/view", "missing required field: submit (a modal with an input needs it)")
    return faults.found


def too_large(view: object) -> bool:
    """Return whether Slack would find a view too large."""
    return len(json.dumps(view).encode()) > _VIEW_BYTES


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return blocks with an id for each block and each element that came without, as Slack does."""
    return [_named(block) for block in blocks]


_VIEW_KEYS = {
    "modal": (
        "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id",
        "clear_on_close", "notify_on_close", "external_id", "submit_disabled",
    ),
    "home": ("type", "blocks", "private_metadata", "callback_id", "external_id"),
}  # fmt: skip


def _has_input(blocks: object) -> bool:
    found = blocks if isinstance(blocks, Sequence) else []
    return any(isinstance(block, Mapping) and block.get("type") == "input" for block in found)


def _block(faults: Faults, path: str, value: object, surface: Surface) -> None:
    held = faults.held(path, value)
    if held is None:
        return
    faults.string(path, held, "block_id", most=255)
    if surface != "message" and held.get("type") in _MESSAGE_ONLY:
        faults.add(f"{path}/type", f"{held['type']} blocks are not allowed in a {surface} view")
        return
    faults.kind(path, held, _BLOCKS)


def _across(faults: Faults, at: str, blocks: Sequence[Objects]) -> None:
    """Check what holds over all blocks together."""
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            faults.add(f"{at}/{index}/block_id", f"`block_id` already exists: {block_id}")
        elif isinstance(block_id, str):
            seen.add(block_id)
    if sum(block.get("type") == "table" for block in blocks) > 1:
        faults.add(at, "only_one_table_allowed")
    written = [str(b.get("text", "")) for b in blocks if b.get("type") == "markdown"]
    if sum(map(len, written)) > _MARKDOWN:
        faults.add(at, f"markdown blocks hold more than {_MARKDOWN} characters together")


# --- each block ----------------------------------------------------------------------------------


def _header(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "text", "level"))
    faults.text(path, held, "text", most=150, plain=True)


def _section(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "text", "fields", "accessory", "expand"))
    if "text" not in held and "fields" not in held:
        faults.add(path, "missing required field: text or fields")
    faults.text(path, held, "text", most=3_000, needed=False)
    if "fields" in held:
        for place, field in faults.items(path, held, "fields", most=10):
            faults.text_object(place, field, most=2_000)
    if "accessory" in held:
        faults.kind(f"{path}/accessory", held["accessory"], SECTION)


def _divider(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id"))


def _image(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "image_url", "alt_text", "title", "slack_file"))
    faults.string(path, held, "image_url", most=3_000, needed="slack_file" not in held)
    if "slack_file" in held:
        _own_file(faults, f"{path}/slack_file", held["slack_file"])
    faults.string(path, held, "alt_text", most=2_000, needed=True)
    faults.text(path, held, "title", most=2_000, plain=True, needed=False)


def _own_file(faults: Faults, path: str, value: object) -> None:
    held = faults.held(path, value)
    if held is not None:
        faults.keys(path, held, ("id", "url"))
        if not _FILE.fullmatch(str(held.get("id", ""))):
            faults.add(f"{path}/id", "invalid slack file")


def _context(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "elements"))
    for place, element in faults.items(path, held, "elements", most=10):
        faults.kind(place, element, CONTEXT)


def _interactive(
    faults: Faults, path: str, held: Objects, most: int, known: Mapping[str, Any]
) -> None:
    faults.keys(path, held, ("type", "block_id", "elements"))
    seen: set[str] = set()
    for place, element in faults.items(path, held, "elements", most=most):
        faults.kind(place, element, known)
        action = element.get("action_id") if isinstance(element, Mapping) else None
        if isinstance(action, str) and action in seen:
            faults.add(f"{place}/action_id", f"`action_id` already exists: {action}")
        elif isinstance(action, str):
            seen.add(action)


def _actions(faults: Faults, path: str, held: Objects) -> None:
    _interactive(faults, path, held, 25, ACTIONS)


def _context_actions(faults: Faults, path: str, held: Objects) -> None:
    _interactive(faults, path, held, 5, CONTEXT_ACTIONS)


def _input(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(
        path, held, ("type", "block_id", "label", "element", "hint", "optional", "dispatch_action")
    )
    faults.text(path, held, "label", most=2_000, plain=True)
    faults.text(path, held, "hint", most=2_000, plain=True, needed=False)
    if "element" not in held:
        faults.add(path, "missing required field: element")
    else:
        faults.kind(f"{path}/element", held["element"], INPUTS)


def _markdown(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "text"))
    faults.string(path, held, "text", most=_MARKDOWN, needed=True)


def _table(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "rows", "column_settings"))
    for place, row in faults.items(path, held, "rows", most=100):
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            faults.add(place, "a row holds 1 to 20 cells")
            continue
        for index, cell in enumerate(row):
            faults.kind(f"{place}/{index}", cell, _CELLS)
    if "column_settings" in held:
        for place, setting in faults.items(path, held, "column_settings", most=20, least=0):
            if setting is not None and faults.held(place, setting) is not None:
                faults.keys(place, setting, ("align", "is_wrapped"))
                faults.one_of(place, setting, "align", ("left", "center", "right"))


def _raw(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "text", "value"))
    if held["type"] == "raw_text":
        faults.string(path, held, "text", most=3_000, needed=True)


def _rich_text(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "elements"))
    for place, value in faults.items(path, held, "elements", most=500, least=0):
        part = faults.held(place, value)
        if part is not None and part.get("type") not in _RICH:
            faults.add(f"{place}/type", f"unsupported type: {part.get('type')}")


_RICH = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")


def _alert(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "text", "level"))
    faults.text(path, held, "text", most=3_000)
    faults.one_of(path, held, "level", ("default", "info", "warning", "error", "success"))


def _task(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(
        path, held, ("type", "block_id", "task_id", "title", "details", "output", "sources",
                     "status"),
    )  # fmt: skip
    faults.string(path, held, "task_id", most=255, needed=True)
    faults.string(path, held, "title", most=256, needed=True)
    faults.one_of(path, held, "status", ("pending", "in_progress", "complete", "error"))


def _plan(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "block_id", "title", "tasks"))
    faults.string(path, held, "title", most=256, needed=True)
    for place, task in faults.items(path, held, "tasks", most=50, least=0):
        faults.kind(place, task, {"task_card": _task})


_Check = Callable[[Faults, str, Objects], None]

_BLOCKS: Mapping[str, _Check] = {
    "actions": _actions,
    "alert": _alert,
    "context": _context,
    "context_actions": _context_actions,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "plan": _plan,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
    "task_card": _task,
}
_CELLS: Mapping[str, _Check] = {"raw_text": _raw, "raw_number": _raw, "rich_text": _rich_text}


# --- ids -----------------------------------------------------------------------------------------


def _named(block: Mapping[str, Any]) -> dict[str, Any]:
    named = dict(block)
    named.setdefault("block_id", _short())
    for key in ("element", "accessory"):
        if isinstance(named.get(key), Mapping) and named[key].get("type") != "image":
            named[key] = {"action_id": _short(), **named[key]}
    if named.get("type") in ("actions", "context_actions"):
        named["elements"] = [{"action_id": _short(), **one} for one in named["elements"]]
    return named


def _short() -> str:
    return new_id("b")[-8:]
