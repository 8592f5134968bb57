from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gates import Action, Person, State, Verb, load_policy, read_policy
from gates.draft import Draft
from gates.ledger import Event, Head, seal, verify
from gates.memory import MemoryBook
from gates.permit import PermitRow, spent
from gates.targets import Targets, pack, targets_of, unpack
from gates.transition import Transition
from gates.words import standing
from placet.clock import FixedClock
from placet.errors import BadInput, BadSetting, Conflict, LedgerBroken, NotAllowed, NotFound
from placet.ids import DraftId, PermitId, RequestId
from tests.support import ANA, BEN, KEY, POLICY, decision, gate, paint, policy, proposal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people = 3", "policy.toml: people: "),
        ("not toml at all", "policy.toml is not valid TOML"),
        (POLICY + "\n[rules.burn]\napprovers = ['zoe']", "rules.burn.approvers names 'zoe'"),
        (POLICY + "\n[people.twin]\nuser = 'ben'", r"two names in \[people\] are the same"),
        (POLICY.replace('"ana"\n', '"zoe"\n', 1), "default_person 'zoe' is not in"),
        (POLICY.replace("need = 1", "need = 0"), "rules.paint.need"),
        (POLICY.replace("need = 1", "ned = 1"), "rules.paint.ned"),
    ],
)
def test_a_wrong_policy_names_the_place_in_one_line(text: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words) as caught:
        read_policy(text)
    assert "\n" not in str(caught.value)


def test_a_missing_policy_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="run `placet init`"):
        load_policy(tmp_path / "policy.toml")
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    assert load_policy(tmp_path / "policy.toml") == policy()


def test_people_are_known_by_identity_and_called_by_name() -> None:
    rules = policy()
    assert rules.person("@ben") == BEN
    assert rules.name_of(BEN) == "ben"
    assert rules.name_of(Person(team="T1", user="U1")) == "T1/U1"
    assert Person.from_key("T1/U1") == Person(team="T1", user="U1")
    assert rules.is_admin(rules.person("cleo"))
    assert not rules.is_admin(BEN.model_copy(update={"team": "other"}))
    with pytest.raises(NotAllowed, match="knows no person 'zoe'; it knows ana, ben, cleo, dora"):
        rules.person("zoe")


def test_the_version_changes_with_any_rule() -> None:
    versions = {
        policy(text).version
        for text in (
            POLICY,
            POLICY.replace("need = 1", "need = 2"),
            POLICY.replace("valid_hours = 6", "valid_hours = 7"),
            POLICY + "\nsolo = true".replace("\nsolo", "\n[rules.burn]\napprovers=[]\n# solo"),
        )
    }
    assert len(versions) == 4


def test_targets_do_not_depend_on_order_or_repetition() -> None:
    assert targets_of(["b", "a", "b"]) == targets_of(["a", "b"])
    assert targets_of([]) == Targets(count=0, sha256=targets_of([]).sha256)
    assert unpack(pack(["b", "a"])) == ["a", "b"]
    assert unpack(pack([])) == []
    assert targets_of(["ab", "c"]) != targets_of(["a", "bc"])
    with pytest.raises(ValueError, match="line break"):
        targets_of(["a\nb"])


def test_every_state_is_told_in_words(clock: FixedClock) -> None:
    opening = gate(clock).open(
        proposal(), requester=ANA, request_id=RequestId("rq"), draft_id=DraftId("dr")
    )
    said = {
        state: standing(
            Draft(
                revision=opening.revision,
                digest=opening.digest,
                state=state,
                version=1,
                decided_by=BEN,
                decided_at=clock.now(),
                note="2 fences are gone.",
            ),
            policy(),
        )
        for state in State
    }
    assert len(set(said.values())) == len(State)
    assert said[State.STALE].endswith("2 fences are gone.")
    assert "@ben at 09:00 UTC on 24 Nov 2026" in said[State.FAILED]
    assert "expired at 09:00 UTC on 26 Nov 2026" in said[State.EXPIRED]


def test_there_is_no_way_around_the_state_machine(clock: FixedClock) -> None:
    opening = gate(clock).open(
        proposal(), requester=ANA, request_id=RequestId("rq"), draft_id=DraftId("dr")
    )
    waiting = Draft(
        revision=opening.revision, digest=opening.digest, state=State.PENDING, version=1
    )
    for state in (State.EXECUTING, State.EXECUTED, State.STALE, State.UNKNOWN):
        with pytest.raises(AssertionError, match=f"no way from pending to {state}"):
            Transition(
                draft=waiting, to=state, event=opening.event, at=clock.now(), words="",
            )  # fmt: skip


