"""What a policy lets a person do out of the ordinary: override, serve themself, schedule, stop."""

from __future__ import annotations

import pytest

from gates import State, Verb
from gates.memory import MemoryBook
from gates.policy import Policy
from placet.errors import BadInput, BadSetting, Conflict, NotAllowed
from placet.ids import DraftId, RequestId
from tests.support import (
    ANA,
    BEN,
    CLEO,
    DORA,
    HOUR,
    KEY,
    POLICY,
    decision,
    gate,
    paint,
    policy,
    proposal,
    sample,
)

D1 = DraftId("dr_1")
LINKS = {"name": "links", "status": "error", "message": "One link is dead."}
CLAIMS = {"name": "claims", "status": "error", "message": "12% is not in the brief."}


@pytest.fixture
def book(clock):
    return MemoryBook(clock=clock, key=KEY)


def opened(book, clock, action=None, rules: Policy | None = None, **changes):
    the_gate = gate(clock, rules)
    book.open(
        the_gate.open(
            proposal(action, **changes), requester=ANA, request_id=RequestId("rq"), draft_id=D1
        )
    )
    return the_gate


def press(book, the_gate, clock, verb, by, edited=None, **rest):
    draft = book.read(D1)
    step = the_gate.decide(draft, decision(draft, verb, by, clock, **rest), edited)
    assert book.apply(step)
    return step


# --- overrides -----------------------------------------------------------------------------------


def test_an_error_is_overridden_by_name_with_a_reason_by_who_may(book, clock) -> None:
    the_gate = opened(book, clock, checks=(LINKS, CLAIMS))
    yes = Verb.APPROVE
    with pytest.raises(NotAllowed, match=r"blocked by the check 'links' \(and by 1 more\): One"):
        press(book, the_gate, clock, yes, CLEO)
    with pytest.raises(NotAllowed, match="You may not override a check; @cleo may"):
        press(book, the_gate, clock, yes, BEN, override=("links", "claims"), reason="known")
    with pytest.raises(BadInput, match="needs a reason"):
        press(book, the_gate, clock, yes, CLEO, override=("links", "claims"), reason=" ")
    with pytest.raises(BadInput, match=r"'spam' blocks nothing here; these do: claims, links"):
        press(book, the_gate, clock, yes, CLEO, override=("spam",), reason="known")
    with pytest.raises(NotAllowed, match="blocked by the check 'claims': 12% is not"):
        press(book, the_gate, clock, yes, CLEO, override=("links",), reason="known")
    press(book, the_gate, clock, yes, CLEO, override=("links", "claims"), reason="known")
    assert book.read(D1).state is State.APPROVED
    row = book.ledger[-1]
    assert (row.body["override"], row.body["reason"]) == (["links", "claims"], "known")
    assert row.digest == book.read(D1).digest


def test_the_policy_names_who_may_override_and_nobody_else_may(book, clock) -> None:
    rules = policy(POLICY.replace("valid_hours = 6", 'valid_hours = 6\nmay_override = ["ben"]'))
    the_gate = opened(book, clock, rules=rules, checks=(LINKS,))
    with pytest.raises(NotAllowed, match="@ben may"):
        press(book, the_gate, clock, Verb.APPROVE, CLEO, override=("links",), reason="known")
    press(book, the_gate, clock, Verb.APPROVE, BEN, override=("links",), reason="known")
    assert book.read(D1).state is State.APPROVED


def test_nobody_overrides_where_the_policy_names_nobody(book, clock) -> None:
    for rules in (
        policy(POLICY.replace("valid_hours = 6", "valid_hours = 6\nmay_override = []")),
        policy(POLICY.replace("admin = true", "admin = false")),
    ):
        book.drafts.clear()
        the_gate = opened(book, clock, rules=rules, checks=(LINKS,))
        for person in (BEN, CLEO, DORA):
            with pytest.raises(NotAllowed, match="nobody may"):
                press(
                    book, the_gate, clock, Verb.APPROVE, person, override=("links",), reason="known"
                )


