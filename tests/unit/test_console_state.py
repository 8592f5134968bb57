"""What people put into elements, typed as Slack types it; only what is offered can be chosen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from placet.console.hub import Hub
from placet.console.state import acted, faults_of, values_of
from tests.consoles import text

OPTIONS = [{"text": text(f"Option {n}"), "value": f"v{n}"} for n in range(3)]


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "a", **more}


def typed(held: dict[str, Any], *raw: Any) -> Any:
    block = {"type": "input", "block_id": "b", "label": text("L"), "element": held}
    values = values_of([block], {"b": {"a": raw[0]}} if raw else {})
    return {key: value for key, value in values["b"]["a"].items() if key != "type"}


SELECT = element("static_select", options=OPTIONS, initial_option=OPTIONS[1])
GROUPED = element("static_select", option_groups=[{"label": text("G"), "options": OPTIONS}])
MANY = element("multi_static_select", options=OPTIONS)


@pytest.mark.parametrize(
    ("held", "raw", "value"),
    [
        (element("plain_text_input", initial_value="first"), (), {"value": "first"}),
        (element("plain_text_input"), ("new",), {"value": "new"}),
        (element("plain_text_input", initial_value="first"), ("",), {"value": None}),
        (SELECT, (), {"selected_option": OPTIONS[1]}),
        (SELECT, ("v2",), {"selected_option": OPTIONS[2]}),
        (SELECT, ("v9",), {"selected_option": None}),
        (GROUPED, ("v0",), {"selected_option": OPTIONS[0]}),
        (MANY, (["v0", "v9", "v2"],), {"selected_options": [OPTIONS[0], OPTIONS[2]]}),
        (MANY, ("v0",), {"selected_options": []}),
        (element("checkboxes", options=OPTIONS), (), {"selected_options": []}),
        (element("radio_buttons", options=OPTIONS), (None,), {"selected_option": None}),
        (element("users_select"), ("ben",), {"selected_user": "ben"}),
        (element("datepicker"), ("2026-11-24",), {"selected_date": "2026-11-24"}),
        (element("datepicker"), ("tomorrow",), {"selected_date": None}),
        (element("timepicker"), ("09:30",), {"selected_time": "09:30"}),
        (element("timepicker"), ("25:00",), {"selected_time": None}),
        (element("datetimepicker"), ("1795500000",), {"selected_date_time": 1795500000}),
        (element("datetimepicker"), ("soon",), {"selected_date_time": None}),
    ],
)
def test_values(held: dict[str, Any], raw: tuple[Any, ...], value: dict[str, Any]) -> None:
    assert typed(held, *raw) == value


@pytest.mark.parametrize(
    ("held", "value", "words"),
    [
        (element("plain_text_input"), "", "required"),
        (element("plain_text_input", min_length=3), "ab", "at least 3"),
        (element("plain_text_input", max_length=3), "abcd", "at most 3"),
        (element("number_input", is_decimal_allowed=False), "1.5", "whole number"),
        (element("number_input", is_decimal_allowed=True), "one", "enter a number"),
        (element("number_input", is_decimal_allowed=True), "NaN", "whole number"),
        (element("number_input", is_decimal_allowed=True, min_value="2"), "1", "at least 2"),
        (element("number_input", is_decimal_allowed=True, max_value="2"), "3", "at most 2"),
        (element("email_text_input"), "ana", "email"),
        (element("url_text_input"), "javascript:x", "URL"),
        (SELECT, "v9", "required"),
        (MANY, [], "required"),
    ],
)
def test_faults_that_slacks_own_client_finds(held: dict[str, Any], value: Any, words: str) -> None:
    block = {"type": "input", "block_id": "b", "label": text("L"), "element": held}
    values = values_of([block], {"b": {"a": value}})
    assert words in faults_of([block], values)["b"]
    if words == "required":
        assert faults_of([{**block, "optional": True}], values) == {}


def test_actions() -> None:
    pressed = acted(element("button", text=text("x"), value="v"), "b", "forged", "1.000001")
    assert pressed is not None
    assert pressed["value"] == "v"  # a button's value is the kept one, whatever the page sends
    overflow = element("overflow", options=OPTIONS)
    assert acted(overflow, "b", "v9", "1.000001") is None
    chosen = acted(overflow, "b", "v1", "1.000001")
    assert chosen is not None
    assert chosen["selected_option"] == OPTIONS[1]
    thumbs = {
        f"{name}_button": {"text": text(name), "value": name} for name in ("positive", "negative")
    }
    feedback = element("feedback_buttons", **thumbs)
    assert acted(feedback, "b", "negative", "1.000001")["value"] == "negative"  # type: ignore[index]
    assert acted(feedback, "b", "other", "1.000001") is None
    assert acted(element("image"), "b", None, "1.000001") is None


def test_a_page_misses_no_note() -> None:
    async def listen(after: str) -> list[str]:
        with hub.listen(after) as queue:
            hub.publish("live")
            await asyncio.sleep(0)
            notes = [queue.get_nowait() for _ in range(queue.qsize())]
            return [note[1]["kind"] for note in notes if note]

    hub = Hub()
    drawn = hub.last
    hub.publish("first")
    middle = hub.last
    hub.publish("second")
    assert asyncio.run(listen(drawn)) == ["first", "second", "live"]
    assert asyncio.run(listen(middle)) == ["second", "live", "live"]
    assert asyncio.run(listen(hub.last)) == ["live"]
    assert asyncio.run(listen("another-3")) == ["reload", "live"]
