from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from gates import State, Verb
from gates.ledger import verify
from placet.clock import FixedClock
from placet.errors import BadInput, Conflict, EffectRefused, EffectUnknown, NotAllowed, NotFound
from placet.store.ledger import read_entries, read_head
from placet.store.schema import items, permits, receipts
from placet.store.views import read_receipts, read_request
from tests.support import (
    ANA,
    BEN,
    CLEO,
    FENCES,
    HOUR,
    KEY,
    POLICY,
    Street,
    paint,
    policy,
)
from tests.worlds import PaintWorld
from tools.tickets.local import read_tickets


@pytest.fixture
def world(database_url, tmp_path, clock):
    made = PaintWorld(database_url, tmp_path, clock)
    yield made
    made.close()


def tickets(world):
    with world.engine.connect() as connection:
        return read_tickets(connection)


def all_receipts(world):
    with world.engine.connect() as connection:
        return read_receipts(connection)


def request(world, request_id):
    with world.engine.connect() as connection:
        return read_request(connection, request_id)


def ledger_verifies(world) -> list[str]:
    with world.engine.connect() as connection:
        entries = list(read_entries(connection))
        assert verify(entries, key=KEY) == read_head(connection)
    return [entry.event for entry in entries]


def test_asked_drafted_approved_and_carried_out_once(world) -> None:
    asked = world.desk.ask("green", person=ANA, place="test")
    assert request(world, asked)["state"] == "drafting"
    world.work()
    (draft,) = world.desk.drafts(request_id=asked)
    assert draft.state is State.PENDING
    assert request(world, asked)["reply"] == "Here it is."
    assert world.street.coats == {}
    world.press(draft.revision.draft_id, Verb.APPROVE)
    assert world.street.coats == {}
    world.work()
    assert world.draft(draft.revision.draft_id).state is State.EXECUTED
    assert world.street.coats == {fence: ["green"] for fence in FENCES}
    (receipt,) = all_receipts(world)
    assert receipt["body"]["done"] == len(FENCES) + 1
    assert receipt["body"]["made"] == {"ladder": {"painted": "ladder"}}
    assert ledger_verifies(world) == [
        "draft.opened", "draft.approved", "run.started", "run.executed",
    ]  # fmt: skip


def test_a_rejection_and_its_ticket_are_one_fact(world) -> None:
    draft_id = world.open()
    said = world.press(draft_id, Verb.REJECT, reason="too bright")
    assert said.words == "Rejected by @ben; nothing will run. A ticket was logged."
    (ticket,) = tickets(world)
    assert (ticket.reason, ticket.draft_id) == ("rejected", draft_id)
    assert ticket.steps == ("Buy green paint.", "Paint 5 fences.")
    assert "too bright" in ticket.text
    with pytest.raises(Conflict, match="already rejected by @ben"):
        world.press(draft_id, Verb.REJECT, CLEO)
    world.work()
    assert len(tickets(world)) == 1
    assert world.street.coats == {}


def test_what_moved_since_approval_is_stale_and_nothing_runs(world) -> None:
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.handler.moved = "2 of 5 fences are gone"
    world.work()
    draft = world.draft(draft_id)
    assert (draft.state, draft.note) == (State.STALE, "2 of 5 fences are gone")
    assert world.street.coats == {}
    assert all_receipts(world) == []


def test_a_refused_call_fails_its_items_and_logs_one_ticket(world) -> None:
    def refuse(call: int) -> None:
        if call == 3:
            raise EffectRefused("The owner says no.")

    world.street.before_call = refuse
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.work()
    assert world.draft(draft_id).state is State.PARTIAL
    assert len(world.street.coats) == 3
    (ticket,) = tickets(world)
    assert ticket.reason == "partial"
    assert "4 of 6 steps" in ticket.text


def test_nothing_goes_on_where_the_first_step_is_refused(world) -> None:
    def refuse(call: int) -> None:
        raise EffectRefused("There is no ladder.")

    world.street.before_call = refuse
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.work()
    assert world.draft(draft_id).state is State.FAILED
    assert world.street.calls == 1
    assert [ticket.reason for ticket in tickets(world)] == ["failed"]


def test_an_answer_that_was_lost_is_asked_for_and_nothing_is_done_twice(world) -> None:
    def lose(call: int) -> None:
        if call in (2, 4):
            raise EffectUnknown("The line went dead.")

    world.street.after_call = lose
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    assert world.street.coats == {fence: ["green"] for fence in FENCES}


