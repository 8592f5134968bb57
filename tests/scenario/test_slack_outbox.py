"""The sender: in order, paced, patient, and each thing once whatever breaks in between."""

import asyncio
import itertools
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gates.decision import Verb
from gates.ledger import Event
from placet.clock import FixedClock, SystemClock
from placet.slack import Sender
from placet.slack.names import Act
from placet.store import outbox
from placet.store.ledger import append, read_head
from placet.store.outbox import LEASE, NewPost
from placet.store.slack_schema import cards
from placet.store.slack_schema import outbox as table
from tests.slacks import TEAM, Run, SlackWorld, buttons, play, run, run_both, words

__all__ = ["run", "run_both"]


def whisper(world: SlackWorld, number: int, channel: str = "C1") -> None:
    post = NewPost(
        key=f"reply-{channel}-{number}", lane=f"{TEAM}/{channel}", kind="whisper",
        body={"team": TEAM, "channel": None, "user": channel, "thread": None,
              "words": f"message {number}"},
    )  # fmt: skip
    with world.placet.engine.begin() as connection:
        outbox.put(connection, [post], at=world.clock.now())


def rows(world: SlackWorld) -> list[tuple[str, str, int]]:
    with world.placet.engine.connect() as connection:
        query = sa.select(table.c.kind, table.c.state, table.c.tries).order_by(table.c.seq)
        return [tuple(row) for row in connection.execute(query)]


def test_one_message_a_second_a_channel_and_channels_side_by_side(tmp_path: Path) -> None:
    async def scenario(world: SlackWorld) -> None:
        for channel in ("UA", "UB"):
            for number in range(4):
                whisper(world, number, channel)
        world.sender = Sender(world.placet, lambda _t: world.slack.client(), per_second=5)
        began = time.monotonic()
        await world.sender.drain()
        took = time.monotonic() - began
        for channel in ("DUA", "DUB"):
            said = [words(m["blocks"]) for m in world.slack.in_channel(channel)]
            assert said == [f"message {number}" for number in range(4)], "in order"
            at = [t for t, method, where in world.slack.times
                  if method == "chat.postMessage" and where == channel]  # fmt: skip
            # The bucket starts with a second's worth; what is over waits its turn.
            assert len(at) == 4
        assert took < 3, "two channels do not wait for each other"

    play(scenario, tmp_path, f"sqlite:///{tmp_path / 'p.db'}", SystemClock(), size=0)


def test_the_pace_is_kept(tmp_path: Path) -> None:
    async def scenario(world: SlackWorld) -> None:
        for number in range(4):
            whisper(world, number, "UA")
        world.sender = Sender(world.placet, lambda _t: world.slack.client(), per_second=1)
        await world.sender.drain()
        at = [t for t, method, _ in world.slack.times if method == "chat.postMessage"]
        gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
        assert all(gap > 0.9 for gap in gaps), gaps

    play(scenario, tmp_path, f"sqlite:///{tmp_path / 'p.db'}", SystemClock(), size=0)


