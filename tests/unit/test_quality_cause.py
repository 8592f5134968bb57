"""Which of the three changed: a table of planted causes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from evals.quality.cause import Cause, Replay, diagnose
from evals.quality.outcome import Ending, Outcome, Source

NOW = datetime(2026, 11, 2, tzinfo=UTC)
SOURCE = Source(trade="emails", drafter="llm", prompt="a" * 64, model="m1")
_numbers = count()


def some(unchanged: int, of: int, *, shape: str = "email", who: str = "ben") -> list[Outcome]:
    return [
        Outcome(
            draft_id=f"dr_{next(_numbers)}", source=SOURCE, shape=shape, seconds=60,
            ending=Ending.UNCHANGED if n < unchanged else Ending.REJECTED,
            decided_by=f"local/{who}", decided_at=NOW + timedelta(minutes=n),
        )
        for n in range(of)
    ]  # fmt: skip


def replay(passed: int, of: int = 30, *, prompt: str = "a", model: str = "m1", cases: str = "s"
           ) -> Replay:  # fmt: skip
    return Replay(
        sentinel=cases, prompt=prompt, model=model,
        passed={f"dev-{n}": n < passed for n in range(of)},
    )  # fmt: skip


STEADY = (replay(27), replay(27))
GOOD, BAD = some(80, 100), some(50, 100)

TABLE = {
    "frozen cases lost under the same prompt": (GOOD, BAD, replay(27), replay(15), Cause.MODEL),
    "another model behind the same prompt": (
        GOOD, BAD, replay(27), replay(15, model="m2"), Cause.MODEL,
    ),
    "frozen cases lost under another prompt": (
        GOOD, BAD, replay(27), replay(15, prompt="b"), Cause.PROMPT,
    ),
    "a few frozen cases flip by chance": (GOOD, BAD, replay(27), replay(25), Cause.UNTOLD),
    "more of the kind of request that always went badly": (
        [*some(90, 100, shape="easy"), *some(8, 20, shape="hard")],
        [*some(27, 30, shape="easy"), *some(32, 80, shape="hard")], *STEADY, Cause.REQUESTS,
    ),
    "a kind of request that was not there before": (
        some(90, 100, shape="easy"), [*some(45, 50, shape="easy"), *some(10, 50, shape="new")],
        *STEADY, Cause.REQUESTS,
    ),
    "more is decided by who always changed more": (
        [*some(90, 100, who="ben"), *some(8, 20, who="cleo")],
        [*some(27, 30, who="ben"), *some(32, 80, who="cleo")], *STEADY, Cause.REVIEWERS,
    ),
    "one person decides otherwise than before, the others do not": (
        [*some(45, 50, who="ben"), *some(45, 50, who="cleo")],
        [*some(45, 50, who="ben"), *some(15, 50, who="cleo")], *STEADY, Cause.REVIEWERS,
    ),
    "everybody changes more, of the same requests": (
        [*some(45, 50, who="ben"), *some(45, 50, who="cleo")],
        [*some(25, 50, who="ben"), *some(25, 50, who="cleo")], *STEADY, Cause.UNTOLD,
    ),
    "nothing fell": (BAD, GOOD, *STEADY, Cause.UNTOLD),
    "nothing was before": ([], BAD, *STEADY, Cause.UNTOLD),
    "no replay, and the requests explain it": (
        [*some(90, 100, shape="easy"), *some(8, 20, shape="hard")],
        [*some(27, 30, shape="easy"), *some(32, 80, shape="hard")], None, replay(20),
        Cause.REQUESTS,
    ),
    "replays of other frozen cases are not compared": (
        GOOD, BAD, replay(27), replay(5, cases="t"), Cause.UNTOLD,
    ),
    "the model outweighs a changed mix": (
        [*some(90, 100, shape="easy"), *some(8, 20, shape="hard")],
        [*some(27, 30, shape="easy"), *some(32, 80, shape="hard")], replay(27), replay(10),
        Cause.MODEL,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_planted_cause_is_found(name: str) -> None:
    before, after, then, now, expected = TABLE[name]
    found = diagnose(before, after, then=then, now=now)  # type: ignore[arg-type]
    assert found.cause is expected, found.why
    assert found.why.endswith(".")


def test_without_a_replay_the_drafter_is_not_cleared() -> None:
    found = diagnose(GOOD, BAD, then=None, now=None)
    assert not found.replayed
    assert "no two replays" in found.why
    assert diagnose(GOOD, BAD, then=STEADY[0], now=STEADY[1]).replayed


def test_it_names_who_decides_otherwise_and_the_models() -> None:
    before, after, then, now, _ = TABLE[
        "one person decides otherwise than before, the others do not"
    ]
    assert "local/cleo" in diagnose(before, after, then=then, now=now).why  # type: ignore[arg-type]
    found = diagnose(GOOD, BAD, then=replay(27), now=replay(15, model="m2"))
    assert "m1 before, m2 now" in found.why
