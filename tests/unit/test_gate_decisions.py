from datetime import timedelta

import pytest

from gates import State, Verb
from gates.memory import MemoryBook
from gates.permit import Permit, PermitRow, spent
from placet.clock import FixedClock
from placet.errors import BadInput, Conflict, NotAllowed
from placet.ids import DraftId, PermitId, RequestId
from tests.support import (
    ANA,
    BEN,
    CLEO,
    DORA,
    HOUR,
    KEY,
    POLICY,
    Paint,
    decision,
    gate,
    paint,
    policy,
    proposal,
)

D1 = DraftId("dr_1")


@pytest.fixture
def book(clock: FixedClock) -> MemoryBook:
    return MemoryBook(clock=clock, key=KEY)


def opened(book: MemoryBook, clock: FixedClock, action: Paint | None = None, **kw: object):
    rules = kw.pop("rules", None)
    the_gate = gate(clock, rules)  # type: ignore[arg-type]
    book.open(
        the_gate.open(
            proposal(action, **kw), requester=ANA, request_id=RequestId("rq_1"), draft_id=D1
        )
    )
    return the_gate


def press(book, the_gate, clock, verb, by, edited=None, **rest):
    draft = book.read(D1)
    transition = the_gate.decide(draft, decision(draft, verb, by, clock, **rest), edited)
    assert book.apply(transition)
    return transition


def test_an_approval_by_the_right_person_issues_one_permit_and_one_job(book, clock) -> None:
    the_gate = opened(book, clock)
    said = press(book, the_gate, clock, Verb.APPROVE, BEN)
    draft = book.read(D1)
    assert draft.state is State.APPROVED
    assert said.words == "Approved by @ben; it runs next."
    assert book.permits[(D1, 1)].digest == draft.digest
    assert book.jobs == [("execute", D1, 1)]
    assert draft.valid_until == clock.now() + 6 * HOUR


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (ANA, "You cannot approve your own request."),
        (DORA, "You may not approve this; @ben, @cleo may."),
        (BEN.model_copy(update={"bot": True}), "Bots cannot approve."),
        (BEN.model_copy(update={"team": "other"}), "You may not approve this; @ben, @cleo may."),
    ],
)
def test_who_may_not_approve_is_told_why(book, clock, who, words) -> None:
    the_gate = opened(book, clock)
    with pytest.raises(NotAllowed, match=words):
        press(book, the_gate, clock, Verb.APPROVE, who)
    assert book.read(D1).state is State.PENDING
    assert book.permits == {}


def test_solo_mode_lets_requesters_approve_and_marks_it(book, clock) -> None:
    the_gate = opened(book, clock, rules=policy(solo=True))
    press(book, the_gate, clock, Verb.APPROVE, ANA)
    assert book.ledger[-1].body["solo"] is True


