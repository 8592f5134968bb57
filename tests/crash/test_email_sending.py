"""kill -9 in the middle of a campaign: everybody gets one message, counted at the server."""

import signal
import subprocess
import time

import pytest

from gates import State
from placet.clock import SystemClock
from tests.conftest import FULL
from tests.crash.serving import started_workers, wait
from tests.mails import MailWorld, Sink, address, contact_id, said_so

PEOPLE, KILLS, RATE = (10_000, 3, 12_000) if FULL else (300, 1, 12_000)


@pytest.fixture
def sink(tmp_path):
    made = Sink(tmp_path)
    yield made
    made.close()


@pytest.fixture
def world(database_url, tmp_path, sink):
    made = MailWorld(
        database_url, f"sqlite:///{tmp_path / 'crm.db'}", tmp_path, SystemClock(), sink.server,
        people=PEOPLE,
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def serve(world, tmp_path, sink):
    with started_workers() as start:

        def one(*, asks: bool):
            rest = [sink.path] if asks else []
            return start(
                "tests.crash.mail_child", world.url, world.crm_url, tmp_path, sink.port, RATE, *rest
            )

        yield one


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.5)  # what was on the wire arrives


def ended(world, draft_id: str) -> bool:
    return world.draft(draft_id).state not in (State.APPROVED, State.EXECUTING)


def test_killed_in_the_middle_everybody_gets_exactly_one(world, sink, serve) -> None:
    draft_id = world.send()
    gone: list[int] = []
    for kill in range(1, KILLS + 1):
        process = serve(asks=True)
        mark = PEOPLE * kill // (KILLS + 1)
        wait(lambda mark=mark: sink.count() >= mark, 600)
        killed(process)
        assert not ended(world, draft_id)
        had = sink.per_recipient()
        left = [n for n in range(PEOPLE) if address(n) not in had and n not in gone]
        for n in left[-3:]:  # people who unsubscribe in between
            said_so(world, n, "unsubscribed")
            gone.append(n)
    serve(asks=True)
    wait(lambda: ended(world, draft_id), 900)
    expected = {address(n): 1 for n in range(PEOPLE) if n not in gone}
    assert sink.per_recipient() == expected
    assert world.draft(draft_id).state is State.PARTIAL
    items = world.items(draft_id)
    assert {items[contact_id(n)] for n in gone} == {("failed", "the person has unsubscribed")}
    assert world.events() == {contact_id(n): 1 for n in range(PEOPLE) if n not in gone}
    if FULL:  # the rate held over every second in which nothing was killed
        times = sink.times()
        for first, last in zip(times, times[RATE // 60 * 10 :], strict=False):
            assert last - first > 9.0
    for message in sink.parsed()[:: max(1, PEOPLE // 200)]:
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert not message.defects


def test_where_nobody_can_be_asked_at_most_one_arrives_and_the_rest_is_said(
    world, sink, serve
) -> None:
    """A real SMTP server: what the kill caught between dot and reply stays unknown."""
    draft_id = world.send()
    some = 60
    for n in range(KILLS):
        process = serve(asks=False)
        mark = some * (n + 1)
        wait(lambda mark=mark: sink.count() >= mark, 300)
        killed(process)
    serve(asks=False)
    wait(lambda: ended(world, draft_id), 900)
    counted = sink.per_recipient()
    assert set(counted.values()) == {1}
    unknown = [item for item, (state, _) in world.items(draft_id).items() if state == "unknown"]
    assert len(unknown) <= KILLS
    missing = {contact_id(n) for n in range(PEOPLE) if address(n) not in counted}
    assert missing <= set(unknown)
    assert world.draft(draft_id).state is (State.UNKNOWN if unknown else State.EXECUTED)
