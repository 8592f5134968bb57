"""Slack's published types take every card, modal and home tab, with no block that they do not know.

The JSON schema is derived from the npm package `@slack/types` when the test runs, by
tests/integration/js/schema.mjs. The packages are installed, pinned, by
tests/integration/js/install.sh; without it the tests are skipped.

There are no exceptions: @slack/types 3.2.0 knows every block that Placet sends. Lengths and counts
are not in the types; those are placet/slack/check.py's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from placet.slack.names import Act
from placet.slack.templates import templates
from tests.slacks import Run, SlackWorld, buttons, run, words

__all__ = ["run"]

Payloads = Mapping[str, Mapping[str, Any]]
Refusals = Callable[[Payloads], dict[str, list[str]]]

BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Go"}}
TITLE = {"type": "plain_text", "text": "T"}


@pytest.fixture(scope="module")
def refusals() -> Iterator[Refusals]:
    """Return the payloads that the types refuse, each with what is wrong."""
    folder = Path(os.environ.get("PLACET_TEST_JS", ""))
    if shutil.which("node") is None:
        pytest.skip("no Node here: install Node 20 or later")
    installed = (folder / "node_modules" / "ts-json-schema-generator").is_dir()
    if not (installed and (folder / "schema.mjs").is_file()):
        pytest.skip("no packages here: PLACET_TEST_JS=$(tests/integration/js/install.sh)")
    with subprocess.Popen(  # one for all: to derive the schema takes seconds
        ["node", "schema.mjs"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield lambda payloads: _refusals(process, payloads)
        process.communicate("", timeout=20)
    assert process.returncode == 0


def _refusals(process: subprocess.Popen[str], payloads: Payloads) -> dict[str, list[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    found: dict[str, list[str]] = {}
    for name, payload in payloads.items():
        line = json.dumps({"name": name, "surface": _surface(payload), "payload": payload})
        print(line, file=process.stdin, flush=True)
        answer = json.loads(process.stdout.readline() or "{}")
        assert answer.get("name") == name, "schema.mjs ended; its stderr says why"
        if not answer["ok"]:
            found[name] = answer["errors"]
    return found


def _surface(payload: Mapping[str, Any]) -> str:
    """Return the payload's type in slack_types.ts: messages have none of their own."""
    return {"modal": "Modal", "home": "Home"}.get(payload.get("type", ""), "Message")


def test_every_template_is_of_slacks_types(refusals: Refusals) -> None:
    samples = templates()
    assert {_surface(sample) for sample in samples.values()} == {"Message", "Modal"}
    assert refusals(samples) == {}


def test_what_a_job_sends_is_of_slacks_types(refusals: Refusals, run: Run) -> None:
    """The home tab needs a store, so it comes from one: with what waits, was asked for and ran."""
    sent: dict[str, Mapping[str, Any]] = {}

    async def scenario(world: SlackWorld) -> None:
        await world.asked()
        await world.press(world.card("DUBEN"), Act.VIEW, "UBEN")
        await world.quiet()
        await world.press(world.card("DUBEN"), Act.APPROVE, "UBEN")
        await world.settle()
        world.open_draft(name="Openers")
        await world.sender.drain()
        for user in ("UANA", "UBEN"):
            opened = {"type": "app_home_opened", "user": user, "channel": f"D{user}"}
            await world.event(opened | {"tab": "home"})
            await world.quiet()
        assert Act.REJECT in dict(buttons(world.slack.homes["UBEN"]))
        assert "Receipt rc_" in words(world.slack.homes["UANA"]["blocks"])
        sent.update(_sent(world))

    run(scenario)
    assert {_surface(payload) for payload in sent.values()} == {"Message", "Modal", "Home"}
    assert refusals(sent) == {}


def _sent(world: SlackWorld) -> dict[str, Mapping[str, Any]]:
    """Return the body of every call that carried blocks, as the app gave it."""
    found: dict[str, Mapping[str, Any]] = {}
    for number, (method, arguments) in enumerate(world.slack.calls):
        view = arguments.get("view")
        if view is not None:
            found[f"{number} {method}"] = json.loads(view) if isinstance(view, str) else view
        elif "blocks" in arguments:
            found[f"{number} {method}"] = {key: arguments[key] for key in ("text", "blocks")}
    return found


def _message(*blocks: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": "x", "blocks": list(blocks)}


def _without(given: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != key}


def test_what_slacks_types_refuse(refusals: Refusals) -> None:
    modal = {"type": "modal", "title": TITLE, "blocks": [{"type": "divider"}]}
    good = {
        "button": _message({"type": "actions", "elements": [BUTTON]}),
        "modal": modal,
        "home": _without(modal | {"type": "home"}, "title"),
    }
    wrong = {
        "button without text": _message(
            {"type": "actions", "elements": [BUTTON, _without(BUTTON, "text")]}
        ),
        "unknown block": _message({"type": "divider"}, {"type": "hologram"}),
        "unknown block in a view": modal | {"blocks": [{"type": "hologram"}]},
        "modal without title": _without(modal, "title"),
        "home with a title": modal | {"type": "home"},
        "unknown key": _message({"type": "divider", "colour": "red"}),
        "words where an object belongs": _message({"type": "header", "text": "Hello"}),
    }
    found = refusals(good | wrong)
    assert set(found) == set(wrong)
    assert found["button without text"] == [
        "/blocks/0/elements/1 (button) must have required property 'text'"
    ]
    assert found["unknown block"] == ["/blocks/1 (hologram) must match a schema in anyOf"]
    assert found["unknown block in a view"] == ["/blocks/0 (hologram) must match a schema in anyOf"]
    assert found["modal without title"] == ["/ (modal) must have required property 'title'"]
    assert found["home with a title"] == ["/ (home) must NOT have additional properties title"]


def test_every_template_is_refused_once_a_block_is_unknown(refusals: Refusals) -> None:
    """Nothing passes because it is not looked at: one strange block spoils each of them."""
    spoilt = {
        name: sample | {"blocks": [*sample["blocks"], {"type": "hologram"}]}
        for name, sample in templates().items()
    }
    assert set(refusals(spoilt)) == set(spoilt)