def test_a_second_click_is_told_who_was_first_and_when(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    for verb in (Verb.APPROVE, Verb.REJECT):
        with pytest.raises(Conflict, match=r"already approved by @ben at 09:00 UTC on 24 Nov 2026"):
            press(book, the_gate, clock, verb, CLEO)
    assert len(book.jobs) == 1


def test_a_flagged_action_needs_two_different_people(book, clock) -> None:
    the_gate = opened(book, clock, paint(risky=True))
    said = press(book, the_gate, clock, Verb.APPROVE, BEN)
    assert said.words == "Approved by @ben (1 of 2); it still needs 1 from @cleo."
    assert book.read(D1).state is State.PENDING
    assert book.jobs == []
    with pytest.raises(Conflict, match="already approved it; it waits for someone else"):
        press(book, the_gate, clock, Verb.APPROVE, BEN)
    press(book, the_gate, clock, Verb.APPROVE, CLEO)
    assert book.read(D1).state is State.APPROVED


def test_an_old_first_approval_does_not_count_towards_the_quorum(book, clock) -> None:
    the_gate = opened(book, clock, paint(risky=True))
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    clock.move(7 * HOUR)
    said = press(book, the_gate, clock, Verb.APPROVE, CLEO)
    assert "(1 of 2)" in said.words
    assert book.read(D1).state is State.PENDING


def test_what_can_never_be_approved_is_refused_before_it_exists(book, clock) -> None:
    lonely = policy(POLICY.replace('"ana", "ben", "cleo"', '"ana", "ben"'))
    with pytest.raises(NotAllowed, match=r"needs 2 approval\(s\) .* only ben"):
        opened(book, clock, paint(risky=True), rules=lonely)
    with pytest.raises(NotAllowed, match="no rule for paint"):
        opened(book, clock, rules=policy(rules={}))
    empty = policy(POLICY.replace('"ana", "ben", "cleo"', ""))
    with pytest.raises(NotAllowed, match="only nobody"):
        opened(book, clock, rules=empty)
    assert book.drafts == {}


def test_the_old_revision_and_another_digest_are_refused_in_words(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.EDIT, BEN, proposal(paint(colour="red")))
    with pytest.raises(Conflict, match="This is revision 1; see revision 2"):
        press(book, the_gate, clock, Verb.APPROVE, CLEO, revision=1)
    with pytest.raises(Conflict, match="is not what is recorded"):
        press(book, the_gate, clock, Verb.APPROVE, CLEO, digest="0" * 64)


def test_a_material_edit_voids_approvals_and_bars_its_editor(book, clock) -> None:
    the_gate = opened(book, clock, paint(risky=True))
    press(book, the_gate, clock, Verb.APPROVE, CLEO)
    calm = proposal(paint(colour="red"))
    said = press(book, the_gate, clock, Verb.EDIT, BEN, calm)
    draft = book.read(D1)
    assert draft.revision.revision == 2
    assert draft.approvals == ()
    assert "Earlier approvals are void." in said.words
    with pytest.raises(NotAllowed, match="You edited this draft, so somebody else must approve"):
        press(book, the_gate, clock, Verb.APPROVE, BEN)
    press(book, the_gate, clock, Verb.APPROVE, CLEO)
    assert book.read(D1).state is State.APPROVED


def test_an_edit_that_leaves_too_few_approvers_is_refused(book, clock) -> None:
    the_gate = opened(book, clock, paint(risky=True))
    with pytest.raises(NotAllowed, match=r"needs 2 approval\(s\) .* only cleo"):
        press(book, the_gate, clock, Verb.EDIT, BEN, proposal(paint(risky=True, colour="red")))


def test_a_cosmetic_edit_by_an_approver_is_an_approval_with_edits(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.EDIT, BEN, proposal(paint(label="north side")))
    draft = book.read(D1)
    assert (draft.state, draft.revision.revision) == (State.APPROVED, 2)
    assert book.permits[(D1, 2)].digest == draft.digest
    assert (D1, 1) not in book.permits


def test_a_cosmetic_edit_by_the_requester_approves_nothing(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.EDIT, ANA, proposal(paint(label="north side")))
    assert book.read(D1).state is State.PENDING


def test_target_kind_and_destination_cannot_be_edited(book, clock) -> None:
    the_gate = opened(book, clock)
    with pytest.raises(BadInput, match="cannot change destination"):
        press(book, the_gate, clock, Verb.EDIT, BEN, proposal(paint(destination="elsewhere")))
    with pytest.raises(BadInput, match="changes nothing"):
        press(book, the_gate, clock, Verb.EDIT, BEN, proposal())
    with pytest.raises(BadInput, match="no action of kind"):
        press(book, the_gate, clock, Verb.EDIT, BEN, proposal(kind="burn"))


def test_an_error_check_blocks_approval_but_not_rejection(book, clock) -> None:
    failed = {"name": "members", "status": "error", "message": "There is nobody in it."}
    the_gate = opened(book, clock, checks=(failed,))
    with pytest.raises(NotAllowed, match="blocked by the check 'members': There is nobody"):
        press(book, the_gate, clock, Verb.APPROVE, BEN)
    press(book, the_gate, clock, Verb.REJECT, BEN, reason="nobody there")
    assert book.tickets == [(D1, 1, State.REJECTED)]


def test_a_rejection_without_follow_up_logs_no_ticket(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.REJECT, BEN, follow_up=False)
    assert book.tickets == []


def test_changes_make_the_next_revision_and_need_a_comment(book, clock) -> None:
    the_gate = opened(book, clock)
    with pytest.raises(BadInput, match="Say what should change"):
        press(book, the_gate, clock, Verb.REVISE, BEN, reason=" ")
    press(book, the_gate, clock, Verb.REVISE, BEN, reason="in red, please")
    assert book.jobs == [("redraft", D1, 1)]
    with pytest.raises(Conflict, match="Changes were asked for by @ben"):
        press(book, the_gate, clock, Verb.APPROVE, CLEO)
    assert book.apply(the_gate.reopen(book.read(D1), proposal(paint(colour="red"))))
    assert book.read(D1).revision.revision == 2
    press(book, the_gate, clock, Verb.APPROVE, BEN)  # asking for changes is not editing


def test_only_the_requester_withdraws_even_after_approval(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    with pytest.raises(NotAllowed, match="Only @ana"):
        press(book, the_gate, clock, Verb.WITHDRAW, BEN)
    press(book, the_gate, clock, Verb.WITHDRAW, ANA)
    with pytest.raises(Conflict, match="withdrawn by @ana"):
        the_gate.start(book.read(D1), book.permits[(D1, 1)], run="r")


@pytest.mark.parametrize("verb", list(Verb))
def test_after_expiry_nothing_can_be_decided(book, clock, verb) -> None:
    the_gate = opened(book, clock)
    clock.move(48 * HOUR)
    with pytest.raises(Conflict, match="expired at 09:00 UTC on 26 Nov 2026"):
        press(book, the_gate, clock, verb, BEN, proposal(paint(colour="red")), reason="x")


def test_an_approval_does_not_outlive_its_clock(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    clock.move(6 * HOUR - timedelta(microseconds=1))
    the_gate.start(book.read(D1), book.permits[(D1, 1)], run="r")
    clock.move(timedelta(microseconds=1))
    with pytest.raises(Conflict, match="valid until 15:00 UTC"):
        the_gate.start(book.read(D1), book.permits[(D1, 1)], run="r")


def test_another_policy_is_another_proposal(book, clock) -> None:
    opened(book, clock)
    later = gate(clock, policy(POLICY + "\n[rules.burn]\napprovers=['ben']"))
    with pytest.raises(Conflict, match="The policy has changed since"):
        press(book, later, clock, Verb.APPROVE, BEN)


def test_changing_any_field_after_approval_stops_the_run(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    draft, permit = book.read(D1), book.permits[(D1, 1)]
    sealed = {"action", "flags", "requester", "author", "policy_version", "drafter", "prompt"}
    sealed |= {"draft_id", "revision", "kind"}
    others = {
        "flags": ("x",), "requester": DORA, "author": DORA, "policy_version": "x", "drafter": "x",
        "prompt": "x", "draft_id": "dr_2", "revision": 2, "kind": "burn",
    }  # fmt: skip
    for name in ("colour", "label", "risky", "destination", "kind"):
        changed = draft.revision.action | {name: "changed"}
        others |= {"action": changed}
        forged = draft.revision.model_copy(update={"action": changed})
        with pytest.raises(Conflict, match="changed outside Placet"):
            the_gate.start(draft.model_copy(update={"revision": forged}), permit, run="r")
    for field in sealed:
        forged = draft.revision.model_copy(update={field: others[field]})
        with pytest.raises(Conflict, match="changed outside Placet"):
            the_gate.start(draft.model_copy(update={"revision": forged}), permit, run="r")


def test_a_permit_cannot_be_built_nor_used_by_another_run(clock) -> None:
    row = PermitRow(
        id=PermitId("pm_1"), draft_id=D1, revision=1, digest="d", issued_at=clock.now(),
        valid_until=clock.now(), spent_by="run-1",
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="made by the gate only"):
        Permit(object(), row)
    with pytest.raises(NotAllowed, match="not spent by this run"):
        spent(row, by="run-2", digest="d")
    with pytest.raises(NotAllowed, match="another digest"):
        spent(row, by="run-1", digest="e")
    assert spent(row, by="run-1", digest="d").key("7") == "dr_1:1:7"
