"""An email at the gate in Slack: its pictures, a test, an override, a stop, an edit, its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from agents.port import Proposed
from gates.draft import Check, Draft, State
from placet.slack.names import Act, Form
from tests.slacks import Run, SlackWorld, buttons, field, run, words
from tools.email.preview import Preview, Shot

__all__ = ["run"]

ASK = (
    "Invite contacts in Germany to the follow-up webinar on 10 December at 14:00 CET, "
    "link https://www.halden.example/webinar, friendly, 120 words"
)
PNG = b"\x89PNG\r\n\x1a\n and the rest"


class Painter:
    """Takes a picture of anything at once."""

    def take(self, html: str) -> Preview:
        shots = [
            Shot(name=name, width=width, height=9, cut=False, png=PNG + name.encode())
            for name, width in (("desktop", 640), ("mobile", 375))
        ]
        return Preview(shots=tuple(shots))


def drafted(world: SlackWorld) -> Proposed:
    agents = world.placet.agents
    agents.__dict__["emails"] = agents.build_emails(pictures=Painter())
    (proposed,) = agents.emails.run(thread_id="t1", run_id="r1", text=ASK).proposed
    fine = tuple(check for check in proposed.checks if check.status != "error")
    return proposed.model_copy(update={"checks": fine})


def opened(world: SlackWorld, *failed: Check) -> Draft:
    proposed = drafted(world)
    return world.open_proposed(
        proposed.model_copy(update={"checks": (*failed, *proposed.checks)}), user="UANA"
    )


async def pressed(world: SlackWorld, act: Act, user: str) -> str:
    """Press a button of a person's own card; returns what they were told."""
    before = len(world.slack.whispers)
    await world.press(world.card(f"D{user}"), act, user)
    await world.quiet()
    await world.sender.drain()
    return "\n".join(world.whispered()[before:])


def images(message: dict[str, Any]) -> list[str]:
    return [one["slack_file"]["id"] for one in message["blocks"] if one["type"] == "image"]


