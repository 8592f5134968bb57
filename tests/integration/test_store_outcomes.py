"""Outcomes per item, schedules and stops: what a run does when the world says more than yes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gates import State, Verb
from gates.ledger import verify
from placet.clock import FixedClock, SystemClock
from placet.errors import BadInput, Conflict, EffectUnknown, NotAllowed
from placet.store.ledger import read_entries, read_head
from placet.store.schema import drafts, items
from placet.store.views import read_receipts
from tests.support import ANA, BEN, CLEO, DORA, FENCES, HOUR, KEY, PaintHandler, paint
from tests.worlds import PaintWorld
from tools.execution import Counted, Later, Refused
from tools.tickets.local import read_tickets

MANY = tuple(f"fence-{n:04}" for n in range(20))


@pytest.fixture
def world(database_url, tmp_path, clock):
    made = PaintWorld(database_url, tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def lite(tmp_path, clock):
    """A world on SQLite alone, for what no database could do differently."""
    made = PaintWorld(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path, clock)
    yield made
    made.close()


def approved(world, action=None, fences=FENCES) -> str:
    draft_id = world.open(action or paint(fences), fences=fences)
    world.press(draft_id, Verb.APPROVE)
    return draft_id


def receipt(world):
    with world.engine.connect() as connection:
        (one,) = read_receipts(connection)
    return one


def tickets(world):
    with world.engine.connect() as connection:
        return read_tickets(connection)


def events(world) -> list[str]:
    with world.engine.connect() as connection:
        entries = list(read_entries(connection))
        assert verify(entries, key=KEY) == read_head(connection)
    return [entry.event for entry in entries]


def once(world, fences) -> None:
    assert sorted(world.street.coats) == sorted(fences)
    assert all(len(coats) == 1 for coats in world.street.coats.values())


# --- outcomes ------------------------------------------------------------------------------------


def test_what_is_refused_fails_with_its_own_reason_and_the_rest_goes_on(lite) -> None:
    reasons = {"fence-0001": "No such fence.", "fence-0003": "No such fence.", "fence-0004": "Wet."}
    lite.street.says = lambda _key, fence: Refused(why=reasons[fence]) if fence in reasons else None
    draft_id = approved(lite)
    lite.work()
    draft = lite.draft(draft_id)
    assert draft.state is State.PARTIAL
    assert draft.note == (
        "3 of 6 steps were carried out; 3 were not. Why: No such fence (2); Wet (1)."
    )
    body = receipt(lite)["body"]
    assert body["reasons"] == {"No such fence.": 2, "Wet.": 1}
    assert (body["done"], body["failed"], body["unknown"], body["left"]) == (3, 3, 0, 0)
    once(lite, ("fence-0000", "fence-0002"))


def test_what_is_put_off_is_tried_again_when_due_and_not_before(world, clock: FixedClock) -> None:
    put_off: set[str] = set()

    def later(_key, fence):
        if fence in ("fence-0001", "fence-0002") and fence not in put_off:
            put_off.add(fence)
            return Later(until=clock.now() + timedelta(minutes=5), why="Try later.")
        return None

    world.street.says = later
    draft_id = approved(world)
    world.work()
    waiting = world.draft(draft_id)
    assert waiting.state is State.EXECUTING
    assert waiting.next_at == clock.now() + timedelta(minutes=5)
    assert len(world.street.coats) == 3  # the others went on meanwhile
    calls = world.street.calls
    clock.move(timedelta(minutes=4, seconds=59))
    assert world.sweeper.go_on() == 0
    world.work()
    assert world.street.calls == calls
    clock.move(timedelta(seconds=1))
    assert world.sweeper.go_on() == 1
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    once(world, FENCES)
    with world.engine.connect() as connection:
        tries = dict(connection.execute(sa.select(items.c.item, items.c.tries)).all())
    assert tries["fence-0001"] == tries["fence-0002"] == 1
    assert tries["fence-0000"] == 0


def test_the_first_step_put_off_keeps_everything_waiting(lite, clock) -> None:
    said = []

    def later(_key, item):
        if item == "ladder" and not said:
            said.append(item)
            return Later(until=clock.now() + HOUR, why="The ladder is lent.")
        return None

    lite.street.says = later
    draft_id = approved(lite)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTING
    assert lite.street.coats == {}
    clock.move(HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED


def test_what_the_destination_cannot_tell_is_unknown_for_that_item_alone(world) -> None:
    world.street.forgotten.add("fence-0001")
    draft_id = approved(world)
    world.work()
    draft = world.draft(draft_id)
    assert (draft.state, draft.note) == (
        State.UNKNOWN,
        "The outcome of 1 of 6 steps is not known yet.",
    )
    calls = world.street.calls
    once(world, FENCES)
    world.street.forgotten.clear()
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    assert world.street.calls == calls
    once(world, FENCES)


def test_a_run_that_waits_is_paused_and_goes_on_after_resume(world, clock) -> None:
    first: set[str] = set()

    def later(_key, fence):
        if fence.startswith("fence") and fence not in first:
            first.add(fence)
            return Later(until=clock.now() + timedelta(minutes=1), why="Not now.")
        return None

    world.street.says = later
    draft_id = approved(world)
    world.work()
    world.desk.pause(person=CLEO)
    clock.move(timedelta(minutes=2))
    world.work()
    assert world.street.coats == {}
    assert world.draft(draft_id).state is State.EXECUTING
    world.desk.resume(person=CLEO)
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    once(world, FENCES)


def test_a_note_of_the_next_moment_that_is_lost_is_made_again(lite, clock) -> None:
    first: set[str] = set()

    def later(_key, fence):
        if fence == "fence-0001" and fence not in first:
            first.add(fence)
            return Later(until=clock.now() + HOUR, why="Not now.")
        return None

    lite.street.says = later
    draft_id = approved(lite)
    lite.work()
    with lite.engine.begin() as connection:
        connection.execute(drafts.update().values(next_at=None))
    lite.work()
    assert lite.draft(draft_id).next_at == clock.now() + HOUR
    clock.move(HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED


def test_a_paced_run_waits_in_place_and_needs_no_job_for_each_moment(tmp_path) -> None:
    clock, due = SystemClock(), {}
    lite = PaintWorld(f"sqlite:///{tmp_path / 'lite.db'}", tmp_path, clock)

    def pace(_key, fence):
        if fence == "ladder":
            return None
        turn = due.setdefault(fence, clock.now() + timedelta(seconds=0.2 * (len(due) + 1)))
        return None if clock.now() >= turn else Later(until=turn, why="It waits for its turn.")

    lite.street.says = pace
    draft_id = approved(lite)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED
    once(lite, FENCES)
    assert len(lite.executor.history(f"execute:{draft_id}:1")) == 1
    lite.close()


def test_a_fresh_draft_that_is_refused_leaves_the_old_one_stale(lite) -> None:
    def refuse(_page) -> None:
        raise NotAllowed("The policy has no rule for it.")

    lite.runner._reoffer = lambda _draft, _why: refuse
    lite.handler.moved = "2 of 5 fences are gone"
    draft_id = approved(lite)
    lite.work()
    assert lite.draft(draft_id).state is State.STALE


# --- schedules -----------------------------------------------------------------------------------


def test_a_scheduled_run_starts_at_its_moment_and_drift_is_checked_then(world, clock) -> None:
    at = clock.now() + 72 * HOUR  # beyond the request's own 48 hours
    draft_id = world.open(paint(at=at))
    said = world.press(draft_id, Verb.APPROVE)
    assert said.words == "Approved by @ben; it runs at 09:00 UTC on 27 Nov 2026."
    assert said.draft.valid_until == at + 6 * HOUR
    world.work()
    clock.move(71 * HOUR)
    world.work()
    assert world.draft(draft_id).state is State.APPROVED
    assert world.handler.drifts == 0
    with pytest.raises(Conflict, match="it runs at 09:00 UTC on 27 Nov 2026"):
        world.press(draft_id, Verb.REJECT)
    clock.move(HOUR)
    assert world.sweeper.go_on() == 1
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    assert world.handler.drifts == 1
    once(world, FENCES)


def test_a_scheduled_run_that_nobody_started_in_time_expires(lite, clock) -> None:
    draft_id = lite.open(paint(at=clock.now() + 24 * HOUR))
    lite.press(draft_id, Verb.APPROVE)
    clock.move(30 * HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.EXPIRED
    assert lite.street.coats == {}


def test_what_should_have_started_already_cannot_be_approved(lite, clock) -> None:
    draft_id = lite.open(paint(at=clock.now() + HOUR))
    clock.move(HOUR)
    with pytest.raises(Conflict, match=r"was to start at 10:00 UTC .* edit the schedule"):
        lite.press(draft_id, Verb.APPROVE)
    later = (clock.now() + HOUR).isoformat()
    lite.press(draft_id, Verb.EDIT, ANA, edit={"at": later})
    lite.press(draft_id, Verb.APPROVE)
    clock.move(HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED


def test_quiet_hours_hold_a_run_before_it_starts_and_in_the_middle(lite, clock) -> None:
    lite.handler.opens_at = clock.now() + HOUR
    draft_id = approved(lite)
    lite.work()
    assert lite.draft(draft_id).state is State.APPROVED
    assert lite.handler.drifts == 0
    clock.move(HOUR)

    def close(call: int) -> None:
        if call == 2:
            lite.handler.opens_at = clock.now() + 2 * HOUR

    lite.street.after_call = close
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTING
    assert lite.street.calls == 2
    clock.move(2 * HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED
    once(lite, FENCES)


def test_pause_holds_what_is_scheduled(lite, clock) -> None:
    draft_id = lite.open(paint(at=clock.now() + HOUR))
    lite.press(draft_id, Verb.APPROVE)
    lite.desk.pause(person=CLEO)
    clock.move(HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.APPROVED
    lite.desk.resume(person=CLEO)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED


def test_a_worker_starts_what_is_scheduled_within_a_second_or_so(database_url, tmp_path) -> None:
    import time

    clock = SystemClock()
    world = PaintWorld(database_url, tmp_path, clock)
    worker = world.worker()
    worker.start(prefix="worker")
    running = threading.Thread(target=worker.run)
    running.start()
    try:
        at = clock.now() + timedelta(seconds=3)
        draft_id = world.open(paint(at=at))
        world.press(draft_id, Verb.APPROVE)
        while not world.street.calls:
            assert clock.now() < at + timedelta(seconds=10)
            time.sleep(0.02)
        late = clock.now() - at
        assert late >= timedelta(0)  # and 0.5 s at most on a machine at rest
        while world.draft(draft_id).state is not State.EXECUTED:
            time.sleep(0.05)
    finally:
        worker.stop()
        running.join()
        world.close()


# --- stops ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [ANA, BEN, CLEO])
def test_an_approved_run_is_stopped_before_it_starts(lite, clock, who) -> None:
    draft_id = lite.open(paint(at=clock.now() + HOUR))
    lite.press(draft_id, Verb.APPROVE)
    with pytest.raises(NotAllowed, match="You may not stop this; @ana, who asked for it"):
        lite.press(draft_id, Verb.STOP, DORA)
    said = lite.press(draft_id, Verb.STOP, who)
    assert said.words == f"Stopped by @{who.user}; nothing was carried out."
    with pytest.raises(Conflict, match=f"already stopped by @{who.user} at 09:00"):
        lite.press(draft_id, Verb.STOP, BEN)
    clock.move(2 * HOUR)
    lite.work()
    assert lite.draft(draft_id).state is State.WITHDRAWN
    assert lite.street.coats == {}
    assert events(lite)[-1] == "draft.stopped"


def test_a_running_draft_is_stopped_where_it_is(world) -> None:
    def stop(call: int) -> None:
        if call == 4:
            said = world.press(draft_id, Verb.STOP, CLEO, reason="wrong colour")
            assert said.words == (
                "Stopped by @cleo: nothing more starts; what is done already stays."
            )
            with pytest.raises(Conflict, match=r"already stopped by @cleo .* ends first"):
                world.press(draft_id, Verb.STOP, BEN)

    world.street.before_call = stop
    draft_id = approved(world, fences=MANY)
    world.work()
    draft = world.draft(draft_id)
    assert (draft.state, draft.decided_by, draft.stopped_by) == (State.PARTIAL, BEN, CLEO)
    assert draft.note == (
        "7 of 21 steps were carried out; 14 were not. Why: stopped by @cleo (14)."
    )
    once(world, MANY[:6])  # the batch that was on its way came to its end
    assert receipt(world)["state"] == "partial"
    assert receipt(world)["body"]["left"] == 14
    assert tickets(world) == []  # nobody is to do the rest by hand
    assert events(world)[-2:] == ["run.stopping", "run.partial"]
    with pytest.raises(Conflict, match=r"stopped by @cleo at 09:00 .* 7 of 21 steps"):
        world.press(draft_id, Verb.STOP, BEN)
    world.work()
    once(world, MANY[:6])


def test_a_stopped_run_is_counted_in_its_own_words(lite, monkeypatch) -> None:
    counted = Counted(noun="fences", verb="painted")
    monkeypatch.setattr(PaintHandler, "counted", counted, raising=False)
    lite.street.before_call = lambda call: (
        lite.press(draft_id, Verb.STOP, ANA) if call == 3 else None
    )
    draft_id = approved(lite, fences=MANY)
    lite.work()
    assert lite.draft(draft_id).note == (
        "4 of 20 fences were painted; 16 were not. Why: stopped by @ana (16)."
    )


def test_a_run_that_waits_is_stopped_and_ends_even_while_paused(world, clock) -> None:
    world.street.says = lambda _key, fence: (
        Later(until=clock.now() + HOUR, why="Not now.") if fence == "fence-0001" else None
    )
    draft_id = approved(world)
    world.work()
    world.desk.pause(person=CLEO)
    calls = world.street.calls
    world.press(draft_id, Verb.STOP, ANA)
    world.work()
    draft = world.draft(draft_id)
    assert draft.state is State.PARTIAL
    assert draft.note == "5 of 6 steps were carried out; 1 was not. Why: stopped by @ana (1)."
    assert world.street.calls == calls
    clock.move(2 * HOUR)
    world.desk.resume(person=CLEO)
    world.work()
    assert world.street.calls == calls


def test_a_stop_before_anything_was_done_withdraws_the_run(lite, clock) -> None:
    lite.street.says = lambda _key, item: (
        Later(until=clock.now() + HOUR, why="Not now.") if item == "ladder" else None
    )
    draft_id = approved(lite)
    lite.work()
    lite.press(draft_id, Verb.STOP, ANA)
    lite.work()
    draft = lite.draft(draft_id)
    assert (draft.state, draft.note) == (
        State.WITHDRAWN,
        "Stopped by @ana before anything was carried out.",
    )
    assert receipt(lite)["state"] == "withdrawn"
    assert tickets(lite) == []


def test_a_stop_while_the_last_batch_is_on_its_way_came_too_late(lite) -> None:
    lite.street.before_call = lambda call: (
        lite.press(draft_id, Verb.STOP, ANA) if call == 4 else None
    )
    draft_id = approved(lite)
    lite.work()
    assert lite.draft(draft_id).state is State.EXECUTED
    once(lite, FENCES)
    with pytest.raises(Conflict, match="when all of it was on its way"):
        lite.press(draft_id, Verb.STOP, BEN)


def test_a_stop_while_the_answer_is_lost_asks_and_repeats_nothing(lite) -> None:
    def lose(call: int) -> None:
        if call == 3:
            lite.press(draft_id, Verb.STOP, ANA)
            raise EffectUnknown("The line went dead.")

    lite.street.after_call = lose
    draft_id = approved(lite)
    lite.work()
    assert lite.draft(draft_id).state is State.PARTIAL
    assert lite.street.calls == 3
    once(lite, FENCES[:4])


def test_what_waits_for_a_decision_is_not_stopped_but_rejected(lite) -> None:
    draft_id = lite.open()
    with pytest.raises(Conflict, match="It is waiting for a decision"):
        lite.press(draft_id, Verb.STOP, ANA)


@pytest.mark.parametrize("people", [(ANA, BEN), (CLEO, ANA)])
def test_of_two_who_stop_at_once_one_is_first_and_no_fence_is_painted_twice(world, people) -> None:
    held, go = threading.Event(), threading.Event()

    def hold(call: int) -> None:
        if call == 2:
            held.set()
            go.wait(20)

    world.street.before_call = hold
    draft_id = approved(world, fences=MANY)
    working = threading.Thread(target=world.work)
    working.start()
    assert held.wait(20)
    answers: list[str] = []

    def press(person) -> None:
        try:
            answers.append(world.press(draft_id, Verb.STOP, person).words)
        except Conflict as conflict:
            answers.append(str(conflict))

    pressing = [threading.Thread(target=press, args=(person,)) for person in people]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    go.set()
    working.join()
    assert sorted(answer.startswith("Stopped by") for answer in answers) == [False, True]
    assert any(answer.startswith("It was already stopped by") for answer in answers)
    assert world.draft(draft_id).state is State.PARTIAL
    once(world, MANY[:2])
    assert events(world).count("run.stopping") == 1


def test_a_stop_against_the_finish_is_counted_or_told_it_came_too_late(world) -> None:
    for round_ in range(6):
        draft_id = approved(world, paint(colour=f"c{round_}"))
        said: list[str] = []

        def stop(draft_id=draft_id, said=said) -> None:
            try:
                while world.draft(draft_id).state is State.APPROVED:
                    pass
                world.press(draft_id, Verb.STOP, ANA)
                said.append("stopped")
            except Conflict:
                said.append("late")

        stopping = threading.Thread(target=stop)
        stopping.start()
        world.work()
        stopping.join()
        world.work()
        draft = world.draft(draft_id)
        assert draft.state in (State.PARTIAL, State.EXECUTED, State.WITHDRAWN)
        assert (draft.stopped_by is not None) == (said == ["stopped"])
    assert events(world).count("run.started") == 6
    assert all(len(c) == len(set(c)) for c in world.street.coats.values())


def test_a_run_under_way_is_stopped_although_its_request_has_long_expired(lite, clock) -> None:
    lite.handler.opens_at = None

    def close(call: int) -> None:
        if call == 2:
            lite.handler.opens_at = clock.now() + 100 * HOUR

    lite.street.after_call = close
    draft_id = approved(lite)
    lite.work()
    clock.move(60 * HOUR)
    lite.press(draft_id, Verb.STOP, ANA)
    lite.work()
    assert lite.draft(draft_id).state is State.PARTIAL


def test_only_approve_takes_an_override(lite) -> None:
    with pytest.raises(BadInput, match="Only `approve` takes an override"):
        lite.press(lite.open(), Verb.REJECT, override=("links",))


def test_two_at_work_on_one_run_find_each_other_out_and_everything_is_done_once(
    world, tmp_path
) -> None:
    draft_id = approved(world, fences=MANY)
    other = PaintWorld(world.url, tmp_path, world.clock, street=world.street, migrate=False)
    said: list[str] = []

    def meanwhile(call: int) -> None:
        if call == 3:  # the one is in the middle of its call, and was given up
            said.append(other.runner.chunk(draft_id, 1, "the other's", 0))

    world.street.before_call = meanwhile
    assert world.runner.begin(draft_id, 1, "the one's") == "go"
    assert world.runner.chunk(draft_id, 1, "the one's", 0) == "go", "whose it is, is asked first"
    assert said == ["last"]
    assert world.runner.chunk(draft_id, 1, "the one's", 1) == "last"
    assert world.runner.finish(draft_id, 1, "the one's") == "executed"
    once(world, MANY)
    assert receipt(world)["body"]["done"] == 1 + len(MANY)
    other.engine.dispose()


def test_what_a_worker_that_was_given_up_did_all_the_same_is_told(world) -> None:
    held, go = threading.Event(), threading.Event()

    def hold(call: int) -> None:
        if call == 3:
            held.set()
            go.wait(20)

    world.street.before_call = hold
    draft_id = approved(world)
    working = threading.Thread(target=world.work)
    working.start()
    assert held.wait(20)  # as a stopped process is: in the middle of its call
    world.press(draft_id, Verb.STOP, ANA)
    assert world.runner.chunk(draft_id, 1, "another worker's", 9) == "last"
    assert world.runner.finish(draft_id, 1, "another worker's") == "partial"
    assert receipt(world)["body"]["done"] == 3
    go.set()
    working.join()
    once(world, FENCES[:4])
    body = receipt(world)["body"]
    assert (body["done"], body["left"]) == (5, 1)
    assert body["note"].startswith("5 of 6 steps were carried out")
    assert events(world)[-2:] == ["run.partial", "run.amended"]
