"""The console's Web API answers as Slack does: shapes, codes, limits and what each person sees."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from placet.clock import FixedClock
from tests.conftest import NOW
from tests.consoles import FEATURES, TOKEN, Served, card, echo_console, modal, text


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with echo_console(f"sqlite:///{tmp_path / 'console.db'}") as served:
        yield served


LONG = [{"type": "section", "text": text("x" * 3_001)}]

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown method": ("admin.users.list", {}, "unknown_method"),
    "no channel": ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    "strange channel": ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
    "not a member": ("chat.postMessage", {"channel": "C0STRANGE", "text": "x"}, "not_in_channel"),
    "nothing to say": ("chat.postMessage", {"channel": "D0ana"}, "no_text"),
    "too long": ("chat.postMessage", {"channel": "D0ana", "text": "x" * 40_001}, "msg_too_long"),
    "bad blocks": ("chat.postMessage", {"channel": "D0ana", "blocks": LONG}, "invalid_blocks"),
    "blocks as text": (
        "chat.postMessage", {"channel": "D0ana", "blocks": "{"}, "invalid_blocks_format",
    ),
    "no thread": (
        "chat.postMessage", {"channel": "D0ana", "text": "x", "thread_ts": "1.000000"},
        "thread_not_found",
    ),
    "no message": (
        "chat.update", {"channel": "D0ana", "ts": "1.000000", "text": "x"}, "message_not_found",
    ),
    "nothing to delete": ("chat.delete", {"channel": "D0ana", "ts": "zero"}, "message_not_found"),
    "ephemeral to a stranger": (
        "chat.postEphemeral", {"channel": "D0ana", "user": "ben", "text": "x"},
        "user_not_in_channel",
    ),
    "no permalink": (
        "chat.getPermalink", {"channel": "D0ana", "message_ts": "1.000000"}, "message_not_found",
    ),
    "nobody": ("users.info", {"user": "U404"}, "user_not_found"),
    "no direct channel": ("conversations.open", {"users": "U404"}, "user_not_found"),
    "no replies": ("conversations.replies", {"channel": "D0ana", "ts": "1.000000"},
                   "thread_not_found"),
    "bad trigger": ("views.open", {"trigger_id": "1.2.x", "view": modal()}, "invalid_trigger_id"),
    "no view": ("views.open", {"trigger_id": "1.2.x"}, "invalid_arguments"),
    "bad view": (
        "views.open", {"trigger_id": "1.2.x", "view": {"type": "modal"}}, "invalid_arguments",
    ),
    "no such view": ("views.update", {"view_id": "V404", "view": modal()}, "not_found"),
    "nobody's home": (
        "views.publish", {"user_id": "U404", "view": {"type": "home", "blocks": []}},
        "user_not_found",
    ),
    "too many prompts": (
        "assistant.threads.setSuggestedPrompts",
        {"channel_id": "D0ana", "prompts": [{"title": "t", "message": "m"}] * 5},
        "invalid_arguments",
    ),
    "empty file": (
        "files.getUploadURLExternal", {"filename": "a.txt", "length": 0}, "invalid_arguments",
    ),
    "no such file": ("files.completeUploadExternal", {"files": [{"id": "F1"}]}, "file_not_found"),
    "bad session": (
        "agents.sessions.setStatus", {"channel_id": "D0ana", "status": "dreaming"},
        "invalid_arguments",
    ),
    "invalid blocks": ("blocks.validate", {"blocks": LONG}, "invalid_blocks"),
}  # fmt: skip


def test_refusals_by_json_and_by_form(served: Served) -> None:
    for name, (method, args, code) in REFUSED.items():
        answers = [served.call(method, **args), served.form(method, **args)]
        assert [(one["ok"], one["error"]) for one in answers] == [(False, code)] * 2, name


def test_a_refusal_says_where(served: Served) -> None:
    answer = served.call("chat.postMessage", channel="D0ana", blocks=LONG)
    said = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [said]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {said}"]


def test_tokens(served: Served) -> None:
    assert served.call("auth.test", token=None)["error"] == "not_authed"
    assert served.call("auth.test", token="xoxb-wrong")["error"] == "invalid_auth"
    assert served.call("auth.test")["team_id"] == "local"
    assert served.form("auth.test")["user_id"] == "U0PLACET"


def test_unreadable_bodies(served: Served) -> None:
    def code(body: bytes, kind: str) -> str:
        sent = {"Content-Type": kind, "Authorization": f"Bearer {TOKEN}"}
        return str(json.loads(served.request("POST", "/api/auth.test", body, **sent)[2])["error"])

    assert code(b"{", "application/json") == "invalid_json"
    assert code(b"[]", "application/json") == "json_not_object"
    assert code(b"x", "text/plain") == "invalid_form_data"


def test_a_missing_scope_is_named(tmp_path: Path) -> None:
    fewer = FEATURES.__class__(scopes=frozenset({"im:write"}), events=FEATURES.events)
    with echo_console(f"sqlite:///{tmp_path / 'c.db'}", features=fewer) as served:
        answer = served.call("chat.postMessage", channel="D0ana", text="x")
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "chat:write"
    assert answer["provided"] == "im:write"


def test_a_rate_limit_on_request(served: Served) -> None:
    served.console.api.slow_down("auth.test", seconds=7)
    status, headers, body = served.request("POST", "/api/auth.test")
    assert (status, json.loads(body)["error"]) == (429, "ratelimited")
    assert headers["retry-after"] == "7"
    assert served.call("auth.test")["ok"]


def test_a_message_through_its_life(database_url: str) -> None:
    with echo_console(database_url) as served:
        posted = served.call("chat.postMessage", channel="ana", text="one", blocks=card("x"))
        assert posted["channel"] == "D0ana"
        again = served.call(
            "chat.postMessage", channel="D0ana", text="two", thread_ts=posted["ts"],
            metadata={"event_type": "e", "event_payload": {"key": "k"}},
        )  # fmt: skip
        where = {"channel": "D0ana", "ts": posted["ts"]}
        served.call("chat.update", **where, text="changed")
        thread = served.call("conversations.replies", **where, include_all_metadata=True)
        assert [one["text"] for one in thread["messages"]] == ["changed", "two"]
        assert "blocks" not in thread["messages"][0]
        assert thread["messages"][1]["metadata"]["event_payload"] == {"key": "k"}
        plain = served.call("conversations.replies", **where)["messages"]
        assert "metadata" not in plain[1]
        late = served.call("conversations.replies", **where, oldest=again["ts"])["messages"]
        assert [one["ts"] for one in late] == [posted["ts"]]
        top = served.call("conversations.history", channel="D0ana")["messages"]
        assert [one["ts"] for one in top] == [posted["ts"]]
        link = served.call("chat.getPermalink", channel="D0ana", message_ts=posted["ts"])
        assert link["permalink"] == f"{served.base}/archives/D0ana/p{posted['ts'].replace('.', '')}"
        served.call("chat.delete", **where)
        assert served.call("chat.update", **where, text="x")["error"] == "message_not_found"


def test_ts_is_unique_and_increases_although_the_clock_stands(database_url: str) -> None:
    clock = FixedClock(NOW)
    with echo_console(database_url, clock) as served:
        first = [served.call("chat.postMessage", channel="D0ana", text="x")["ts"] for _ in range(5)]
        clock.move(timedelta(hours=-1))
        first.append(served.call("chat.postMessage", channel="D0ben", text="x")["ts"])
    assert first == sorted(set(first))


def test_fifty_at_once_get_fifty_ts(database_url: str) -> None:
    with echo_console(database_url, FixedClock(NOW)) as served, ThreadPoolExecutor(50) as pool:
        posts = [
            pool.submit(served.call, "chat.postMessage", channel="D0ana", text=str(number))
            for number in range(50)
        ]
        assert len({post.result()["ts"] for post in posts}) == 50


def test_the_same_client_msg_id_is_the_same_message(database_url: str) -> None:
    with echo_console(database_url) as served:
        sent = {"channel": "D0ana", "text": "x", "client_msg_id": "once"}
        assert len({served.call("chat.postMessage", **sent)["ts"] for _ in range(3)}) == 1


def test_what_people_wrote_and_ephemerals_cannot_be_changed(served: Served) -> None:
    _, said = served.browse("POST", "/as/ana/say", {"channel": "C0MARKETING", "text": "mine"})
    where = {"channel": "C0MARKETING", "ts": said["ts"]}
    assert served.call("chat.update", **where, text="x")["error"] == "cant_update_message"
    assert served.call("chat.delete", **where)["error"] == "cant_delete_message"
    args = {"channel": "C0MARKETING", "user": "ben", "text": "for ben"}
    ts = served.call("chat.postEphemeral", **args)["message_ts"]
    where = {"channel": "C0MARKETING", "ts": ts}
    assert served.call("chat.update", **where, text="x")["error"] == "message_not_found"
    path = f"/c/C0MARKETING/m/{ts}"
    assert "for ben" in served.browse("GET", f"/as/ben{path}")[1]
    assert served.browse("GET", f"/as/ana{path}")[0] == 204
    assert "for ben" not in served.browse("GET", "/as/ana/c/C0MARKETING")[1]


def test_triggers_live_three_seconds_and_open_one_view(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    with echo_console(f"sqlite:///{tmp_path / 'c.db'}", clock) as served:
        trigger = served.slack.triggers.trigger("ana")
        assert served.call("views.open", trigger_id=trigger, view=modal())["ok"]
        again = served.call("views.open", trigger_id=trigger, view=modal())
        assert again["error"] == "exchanged_trigger_id"
        late = served.slack.triggers.trigger("ana")
        clock.move(timedelta(seconds=3.01))
        expired = served.call("views.open", trigger_id=late, view=modal())
        assert expired["error"] == "expired_trigger_id"


def test_a_stack_of_three_views(database_url: str) -> None:
    with echo_console(database_url) as served:

        def show(method: str, **more: Any) -> dict[str, Any]:
            trigger = served.slack.triggers.trigger("ana")
            return served.call(method, trigger_id=trigger, view=modal(**more))

        first = show("views.open", external_id="mine")["view"]
        second = show("views.push")["view"]
        assert show("views.push", external_id="mine")["error"] == "duplicate_external_id"
        third = show("views.push")["view"]
        assert show("views.push")["error"] == "push_limit_reached"
        assert (second["previous_view_id"], second["root_view_id"]) == (first["id"], first["id"])
        assert third["private_metadata"] == "kept"
        changed = served.call("views.update", external_id="mine", view=modal("New"))["view"]
        assert changed["hash"] != first["hash"]
        old = served.call("views.update", view_id=first["id"], hash=first["hash"], view=modal())
        assert old["error"] == "hash_conflict"
        show("views.open")
        gone = served.call("views.update", view_id=third["id"], view=modal())
        assert gone["error"] == "not_found"


def test_text_with_mrkdwn_switched_off(served: Served) -> None:
    sent = {"channel": "D0ana", "text": "*stars* &amp; <https://a.example|b>", "mrkdwn": False}
    served.call("chat.postMessage", **sent)
    page = served.browse("GET", "/as/ana/c/D0ana")[1]
    assert "*stars* &amp; &lt;https://a.example|b&gt;" in page


def test_a_session_says_what_the_app_is_at(served: Served) -> None:
    first = served.call("chat.postMessage", channel="D0ana", text="x")["ts"]
    where = {"channel_id": "D0ana", "thread_ts": first}
    page = f"/as/ana/c/D0ana/status?thread={first}"
    served.call("assistant.threads.setStatus", **where, status="is thinking")
    assert "Placet is thinking" in served.browse("GET", page)[1]
    served.call("chat.postMessage", channel="D0ana", text="y", thread_ts=first)
    assert "is thinking" not in served.browse("GET", page)[1]  # as in Slack: an answer clears it
    served.call("agents.sessions.setStatus", **where, status="suspended")
    assert "Waits for a person" in served.browse("GET", page)[1]
    prompts = [{"title": "Try", "message": "this one"}]
    args = {"channel_id": "D0ben", "title": "Ask", "prompts": prompts}
    served.call("assistant.threads.setSuggestedPrompts", **args)
    assert 'data-prompt="this one"' in served.browse("GET", "/as/ben/c/D0ben")[1]


def test_a_file_is_uploaded_shared_and_served_where_it_can_do_nothing(served: Served) -> None:
    body = b"name\n<script>alert(1)</script>\n"
    ticket = served.form("files.getUploadURLExternal", filename="a.html", length=str(len(body)))
    path = ticket["upload_url"].removeprefix(served.base)
    assert served.request("POST", path, body)[0] == 200
    assert served.request("POST", path, body)[0] == 404  # once
    done = served.call(
        "files.completeUploadExternal", files=[{"id": ticket["file_id"], "title": "All"}],
        channel_id="D0ana",
    )  # fmt: skip
    assert done["files"][0]["title"] == "All"
    status, headers, sent = served.request(
        "GET", f"/files/{ticket['file_id']}", Cookie=served.cookie
    )
    assert (status, sent) == (200, body)
    assert headers["content-type"].startswith("text/html"), "as a picture of itself, in a sandbox"
    policy = headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "default-src 'none'" in policy
    assert not {"allow-scripts", "allow-same-origin", "script-src"} & set(policy.split())
    assert headers["x-content-type-options"] == "nosniff"


async def _with_the_python_sdk(served: Served) -> None:
    client = AsyncWebClient(token=TOKEN, base_url=f"{served.base}/api/")
    assert (await client.auth_test())["user_id"] == "U0PLACET"
    posted = await client.chat_postMessage(channel="D0ana", text="hello", blocks=card("x"))
    await client.chat_update(channel="D0ana", ts=posted["ts"], text="changed")
    upload = await client.files_upload_v2(content="a\nb\n", filename="a.txt", channel="D0ana")
    assert upload["files"][0]["name"] == "a.txt"
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C404", text="x")
    assert refused.value.response["error"] == "channel_not_found"


def test_the_official_python_sdk(served: Served) -> None:
    asyncio.run(_with_the_python_sdk(served))
