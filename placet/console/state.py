"""What a person put into the elements of a message or a view, typed as Slack sends it.

The browser sends bare values by block and action; what they mean is read from the blocks that are
kept here, so that no option can be chosen that was not offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

__all__ = ["acted", "elements_of", "faults_of", "values_of"]

Element = Mapping[str, Any]
Raw = Mapping[str, Mapping[str, Any]]
"""Bare values by block id and action id: a text, a list of texts, or nothing."""

_ONE = {
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_MANY = {
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
_WRITTEN = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
_INITIAL = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
_EMAIL = re.compile(r"[^@\s]{1,200}@[^@\s]{1,200}\.[^@\s.]{2,50}")
_URL = re.compile(r"https?://[^\s/]{1,200}\S{0,2800}")


def elements_of(blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Element]]:
    """Walk over every element that can be acted on, with its block."""
    for block in blocks:
        held = [block.get("element"), block.get("accessory")]
        if block.get("type") in ("actions", "context_actions"):
            held += block.get("elements", [])
        for element in held:
            if isinstance(element, Mapping) and element.get("action_id"):
                yield block, element


def values_of(blocks: Sequence[Mapping[str, Any]], raw: Raw) -> dict[str, Any]:
    """Return the state of every element that has one."""
    values: dict[str, Any] = {}
    for block, element in elements_of(blocks):
        typed = _typed(element, raw.get(block["block_id"], {}))
        if typed is not None:
            values.setdefault(block["block_id"], {})[element["action_id"]] = typed
    return values


def acted(element: Element, block_id: str, chosen: Any, now: str) -> dict[str, Any] | None:
    """Return an action as Slack sends it, or None where it was not possible.

    Args:
        element: what was acted on.
        block_id: where it is.
        chosen: the bare value: an option's value, texts, or which of two buttons.
        now: the `ts` of the action.
    """
    kind = str(element["type"])
    action = {"type": kind, "action_id": element["action_id"], "block_id": block_id}
    action["action_ts"] = now
    if kind in ("button", "icon_button"):
        kept = {key: element[key] for key in ("text", "value", "style") if key in element}
        return {**action, **kept}
    if kind == "feedback_buttons":
        pair = (element["positive_button"], element["negative_button"])
        one = next((one for one in pair if one["value"] == chosen), None)
        return None if one is None else {**action, "text": one["text"], "value": one["value"]}
    if kind == "overflow":
        option = _option(element, chosen)
        return None if option is None else {**action, "selected_option": option}
    typed = _typed(element, {element["action_id"]: chosen})
    return None if typed is None else {**action, **typed}


def faults_of(blocks: Sequence[Mapping[str, Any]], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what Slack's own client says about inputs before it sends a view, by block."""
    faults: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        held = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = next((held[key] for key in held if key != "type"), None)
        said = _fault(element, value, optional=bool(block.get("optional")))
        if said:
            faults[block["block_id"]] = said
    return faults


def _fault(element: Element, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else "Please complete this required field."
    kind, text = element["type"], str(value)
    if kind == "number_input":
        return _number_fault(element, text)
    if kind == "email_text_input" and not _EMAIL.fullmatch(text):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not _URL.fullmatch(text):
        return "Please enter a valid URL, with http:// or https://."
    if kind in _WRITTEN and len(text) < element.get("min_length", 0):
        return f"This must be at least {element['min_length']} characters long."
    if kind in _WRITTEN and len(text) > element.get("max_length", 3_000):
        return f"This must be at most {element.get('max_length', 3_000):,} characters long."
    return None


def _number_fault(element: Element, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite() or (not element.get("is_decimal_allowed") and number % 1):
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < Decimal(str(element["min_value"])):
        return f"This must be at least {element['min_value']}."
    if element.get("max_value") is not None and number > Decimal(str(element["max_value"])):
        return f"This must be at most {element['max_value']}."
    return None


def _typed(element: Element, given: Mapping[str, Any]) -> dict[str, Any] | None:
    kind, action_id = str(element["type"]), element["action_id"]
    raw = given.get(action_id)
    untouched = action_id not in given
    if kind in _WRITTEN:
        value = element.get("initial_value") if untouched else raw
        return {"type": kind, "value": str(value)[:10_000] if value not in (None, "") else None}
    if kind in _ONE:
        name = _ONE[kind]
        one = element.get(_INITIAL[name]) if untouched else _one(element, name, raw)
        return {"type": kind, name: one}
    if kind in _MANY:
        name = _MANY[kind]
        chosen = element.get(_INITIAL[name]) or []
        if not untouched:
            each = raw if isinstance(raw, list) else []
            chosen = [found for one in each if (found := _one(element, name, one)) is not None]
        return {"type": kind, name: chosen}
    return None


def _one(element: Element, name: str, raw: Any) -> Any:
    """Return one chosen value as Slack has it; None where it was not offered."""
    if raw in (None, ""):
        return None
    if name in ("selected_option", "selected_options"):
        return _option(element, raw)
    if name == "selected_date":
        return _parsed(date.fromisoformat, raw)
    if name == "selected_time":
        return _parsed(lambda text: time.fromisoformat(text).strftime("%H:%M"), raw)
    if name == "selected_date_time":
        return int(raw) if str(raw).isascii() and str(raw).isdigit() else None
    return str(raw)


def _parsed(read: Any, raw: Any) -> str | None:
    try:
        return str(read(str(raw)))
    except ValueError:
        return None


def _option(element: Element, raw: Any) -> dict[str, Any] | None:
    groups = [group.get("options", []) for group in element.get("option_groups") or []]
    for options in [element.get("options") or [], *groups]:
        for option in options:
            if option.get("value") == raw:
                return dict(option)
    return None
