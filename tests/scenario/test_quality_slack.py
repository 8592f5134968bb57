"""Quality in Slack: decisions are collected from the ledger, alarms have buttons that work."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from evals.quality import Ending
from gates.decision import Verb
from gates.people import Person
from placet.clock import FixedClock
from placet.slack.names import Act
from placet.store.prompt_schema import prompt_serving
from placet.store.quality import Watch
from placet.wiring.quality import quality_of
from prompts import EVERYWHERE
from tests.quality import LLM, decided, fill, watch_over
from tests.slacks import POLICY, TEAM, Run, SlackWorld, buttons, run, run_both, words

__all__ = ["run", "run_both"]

BEN = Person(team=TEAM, user="UBEN")
RULE = '[rules.change_prompt]\napprovers = ["ben", "cleo"]\n'


def move(world: SlackWorld, by: timedelta) -> None:
    assert isinstance(world.clock, FixedClock)
    world.clock.move(by)


def drift(world: SlackWorld, prompt: str = "a" * 64) -> None:
    source = LLM.model_copy(update={"prompt": prompt, "trade": "segments"})
    start = world.clock.now() - timedelta(days=6)
    good = decided([n % 10 > 0 for n in range(60)], source=source, start=start)
    bad = decided([False] * 8, source=source, start=start + timedelta(hours=120))
    fill(world.placet.engine, [*good, *bad])


def alarmed(world: SlackWorld) -> None:
    assert isinstance(world.clock, FixedClock)
    assert watch_over(world.placet.engine, world.clock).watch() == 1


def test_decisions_become_outcomes_once(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        desk = world.placet.desk
        cost = {"model": "m1", "read": 900, "written": 40}
        yes = world.open_draft(evidence={"cost": cost}, drafter="llm", prompt="a" * 64)
        edited, no, waits = world.open_draft(), world.open_draft(), world.open_draft()
        test = world.open_draft(evidence={"undoes": "rc_1"})
        move(world, timedelta(minutes=2))
        desk.decide(yes.revision.draft_id, Verb.APPROVE, person=BEN)
        renamed = {"segment": {"name": "All of our people"}}
        desk.decide(edited.revision.draft_id, Verb.EDIT, person=BEN, edit=renamed)
        desk.decide(no.revision.draft_id, Verb.REJECT, person=BEN, reason="Wrong audience")
        desk.decide(test.revision.draft_id, Verb.APPROVE, person=BEN)
        watch = quality_of(world.placet)
        assert [watch.collect(), watch.collect(), quality_of(world.placet).collect()] == [3, 0, 0]
        found = {one.draft_id: one for one in watch.outcomes()}
        assert waits.revision.draft_id not in found
        one = found[yes.revision.draft_id]
        assert (one.ending, one.seconds, one.distance) == (Ending.UNCHANGED, 120, 0)
        assert (one.source.trade, one.source.model, one.read, one.written) == (
            "segments", "m1", 900, 40,
        )  # fmt: skip
        assert one.decided_by == "T1/UBEN"
        assert one.shape == "build_segment/slack/short"
        two = found[edited.revision.draft_id]
        assert two.ending is Ending.CHANGED
        assert two.seconds == 120, "an edit that approves was read before it was made"
        assert two.distance is not None
        assert 0 < two.distance < 0.5
        three = found[no.revision.draft_id]
        assert (three.ending, three.group) == (Ending.REJECTED, "wrong people")
        assert three.distance is None

    run_both(scenario)


def test_an_alarm_is_posted_to_the_admins_with_its_cause_and_buttons(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        drift(world)
        alarmed(world)
        await world.settle()
        card = world.card("DUCLEO")
        said = words(card["blocks"])
        for part in ("Fewer segments drafts", "0 of 5", "45 of 50", "cause is not told"):
            assert part in said, part
        assert [action for action, _ in buttons(card)] == [
            Act.QUALITY_FIGURES, Act.QUALITY_BACK, Act.QUALITY_MUTE,
        ]  # fmt: skip
        await world.press(card, Act.QUALITY_MUTE, "UDORA")
        await world.settle()
        assert "@dora may not mute alarms" in world.whispered()[-1]
        await world.press(card, Act.QUALITY_MUTE, "UCLEO")
        await world.settle()
        assert "not posted until 1 Dec 2026" in world.whispered()[-1]
        await world.press(card, Act.QUALITY_FIGURES, "UCLEO")
        shown = words(world.last_view()["blocks"])
        assert "Prompts and models" in shown
        assert "tone or wording" in shown

    run(scenario)


def test_rolling_back_takes_an_approver_of_prompts_and_a_prompt_that_serves(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        world.settings.policy_file.write_text(POLICY + RULE)
        world.restart()
        prompts = world.placet.prompts
        drift(world, prompts.standing("segments/draft").stable)
        alarmed(world)
        await world.settle()
        card = world.card("DUCLEO")
        await world.press(card, Act.QUALITY_BACK, "UDORA")
        await world.settle()
        assert "may not roll back prompts" in world.whispered()[-1]
        await world.press(card, Act.QUALITY_BACK, "UCLEO")
        await world.settle()
        assert "no way back" in world.whispered()[-1], "the file that ships was the first"
        await world.press(card, Act.QUALITY_BACK, "UCLEO", value="qa_nothing")
        await world.settle()
        assert "There is no alarm qa_nothing" in world.whispered()[-1]

    run(scenario)


def test_a_canary_that_drifts_is_taken_back_by_itself_with_a_ticket(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        prompts, canary = world.placet.prompts, "c" * 64
        stable = prompts.standing("segments/draft").stable
        with world.placet.engine.begin() as connection:
            connection.execute(
                prompt_serving.insert().values(
                    name="segments/draft", scope=EVERYWHERE, stable=stable, canary=canary,
                    share=0.2, at=world.clock.now(),
                )
            )  # fmt: skip
        start = world.clock.now() - timedelta(days=6)
        old, new = (
            LLM.model_copy(update={"prompt": one, "trade": "segments"}) for one in (stable, canary)
        )
        good = [n % 10 > 0 for n in range(60)]
        fill(world.placet.engine, decided(good, source=old, start=start))
        later = start + timedelta(hours=120)
        fill(world.placet.engine, decided([False] * 6, source=new, start=later))
        watch = quality_of(world.placet)
        watch._replay = None
        assert watch.watch() == 1
        standing = prompts.standing("segments/draft")
        assert (standing.stable, standing.canary) == (stable, None)
        await world.settle()
        said = words(world.card("DUCLEO")["blocks"])
        assert "It went back by itself" in said
        assert Act.QUALITY_BACK not in [action for action, _ in buttons(world.card("DUCLEO"))]
        with world.placet.engine.connect() as connection:
            titles = list(connection.scalars(sa.text("SELECT title FROM placet_tickets")))
        assert any("segments/draft" in title for title in titles)

    run(scenario)


def test_the_digest_tells_the_week_beside_the_one_before(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        watch: Watch = quality_of(world.placet)
        watch.run_due()
        start = world.clock.now()
        fill(world.placet.engine, decided([True] * 30, start=start, seconds=3, words=900))
        fill(world.placet.engine, decided([False], start=start + timedelta(days=3)))
        move(world, timedelta(days=7))
        watch.run_due()
        await world.settle()
        said = words(world.slack.in_channel("DUCLEO")[-1]["blocks"])
        for part in (
            "week of 23 Nov 2026: 31 decided", "30 of 31", "Emails", "tone or wording (1)",
            "@ben", "approves within 3 s", "Approvals that say little",
        ):  # fmt: skip
            assert part in said, part

    run(scenario)


def test_a_poisoned_reason_and_model_name_stay_text(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        source = LLM.model_copy(update={"model": "<!channel> *m*\u202e", "trade": "segments"})
        start = world.clock.now() - timedelta(days=6)
        good = [n % 10 > 0 for n in range(60)]
        fill(world.placet.engine, decided(good, source=source, start=start))
        fill(
            world.placet.engine,
            decided([False] * 8, source=source, start=start + timedelta(hours=120)),
        )
        alarmed(world)
        await world.settle()
        message = world.slack.in_channel("DUCLEO")[-1]
        assert "\u202e" not in str(message)
        assert "<!channel>" not in message["text"]
        assert all(b.get("text", {}).get("type") != "mrkdwn" for b in message["blocks"])

    run(scenario)
