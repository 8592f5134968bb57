"""Block elements: what each may hold, with Slack's limits.

Source: Slack's reference of block elements and composition objects, as of autumn 2026. Written
apart from the checks in `placet.slack` on purpose, so that a slip in one is caught by the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .faults import Faults, Objects

__all__ = ["ACTIONS", "CONTEXT", "CONTEXT_ACTIONS", "INPUTS", "SECTION"]

_BASE = ("type", "action_id")
_MENU = (*_BASE, "placeholder", "confirm", "focus_on_load")
_PLACEHOLDER, _OPTION, _VALUE, _ACTION = 150, 75, 150, 255


def _base(faults: Faults, path: str, held: Objects, *keys: str) -> None:
    faults.keys(path, held, keys)
    faults.string(path, held, "action_id", most=_ACTION)
    if "placeholder" in held:
        faults.text(path, held, "placeholder", most=_PLACEHOLDER, plain=True)
    if "confirm" in held:
        _confirm(faults, f"{path}/confirm", held["confirm"])


def _confirm(faults: Faults, path: str, value: object) -> None:
    held = faults.held(path, value)
    if held is None:
        return
    faults.keys(path, held, ("title", "text", "confirm", "deny", "style"))
    faults.text(path, held, "title", most=100, plain=True)
    faults.text(path, held, "text", most=300)
    faults.text(path, held, "confirm", most=30, plain=True)
    faults.text(path, held, "deny", most=30, plain=True)
    faults.one_of(path, held, "style", ("primary", "danger"))


def _option(faults: Faults, path: str, value: object, *, plain: bool) -> None:
    held = faults.held(path, value)
    if held is None:
        return
    faults.keys(path, held, ("text", "value", "description", "url"))
    faults.text(path, held, "text", most=_OPTION, plain=plain)
    faults.string(path, held, "value", most=_VALUE, needed=True)
    faults.text(path, held, "description", most=_OPTION, plain=plain, needed=False)


def _options(
    faults: Faults, path: str, held: Objects, *, most: int, plain: bool, least: int = 1
) -> None:
    for place, option in faults.items(path, held, "options", most=most, least=least):
        _option(faults, place, option, plain=plain)
    offered = _offered(held)
    for key in ("initial_option", "initial_options"):
        chosen = held.get(key)
        for one in chosen if isinstance(chosen, list) else [chosen]:
            if isinstance(one, Mapping) and one.get("value") not in offered:
                faults.add(f"{path}/{key}", f"{key} must be one of the options")


def _offered(held: Objects) -> set[Any]:
    groups = held.get("option_groups") or []
    lists = [held.get("options") or [], *(g.get("options", []) for g in groups if g)]
    return {o.get("value") for options in lists for o in options if isinstance(o, Mapping)}


def _button(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_BASE, "text", "url", "value", "style", "confirm",
        "accessibility_label",
    )  # fmt: skip
    faults.text(path, held, "text", most=75, plain=True)
    faults.string(path, held, "value", most=2_000)
    faults.string(path, held, "url", most=3_000)
    faults.string(path, held, "accessibility_label", most=75)
    faults.one_of(path, held, "style", ("primary", "danger"))


def _static(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_MENU, "options", "option_groups", "initial_option",
        "initial_options", "max_selected_items",
    )  # fmt: skip
    if "option_groups" not in held:
        _options(faults, path, held, most=100, plain=True)
        return
    for place, value in faults.items(path, held, "option_groups", most=100):
        group = faults.held(place, value)
        if group is not None:
            faults.text(place, group, "label", most=75, plain=True)
            _options(faults, place, group, most=100, plain=True)


def _people(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_MENU, "initial_user", "initial_users", "max_selected_items",
        "initial_channel", "initial_channels", "initial_conversation", "initial_conversations",
        "default_to_current_conversation", "response_url_enabled", "filter",
    )  # fmt: skip


def _overflow(faults: Faults, path: str, held: Objects) -> None:
    _base(faults, path, held, *_BASE, "options", "confirm")
    _options(faults, path, held, most=5, plain=True)


def _ticks(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_BASE, "options", "initial_option", "initial_options", "confirm",
        "focus_on_load",
    )  # fmt: skip
    _options(faults, path, held, most=10, plain=False)


def _moment(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_MENU, "initial_date", "initial_time", "initial_date_time",
        "timezone",
    )  # fmt: skip


def _written(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_BASE, "placeholder", "focus_on_load", "initial_value", "multiline",
        "min_length", "max_length", "dispatch_action_config", "is_decimal_allowed", "min_value",
        "max_value",
    )  # fmt: skip
    faults.string(path, held, "initial_value", most=3_000)
    longest = held.get("max_length")
    if longest is not None and not (isinstance(longest, int) and 1 <= longest <= 3_000):
        faults.add(f"{path}/max_length", "must be between 1 and 3000")
    if held.get("type") == "number_input" and "is_decimal_allowed" not in held:
        faults.add(path, "missing required field: is_decimal_allowed")


def _image(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, ("type", "image_url", "alt_text", "slack_file"))
    faults.string(path, held, "image_url", most=3_000, needed="slack_file" not in held)
    faults.string(path, held, "alt_text", most=2_000, needed=True)


def _text(faults: Faults, path: str, held: Objects) -> None:
    faults.text_object(path, held, most=2_000)


def _feedback(faults: Faults, path: str, held: Objects) -> None:
    faults.keys(path, held, (*_BASE, "positive_button", "negative_button"))
    faults.string(path, held, "action_id", most=_ACTION)
    for key in ("positive_button", "negative_button"):
        value = faults.held(f"{path}/{key}", held.get(key))
        if value is not None:
            place = f"{path}/{key}"
            faults.keys(place, value, ("text", "value", "accessibility_label"))
            faults.text(place, value, "text", most=75, plain=True)
            faults.string(place, value, "value", most=2_000, needed=True)
            faults.string(place, value, "accessibility_label", most=75)


def _icon(faults: Faults, path: str, held: Objects) -> None:
    _base(
        faults, path, held, *_BASE, "icon", "text", "value", "confirm", "accessibility_label",
        "visible_to_user_ids",
    )  # fmt: skip
    faults.string(path, held, "icon", most=75, needed=True)
    faults.text(path, held, "text", most=75, plain=True)


_Check = Callable[[Faults, str, Objects], None]

_MENUS: dict[str, _Check] = {
    "static_select": _static,
    "users_select": _people,
    "channels_select": _people,
    "conversations_select": _people,
}
_MULTI = {f"multi_{kind}": check for kind, check in _MENUS.items()}
_CHOICES: dict[str, _Check] = {
    **_MENUS,
    "checkboxes": _ticks,
    "radio_buttons": _ticks,
    "datepicker": _moment,
    "timepicker": _moment,
    "datetimepicker": _moment,
}
_WRITTEN = ("plain_text_input", "number_input", "email_text_input", "url_text_input")

ACTIONS: Mapping[str, _Check] = {**_CHOICES, "button": _button, "overflow": _overflow}
SECTION: Mapping[str, _Check] = {**ACTIONS, **_MULTI, "image": _image}
INPUTS: Mapping[str, _Check] = {**_CHOICES, **_MULTI, **dict.fromkeys(_WRITTEN, _written)}
CONTEXT: Mapping[str, _Check] = {"image": _image, "plain_text": _text, "mrkdwn": _text}
CONTEXT_ACTIONS: Mapping[str, _Check] = {"feedback_buttons": _feedback, "icon_button": _icon}