def test_what_cannot_be_known_is_unknown_then_reconciled_by_asking(world) -> None:
    def lose(call: int) -> None:
        if call == 3:
            world.street.silent = True
            raise EffectUnknown("The line went dead.")

    world.street.after_call = lose
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.work()
    assert world.draft(draft_id).state is State.UNKNOWN
    assert [ticket.reason for ticket in tickets(world)] == ["unknown"]
    calls = world.street.calls
    (before,) = all_receipts(world)
    world.street.silent = False
    world.work()
    assert world.draft(draft_id).state is State.PARTIAL  # the last fence was never tried
    assert world.street.calls == calls  # asked, not repeated
    assert all(len(coats) == 1 for coats in world.street.coats.values())
    (ticket,) = tickets(world)
    assert ticket.state == "closed"
    (after,) = all_receipts(world)
    assert (before["id"], after["state"]) == (after["id"], "partial")


def test_pause_stops_before_the_next_call_and_resume_goes_on_there(world) -> None:
    with pytest.raises(NotAllowed, match="@ben is no admin"):
        world.desk.pause(person=BEN)

    def pause(call: int) -> None:
        if call == 2:
            world.desk.pause(person=CLEO)

    world.street.after_call = pause
    draft_id = world.open()
    second = world.open(paint(colour="red"))
    world.press(draft_id, Verb.APPROVE)
    world.work()
    world.press(second, Verb.APPROVE)
    world.work()
    assert world.draft(draft_id).state is State.EXECUTING
    assert world.draft(second).state is State.APPROVED
    assert world.street.calls == 2
    assert world.desk.pause(person=CLEO) == "It is paused already."
    world.desk.resume(person=CLEO)
    world.work()
    assert world.draft(draft_id).state is State.EXECUTED
    assert world.draft(second).state is State.EXECUTED
    assert {f: sorted(c) for f, c in world.street.coats.items()} == {
        fence: ["green", "red"] for fence in FENCES
    }  # the two runs go on side by side
    assert world.desk.resume(person=CLEO) == "It is not paused."


def test_changes_asked_for_make_the_next_revision(world) -> None:
    asked = world.desk.ask("green", person=ANA, place="test")
    world.work()
    (draft,) = world.desk.drafts(request_id=asked)
    draft_id = draft.revision.draft_id
    world.press(draft_id, Verb.REVISE, reason="which?")
    world.work()
    assert world.draft(draft_id).state is State.REVISING
    assert world.draft(draft_id).note == "Which colour?"
    world.press(draft_id, Verb.REVISE, reason="red")
    world.work()
    new = world.draft(draft_id)
    assert (new.state, new.revision.revision) == (State.PENDING, 2)
    assert new.revision.action["colour"] == "red"
    with pytest.raises(Conflict, match="This is revision 1; see revision 2"):
        world.press(draft_id, Verb.APPROVE, seen=(1, draft.digest))
    world.press(draft_id, Verb.APPROVE)
    world.work()
    assert world.street.coats == {fence: ["red"] for fence in FENCES}


def test_an_edit_is_checked_and_makes_a_revision(world) -> None:
    draft_id = world.open()
    with pytest.raises(BadInput, match="computed from the filter"):
        world.press(draft_id, Verb.EDIT, edit={"targets": {"count": 1, "sha256": "0" * 64}})
    said = world.press(draft_id, Verb.EDIT, edit={"colour": "blue"})
    assert said.draft.revision.action["colour"] == "blue"
    with pytest.raises(NotAllowed, match="You edited this draft"):
        world.press(draft_id, Verb.APPROVE, BEN)
    world.press(draft_id, Verb.APPROVE, CLEO)
    world.work()
    assert world.street.coats["fence-0000"] == ["blue"]


def test_undo_is_a_draft_that_needs_its_own_approval_once(world) -> None:
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.work()
    (receipt,) = all_receipts(world)
    undo = world.desk.undo(receipt["id"], person=ANA)
    assert undo.state is State.PENDING
    with pytest.raises(Conflict, match="to undo it is pending already"):
        world.desk.undo(receipt["id"], person=ANA)
    world.press(undo.revision.draft_id, Verb.APPROVE)
    world.work()
    assert world.street.coats == {fence: ["green", "bare"] for fence in FENCES}
    with pytest.raises(Conflict, match="is undone already"):
        world.desk.undo(receipt["id"], person=ANA)
    with pytest.raises(NotFound):
        world.desk.undo("rc_none", person=ANA)


def test_late_drafts_expire_and_never_run(world, clock: FixedClock) -> None:
    waiting, approved = world.open(), world.open()
    world.press(approved, Verb.APPROVE)
    clock.move(7 * HOUR)
    world.work()
    assert world.draft(approved).state is State.EXPIRED
    assert world.draft(waiting).state is State.PENDING
    clock.move(48 * HOUR)
    world.work()
    assert world.draft(waiting).state is State.EXPIRED
    assert world.street.coats == {}