def test_the_requester_overrides_nothing_of_their_own(book, clock) -> None:
    rules = policy(POLICY.replace("valid_hours = 6", 'valid_hours = 6\nmay_override = ["ana"]'))
    the_gate = opened(book, clock, rules=rules, checks=(LINKS,))
    with pytest.raises(NotAllowed, match="nobody may"):
        press(book, the_gate, clock, Verb.APPROVE, ANA, override=("links",), reason="mine")


def test_a_second_approver_need_not_repeat_an_override(book, clock) -> None:
    the_gate = opened(book, clock, paint(risky=True), checks=(LINKS,))
    with pytest.raises(NotAllowed, match="blocked by the check 'links'"):
        press(book, the_gate, clock, Verb.APPROVE, BEN)
    press(book, the_gate, clock, Verb.APPROVE, CLEO, override=("links",), reason="known")
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    assert book.read(D1).state is State.APPROVED


def test_an_override_binds_its_digest_and_no_later_revision(book, clock) -> None:
    the_gate = opened(book, clock, paint(risky=True), checks=(LINKS,))
    press(book, the_gate, clock, Verb.APPROVE, CLEO, override=("links",), reason="known")
    relabelled = proposal(paint(risky=True, label="north"), checks=(LINKS,))
    press(book, the_gate, clock, Verb.EDIT, BEN, relabelled)
    kept = book.read(D1)
    assert kept.state is State.PENDING
    assert [approval.override for approval in kept.approvals] == [()]
    with pytest.raises(NotAllowed, match="blocked by the check 'links'"):
        press(book, the_gate, clock, Verb.APPROVE, BEN)


def test_a_policy_that_lets_a_stranger_override_is_refused() -> None:
    for name, said in (("zoe", "not in"), ("dora", "none of its approvers")):
        text = POLICY.replace("valid_hours = 6", f'valid_hours = 6\nmay_override = ["{name}"]')
        with pytest.raises(BadSetting, match=f"may_override names '{name}', who is {said}"):
            policy(text)


def test_what_came_to_the_format_later_leaves_an_old_policys_version_alone() -> None:
    old = POLICY.replace('email = "ana@example.com"\n', "").partition("[rules.sample]")[0]
    # As computed by the release before this one: drafts that wait across an update stay valid.
    assert policy(old).version == "b24918980b824934e8b9be914d9cdc577e122e761e35760ee44bd3b1b605c80f"
    assert policy(POLICY).version != policy(old).version


# --- self service --------------------------------------------------------------------------------


def serve(the_gate, book, by=ANA, action=None, **changes):
    opening, yes = the_gate.self_serve(
        proposal(action or sample(), **changes),
        requester=by,
        request_id=RequestId("rq"),
        draft_id=D1,
    )
    book.open(opening)
    assert book.apply(yes)
    return yes


def test_what_reaches_nobody_else_is_opened_and_approved_at_once_and_marked(book, clock) -> None:
    the_gate = gate(clock)
    said = serve(the_gate, book)
    draft = book.read(D1)
    assert (draft.state, draft.decided_by) == (State.APPROVED, ANA)
    assert said.words == "Approved by @ana; it runs next."
    assert book.jobs == [("execute", D1, 1)]
    assert [(row.event, row.body["self_service"]) for row in book.ledger] == [
        ("draft.opened", True),
        ("draft.approved", True),
    ]
    permit = book.permits[(D1, 1)]
    assert the_gate.is_proven(draft, permit, book.ledger, key=KEY)
    the_gate.start(draft, permit, run="r")


def test_self_service_ends_at_the_requesters_own_address(book, clock) -> None:
    the_gate = gate(clock)
    refusals = [
        (sample("ben@example.com"), ANA, {}, "reaches others than you"),
        (sample("ana@example.com.evil.example"), ANA, {}, "reaches others than you"),
        (sample(), BEN, {}, "knows no address of @ben; add email to"),
        (sample(), ANA.model_copy(update={"bot": True}), {}, "Bots cannot approve"),
        (sample(risky=True), ANA, {}, "needs somebody else's approval: it is risky"),
        (sample(), ANA, {"checks": (LINKS,)}, "blocked by the check 'links'"),
        (paint(), ANA, {}, "does not say self_service = true"),
    ]
    for action, by, changes, words in refusals:
        with pytest.raises(NotAllowed, match=words):
            serve(the_gate, book, by, action, **changes)
    assert book.drafts == {}
    assert book.ledger == []


