"""What a person does in the browser reaches the app as Slack would send it, and is answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from placet.console.deliver import Deliverer, Undelivered
from tests.consoles import SECRET, Served, echo_console, modal, until


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with echo_console(f"sqlite:///{tmp_path / 'console.db'}") as served:
        yield served


def asked(served: Served, words: str = "hello", user: str = "ana") -> dict[str, Any]:
    """Say something in a direct message, and return the card that comes back."""
    sent = {"channel": f"D0{user}", "text": words}
    said = served.browse("POST", f"/as/{user}/say", sent)[1]

    def card() -> dict[str, Any] | None:
        found = served.call("conversations.replies", channel=f"D0{user}", ts=said["ts"])
        return dict(found["messages"][1]) if len(found["messages"]) > 1 else None

    return dict(until(card, "a card"))


def seen(served: Served, kind: str) -> dict[str, Any]:
    return dict(until(lambda: served.echo.of(kind), kind)[-1])


def test_a_direct_message_is_an_event(served: Served) -> None:
    asked(served, "a <b> & @ben, @nobody and me@placet.example")
    event = seen(served, "message")
    assert event["text"] == "a &lt;b&gt; &amp; <@ben>, @nobody and me@placet.example"
    assert (event["channel_type"], event["user"], event["channel"]) == ("im", "ana", "D0ana")
    assert event["event_ts"] == event["ts"]


def test_a_channel_hears_mentions_only(served: Served) -> None:
    for words in ("just talk", "@Placet do it"):
        served.browse("POST", "/as/ben/say", {"channel": "C0MARKETING", "text": words})
    assert seen(served, "mention")["text"] == "<@U0PLACET> do it"
    assert served.echo.of("message") == []


def test_a_button(served: Served) -> None:
    card = asked(served)
    pressed = served.press("ana", card, "yes", channel="D0ana")
    assert pressed == {"ok": True}
    body = seen(served, "yes")
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("yes", "acts", "v1")
    assert body["user"] == {"id": "ana", "username": "ana", "name": "ana", "team_id": "local"}
    assert body["container"]["message_ts"] == card["ts"]
    assert body["container"]["thread_ts"] == card["thread_ts"]

    def thread() -> list[str]:
        page = served.browse("GET", f"/as/ana/c/D0ana/t/{card['thread_ts']}")[1]
        return [words for words in ("Approved by ana", "Noted, for you alone.") if words in page]

    until(lambda: len(thread()) == 2, "the card is changed and the press answered")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"action_id": "launch"}, 409),
        ({"block_id": "other"}, 409),
        ({"ts": "1.000000"}, 404),
        ({"channel": "D0ben"}, 404),
        ({"channel": "C404"}, 404),
    ],
)
def test_only_what_is_there_can_be_pressed(
    served: Served, change: dict[str, str], status: int
) -> None:
    card = asked(served)
    sent = {"channel": "D0ana", "ts": card["ts"], "block_id": "acts", "action_id": "yes"}
    found, answer = served.browse("POST", "/as/ana/press", {**sent, **change})
    assert found == status
    assert answer["error"]
    assert served.echo.of("yes") == []


def test_an_app_that_does_not_answer_in_three_seconds(served: Served) -> None:
    card = asked(served)
    begun = time.monotonic()
    answer = served.press("ana", card, "late", channel="D0ana")
    assert answer == {"ok": False, "error": "The app did not answer within 3 seconds."}
    assert 2.9 < time.monotonic() - begun < 3.9


def opened(served: Served) -> str:
    served.press("ana", asked(served), "open", channel="D0ana")
    return str(until(lambda: served.slack.panes.top("ana"), "a modal").id)


def submit(served: Served, view_id: str, name: str | None) -> Any:
    sent = {"view_id": view_id, "values": {"name": {"name": name}}}
    return served.browse("POST", "/as/ana/submit", sent)[1]


def test_a_form_with_faults_then_without(served: Served) -> None:
    view_id = opened(served)
    required = "Please complete this required field."
    assert submit(served, view_id, "") == {"ok": True, "errors": {"name": required}}
    assert served.echo.of("edit") == []  # Slack's own client says this
    assert submit(served, view_id, "abc")["errors"] == {"name": "At least four letters."}
    assert submit(served, view_id, "new name") == {"ok": True, "errors": {}}
    view = seen(served, "edit")["view"]
    assert view["state"]["values"]["name"]["name"] == {
        "type": "plain_text_input", "value": "new name",
    }  # fmt: skip
    assert view["private_metadata"] == "kept"
    assert served.browse("GET", "/as/ana/modal")[0] == 204
    assert served.browse("POST", "/as/ana/submit", {"view_id": view_id})[0] == 404


def test_a_form_that_pushes_another_and_both_are_closed(served: Served) -> None:
    view_id = opened(served)
    submit(served, view_id, "push")
    top = served.slack.panes.top("ana")
    assert top is not None
    assert (top.depth, top.previous_id) == (2, view_id)
    served.browse("POST", "/as/ana/close", {"view_id": top.id, "whole": False})
    assert seen(served, "closed")["is_cleared"] is False
    assert served.slack.panes.top("ana").id == view_id  # type: ignore[union-attr]
    served.browse("POST", "/as/ana/close", {"view_id": view_id, "whole": True})
    assert seen(served, "closed")["is_cleared"] is True
    assert served.slack.panes.top("ana") is None


def test_nobody_sends_anothers_form(served: Served) -> None:
    view_id = opened(served)
    status, _ = served.browse("POST", "/as/ben/submit", {"view_id": view_id, "values": {}})
    assert status == 404


def test_a_command_is_answered_to_one_person(served: Served) -> None:
    said = {"channel": "C0MARKETING", "text": "/placet what waits?"}
    assert served.browse("POST", "/as/ana/say", said)[1] == {"ok": True}
    assert seen(served, "command")["text"] == "what waits?"
    assert "You wrote what waits?" in served.browse("GET", "/as/ana/c/C0MARKETING")[1]
    assert "You wrote" not in served.browse("GET", "/as/ben/c/C0MARKETING")[1]


def test_a_message_shortcut(served: Served) -> None:
    card = asked(served)
    sent = {"channel": "D0ana", "ts": card["ts"], "callback_id": "draft_from"}
    assert served.browse("POST", "/as/ana/shortcut", sent)[1] == {"ok": True}
    assert seen(served, "shortcut")["message"]["ts"] == card["ts"]
    sent["callback_id"] = "other"
    assert served.browse("POST", "/as/ana/shortcut", sent)[0] == 404


def test_app_home_is_each_persons_own(served: Served) -> None:
    served.browse("GET", "/as/ben/home")
    assert seen(served, "home")["tab"] == "home"
    until(lambda: served.slack.panes.home("ben"), "a home")
    assert "Your home" in served.browse("GET", "/as/ben/home/view")[1]
    assert "Loading" in served.browse("GET", "/as/ana/home/view")[1]


def test_a_response_address_takes_five_answers(served: Served) -> None:
    served.press("ana", asked(served), "yes", channel="D0ana")
    url = str(seen(served, "yes")["response_url"])
    until(lambda: served.echo.of("yes"), "the press")
    time.sleep(0.2)  # its own answer is the first of five
    path = url.removeprefix(served.base)

    def answer() -> int:
        body = json.dumps({"text": "x", "replace_original": False}).encode()
        return served.request("POST", path, body, Content_Type="application/json")[0]

    assert [answer() for _ in range(6)] == [200, 200, 200, 200, 404, 404]


def test_a_delivery_is_signed(served: Served) -> None:
    """The app refuses the very same request under another secret."""

    async def send(secret: str) -> str:
        caught: list[AsyncBoltRequest] = []

        class Catching:
            async def async_dispatch(self, request: AsyncBoltRequest) -> Any:
                caught.append(request)
                return await served.echo.app.async_dispatch(request)

        app: Any = Catching()
        deliverer = Deliverer(app, served.slack, secret=secret, base=served.base)
        channel = served.slack.workspace.direct("ana")
        await deliverer.command("ana", channel, "/placet", "x")
        return caught[0].headers["x-slack-signature"][0]

    assert asyncio.run(send(SECRET)).startswith("v0=")
    with pytest.raises(Undelivered, match="HTTP 401"):
        asyncio.run(send("another secret"))


def test_messages_and_modals_outlive_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'console.db'}"
    with echo_console(url) as served:
        card = asked(served)
        opened(served)
    with echo_console(url) as served:
        assert served.press("ana", card, "yes", channel="D0ana") == {"ok": True}
        assert seen(served, "yes")["message"]["ts"] == card["ts"]
        top = served.slack.panes.top("ana")
        assert top is not None
        assert top.body["private_metadata"] == modal()["private_metadata"]
        assert submit(served, top.id, "new name")["ok"]