def test_retry_after_is_honoured_and_holds_the_lane_alone(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        whisper(world, 1, "UA")
        whisper(world, 2, "UA")
        world.slack.answers["chat.postMessage"] = [30]
        assert await world.sender._round() == 1
        whisper(world, 3, "UB")
        assert await world.sender._round() == 1
        assert [words(m["blocks"]) for m in world.slack.messages.values()] == ["message 3"]
        assert isinstance(world.clock, FixedClock)
        world.clock.move(timedelta(seconds=29))
        assert await world.sender._round() == 0
        world.clock.move(timedelta(seconds=2))
        await world.sender.drain()
        said = [words(m["blocks"]) for m in world.slack.in_channel("DUA")]
        assert said == ["message 1", "message 2"]
        assert ("conversations.history", "DUA") not in [
            (method, where) for _, method, where in world.slack.times
        ], "a refused post was certainly not said"

    run_both(scenario)


@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_that_is_lost_is_looked_for_and_not_said_twice(run: Run, times: int) -> None:
    async def scenario(world: SlackWorld) -> None:
        whisper(world, 1, "UA")
        world.slack.answers["chat.postMessage"] = ["cut"]
        world.slack.answers["conversations.history"] = ["internal_error"] * (times - 1)
        assert isinstance(world.clock, FixedClock)
        for _ in range(6):
            await world.sender._round()
            world.clock.move(timedelta(minutes=2))
        assert len(world.slack.in_channel("DUA")) == 1
        assert [state for _, state, _ in rows(world)] == ["sent"]

    run(scenario)


class Kill(Exception):
    """The process was killed here."""


@pytest.mark.parametrize("where", ["before it is noted", "before the row is done"])
def test_a_sender_that_dies_in_the_middle_delays_and_loses_nothing(
    run_both: Run, where: str
) -> None:
    def dies(*_: object) -> None:
        raise Kill

    async def scenario(world: SlackWorld) -> None:
        world.open_draft()
        doomed = Sender(world.placet, lambda _t: world.slack.client(), per_second=0)
        if where == "before it is noted":
            doomed._poster._shown = dies  # type: ignore[method-assign]
        else:
            doomed._finish = dies  # type: ignore[method-assign]
        with pytest.raises(Kill):
            await doomed._round()
        await asyncio.sleep(0.2)  # the other lanes of that round end too
        assert len(world.slack.messages) == 3
        assert await world.sender._round() == 0, "the dead one still holds them"
        assert isinstance(world.clock, FixedClock)
        world.clock.move(LEASE + timedelta(seconds=1))
        await world.sender.drain()
        assert len(world.slack.messages) == 3, "ana's, ben's and cleo's copy, each once"
        assert {state for _, state, _ in rows(world)} <= {"sent", "dropped"}
        with world.placet.engine.connect() as connection:
            found = connection.execute(sa.select(cards.c.ts, cards.c.shown, cards.c.wanted)).all()
        assert all(ts and shown == wanted for ts, shown, wanted in found)

    run_both(scenario)


def test_many_changes_of_a_draft_are_few_updates_of_its_card(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        draft = world.open_draft()
        await world.sender.drain()
        world.slack.calls.clear()
        ana = world.placet.person("ana")
        for number in range(5):
            world.placet.desk.decide(
                draft.revision.draft_id, Verb.EDIT, person=ana,
                edit={"segment": {"name": f"List {number}"}, "tolerance": number / 10},
            )  # fmt: skip
        await world.sender.drain()
        assert len(world.slack.named("chat.update")) == 3, "one for each copy"
        assert "List 4" in words(world.card("DUBEN")["blocks"])

    run(scenario)


def test_a_card_that_somebody_deleted_is_posted_anew(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.open_draft()
        await world.sender.drain()
        card = world.card("DUBEN")
        await world.press(card, Act.APPROVE, "UBEN")
        del world.slack.messages["DUBEN", card["ts"]]
        await world.settle()
        again = world.card("DUBEN")
        assert again["ts"] != card["ts"]
        assert "Done" in words(again["blocks"])

    run(scenario)


def test_a_channel_that_lets_placet_not_in_leads_to_a_direct_message(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.slack.answers["chat.postMessage"] = ["not_in_channel"]
        mention = {
            "type": "app_mention",
            "channel": "C7",
            "user": "UANA",
            "ts": "1600000001.000100",
        }
        await world.event(mention | {"text": "<@UBOT> what can you do?"})
        await world.settle()
        assert world.slack.in_channel("C7") == []
        assert len(world.slack.in_channel("DUANA")) == 1

    run(scenario)


def test_what_slack_refuses_for_good_is_dropped_with_its_reason(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        whisper(world, 1, "UA")
        whisper(world, 2, "UA")
        world.slack.answers["chat.postMessage"] = ["account_inactive"]
        await world.sender.drain()
        assert [state for _, state, _ in rows(world)] == ["dropped", "sent"]
        with world.placet.engine.connect() as connection:
            errors = connection.scalars(sa.select(table.c.error).order_by(table.c.seq)).all()
        assert errors == ["account_inactive", None]

    run(scenario)


def test_two_senders_say_each_thing_once(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        for number in range(20):
            whisper(world, number, f"U{number % 4}")
        other = Sender(world.placet, lambda _t: world.slack.client(), per_second=0)
        await asyncio.gather(world.sender.drain(), other.drain())
        said = sorted(words(m["blocks"]) for m in world.slack.messages.values())
        assert said == sorted(f"message {number}" for number in range(20))

    run_both(scenario)


def test_the_running_sender_wakes_for_a_nudge_and_stops(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        running = asyncio.create_task(world.sender.run())
        await asyncio.sleep(0.05)
        whisper(world, 1, "UA")
        world.sender.nudge()
        for _ in range(100):
            await asyncio.sleep(0.01)
            if world.slack.messages:
                break
        assert len(world.slack.messages) == 1
        world.sender.stop()
        await asyncio.wait_for(running, 5)

    run(scenario)


def test_what_was_said_long_ago_is_forgotten(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.open_draft()
        await world.sender.drain()
        now = world.clock.now()
        with world.placet.engine.begin() as connection:
            assert outbox.prune(connection, now=now + timedelta(days=6)) == 0
            assert outbox.prune(connection, now=now + timedelta(days=8)) > 0
        assert rows(world) == []
        assert buttons(world.card("DUBEN"))

    run(scenario)


def test_the_ledgers_head_is_said_once_a_day_to_admins_in_slack(tmp_path: Path) -> None:
    async def scenario(world: SlackWorld) -> None:
        cleo = world.placet.policy.people["cleo"]
        away = cleo.model_copy(update={"team": "T1", "user": "UADMIN"})
        world.placet.book.announcer._policy = world.placet.policy.model_copy(
            update={"people": {"cleo": cleo, "away": away}}
        )
        with world.placet.engine.begin() as connection:
            append(connection, Event(event="paused"), at=world.clock.now(), key=world.placet.key)
        for _ in range(3):
            world.placet.sweeper.note_head()
        await world.sender.drain()
        with world.placet.engine.connect() as connection:
            head = read_head(connection)
        (said,) = [words(m["blocks"]) for m in world.slack.in_channel("DUADMIN")]
        assert f"placet ledger verify --head {head.seq}:{head.hash}" in said

    play(scenario, tmp_path, f"sqlite:///{tmp_path / 'p.db'}", SystemClock(), size=0)
