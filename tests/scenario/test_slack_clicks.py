"""State x role x button: every click is answered in words, and only the permitted ones count."""

import itertools
import json
import logging
from typing import Any

import pytest
import sqlalchemy as sa

from gates.draft import State
from placet.slack.names import Act, Form, Seen
from placet.store.slack_schema import outbox
from tests.conftest import FULL
from tests.slacks import TEAM, Run, SlackWorld, field, run, words

__all__ = ["run"]

ROLES = {
    "requester": ("UANA", TEAM),
    "approver": ("UBEN", TEAM),
    "stranger": ("UXAVER", TEAM),
    "admin": ("UCLEO", TEAM),
    "colleague": ("UDORA", TEAM),
    "from another company": ("UBEN", "T2"),
}
BUTTONS = [*Act, "up", "down"]
BUTTONS.remove(Act.FEEDBACK)
FORMS = {
    Form.REVISE: {"comment": field("plain_text_input", "only Germany")},
    Form.REJECT: {
        "reason": field("plain_text_input", "too many"),
        "ticket": field("checkboxes", ["ticket"]),
    },
    Form.FEEDBACK: {"reason": field("plain_text_input", "wrong people")},
    Form.EDIT: {
        "name": field("plain_text_input", "Everyone"),
        "use": field("static_select", "internal"),
        "filter": field("plain_text_input", '{"op": "and", "of": []}'),
    },
}
SMALL = ("requester", "approver")
OPEN = (State.PENDING, State.REVISING)
MAY = {"requester", "approver", "admin"}  # the policy names ana, ben and cleo as approvers


def becomes(state: State, role: str, button: str) -> State:
    """Return where the press leads, by the architecture's rules."""
    match button:
        case Act.APPROVE if state is State.PENDING and role in MAY - {"requester"}:
            return State.APPROVED
        case Act.REVISE if state in OPEN and role in MAY:
            return State.REVISING
        case Act.REJECT if state in OPEN and role in MAY:
            return State.REJECTED
        case Act.WITHDRAW if state in (*OPEN, State.APPROVED) and role == "requester":
            return State.WITHDRAWN
        case Act.STOP if state is State.APPROVED and role in MAY:
            return State.WITHDRAWN
        case _:
            return state


async def press(world: SlackWorld, card: dict[str, Any], role: str, button: str) -> str:
    """Press, fill in whatever form opens, and return all that the person was told."""
    user, team = ROLES[role]
    slack = world.slack
    views, before = len(slack.views), len(whispers(world))
    draft = world.draft_now
    value = Seen.of(draft).pack()
    act = Act.FEEDBACK if button in ("up", "down") else button
    payload = world.pressing(card, act, user, f"{button}:{value}" if act is Act.FEEDBACK else value)
    payload["user"]["team_id"] = team
    await world.interact(payload)
    told = []
    if len(slack.views) > views:
        view = world.last_view()
        assert view["callback_id"] != Form.WORDS or "Reading the draft" not in words(view["blocks"])
        if view["callback_id"] in FORMS:
            view["private_metadata"] = view.get("private_metadata", "")
            response = await submit(world, view, user, team)
            told.append(response.body)
        told.append(words(world.last_view()["blocks"]))
    told += whispers(world)[before:]
    return "\n".join(one for one in told if one)


def whispers(world: SlackWorld) -> list[str]:
    """Return what is written down to be said privately."""
    query = sa.select(outbox.c.body).where(outbox.c.kind == "whisper").order_by(outbox.c.seq)
    with world.placet.book.reader.connect() as connection:
        return [json.loads(body)["words"] for body in connection.scalars(query)]


async def submit(world: SlackWorld, view: dict[str, Any], user: str, team: str) -> Any:
    state = {block: {"value": held} for block, held in FORMS[view["callback_id"]].items()}
    return await world.interact(
        {
            "type": "view_submission", "team": {"id": TEAM},
            "user": {"id": user, "team_id": team},
            "view": view | {"state": {"values": state}},
        }
    )  # fmt: skip


def test_no_click_is_silent_and_none_counts_that_should_not(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    cells = [
        (state, role, button)
        for state, role, button in itertools.product(State, ROLES, BUTTONS)
        if FULL or (role in SMALL or (role == "stranger" and state in OPEN))
    ]

    async def scenario(world: SlackWorld) -> None:
        draft = world.draft_now = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        silent, wrong, count = [], [], 0
        for state, role, button in cells:
            world.set_state(draft, state)
            told = await press(world, card, role, button)
            count += 1
            now = world.placet.desk.draft(draft.revision.draft_id)
            if len(told.split()) < 3 or "Something went wrong" in told:
                silent.append((state.value, role, str(button), told))
            expected = becomes(state, role, button)
            if button is Act.EDIT and state is State.PENDING and role in MAY:
                if now.revision.revision != 2:
                    wrong.append((state.value, role, str(button), told))
                forget_revision(world, draft)
            elif now.state is not expected or now.revision.revision != 1:
                wrong.append((state.value, role, str(button), now.state.value, told))
            forget_permits(world)
        await world.sender.drain()
        assert len(world.slack.whispers) == len(whispers(world)), "each was really said"
        assert silent == []
        assert wrong == []
        assert count == len(cells) >= 250

    with caplog.at_level(logging.ERROR):
        run(scenario)
    assert [one.message for one in caplog.records if one.name.startswith("placet")] == []


def forget_permits(world: SlackWorld) -> None:
    from placet.store.schema import permits

    with world.placet.engine.begin() as connection:
        connection.execute(permits.delete())


def forget_revision(world: SlackWorld, draft: Any) -> None:
    from placet.store.schema import revisions

    world.set_state(draft, State.PENDING)
    with world.placet.engine.begin() as connection:
        connection.execute(revisions.delete().where(revisions.c.revision == 2))
