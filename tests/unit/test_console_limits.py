"""The console refuses what Slack refuses, and says where."""

from __future__ import annotations

from typing import Any

import pytest

from placet.console import METHODS
from placet.console.limits import check_blocks, check_view, with_ids
from placet.slack.methods import METHODS as CALLED
from tests.consoles import button, card, modal, text


def section(words: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": text(words), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def field(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": text("L"), "element": element, **more}


def options(count: int) -> list[dict[str, Any]]:
    return [{"text": text(f"o{n}"), "value": str(n)} for n in range(count)]


SELECT = {"type": "static_select", "action_id": "s", "options": options(2)}
CELL = {"type": "raw_text", "text": "c"}

REFUSED: dict[str, tuple[Any, str]] = {
    "51 blocks": ([section()] * 51, "no more than 50"),
    "not a list": ("text", "must be an array"),
    "not an object": (["text"], "must be an object"),
    "unknown block": ([{"type": "hologram"}], "unsupported type: hologram"),
    "a block that is not drawn here": ([{"type": "video"}], "unsupported type"),
    "unknown key": ([section(colour="red")], "additional property: colour"),
    "no text": ([{"type": "section"}], "text or fields"),
    "empty text": ([section("")], "more than 0"),
    "long section": ([section("x" * 3_001)], "less than 3001"),
    "long header": ([{"type": "header", "text": text("x" * 151)}], "less than 151"),
    "mrkdwn header": ([{"type": "header", "text": text("x", "mrkdwn")}], "plain_text"),
    "11 fields": ([{"type": "section", "fields": [text("x")] * 11}], "no more than 10"),
    "11 context elements": ([{"type": "context", "elements": [text("x")] * 11}], "no more than 10"),
    "no actions": ([actions()], "no fewer than 1"),
    "26 actions": ([actions(*(button(str(n), "x") for n in range(26)))], "no more than 25"),
    "long button": ([actions(button("a", "x" * 76))], "less than 76"),
    "long value": ([actions(button("a", "x", value="v" * 2_001))], "less than 2001"),
    "bad style": ([actions(button("a", "x", style="pink"))], "primary, danger"),
    "same action twice": ([actions(button("a", "x"), button("a", "y"))], "`action_id` already"),
    "same block twice": ([section(block_id="b"), section(block_id="b")], "`block_id` already"),
    "half a confirm": ([actions(button("a", "x", confirm={"title": text("t")}))], "field: text"),
    "101 options": ([actions({**SELECT, "options": options(101)})], "no more than 100"),
    "no options": ([actions({**SELECT, "options": []})], "no fewer than 1"),
    "strange initial": (
        [actions({**SELECT, "initial_option": options(3)[2]})],
        "must be one of the options",
    ),
    "6 overflow": (
        [section(accessory={"type": "overflow", "action_id": "o", "options": options(6)})],
        "no more than 5",
    ),
    "11 ticks": (
        [actions({"type": "checkboxes", "action_id": "c", "options": options(11)})],
        "no more than 10",
    ),
    "input in actions": (
        [actions({"type": "plain_text_input", "action_id": "p"})], "unsupported type",
    ),
    "button as input": ([field(button("a", "x"))], "unsupported type"),
    "number without decimals": ([field({"type": "number_input", "action_id": "n"})], "is_decimal"),
    "much markdown": (
        [{"type": "markdown", "text": "x" * 6_001}] * 2, "more than 12000 characters together",
    ),
    "101 rows": ([{"type": "table", "rows": [[CELL]] * 101}], "no more than 100"),
    "21 cells": ([{"type": "table", "rows": [[CELL] * 21]}], "1 to 20 cells"),
    "two tables": ([{"type": "table", "rows": [[CELL]]}] * 2, "only_one_table_allowed"),
    "image without words": ([{"type": "image", "image_url": "https://e.x/a.png"}], "alt_text"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_messages_that_slack_refuses(name: str) -> None:
    blocks, words = REFUSED[name]
    found = check_blocks(blocks, "message")
    assert any(words in one for one in found), found
    assert all("[json-pointer:/" in one for one in found)


def test_what_slack_takes() -> None:
    assert check_blocks(card("x" * 3_000), "message") == []
    assert check_blocks([section()] * 50, "message") == []
    assert check_blocks([section()] * 100, "modal") == []
    assert check_view(modal(), "modal") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": text("x" * 25)}, "less than 25"),
        ({"title": None}, "missing required field: title"),
        ({"submit": None}, "missing required field: submit"),
        ({"private_metadata": "x" * 3_001}, "less than 3001"),
        ({"callback_id": "x" * 256}, "less than 256"),
        ({"blocks": [section()] * 101}, "no more than 100"),
        ({"blocks": [{"type": "table", "rows": [[CELL]]}]}, "not allowed in a modal"),
        ({"type": "dialog"}, "must be modal"),
        ({"colour": "red"}, "additional property"),
    ],
)
def test_views_that_slack_refuses(change: dict[str, Any], words: str) -> None:
    found = check_view({**modal(), **change}, "modal")
    assert any(words in one for one in found), found


def test_ids_are_given_where_there_are_none_and_kept_where_there_are() -> None:
    (named,) = with_ids([actions({"type": "button", "text": text("x")}, button("mine", "y"))])
    first, second = named["elements"]
    assert named["block_id"]
    assert first["action_id"]
    assert second["action_id"] == "mine"


def test_every_method_that_the_app_calls_is_answered_and_few_others() -> None:
    assert set(METHODS) - set(CALLED) == {"chat.getPermalink", "users.info", "views.push"}
    for name, scopes in CALLED.items():
        assert set(scopes) <= set(METHODS[name][1]), name
        assert bool(scopes) == bool(METHODS[name][1]), name