def test_only_a_sealed_approval_of_this_very_permit_proves_it(clock: FixedClock) -> None:
    the_gate, book = gate(clock), MemoryBook(clock=clock, key=KEY)
    opening = the_gate.open(
        proposal(), requester=ANA, request_id=RequestId("rq"), draft_id=DraftId("dr")
    )
    book.open(opening)
    draft = book.read(DraftId("dr"))
    assert book.apply(the_gate.decide(draft, decision(draft, Verb.APPROVE, BEN, clock)))
    draft, permit = book.read(DraftId("dr")), book.permit(DraftId("dr"), 1)
    assert permit is not None
    rows = book.ledger
    assert the_gate.is_proven(draft, permit, rows, key=KEY)
    assert not the_gate.is_proven(draft, permit, rows[:1], key=KEY)
    assert not the_gate.is_proven(draft, permit, rows, key=b"another key")
    longer = replace(permit, valid_until=permit.valid_until + timedelta(days=9))
    assert not the_gate.is_proven(draft, longer, rows, key=KEY)
    forged = rows[1].model_copy(update={"body": rows[1].body | {"permit": "pm_other"}})
    other = replace(permit, id=PermitId("pm_other"))
    assert not the_gate.is_proven(draft, other, [rows[0], forged], key=KEY)
    assert the_gate.outdated(draft) is None
    assert gate(clock, policy(POLICY.replace("need = 1", "need = 2"))).outdated(draft)


def test_a_row_out_of_the_chain_is_named(clock: FixedClock) -> None:
    first = seal(Event(event="a"), head=Head(), at=clock.now(), key=KEY)
    second = seal(Event(event="b"), head=Head(), at=clock.now(), key=KEY)
    with pytest.raises(LedgerBroken, match="row 2 is missing; the next one is 1"):
        verify([first, second], key=KEY)
    astray = second.model_copy(update={"seq": 2})
    with pytest.raises(LedgerBroken, match="row 2 does not follow row 1"):
        verify([first, astray], key=KEY)


def test_the_memory_book_swaps_like_the_real_one(clock: FixedClock) -> None:
    the_gate, book = gate(clock), MemoryBook(clock=clock, key=KEY)
    with pytest.raises(NotFound):
        book.read(DraftId("dr"))
    book.open(
        the_gate.open(
            proposal(paint()), requester=ANA, request_id=RequestId("rq"), draft_id=DraftId("dr")
        )
    )
    draft = book.read(DraftId("dr"))
    yes = the_gate.decide(draft, decision(draft, Verb.APPROVE, BEN, clock))
    assert book.apply(yes)
    assert not book.apply(yes)
    approved, permit = book.read(DraftId("dr")), book.permit(DraftId("dr"), 1)
    assert permit is not None
    start = the_gate.start(approved, permit, run="r1")
    assert book.apply(start)
    assert not book.apply(start)
    with pytest.raises(Conflict, match="is running"):
        the_gate.start(book.read(DraftId("dr")), permit, run="r2")
    running = book.read(DraftId("dr"))
    spent = book.permit(DraftId("dr"), 1)
    assert spent is not None
    with pytest.raises(Conflict, match="was already spent by r1"):
        the_gate.start(running.model_copy(update={"state": State.APPROVED}), spent, run="r2")
    forged = replace(permit, digest="0" * 64)
    with pytest.raises(Conflict, match="for another digest"):
        the_gate.start(approved, forged, run="r2")
    done = the_gate.finish(running, State.FAILED, receipt_id="rc", counts={}, note="no")
    assert book.apply(done)
    assert book.tickets == [(DraftId("dr"), 1, State.FAILED)]


def test_what_is_no_action_or_lacks_its_edit_is_refused_in_one_line(clock: FixedClock) -> None:
    the_gate = gate(clock)
    with pytest.raises(BadInput, match=r"This is no valid paint: colour: .*string") as caught:
        the_gate.read_action("paint", paint().arguments() | {"colour": 3})
    assert "\n" not in str(caught.value)
    opening = the_gate.open(
        proposal(), requester=ANA, request_id=RequestId("rq"), draft_id=DraftId("dr")
    )
    draft = Draft(revision=opening.revision, digest=opening.digest, state=State.PENDING, version=1)
    with pytest.raises(BadInput, match="needs the edited action"):
        the_gate.decide(draft, decision(draft, Verb.EDIT, BEN, clock))
    with pytest.raises(Conflict, match="waiting for a decision"):
        the_gate.reopen(draft, proposal())


def test_the_request_clock_stops_an_approved_draft_too(clock: FixedClock) -> None:
    long_valid = policy(POLICY.replace("valid_hours = 6", "valid_hours = 600"))
    the_gate, book = gate(clock, long_valid), MemoryBook(clock=clock, key=KEY)
    book.open(
        the_gate.open(proposal(), requester=ANA, request_id=RequestId("rq"), draft_id=DraftId("dr"))
    )
    draft = book.read(DraftId("dr"))
    book.apply(the_gate.decide(draft, decision(draft, Verb.APPROVE, BEN, clock)))
    assert the_gate.too_late(book.read(DraftId("dr"))) is None
    clock.move(timedelta(hours=48))
    assert "It expired at" in (the_gate.too_late(book.read(DraftId("dr"))) or "")


def test_a_permit_says_what_it_is_for_and_an_action_is_not_flagged_by_itself(
    clock: FixedClock,
) -> None:
    row = PermitRow(
        id=PermitId("pm_1"), draft_id=DraftId("dr"), revision=2, digest="d",
        issued_at=clock.now(), valid_until=clock.now(), spent_by="r",
    )  # fmt: skip
    permit = spent(row, by="r", digest="d")
    assert (permit.id, permit.revision, permit.digest) == ("pm_1", 2, "d")
    assert repr(permit) == "<Permit pm_1 for dr revision 2>"
    plain = Action(kind="x", destination="y", targets=targets_of([]))
    assert plain.flags() == ()