def test_what_may_be_self_served_is_not_approved_the_common_way_by_its_requester(clock) -> None:
    with pytest.raises(NotAllowed, match="needs 1 approval"):
        gate(clock).open(proposal(sample()), requester=ANA, request_id=RequestId("rq"), draft_id=D1)


# --- schedules -----------------------------------------------------------------------------------


def test_approvals_of_a_scheduled_run_count_from_its_start(book, clock) -> None:
    at = clock.now() + 40 * HOUR
    the_gate = opened(book, clock, paint(at=at, risky=True))
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    clock.move(20 * HOUR)  # longer than an approval of a run that starts at once is valid
    said = press(book, the_gate, clock, Verb.APPROVE, CLEO)
    assert said.next_at == at
    assert book.jobs == []
    draft, permit = book.read(D1), book.permits[(D1, 1)]
    assert draft.valid_until == permit.valid_until == at + 6 * HOUR
    clock.move(40 * HOUR)  # the request's own clock has run out meanwhile
    assert the_gate.too_late(draft) == (
        "The approval was valid until 07:00 UTC on 26 Nov 2026; nothing runs."
    )
    clock.move(-15 * HOUR)
    assert the_gate.too_late(draft) is None
    the_gate.start(draft, permit, run="r")


def test_an_approval_with_edits_does_not_start_what_was_missed(book, clock) -> None:
    at = clock.now() + HOUR
    the_gate = opened(book, clock, paint(at=at))
    clock.move(HOUR)
    with pytest.raises(Conflict, match="which has passed; edit the schedule"):
        press(book, the_gate, clock, Verb.APPROVE, BEN)
    press(book, the_gate, clock, Verb.EDIT, BEN, proposal(paint(at=at, label="north")))
    assert book.read(D1).state is State.PENDING
    assert book.permits == {}


# --- stops ---------------------------------------------------------------------------------------


def test_a_bot_and_a_stranger_stop_nothing_but_an_old_card_is_answered_first(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    for person in (DORA, BEN.model_copy(update={"bot": True})):
        with pytest.raises(NotAllowed, match="You may not stop this"):
            press(book, the_gate, clock, Verb.STOP, person)
    with pytest.raises(Conflict, match="This is revision 7"):
        press(book, the_gate, clock, Verb.STOP, CLEO, revision=7)
    press(book, the_gate, clock, Verb.STOP, CLEO, reason="typo")
    draft = book.read(D1)
    assert (draft.state, draft.stopped_by, draft.note) == (State.WITHDRAWN, CLEO, "typo")
    with pytest.raises(Conflict, match=r"stopped by @cleo at 09:00 UTC on 24 Nov 2026. typo"):
        the_gate.start(draft, book.permits[(D1, 1)], run="r")


def test_a_stop_keeps_who_approved_and_lets_only_the_end_follow(book, clock) -> None:
    the_gate = opened(book, clock)
    press(book, the_gate, clock, Verb.APPROVE, BEN)
    assert book.apply(the_gate.start(book.read(D1), book.permits[(D1, 1)], run="r"))
    before = book.read(D1)
    press(book, the_gate, clock, Verb.STOP, ANA)
    after = book.read(D1)
    assert (after.state, after.decided_by, after.stopped_by) == (State.EXECUTING, BEN, ANA)
    end = the_gate.finish(before, State.EXECUTED, receipt_id="rc", counts={}, note="n")
    assert not book.apply(end)  # read before the stop: it must be counted anew
    end = the_gate.finish(after, State.PARTIAL, receipt_id="rc", counts={}, note="n")
    assert book.apply(end)
    assert book.tickets == []
