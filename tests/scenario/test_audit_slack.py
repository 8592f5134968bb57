"""A scheduled audit in Slack: done once, told to whom it concerns, drafts asked for by a bot."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from gates.decision import Verb
from gates.draft import State
from gates.people import Person
from placet.clock import FixedClock
from placet.errors import NotAllowed
from placet.slack.names import Act, Asked
from placet.store.audit_schema import audits
from placet.store.auditing import Auditor, bot_of
from placet.store.audits import Every
from placet.store.drafting import BOT_PLACE
from placet.store.schema import requests
from placet.store.slack_schema import outbox
from placet.store.sweeps import Sweeper
from placet.wiring.audits import auditor_of
from tests.slacks import TEAM, Run, SlackWorld, run, run_both, signed, words
from tools.crm.local.schema import contacts

__all__ = ["run", "run_both"]

ANA = Person(team=TEAM, user="UANA")
CARD = {"ts": "1700000000.000100", "channel": "C1"}


def scheduled(world: SlackWorld, every: Every = "daily") -> Auditor:
    auditor = auditor_of(world.placet)
    auditor.audits.set_schedule(
        every, person=ANA, place=f"{TEAM}/C1", now=world.clock.now(), timezone="UTC"
    )
    return auditor


def move(world: SlackWorld, by: timedelta) -> None:
    assert isinstance(world.clock, FixedClock)
    world.clock.move(by)


def spoil(world: SlackWorld, many: int = 40) -> None:
    """Write numbers as Germans do into the first contacts."""
    with world.placet.crm_engine.begin() as connection:
        ids = list(connection.scalars(sa.select(contacts.c.id).order_by(contacts.c.id).limit(many)))
        for number, one in enumerate(ids):
            connection.execute(
                contacts.update()
                .where(contacts.c.id == one)
                .values(phone=f"030 90{number:02}1{number:02}4", country="Germany")
            )


async def command(world: SlackWorld, text: str) -> None:
    body = {"command": "/placet", "text": text, "team_id": TEAM, "user_id": "UANA",
            "channel_id": "C1", "trigger_id": "1"}  # fmt: skip
    await world.send(signed(urlencode(body), "application/x-www-form-urlencoded"))


def asked(world: SlackWorld) -> list[tuple[str, str, str]]:
    query = sa.select(requests.c.text, requests.c.person, requests.c.place)
    with world.placet.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(requests.c.at))]


def test_a_turn_is_done_once_and_told_to_the_channel_the_asker_and_the_admins(
    run_both: Run,
) -> None:
    async def scenario(world: SlackWorld) -> None:
        spoil(world)
        auditor = scheduled(world)
        assert auditor.run_due() == 0, "not yet"
        move(world, timedelta(days=1))
        other = auditor_of(world.placet)
        assert [auditor.run_due(), other.run_due(), auditor.run_due()] == [1, 0, 0]
        with world.placet.engine.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(audits)) == 1
        await world.sender.drain()
        for channel in ("C1", "DUANA", "DUCLEO"):
            (said,) = world.slack.in_channel(channel)
            assert "What is wrong in the CRM" in words(said["blocks"])
            assert "phone numbers" in words(said["blocks"])
            assert "wait for those who may approve" in words(said["blocks"])
            assert not [block for block in said["blocks"] if "accessory" in block]
        assert not world.slack.in_channel("DUBEN")
        assert not world.slack.wrong
        bots = [(person, place) for _, person, place in asked(world)]
        assert bots
        assert set(bots) == {(bot_of(TEAM).key, "audit")}

    run_both(scenario)


def test_what_still_waits_is_not_asked_for_again_and_the_change_is_told(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        spoil(world)
        auditor = scheduled(world)
        move(world, timedelta(days=1))
        assert auditor.run_due() == 1
        first = asked(world)
        spoil(world, 60)
        move(world, timedelta(days=1))
        assert auditor.run_due() == 1
        again = [text for text, *_ in asked(world)[len(first) :]]
        assert not [one for one in again if "phone numbers of" in one and "contacts" in one]
        last = auditor.audits.last()
        assert last is not None
        assert last.trend is not None
        assert any(one.name == "phone_format" and one.by > 0 for one in last.trend.findings)
        await world.sender.drain()
        said = words(world.slack.in_channel("C1")[-1]["blocks"])
        assert "Findings since" in said

    run(scenario)


def test_a_worker_that_dies_in_a_turn_delays_it_and_nothing_is_doubled(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        spoil(world)
        auditor = scheduled(world)
        move(world, timedelta(days=1))
        now = world.clock.now()
        turn = auditor.audits.claim(now, until=now + timedelta(minutes=30))
        assert turn is not None
        assert turn.next_at is not None
        kept = auditor.audits.keep(auditor._audit(), due=turn.next_at)  # and then it dies
        auditor._ask(kept, turn)
        before = asked(world)
        assert auditor.run_due() == 0, "another one is at it"
        move(world, timedelta(minutes=31))
        assert auditor.run_due() == 1
        assert asked(world) == before
        last = auditor.audits.last()
        assert last is not None
        assert last.id == kept.id

    run(scenario)


def test_a_press_asks_in_the_thread_of_the_card_and_a_second_one_is_told_so(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        spoil(world)
        kept = auditor_of(world.placet).run()
        value = Asked(audit_id=kept.id, number=1).pack()
        for _ in range(2):
            await world.press(CARD, Act.ASK, "UBEN", value)
        mine = [one for one in asked(world) if one[1] == f"{TEAM}/UBEN"]
        assert mine == [(kept.audit.helps[0].request, f"{TEAM}/UBEN", "slack")]
        await world.press(CARD, Act.ASK, "UBEN", f"{kept.id}:9")
        await world.press(CARD, Act.ASK, "UBEN", "au_nothing:1")
        await world.press(CARD, Act.ASK, "UBEN", "rubbish")
        await world.sender.drain()
        told = world.whispered()
        assert told[0].startswith("Asked: ")
        assert "asked for here already" in told[1]
        assert len(told) == 5

    run(scenario)


def test_the_command_tells_the_last_audit(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        await command(world, "audit")
        auditor_of(world.placet).run()
        await command(world, "audit")
        await world.sender.drain()
        none, some = world.whispered()
        assert "no audit yet" in none
        assert "its card is here" in some
        (card,) = world.slack.in_channel("C1")
        assert "Completeness" in words(card["blocks"])
        held = [block["accessory"] for block in card["blocks"] if "accessory" in block]
        assert {one["action_id"] for one in held} == {Act.ASK}
        first = held[0]["value"]
        await world.press(card, Act.ASK, "UANA", first)
        assert [text for text, *_ in asked(world)]
        assert not world.slack.wrong

    run(scenario)


def test_hostile_words_of_the_crm_are_inert_on_the_card(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        spoil(world)
        auditor = scheduled(world)
        move(world, timedelta(days=1))
        with world.placet.crm_engine.begin() as connection:
            connection.execute(contacts.update().values(owner="<!channel> *now* \u202e"))
        auditor.run_due()
        await world.sender.drain()
        for message in world.slack.messages.values():
            assert "\u202e" not in str(message)
        assert not world.slack.wrong

    run(scenario)


def test_off_ends_it(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        auditor = scheduled(world)
        scheduled(world, "off")
        move(world, timedelta(days=9))
        assert auditor.run_due() == 0
        with world.placet.engine.connect() as connection:
            assert not connection.execute(sa.select(outbox)).all()

    run(scenario)


def test_what_the_bot_asked_for_goes_to_those_who_may_approve_and_waits(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        bot = bot_of(TEAM)
        world.placet.desk.ask_once("e1", "VPs of marketing", person=bot, place=BOT_PLACE)
        await world.settle()
        (draft,) = world.placet.desk.drafts()
        assert draft.revision.requester == bot
        assert draft.state is State.PENDING
        for channel in ("DUANA", "DUBEN", "DUCLEO"):
            (card,) = world.slack.in_channel(channel)
            assert "audit (a bot)" in words(card["blocks"])
        assert not world.slack.in_channel("DUDORA")
        with pytest.raises(NotAllowed):
            world.placet.desk.decide(draft.revision.draft_id, Verb.APPROVE, person=bot)
        await world.press(world.card("DUBEN"), Act.APPROVE, "UBEN")
        await world.settle()
        assert world.placet.desk.drafts()[-1].state is State.EXECUTED
        assert not world.slack.wrong

    run(scenario)


def test_the_sweeper_does_the_turn(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        auditor = scheduled(world)
        move(world, timedelta(days=1))
        sweeper = Sweeper(
            book=world.placet.book, gate=world.placet.gate, runner=world.placet.runner,
            executor=world.placet.executor, clock=world.clock, forget_thread=lambda _thread: None,
            audit_due=auditor.run_due,
        )  # fmt: skip
        sweeper.sweep()
        assert sweeper.audit() == 1
        assert sweeper.audit() == 0

    run(scenario)
