"""Decided drafts made up by the dozen, and a watch over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from evals.quality import Ending, Outcome, Prices, Replay, Source
from gates.policy import read_policy
from placet.clock import FixedClock
from placet.store.judging import Judging
from placet.store.outcomes import keep_outcomes
from placet.store.quality import Replayer, Watch
from tests.slacks import POLICY

__all__ = ["LLM", "MONDAY", "decided", "fill", "replay", "watch_over"]

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
LLM = Source(trade="emails", drafter="llm", prompt="a" * 64, model="m1")


def decided(
    unchanged: Sequence[bool], *, source: Source = LLM, start: datetime = MONDAY, **rest: Any
) -> list[Outcome]:
    """Return one decision every two hours; what was not unchanged was rejected."""
    return [
        Outcome.model_validate(
            {
                "draft_id": f"dr_{source.trade[:3]}{source.model}{start:%y%m%d%H%M}{n:04}"[:40],
                "source": source, "decided_by": "T1/UBEN", "seconds": 120, "words": 90,
                "ending": Ending.UNCHANGED if good else Ending.REJECTED,
                "group": "" if good else "tone or wording", "shape": "send_email/slack/medium",
                "distance": 0.0 if good else None, "reason": "" if good else "too pushy",
                "decided_at": start + timedelta(hours=2 * n),
            }
            | rest
        )
        for n, good in enumerate(unchanged)
    ]  # fmt: skip


def fill(engine: sa.Engine, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes down as if they had been collected."""
    with engine.begin() as connection:
        keep_outcomes(connection, outcomes)


def replay(passed: int, of: int = 24, *, prompt: str = "a" * 64, model: str = "m1") -> Replay:
    """Return a replay of frozen cases of which so many passed."""
    return Replay(
        sentinel="s", prompt=prompt, model=model, passed={f"dev-{n}": n < passed for n in range(of)}
    )


def watch_over(
    engine: sa.Engine, clock: FixedClock, *, replays: Replayer | None = None, **rest: Any
) -> Watch:
    """Return a watch with the people of the test policy, UTC, and prices."""
    values: dict[str, Any] = {
        "engine": engine, "policy": read_policy(POLICY), "clock": clock, "timezone": "UTC",
        "prices": Prices(read=1.0, written=4.0), "judging": Judging(engine, clock),
        "replay": replays, "trades": ("emails",),
    }  # fmt: skip
    return Watch(**values | rest)
