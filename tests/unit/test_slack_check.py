"""The block checker, held against what Slack refuses and against what Placet shows."""

from typing import Any

import pytest

from placet.slack.check import faults, view_faults
from placet.slack.templates import templates

TEXT = {"type": "plain_text", "text": "x"}
SECTION = {"type": "section", "text": TEXT}
BUTTON = {"type": "button", "action_id": "a", "text": TEXT, "value": "v"}


def text(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def rich(element: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [element]}],
    }


def table(rows: int, cells: int = 1, cell: str = "x") -> dict[str, Any]:
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": cell}] * cells for _ in range(rows)],
    }


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)} | more


REFUSED = {
    "no blocks": [],
    "51 blocks": [SECTION] * 51,
    "an unknown block": [{"type": "hologram"}],
    "a block without a type": [{"text": TEXT}],
    "a section that is too long": [{"type": "section", "text": text(3_001)}],
    "a header that is too long": [{"type": "header", "text": text(151)}],
    "small print that is too long": [{"type": "context", "elements": [text(2_001)]}],
    "eleven pieces of small print": [{"type": "context", "elements": [TEXT] * 11}],
    "an empty text": [{"type": "section", "text": {"type": "plain_text", "text": ""}}],
    "a section without text": [{"type": "section"}],
    "one action id twice": [actions(BUTTON, BUTTON)],
    "one block id twice": [SECTION | {"block_id": "b"}, SECTION | {"block_id": "b"}],
    "a button that is too long": [actions(BUTTON | {"text": text(76)})],
    "a value that is too long": [actions(BUTTON | {"value": "x" * 2_001})],
    "a button without an id": [actions({"type": "button", "text": TEXT})],
    "an unknown element": [actions({"type": "lever", "action_id": "a"})],
    "a known element that Placet does not use": [actions({"type": "datepicker", "action_id": "a"})],
    "no elements": [actions()],
    "26 buttons": [actions(*({**BUTTON, "action_id": str(n)} for n in range(26)))],
    "a confirm that is too long": [
        actions(BUTTON | {"confirm": dict.fromkeys(("title", "confirm", "deny"), TEXT)
                          | {"text": text(301)}})
    ],
    "101 table rows": [table(101)],
    "21 table cells": [table(1, 21)],
    "an empty table cell": [table(1, 1, "")],
    "a table that is too long": [table(100, 1, "x" * 101)],
    "two tables": [table(1), table(1)],
    "markdown that is too long in all": [{"type": "markdown", "text": "x" * 6_001}] * 2,
    "a link in rich text": [rich({"type": "link", "url": "https://x.example"})],
    "a mention in rich text": [rich({"type": "user", "user_id": "U1"})],
    "an empty rich text": [rich({"type": "text", "text": ""})],
    "an unknown rich text": [{"type": "rich_text", "elements": [{"type": "rich_text_song"}]}],
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_slack_refuses_is_refused_here(case: str) -> None:
    assert faults(REFUSED[case], "message") != []


def test_the_limits_themselves_are_taken() -> None:
    whole = [
        {"type": "header", "text": text(150)}, {"type": "section", "text": text(3_000)},
        {"type": "context", "elements": [text(2_000)] * 10},
        actions(BUTTON | {"text": text(75), "value": "x" * 2_000}), table(100, 20, "x"),
        rich({"type": "text", "text": "x", "style": {"bold": True}}),
    ]  # fmt: skip
    assert faults(whole, "message") == []
    assert faults([SECTION] * 50, "message") == []
    assert faults([SECTION] * 100, "modal") == []


def test_some_blocks_belong_in_messages_only() -> None:
    thumbs = {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons", "action_id": "f",
                "positive_button": {"text": TEXT, "value": "u"},
                "negative_button": {"text": TEXT, "value": "d"},
            }
        ],
    }  # fmt: skip
    for block in (table(1), thumbs, {"type": "markdown", "text": "x"}):
        assert faults([block], "message") == []
        assert faults([block], "modal") != []
        assert faults([block], "home") != []


FIELD = {
    "type": "input",
    "label": TEXT,
    "element": {"type": "plain_text_input", "action_id": "value"},
}
MODAL = {"type": "modal", "title": TEXT, "blocks": [FIELD], "submit": TEXT}


def test_a_field_needs_a_submit_button() -> None:
    assert view_faults(MODAL) == []
    assert view_faults({k: v for k, v in MODAL.items() if k != "submit"}) != []


@pytest.mark.parametrize(
    "change",
    [
        {"title": text(25)}, {"submit": text(25)}, {"close": text(25)}, {"title": None},
        {"private_metadata": "x" * 3_001}, {"blocks": [SECTION] * 101}, {"blocks": []},
        {"blocks": [FIELD | {"element": {"type": "radio_buttons", "action_id": "v"}}]},
    ],
    ids=str,
)  # fmt: skip
def test_views_have_limits_of_their_own(change: dict[str, Any]) -> None:
    assert view_faults(MODAL | change) != []


@pytest.mark.parametrize("name", templates())
def test_everything_placet_shows_is_taken(name: str) -> None:
    held = templates()[name]
    if name.startswith("view/"):
        assert view_faults(held) == []
    else:
        assert faults(held["blocks"], "message") == []
        assert held["text"]