def test_the_card_shows_pictures_and_says_what_approving_does(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = opened(world)
        await world.sender.drain()
        card = world.card("DUBEN")
        count = draft.revision.action["targets"]["count"]
        assert f"Send to {count:,} people via smtp, as soon as it is approved." in words(
            card["blocks"]
        )
        assert len(images(card)) == 2
        uploads = [one for one in world.slack.files if one[1].endswith(("desktop", "mobile"))]
        assert len(uploads) == 2, "each picture once, for every copy of the card"
        assert {where for where, _ in uploads} == {""}, "shared nowhere but on the card"
        acts = dict(buttons(card))
        assert {Act.APPROVE, Act.EDIT, Act.TEST, Act.REVISE, Act.REJECT, Act.VIEW} <= set(acts)

    run(scenario)


@pytest.mark.parametrize("answer", ["missing_scope", "file_upload_size_restricted"])
def test_a_card_without_its_pictures_is_posted_all_the_same(run: Run, answer: str) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.slack.answers["files.getUploadURLExternal"] = [answer] * 20
        opened(world)
        await world.sender.drain()
        card = world.card("DUBEN")
        assert images(card) == []
        assert "email-desktop.png" in words(card["blocks"])
        assert Act.APPROVE in dict(buttons(card))

    run(scenario)


def test_a_test_goes_to_whoever_pressed_and_approves_nothing(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = opened(world)
        await world.sender.drain()
        told = await pressed(world, Act.TEST, "UBEN")
        assert "goes to ben@t1.example, and to nobody else" in told
        test = next(d for d in world.placet.desk.drafts() if d.revision.kind == "send_test")
        assert test.revision.action["to"] == "ben@t1.example"
        assert test.state is State.APPROVED
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.PENDING
        assert "policy knows no address of @cleo" in await pressed(world, Act.TEST, "UCLEO")

    run(scenario)


FAILED = (
    Check(name="links", status="error", message="One leads nowhere.", fix="Mend it."),
    Check(name="claims", status="error", message="40 % is not in the brief."),
)


def test_only_whoever_may_override_sees_the_button_and_answers_by_name(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = opened(world, *FAILED)
        await world.sender.drain()
        assert Act.OVERRIDE not in dict(buttons(world.card("DUBEN")))
        assert Act.APPROVE not in dict(buttons(world.card("DUCLEO")))
        await world.press(world.card("DUCLEO"), Act.OVERRIDE, "UBEN")  # a button is no right
        await world.quiet()
        assert "@cleo may" in words(world.last_view()["blocks"])
        await world.press(world.card("DUCLEO"), Act.VIEW, "UCLEO")
        await world.quiet()
        await world.press(world.card("DUCLEO"), Act.OVERRIDE, "UCLEO")
        await world.quiet()
        view = world.last_view()
        assert view["callback_id"] == Form.OVERRIDE
        assert "Fix: Mend it." in words(view["blocks"])
        nothing = {"checks": field("checkboxes", []), "reason": field("plain_text_input", " ")}
        response = await world.submit(view, "UCLEO", nothing)
        assert set(json.loads(response.body)["errors"]) == {"checks", "reason"}
        why = field("plain_text_input", "The fair begins tomorrow.")
        await world.submit(
            view, "UCLEO", {"checks": field("checkboxes", ["check:0"]), "reason": why}
        )
        await world.quiet()
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.PENDING
        both = field("checkboxes", ["check:0", "check:1"])
        await world.submit(view, "UCLEO", {"checks": both, "reason": why})
        await world.quiet()
        now = world.placet.desk.draft(draft.revision.draft_id)
        assert now.state is State.APPROVED
        assert now.approvals[0].override == ("links", "claims")
        await world.sender.drain()
        told = world.whispered()
        assert "'claims'" in told[-2]
        assert told[-1].startswith("Approved by @cleo")
        card = world.card("DUBEN")
        assert "approved in spite of: links, claims." in words(card["blocks"])
        assert Act.STOP in dict(buttons(card))
        told = await pressed(world, Act.STOP, "UBEN")
        assert told == "Stopped by @ben; nothing was carried out."
        assert "Stopped by @ben" in words(world.card("DUANA")["blocks"])

    run(scenario)


def test_the_files_go_to_who_has_a_say_and_to_nobody_else(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        opened(world)
        await world.sender.drain()
        world.slack.files.clear()
        card = world.card("DUBEN")
        await world.press(card, Act.VIEW, "UBEN")
        await world.quiet()
        assert Act.FILES in [
            one["action_id"] for block in world.last_view()["blocks"]
            if block["type"] == "actions" for one in block["elements"]
        ]  # fmt: skip
        value = dict(buttons(card))[Act.VIEW]
        await world.press(card, Act.FILES, "UDORA", value)
        await world.press(card, Act.FILES, "UBEN", value.rsplit(":", 1)[0] + ":" + "0" * 64)
        await world.quiet()
        await world.sender.drain()
        assert "only who asked for it, its approvers and admins" in world.whispered()[0]
        assert world.whispered()[1].startswith("This is revision 1")
        sent = [text for where, text in world.slack.files if where]
        assert sent == []
        await world.press(card, Act.FILES, "UBEN", value)
        await world.quiet()
        got = [text for where, text in world.slack.files if where == "DUBEN"]
        assert any("<!doctype html>" in text.lower() for text in got)
        assert any('"sha256"' in text for text in got), "the manifest"

    run(scenario)


def fields(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the state of a form that nobody touched."""
    held: dict[str, dict[str, Any]] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        kind = element["type"]
        if kind == "static_select":
            held[block["block_id"]] = field(kind, element["initial_option"]["value"])
        elif kind == "datetimepicker":
            value = element.get("initial_date_time")
            held[block["block_id"]] = {"type": kind, "selected_date_time": value}
        else:
            held[block["block_id"]] = field(kind, element.get("initial_value"))
    return held


def typed(text: str) -> dict[str, Any]:
    return field("plain_text_input", text)


def test_edit_puts_errors_beneath_their_field_and_renders_anew(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = opened(world)
        await world.sender.drain()
        await world.press(world.card("DUBEN"), Act.EDIT, "UBEN")
        await world.quiet()
        view = world.last_view()
        assert view["callback_id"] == Form.EDIT
        held = fields(view)
        text = next(key for key in held if key.endswith(":text") and key != "body:0:text")
        url = next(key for key in held if key.endswith(":url"))
        past = int(world.clock.now().timestamp()) - 60
        wrong: dict[str, Any] = {
            "subject": typed("Hello {{ contact.first_name }}"),
            url: typed("http://www.halden.example/webinar"),
            "rate": field("number_input", "0"),
            "when": field("static_select", "later"),
            "send_at": {"type": "datetimepicker", "selected_date_time": past},
        }
        response = await world.submit(view, "UBEN", held | wrong)
        assert set(json.loads(response.body)["errors"]) == {url, "rate", "send_at"}
        for words_, said in (
            ("Hello {{ contact.first_name }}", "default"), ("Hello {{ contact.nose }}", "nose"),
            ("Hello {% for x in y %}", ""), (" ", "Write a subject."),
        ):  # fmt: skip
            response = await world.submit(view, "UBEN", held | {"subject": typed(words_)})
            errors = json.loads(response.body)["errors"]
            assert list(errors) == ["subject"]
            assert said in errors["subject"]
        soon = past + 7_200
        good: dict[str, Any] = {
            "subject": typed("A new subject"), text: typed(""),
            "rate": field("number_input", "120"), "when": field("static_select", "later"),
            "send_at": {"type": "datetimepicker", "selected_date_time": soon},
        }  # fmt: skip
        response = await world.submit(view, "UBEN", held | good)
        assert json.loads(response.body)["response_action"] == "update"
        await world.quiet()
        now = world.placet.desk.draft(draft.revision.draft_id)
        assert now.revision.revision == 2, words(world.last_view()["blocks"])
        before, after = draft.revision.action, now.revision.action
        assert after["email"]["subject"] == "A new subject"
        assert len(after["email"]["body"]) == len(before["email"]["body"]) - 1
        assert after["schedule"]["per_minute"] == 120
        assert after["manifest"]["sha256"] != before["manifest"]["sha256"]
        for same in ("sender", "preheader", "utm", "reply_to", "language"):
            assert after["email"][same] == before["email"][same]

    run(scenario)


def test_a_form_that_was_not_touched_changes_nothing(run: Run) -> None:
    from placet.slack.email_form import read_email_edit

    async def scenario(world: SlackWorld) -> None:
        draft = opened(world)
        await world.sender.drain()
        await world.press(world.card("DUBEN"), Act.EDIT, "UBEN")
        await world.quiet()
        held = fields(world.last_view())
        values = {key: _bare(one) for key, one in held.items()}
        placet = world.placet
        action = placet.gate.read_action("send_email", draft.revision.action)
        edited = read_email_edit(action, placet.mail.brand(), values, world.clock.now())  # type: ignore[arg-type]
        assert dict(edited.errors) == {}
        assert dict(edited.patch) == {}

    run(scenario)


def _bare(held: dict[str, Any]) -> Any:
    reads: dict[str, Callable[[], Any]] = {
        "static_select": lambda: held["selected_option"]["value"],
        "datetimepicker": lambda: held["selected_date_time"],
    }
    return reads.get(held["type"], lambda: held["value"])()
