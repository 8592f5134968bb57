"""The manifest asks for exactly what is handled; the app handles exactly what is asked for."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

from slack_sdk.web.async_client import AsyncWebClient

from placet.slack.app import build_app
from placet.slack.listeners import CATALOGUE
from placet.slack.manifest import bot_events, bot_scopes, build_manifest
from placet.slack.methods import METHODS
from placet.slack.names import Act, Form
from tools.sql import create_engine

CALL = r"\.((?:agents|apps|assistant|auth|blocks|chat|conversations|files|users|views)_\w+)\("
ROOM = Path(__file__).parents[2] / "placet" / "slack"


def test_subscriptions_are_the_events_that_are_handled() -> None:
    manifest = build_manifest()
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert events == bot_events()
    handled = {one.name for one in CATALOGUE if one.kind == "event"}
    assert {event.split(".")[0] for event in events} == handled
    commands = {one.name for one in CATALOGUE if one.kind == "command"}
    assert {one["command"] for one in manifest["features"]["slash_commands"]} == commands
    shortcuts = {one.name for one in CATALOGUE if one.kind == "shortcut"}
    assert {one["callback_id"] for one in manifest["features"]["shortcuts"]} == shortcuts


def test_every_button_and_form_has_a_listener() -> None:
    assert {one.name for one in CATALOGUE if one.kind == "action"} == set(Act)
    without = {Form.VIEW, Form.WORDS}  # these have nothing to send
    assert {one.name for one in CATALOGUE if one.kind == "view"} == set(Form) - without


def test_the_app_registers_exactly_the_catalogue(tmp_path: Path) -> None:
    home = SimpleNamespace(engine=create_engine(f"sqlite:///{tmp_path / 'p.db'}"))
    client = AsyncWebClient(token="xoxb-1")
    app = build_app(home, signing_secret="s", client=client)  # type: ignore[arg-type]
    assert len(app._async_listeners) == len(CATALOGUE)


def test_scopes_are_the_least_that_the_catalogues_need() -> None:
    assert bot_scopes() == [
        "app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands",
        "files:write", "groups:history", "im:history", "im:write",
    ]  # fmt: skip


def test_every_method_that_is_called_is_in_the_catalogue() -> None:
    called = set()
    for path in ROOM.rglob("*.py"):
        for name in re.findall(CALL, path.read_text("utf-8")):
            called.add(name)
    known = {method.replace(".", "_") for method in METHODS}
    upload = {"files_getUploadURLExternal", "files_completeUploadExternal"}  # files_upload_v2
    assert called <= known | {"files_upload_v2", "apps_connections_open"}  # with an app's token
    unused = known - called - upload
    assert unused == set(), "a method that nothing calls asks for scopes in vain"


def test_http_has_addresses_and_socket_mode_has_none() -> None:
    assert "request_url" not in json.dumps(build_manifest())
    manifest = build_manifest("https://placet.example/")
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["settings"]["interactivity"]["request_url"] == (
        "https://placet.example/slack/events"
    )
    redirects = manifest["oauth_config"]["redirect_urls"]
    assert redirects == ["https://placet.example/slack/oauth_redirect"]


def test_texts_are_as_long_as_slack_takes_them() -> None:
    features = build_manifest()["features"]
    assert len(build_manifest()["display_information"]["description"]) <= 140
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert all(len(one["description"]) <= 150 for one in features["shortcuts"])
    assert all(len(one["name"]) <= 24 for one in features["shortcuts"])


def test_only_two_rooms_know_slack() -> None:
    """The Slack room, and the console, which plays Slack to the same app."""
    root = ROOM.parent
    rooms = {"slack", "console"}
    for library in ("slack_bolt", "slack_sdk"):
        pattern = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
        found = {
            path.relative_to(root).parts[0]
            for path in root.rglob("*.py")
            if pattern.search(path.read_text("utf-8"))
        }
        assert found <= rooms, library
