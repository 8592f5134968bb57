"""Two processes press approve and reject on the same drafts at the same moment."""

import json

import pytest

from gates import State
from placet.clock import SystemClock
from tests.conftest import FULL
from tests.crash.test_kill import child
from tests.worlds import PaintWorld


@pytest.fixture
def world(database_url, tmp_path):
    made = PaintWorld(database_url, tmp_path, SystemClock())
    yield made
    made.close()


def test_exactly_one_of_two_wins_and_the_other_is_told(world, tmp_path) -> None:
    rounds = 200 if FULL else 60
    drafts = [world.open() for _ in range(rounds)]
    import subprocess

    racers = [
        child("race", world.url, tmp_path, verb, stdin=subprocess.PIPE)
        for verb in ("approve", "reject")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    wins = {"approve": 0, "reject": 0}
    for draft_id in drafts:
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write(draft_id + "\n")
            racer.stdin.flush()
        answers = [json.loads(racer.stdout.readline()) for racer in racers]  # type: ignore[union-attr]
        assert [answer["won"] for answer in answers].count(True) == 1, answers
        verb = "approve" if answers[0]["won"] else "reject"
        wins[verb] += 1
        loser = answers[1] if answers[0]["won"] else answers[0]
        past = "approved" if verb == "approve" else "rejected"
        assert f"already {past} by @ben at" in loser["said"]
        expected = State.APPROVED if verb == "approve" else State.REJECTED
        assert world.draft(draft_id).state is expected
    for racer in racers:
        racer.stdin.close()  # type: ignore[union-attr]
        racer.wait(timeout=30)
        racer.stdout.close()  # type: ignore[union-attr]
        racer.stderr.close()  # type: ignore[union-attr]
    assert sum(wins.values()) == rounds
    print(f"{rounds} races: {wins}")
    assert min(wins.values()) > 0, "one side always won: that was no race"
