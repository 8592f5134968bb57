"""The doors: HTTP, several workspaces with sealed tokens, Socket Mode's settings and the doctor."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from slack_sdk.oauth.installation_store import Installation

from gates.draft import State
from placet.clock import FixedClock
from placet.errors import BadSetting, NotFound
from placet.settings import load_settings
from placet.slack.authorizing import Cached
from placet.slack.doctor import check_slack
from placet.slack.installations import Installations, Seal
from placet.slack.manifest import bot_scopes
from placet.slack.names import Act, Form
from placet.slack.oauth import States
from placet.slack.serving import door_of, http_app, serve_slack
from placet.store.migrate import MIGRATIONS
from placet.store.slack_schema import bots, installations
from tests.slacks import TOKEN, FakeSlack, Run, SlackWorld, run, signed, words
from tools.sql import create_engine

__all__ = ["run"]


def test_the_http_door_checks_signatures_and_decides(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        payload = world.pressing(world.card("DUBEN"), Act.APPROVE, "UBEN")
        body = urlencode({"payload": json.dumps(payload)})
        request = signed(body, "application/x-www-form-urlencoded")
        headers = {key: value[0] for key, value in request.headers.items()}
        transport = httpx.ASGITransport(http_app(world.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            assert (await client.get("/healthz")).text == "ok"
            bad = headers | {"x-slack-signature": "v0=" + "0" * 64}
            assert (
                await client.post("/slack/events", content=body, headers=bad)
            ).status_code == 401
            good = await client.post("/slack/events", content=body, headers=headers)
            assert good.status_code == 200
            assert (await client.get("/slack/events")).status_code == 405
        await world.quiet()
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.APPROVED

    run(scenario)


def with_env(world: SlackWorld, **env: str) -> None:
    held = {"PLACET_HOME": str(world.settings.home), "PLACET_SLACK_BOT_TOKEN": TOKEN}
    settings = load_settings(held | env)
    world.placet.settings = settings.model_copy(
        update={"database_url": world.settings.database_url}
    )


async def until(done: Callable[[], object]) -> None:
    for _ in range(500):
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def test_socket_mode_serves_clicks_and_sends_the_outbox(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        payload = world.pressing(world.card("DUBEN"), Act.APPROVE, "UBEN")
        world.slack.envelopes = [
            {"type": "interactive", "envelope_id": "E1", "accepts_response_payload": True,
             "payload": payload}
        ]  # fmt: skip
        with_env(world, PLACET_SLACK_APP_TOKEN="xapp-1")
        stop = asyncio.Event()
        url = f"{world.slack.url}/api/"
        serving = asyncio.create_task(serve_slack(world.placet, stop, base_url=url))
        await until(lambda: "Approved by @ben" in "".join(world.whispered()))
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.APPROVED
        assert [one["envelope_id"] for one in world.slack.acknowledged] == ["E1"]
        stop.set()
        await asyncio.wait_for(serving, 10)

    run(scenario)


def test_http_is_served_on_loopback_until_it_is_told_to_stop(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with_env(world, PLACET_SLACK_SIGNING_SECRET="s", PLACET_SLACK_PORT=str(port))
        stop = asyncio.Event()
        serving = asyncio.create_task(serve_slack(world.placet, stop))

        async def alive() -> bool:
            try:
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"http://127.0.0.1:{port}/healthz")).text == "ok"
            except httpx.ConnectError:
                return False

        for _ in range(200):
            if await alive():
                break
            await asyncio.sleep(0.02)
        assert await alive()
        stop.set()
        await asyncio.wait_for(serving, 10)
        assert not await alive()

    run(scenario)


def test_a_form_of_nobody_is_answered_in_the_form(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        for form in (Form.EDIT, Form.REJECT, Form.REVISE, Form.FEEDBACK):
            view = {"type": "modal", "id": "V1", "callback_id": form, "private_metadata": "made up"}
            response = await world.submit(view, "UBEN", {})
            said = json.loads(response.body)
            assert said["response_action"] == "update"
            assert "ask for the work again" in words(said["view"]["blocks"])

    run(scenario)


def installation(team: str, token: str) -> Installation:
    return Installation(
        app_id="A1", enterprise_id=None, team_id=team, user_id="U1", bot_token=token, bot_id="B1",
        bot_user_id="UBOT", bot_scopes="chat:write", bot_refresh_token="xoxe-" + "r" * 180,
    )  # fmt: skip


def test_tokens_of_several_workspaces_are_kept_sealed(database_url: str) -> None:
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    key = Fernet.generate_key().decode()
    store = Installations(engine, client_id="1.2", seal=Seal(key))

    async def scenario() -> None:
        await store.async_save(installation("T1", "xoxb-first"))
        await store.async_save(installation("T2", "xoxb-second"))
        with engine.connect() as connection:
            raw = [str(row) for table in (bots, installations)
                   for row in connection.execute(sa.select(table))]  # fmt: skip
        assert len(raw) == 4
        assert not any("xox" in row for row in raw)
        found = await store.async_find_bot(enterprise_id=None, team_id="T2")
        assert found is not None
        assert found.bot_token == "xoxb-second"
        assert found.bot_refresh_token == "xoxe-" + "r" * 180
        whole = await store.async_find_installation(enterprise_id=None, team_id="T1", user_id="U1")
        assert whole is not None
        assert whole.bot_token == "xoxb-first"
        assert store.client_for("T1").token == "xoxb-first"
        await store.async_save(installation("T1", "xoxb-renewed"))
        assert store.client_for("T1").token == "xoxb-renewed", "no old token is remembered"
        await store.async_delete_all(enterprise_id=None, team_id="T1")
        assert await store.async_find_bot(enterprise_id=None, team_id="T1") is None
        with pytest.raises(NotFound, match="not installed in the workspace T1"):
            store.client_for("T1")
        other = Installations(engine, client_id="1.2", seal=Seal(Fernet.generate_key().decode()))
        with pytest.raises(BadSetting, match="sealed with another key"):
            await other.async_find_bot(enterprise_id=None, team_id="T2")

    asyncio.run(scenario())
    engine.dispose()


def test_a_key_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(BadSetting, match="PLACET_SLACK_TOKEN_KEY is no Fernet key"):
        Seal("not a key")


def test_an_oauth_state_is_good_once_and_only_if_it_is_ours(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        states = States(world.placet, Seal(Fernet.generate_key().decode()))
        state = await states.async_issue()
        assert await states.async_consume(state)
        assert not await states.async_consume(state)
        assert not await states.async_consume("made up")
        stranger = States(world.placet, Seal(Fernet.generate_key().decode()))
        assert not await states.async_consume(await stranger.async_issue())

    run(scenario)


def test_authorization_is_remembered() -> None:
    asked = []

    async def inner(**where: object) -> object:
        asked.append(where["team_id"])
        return None if where["team_id"] == "T9" else object()

    async def scenario() -> None:
        cached = Cached(inner)  # type: ignore[arg-type]
        for team in ("T1", "T1", "T2", "T1", "T9", "T9"):
            await cached(context=None, enterprise_id=None, team_id=team, user_id="U1")

    asyncio.run(scenario())
    assert asked == ["T1", "T2", "T9", "T9"], "a refusal is asked again"


def test_a_click_asks_slack_nothing_about_who_placet_is(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.open_draft()
        await world.sender.drain()
        for _ in range(5):
            await world.press(world.card("DUBEN"), Act.APPROVE, "UDORA")
        assert len(world.slack.named("auth.test")) == 1

    run(scenario)


@pytest.mark.parametrize(
    ("env", "door"),
    [
        ({}, None),
        ({"PLACET_SLACK_BOT_TOKEN": "xoxb-1", "PLACET_SLACK_APP_TOKEN": "xapp-1"}, "socket"),
        ({"PLACET_SLACK_BOT_TOKEN": "xoxb-1", "PLACET_SLACK_SIGNING_SECRET": "s"}, "http"),
        ({"PLACET_SLACK_CLIENT_ID": "1.2", "PLACET_SLACK_SIGNING_SECRET": "s"}, "http"),
    ],
)
def test_the_settings_say_which_door_is_open(env: dict[str, str], door: str | None) -> None:
    assert door_of(load_settings(env)) == door


def test_half_a_setting_names_the_other_half() -> None:
    with pytest.raises(BadSetting, match="PLACET_SLACK_APP_TOKEN"):
        door_of(load_settings({"PLACET_SLACK_BOT_TOKEN": "xoxb-1"}))


# --- the doctor ----------------------------------------------------------------------------------


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A Slack in a thread of its own: the doctor is not asynchronous."""
    fake, loop, ready = FakeSlack(), asyncio.new_event_loop(), threading.Event()

    def serve() -> None:
        loop.run_until_complete(fake.start())
        ready.set()
        loop.run_forever()
        loop.run_until_complete(fake.stop())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    yield fake
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


