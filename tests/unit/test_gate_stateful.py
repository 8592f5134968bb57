"""No sequence of events yields two runs for one permit, or a run for changed bytes."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gates import State, Verb
from gates.ledger import verify
from gates.memory import MemoryBook
from gates.permit import spent
from gates.transition import ALLOWED, FINAL
from placet.clock import FixedClock
from placet.errors import LedgerBroken, PlacetError
from placet.ids import DraftId, RequestId
from tests.conftest import FULL, NOW
from tests.support import ANA, BEN, CLEO, DORA, KEY, decision, gate, paint, proposal

PEOPLE = st.sampled_from([ANA, BEN, CLEO, DORA, BEN.model_copy(update={"bot": True})])
D1 = DraftId("dr_1")
COLOURS = st.sampled_from(["green", "red", "blue"])


class GateMachine(RuleBasedStateMachine):
    @initialize(risky=st.booleans(), hours=st.sampled_from([None, 3, 60]), faulty=st.booleans())
    def start(self, risky: bool, hours: int | None, faulty: bool) -> None:
        self.clock = FixedClock(NOW)
        self.book = MemoryBook(clock=self.clock, key=KEY)
        self.gate = gate(self.clock)
        self.risky, self.faulty = risky, faulty
        self.at = None if hours is None else NOW + timedelta(hours=hours)
        opening = self.gate.open(
            self.proposed(), requester=ANA, request_id=RequestId("rq"), draft_id=D1
        )
        self.book.open(opening)
        self.seen = [self.book.read(D1)]
        self.runs: list[tuple[str, str]] = []  # (permit, digest) of every start
        self.yes: dict[int, set[str]] = {}  # who really said yes, by revision
        self.editors: set[str] = set()
        self.answered: dict[str, set[str]] = {}  # who overrode a check, by digest

    def proposed(self, **changes):
        failed = {"name": "links", "status": "error", "message": "One link is dead."}
        return proposal(
            paint(risky=self.risky, at=self.at, **changes), checks=(failed,) if self.faulty else ()
        )

    def attempt(self, make) -> bool:
        before = self.book.read(D1)
        try:
            transition = make()
        except PlacetError:
            assert self.book.read(D1) == before
            return False
        if not self.book.apply(transition):
            assert self.book.read(D1) == before
            return False
        self.seen.append(self.book.read(D1))
        return True

    @rule(verb=st.sampled_from([Verb.APPROVE, Verb.REJECT, Verb.REVISE, Verb.WITHDRAW]),
          by=PEOPLE, old=st.integers(0, 3), reason=st.sampled_from([None, "why"]),
          override=st.sampled_from([(), ("links",)]))  # fmt: skip
    def press(self, verb, by, old, reason, override) -> None:
        copy = self.seen[-1 - min(old, len(self.seen) - 1)]  # an old card, or the present one
        now = self.book.read(D1)
        pressed = decision(copy, verb, by, self.clock, reason=reason, override=override)
        done = self.attempt(lambda: self.gate.decide(now, pressed))
        if done and verb is Verb.APPROVE:
            assert copy.digest == now.digest
            self.yes.setdefault(now.revision.revision, set()).add(by.key)
            assert by.key not in self.editors | {ANA.key}
            assert not by.bot
            assert self.at is None or self.clock.now() < self.at
            if override:
                assert self.faulty
                assert (by.key, reason) == (CLEO.key, "why")
                self.answered.setdefault(now.digest, set()).add(by.key)

    @rule(by=PEOPLE, old=st.integers(0, 2))
    def stop(self, by, old) -> None:
        copy = self.seen[-1 - min(old, len(self.seen) - 1)]
        now = self.book.read(D1)
        pressed = decision(copy, Verb.STOP, by, self.clock)
        if self.attempt(lambda: self.gate.decide(now, pressed)):
            assert by.key != DORA.key
            assert not by.bot
            assert now.stopped_by is None
            assert self.book.read(D1).stopped_by == by

    @rule(by=PEOPLE, colour=COLOURS, label=st.sampled_from(["", "north"]))
    def edit(self, by, colour, label) -> None:
        now = self.book.read(D1)
        edited = self.proposed(colour=colour, label=label)
        pressed = decision(now, Verb.EDIT, by, self.clock)
        if self.attempt(lambda: self.gate.decide(now, pressed, edited)):
            after = self.book.read(D1)
            kept = {a.by.key for a in after.approvals}
            if now.revision.action["colour"] != colour:
                self.editors.add(by.key)
                assert kept == set()
            self.yes[after.revision.revision] = kept

    @rule(colour=COLOURS)
    def redraft(self, colour) -> None:
        now = self.book.read(D1)
        self.attempt(lambda: self.gate.reopen(now, self.proposed(colour=colour)))

    @rule(stale=st.integers(0, 2), run=st.sampled_from(["run-1", "run-2"]))
    def run(self, stale, run) -> None:
        draft = self.seen[-1 - min(stale, len(self.seen) - 1)]
        row = self.book.permit(D1, draft.revision.revision)
        if row is None:
            return
        if self.attempt(lambda: self.gate.start(draft, row, run=run)):
            permit = spent(
                self.book.permit(D1, draft.revision.revision), by=run, digest=draft.digest
            )
            self.runs.append((permit.id, permit.digest))
            need = 2 if self.risky else 1
            assert len(self.yes[draft.revision.revision]) >= need
            assert draft.revision.digest() == permit.digest
            assert self.clock.now() < draft.valid_until
            assert draft.stopped_by is None
            assert not self.faulty or self.answered[draft.digest]
            first = min(approval.at for approval in draft.approvals)
            assert draft.valid_until == max(first, self.at or first) + timedelta(hours=6)

    @rule(to=st.sampled_from([State.EXECUTED, State.PARTIAL, State.FAILED, State.UNKNOWN,
                              State.WITHDRAWN]),
          old=st.integers(0, 1))  # fmt: skip
    def finish(self, to, old) -> None:
        read = self.seen[-1 - min(old, len(self.seen) - 1)]  # perhaps as it was before a stop
        now = self.book.read(D1)
        if to not in ALLOWED.get(read.state, ()) or not self.runs:
            return
        if self.attempt(lambda: self.gate.finish(read, to, receipt_id="rc", counts={}, note="n")):
            assert read == now
            assert to is not State.WITHDRAWN or now.stopped_by

    @rule(to=st.sampled_from([State.EXPIRED, State.STALE]))
    def close(self, to) -> None:
        now = self.book.read(D1)
        if to in ALLOWED.get(now.state, ()):
            self.attempt(lambda: self.gate.close(now, to, "closed"))

    @rule(hours=st.sampled_from([0.5, 7, 49]))
    def wait(self, hours) -> None:
        self.clock.move(timedelta(hours=hours))

    @invariant()
    def one_run_per_permit(self) -> None:
        if not hasattr(self, "runs"):
            return
        permits = [permit for permit, _ in self.runs]
        assert len(permits) == len(set(permits))
        assert len(self.runs) <= 1  # every way back from a run is a new draft
        verify(self.book.ledger, key=KEY)

    @invariant()
    def final_is_final(self) -> None:
        states = [draft.state for draft in getattr(self, "seen", [])]
        assert all(state not in FINAL for state in states[:-1])


TestGate = GateMachine.TestCase
TestGate.settings = settings(
    max_examples=2_000 if FULL else 120, stateful_step_count=30, deadline=None
)


def test_a_ledger_with_any_change_does_not_verify() -> None:
    clock = FixedClock(NOW)
    book = MemoryBook(clock=clock, key=KEY)
    the_gate = gate(clock)
    for number in range(4):
        draft_id = DraftId(f"dr_{number}")
        book.open(
            the_gate.open(proposal(), requester=ANA, request_id=RequestId("rq"), draft_id=draft_id)
        )
    rows = book.ledger
    head = verify(rows, key=KEY)
    assert head.seq == 4
    changes = [
        rows[:1] + rows[2:],  # removed
        [*rows[:2], rows[1], *rows[2:]],  # repeated
        [rows[1], rows[0], *rows[2:]],  # reordered
        [rows[0].model_copy(update={"person": "local/ben"}), *rows[1:]],
        [rows[0], rows[1].model_copy(update={"body": {"title": "other"}}), *rows[2:]],
        [rows[0], rows[1].model_copy(update={"at": NOW + timedelta(seconds=1)}), *rows[2:]],
    ]
    for changed in changes:
        _breaks(changed, key=KEY)
    _breaks(rows, key=b"another key")
    _breaks(rows[:3], key=KEY, expect=head)  # the end was cut off


def _breaks(rows, **how) -> None:
    with pytest.raises(LedgerBroken) as caught:
        verify(rows, **how)
    assert "\n" not in str(caught.value)