def test_a_model_that_is_down_ends_in_a_reply(world) -> None:
    asked = world.desk.ask("broken", person=ANA, place="test")
    world.work()
    assert request(world, asked)["state"] == "failed"
    assert request(world, asked)["reply"].startswith("The model did not answer")
    for nothing in ("", "  ", "\x00" * 3 + "x" * 10_001):
        with pytest.raises(BadInput):
            world.desk.ask(nothing, person=ANA, place="test")


@pytest.mark.parametrize("column", ["body", "digest", "state", "permit", "members"])
def test_a_draft_changed_in_the_database_does_not_run(world, column) -> None:
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    statements = {
        "body": """UPDATE placet_revisions SET body = replace(body, 'green', 'black')""",
        "digest": "UPDATE placet_drafts SET digest = 'f00'",
        "permit": "UPDATE placet_permits SET digest = 'f00'",
        "members": "UPDATE placet_snapshots SET packed = (SELECT packed FROM placet_snapshots "
        "WHERE count = 1)",
        "state": "UPDATE placet_drafts SET state = 'pending'",
    }
    world.open(paint(("x",)), fences=("x",))
    with world.engine.begin() as connection:
        connection.execute(sa.text(statements[column]))
    world.work()
    assert world.street.coats == {}
    assert all_receipts(world) == []


def test_a_permit_written_into_the_database_by_hand_runs_nothing(world) -> None:
    draft_id = world.open()
    digest = world.draft(draft_id).digest
    with world.engine.begin() as connection:
        connection.execute(
            sa.insert(permits).values(
                id="pm_forged",
                draft_id=draft_id,
                revision=1,
                digest=digest,
                issued_at=world.clock.now(),
                valid_until=world.clock.now() + HOUR,
            )
        )
        connection.execute(sa.text("UPDATE placet_drafts SET state = 'approved'"))
    world.work()
    draft = world.draft(draft_id)
    assert draft.state is State.FAILED
    assert "no sealed approval" in (draft.note or "")
    assert world.street.coats == {}


def test_an_approval_under_another_policy_does_not_run(world, tmp_path, clock) -> None:
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    stricter = policy(POLICY.replace('"ana", "ben", "cleo"', '"ana", "cleo"'))
    later = PaintWorld(
        world.url, tmp_path, clock, rules=stricter, street=world.street, migrate=False
    )
    later.work()
    later.close()
    draft = world.draft(draft_id)
    assert (draft.state, draft.note) == (
        State.STALE,
        "The policy has changed since this was approved.",
    )
    assert world.street.coats == {}


def test_the_database_holds_no_receipt_without_its_ledger_row(world) -> None:
    for colour in ("green", "red"):
        world.press(world.open(paint(colour=colour)), Verb.APPROVE)
    world.work()
    events = ledger_verifies(world)
    assert events.count("run.executed") == len(all_receipts(world)) == 2
    with world.engine.connect() as connection:
        done = connection.scalar(
            sa.select(sa.func.count()).select_from(items).where(items.c.state == "done")
        )
        assert done == 2 * (len(FENCES) + 1)
        assert connection.scalar(sa.select(sa.func.count()).select_from(receipts)) == 2


def test_old_conversations_are_forgotten_but_no_draft_receipt_or_ledger_row(world, clock) -> None:
    done = world.desk.ask("green", person=ANA, place="test")
    waiting = world.desk.ask("red", person=ANA, place="test")
    world.work()
    (draft,) = world.desk.drafts(request_id=done)
    world.press(draft.revision.draft_id, Verb.APPROVE)
    world.work()
    assert world.sweeper.prune() == 0
    before = ledger_verifies(world)
    clock.move(31 * 24 * HOUR)
    world.sweeper.prune()
    assert world.forgotten == [done]
    assert waiting not in world.forgotten  # its draft still waits
    assert ledger_verifies(world) == before
    assert len(all_receipts(world)) == 1


def test_many_at_once_on_an_empty_database_all_get_their_row(world) -> None:
    with ThreadPoolExecutor(20) as pool:
        ids = list(pool.map(lambda _: world.open(), range(40)))
        for said in pool.map(lambda i: world.press(i, Verb.APPROVE).words, ids):
            assert said == "Approved by @ben; it runs next."
    assert len(ledger_verifies(world)) == 80


def test_the_rate_is_kept_by_the_token_bucket(database_url, tmp_path, clock) -> None:
    import time

    from placet.clock import SystemClock

    world = PaintWorld(database_url, tmp_path, SystemClock(), street=Street(), per_second=10)
    fences = tuple(f"f{n:02}" for n in range(16))
    draft_id = world.open(paint(fences), fences=fences)
    world.press(draft_id, Verb.APPROVE)
    began = time.monotonic()
    world.work()
    took = time.monotonic() - began
    world.close()
    assert len(world.street.coats) == 16
    assert took > 0.6  # 17 steps at 10 a second, less the first second's burst