ENV = {
    "PLACET_SLACK_BOT_TOKEN": TOKEN, "PLACET_SLACK_SIGNING_SECRET": "s",
    "PLACET_SLACK_CHANNEL": "C1",
}  # fmt: skip


def examine(slack: FakeSlack, env: dict[str, str]) -> dict[str, tuple[str, str]]:
    found = check_slack(load_settings(env), base_url=f"{slack.url}/api/")
    return {name: (status, message) for name, status, message in found}


def test_the_doctor_finds_a_sound_connection_sound(slack: FakeSlack) -> None:
    slack.scopes = ",".join(bot_scopes())
    found = examine(slack, ENV)
    assert {status for status, _ in found.values()} == {"ok"}, found
    assert set(found) == {
        "slack templates", "slack door", "slack token", "slack scopes", "slack blocks",
        "slack post",
    }  # fmt: skip
    assert slack.messages == {}, "the test message is gone again"
    assert len(slack.named("blocks.validate")) > 15


def test_the_doctor_says_what_is_wrong(slack: FakeSlack) -> None:
    slack.scopes = "chat:write,admin"
    assert examine(slack, ENV)["slack scopes"][0] == "error"
    assert "missing: app_mentions:read" in examine(slack, ENV)["slack scopes"][1]
    slack.scopes = ",".join([*bot_scopes(), "admin"])
    assert examine(slack, ENV)["slack scopes"] == ("warn", "more than needed: admin.")
    wrong = examine(slack, ENV | {"PLACET_SLACK_BOT_TOKEN": "xoxb-other"})
    assert wrong["slack token"] == ("error", "PLACET_SLACK_BOT_TOKEN: Slack says invalid_auth.")
    slack.answers["blocks.validate"] = ["invalid_blocks"]
    assert examine(slack, ENV)["slack blocks"][0] == "error"
    slack.answers["chat.postMessage"] = ["channel_not_found"]
    assert examine(slack, ENV)["slack post"] == ("error", "in C1: Slack says channel_not_found.")
    half = examine(slack, {"PLACET_SLACK_BOT_TOKEN": "xoxb-1"})
    assert half["slack"][0] == "error"


def test_the_doctor_is_content_without_slack(tmp_path: Path, clock: FixedClock) -> None:
    found = check_slack(load_settings({"PLACET_HOME": str(tmp_path)}))
    assert [status for _, status, _ in found] == ["ok", "ok"]
    assert clock.now()
