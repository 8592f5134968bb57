"""Thumbs on replies and drafts, and what a draft notes of its cost."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from agents.models import Usage, counting
from agents.models.spending import note
from agents.port import Drafted
from placet.slack.names import Act
from placet.store.drafting import Drafting
from placet.store.thumbs import Thumbs, read_thumbs
from placet.wiring.quality import quality_of
from tests.slacks import Run, SlackWorld, run, run_both

__all__ = ["run", "run_both"]


def thumbs(world: SlackWorld) -> tuple[Thumbs, Thumbs]:
    with world.placet.engine.connect() as connection:
        return read_thumbs(connection, since=world.clock.now() - timedelta(days=1))


def test_a_reply_has_thumbs_and_the_last_one_counts(run_both: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        await world.say("hello", "UANA")
        await world.settle()
        reply = world.slack.in_channel("DUANA")[-1]
        value = next(
            one["elements"][0]["positive_button"]["value"]
            for one in reply["blocks"]
            if one["type"] == "context_actions"
        )
        await world.press(reply, Act.FEEDBACK, "UANA", value=value)
        await world.press(reply, Act.FEEDBACK, "UANA", value=value.replace("up", "down", 1))
        await world.press(reply, Act.FEEDBACK, "UBEN", value=value)
        await world.settle()
        assert "kept with the request" in world.whispered()[-1]
        assert thumbs(world) == (Thumbs(up=0, down=0), Thumbs(up=1, down=1))
        await world.press(reply, Act.FEEDBACK, "UANA", value="up:reply:rq_nothing")
        await world.settle()
        assert "no reply to a request rq_nothing" in world.whispered()[-1]

    run_both(scenario)


def test_a_draft_notes_its_model_and_what_the_run_cost(run: Run) -> None:
    async def scenario(world: SlackWorld) -> None:
        made = world.open_draft()
        proposed = world.placet.agents.segments.compose(made.revision.action, drafter="llm")

        class Paying:
            def run(self, **_how: Any) -> Drafted:
                for _ in range(2):
                    note("m1", Usage(read=100, written=7))
                return Drafted(reply="", proposed=(proposed, proposed))

            def compose(self, action: Mapping[str, Any], **_how: Any) -> Any:
                raise AssertionError

            refresh = forget = compose

        drafting = Drafting(book=world.placet.book, gate=world.placet.gate, agent=Paying())  # type: ignore[arg-type]
        await world.say("everybody", "UANA")
        for request in world._jobs():
            if request[0] == "draft":
                drafting.draft(request[1], request[2])
        costs = [one.revision.evidence.get("cost") for one in world.placet.desk.drafts()]
        assert {"model": "m1", "read": 200, "written": 14} in costs
        assert {"model": "m1", "read": 0, "written": 0} in costs
        assert quality_of(world.placet).collect() == 0

    run(scenario)


def test_a_count_sees_the_calls_of_its_own_threads_and_of_nobody_else() -> None:
    note("m0", Usage(read=1))
    with counting() as outer:
        note("m1", Usage(read=10, written=1))
        with counting() as inner:
            note("m2", Usage(read=5))
        other = threading.Thread(target=note, args=("m3", Usage(read=99)))
        other.start()  # a thread without our context is somebody else's
        other.join()
    assert (outer.model, outer.calls, outer.usage) == ("m1", 1, Usage(read=10, written=1))
    assert (inner.model, inner.usage.read) == ("m2", 5)
