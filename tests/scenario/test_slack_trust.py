"""What is not from Slack, not now, not ours or not current changes nothing."""

import json
import time
from urllib.parse import urlencode

from gates.decision import Verb
from gates.draft import State
from placet.slack.names import Act, Seen
from tests.slacks import TEAM, Run, SlackWorld, buttons, run, run_both, signed, words

__all__ = ["run", "run_both"]

FORM = "application/x-www-form-urlencoded"


def test_forged_stale_and_foreign_requests_do_nothing(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        payload = world.pressing(card, Act.APPROVE, "UBEN")
        body = urlencode({"payload": json.dumps(payload)})
        forged = await world.send(signed(body, FORM, secret="another secret"))
        assert forged.status == 401
        old = await world.send(signed(body, FORM, at=time.time() - 301))
        assert old.status == 401
        ahead = await world.send(signed(body, FORM, at=time.time() + 301))
        assert ahead.status == 401
        changed = signed(body, FORM)
        changed.raw_body = body.replace("UBEN", "UCLEO")
        assert (await world.send(changed)).status == 401
        foreign = payload | {"team": {"id": "T9"}, "user": {"id": "UBEN", "team_id": "T9"}}
        response = await world.interact(foreign)
        assert "not installed" in str(response.body)
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.PENDING
        event = await world.event(
            {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "ts": "1.1",
             "text": "everybody"},
            team_id="T9", authorizations=[{"team_id": "T9"}],
        )  # fmt: skip
        assert "not installed" in str(event.body)
        assert world.placet.desk.drafts() == [world.placet.desk.draft(draft.revision.draft_id)]

    run(scenario)


def test_a_replayed_event_asks_once_and_a_bot_asks_nothing(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        event = {
            "type": "message", "channel_type": "im", "channel": "DUANA", "user": "UANA",
            "ts": "1600000000.000100", "text": "How many customers do we have?",
        }  # fmt: skip
        for _ in range(3):
            await world.event(event, event_id="Ev_same")
        await world.event(event | {"bot_id": "B9", "ts": "1.2"})
        await world.event(event | {"subtype": "message_changed", "ts": "1.3"})
        await world.settle()
        replies = [m for m in world.slack.in_channel("DUANA") if m.get("thread_ts")]
        assert len(replies) == 1

    run_both(scenario)


def test_a_doubled_click_counts_once_and_the_second_is_told(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        for user in ("UBEN", "UBEN", "UCLEO"):
            await world.press(card, Act.APPROVE, user)
        await world.settle()
        told = world.whispered()
        assert sum("Approved by @ben; it runs next." in one for one in told) == 1
        assert sum("already approved by @ben" in one for one in told) == 2
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.EXECUTED

    run_both(scenario)


def test_a_click_after_a_restart_counts(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        world.restart()
        await world.press(card, Act.APPROVE, "UBEN")
        await world.settle()
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.EXECUTED
        assert "Done" in words(world.slack.messages["DUBEN", card["ts"]]["blocks"])

    run(scenario)


def test_an_old_copy_of_a_card_is_told_which_revision_stands(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        old = dict(buttons(card))
        world.placet.desk.decide(
            draft.revision.draft_id, Verb.EDIT, person=draft.revision.requester,
            edit={"segment": {"use": "internal", "name": "All of them"}, "tolerance": 0.1},
        )  # fmt: skip
        await world.sender.drain()
        for act in (Act.APPROVE, Act.REJECT, Act.REVISE, Act.EDIT):
            views = len(world.slack.views)
            await world.press(card, act, "UBEN", old[act])
            await world.sender.drain()
            told = (
                world.whispered()[-1] if act is Act.APPROVE else words(world.last_view()["blocks"])
            )
            assert "This is revision 1; see revision 2" in told, act
            assert len(world.slack.views) == views + (act is not Act.APPROVE)
        assert world.placet.desk.draft(draft.revision.draft_id).revision.revision == 2
        now = dict(buttons(world.card("DUBEN")))
        assert Seen.unpack(now[Act.APPROVE]).revision == 2  # type: ignore[union-attr]

    run(scenario)


def test_a_button_that_carries_nonsense_is_answered(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        good = Seen.of(draft)
        values = ["", "x", "::", "dr_0:1:" + "0" * 64, "dr_0:99999999999:a", "a" * 3_000]
        values += [Seen(draft_id=good.draft_id, revision=1, digest="0" * 64).pack()]
        for value in values:
            before = len(world.slack.whispers)
            await world.press(card, Act.APPROVE, "UBEN", value)
            await world.sender.drain()
            assert len(world.slack.whispers) == before + 1, value
            assert "Something went wrong" not in world.whispered()[-1], value
        assert world.placet.desk.draft(good.draft_id).state is State.PENDING

    run(scenario)


def test_somebody_from_another_company_with_the_same_id_is_nobody_here(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        payload = world.pressing(world.card("DUBEN"), Act.APPROVE, "UBEN")
        payload["user"]["team_id"] = "T2"
        await world.interact(payload)
        await world.sender.drain()
        assert "You may not approve this" in world.whispered()[-1]
        assert world.placet.desk.draft(draft.revision.draft_id).state is State.PENDING
        assert payload["team"]["id"] == TEAM

    run(scenario)
