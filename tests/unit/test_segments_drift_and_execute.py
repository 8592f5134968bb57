"""Building a list from approved members, told through the embedded CRM's own port."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from gates.permit import Permit, PermitRow, spent
from gates.targets import targets_of
from placet.errors import EffectRefused
from placet.ids import DraftId, ListId, PermitId
from tools.crm.port import Catalogue, ListInfo
from tools.execution import Handler
from tools.segments import reference, tree
from tools.segments.action import ArchiveList, BuildSegment
from tools.segments.drift import compare
from tools.segments.execute import ArchiveListHandler, BuildSegmentHandler
from tools.segments.port import Preview, Problem, Row

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class MemoryCrm:
    """Lists in memory, honouring keys as the port says."""

    def __init__(self) -> None:
        self.lists_: dict[str, ListInfo] = {}
        self.on: dict[str, set[str]] = {}
        self.keys: dict[str, ListId] = {}
        self.gone: set[str] = set()

    def create_list(self, permit: Permit, *, key: str, name: str, definition: str) -> ListId:
        if key not in self.keys:
            self.keys[key] = ListId(f"l_{len(self.keys)}")
            self.lists_[self.keys[key]] = ListInfo(
                id=self.keys[key], name=name, members=0, definition=definition
            )
            self.on[self.keys[key]] = set()
        return self.keys[key]

    def add_members(
        self, permit: Permit, *, list_id: ListId, members: Sequence[tuple[str, str]]
    ) -> Sequence[str]:
        new = {contact for _, contact in members} - self.gone
        self.on[list_id] |= new
        return sorted(new)

    def archive_list(self, permit: Permit, *, key: str, list_id: ListId) -> bool:
        return self.lists_.pop(list_id, None) is not None

    def list_by_key(self, key: str) -> ListId | None:
        return self.keys.get(key)

    def members_of(self, list_id: ListId) -> Sequence[str]:
        return sorted(self.on.get(list_id, ()))

    def lists(self) -> Sequence[ListInfo]:
        return list(self.lists_.values())

    def catalogue(self) -> Catalogue:
        return Catalogue(fields=(), event_types=())

    def assets(self) -> Sequence[str]:
        return []

    def values(self, subject: tree.Subject, field: str, *, limit: int = 200) -> Sequence[str]:
        return []


class MemorySegments:
    """The plain-Python evaluator behind the reader's port."""

    def __init__(self, contacts: list[dict[str, object]]) -> None:
        self.contacts, self.suppressed = contacts, set[str]()

    def members(self, segment: tree.Segment) -> Sequence[str]:
        data = reference.Data(
            contacts=self.contacts,
            suppressions=[{"email": one, "reason": "unsubscribed"} for one in self.suppressed],
        )
        return reference.Reference(data).members(segment)

    def rows(self, contact_ids: Sequence[str]) -> Sequence[Row]:
        known = {str(one["id"]): str(one["email"]) for one in self.contacts}
        return [
            Row(contact_id=one, email=known[one], name="") for one in contact_ids if one in known
        ]

    def count(self, segment: tree.Segment) -> int:
        return len(self.members(segment))

    def check(self, tree: tree.Filter) -> Sequence[Problem]:
        return []

    def preview(self, segment: tree.Segment, *, sample: int = 5) -> Preview:
        raise NotImplementedError

    def describe(self, tree: tree.Filter) -> str:
        return ""


def _contacts(count: int = 100) -> list[dict[str, object]]:
    return [
        {
            "id": f"c{n:03d}",
            "email": f"c{n}@example.com",
            "country": "Germany",
            "consent": "granted",
        }
        for n in range(count)
    ]


SEGMENT = tree.Segment(
    name='Q4 "push"\u202e',
    as_of=NOW,
    filter=tree.Property(field="country", is_=tree.Equals(value="germany")),
)


def _action(members: Sequence[str]) -> BuildSegment:
    return BuildSegment(segment=SEGMENT, targets=targets_of(members))


def _permit() -> Permit:
    row = PermitRow(
        id=PermitId("p"), draft_id=DraftId("dr"), revision=1, digest="0" * 64, issued_at=NOW,
        valid_until=NOW + timedelta(hours=1), spent_by="run",
    )  # fmt: skip
    return spent(row, by="run", digest="0" * 64)


def _built() -> tuple[MemoryCrm, MemorySegments, BuildSegmentHandler, BuildSegment, list[str]]:
    crm, segments = MemoryCrm(), MemorySegments(_contacts())
    members = list(segments.members(SEGMENT))
    return crm, segments, BuildSegmentHandler(segments, crm), _action(members), members


def _run(handler: BuildSegmentHandler, action: BuildSegment, members: list[str]) -> dict[str, str]:
    done: dict[str, str] = {}
    steps = list(handler.steps(action, members))
    for batch in (steps[:1], steps[1:51], steps[51:]):
        done |= handler.run(_permit(), action, batch, done)
    return done


def test_the_list_holds_exactly_the_approved_members_and_its_definition() -> None:
    crm, _, handler, action, members = _built()
    crm.gone = {"c007"}
    done = _run(handler, action, members)
    list_id = ListId(json.loads(done["list"])["list_id"])
    assert crm.members_of(list_id) == [one for one in members if one != "c007"]
    assert json.loads(done["c007"]) == {"contact_id": "c007", "added": False}
    definition = crm.lists()[0].definition
    assert definition is not None
    assert tree.Segment.model_validate_json(definition) == SEGMENT


def test_members_before_the_list_are_refused() -> None:
    _, _, handler, action, members = _built()
    with pytest.raises(EffectRefused, match="not made yet"):
        handler.run(_permit(), action, members[:3], {})


def test_settling_asks_the_crm_and_nothing_else() -> None:
    crm, _, handler, action, _ = _built()
    permit = _permit()
    assert handler.settle(permit.key, action, ["list", "c001"], {}) == {"list": None, "c001": None}
    list_id = crm.create_list(permit, key=permit.key("list"), name="n", definition="")
    crm.add_members(permit, list_id=list_id, members=[("k", "c001")])
    answers: Mapping[str, str | None] = handler.settle(
        permit.key, action, ["list", "c001", "c002"], {}
    )
    assert answers["list"] is not None
    assert answers["c001"] is not None
    assert answers["c002"] is None


def test_drift_within_tolerance_holds_and_beyond_it_is_said() -> None:
    _, segments, handler, action, members = _built()
    assert handler.drift(action, members) is None
    segments.contacts[3]["country"] = "France"
    segments.contacts[4]["country"] = "France"
    assert handler.drift(action, members) is None  # 2 of 100 is the tolerance itself
    segments.contacts[5]["country"] = "France"
    said = handler.drift(action, members)
    assert said is not None
    assert "3 of 100 approved members no longer match" in said


def test_one_member_who_unsubscribed_is_beyond_any_tolerance() -> None:
    _, segments, handler, action, members = _built()
    segments.suppressed.add("c5@example.com")
    said = handler.drift(action, members)
    assert said is not None
    assert "1 approved members may no longer be written to" in said


def test_one_member_who_was_deleted_is_ordinary_drift() -> None:
    _, segments, handler, action, members = _built()
    del segments.contacts[5]
    assert handler.drift(action, members) is None


def test_another_member_list_than_the_approved_one_is_drift() -> None:
    _, _, handler, action, members = _built()
    assert handler.drift(action, members[:-1]) is not None


def test_undo_archives_the_list_as_it_is_now_and_notices_a_change() -> None:
    crm, _, handler, action, members = _built()
    done = _run(handler, action, members)
    undo = handler.undo(action, done, "rc_1")
    assert undo is not None
    archive, targets = undo
    assert isinstance(archive, ArchiveList)
    assert list(targets) == members
    archiver: Handler[ArchiveList] = ArchiveListHandler(crm, crm)
    assert archiver.drift(archive, members) is None
    crm.on[archive.list_id].add("new")
    assert "101 members now" in (archiver.drift(archive, members) or "")
    assert archiver.settle(_permit().key, archive, ["archive"], {}) == {"archive": None}
    archiver.run(_permit(), archive, archiver.steps(archive, members), {})
    assert "archived" in (archiver.drift(archive, members) or "")
    assert archiver.settle(_permit().key, archive, ["archive"], {})["archive"] is not None
    with pytest.raises(EffectRefused):
        archiver.run(_permit(), archive, ["archive"], {})


def test_the_recipe_by_hand_names_the_list_inertly_and_counts() -> None:
    _, _, handler, action, members = _built()
    recipe = " ".join(handler.manual_steps(action, members))
    assert "100 approved contacts" in recipe
    assert "\u202e" not in recipe
    assert "50 more" in recipe


def test_drift_is_symmetric_and_counts_against_what_was_approved() -> None:
    drift = compare(["a", "b", "c", "d"], ["b", "c", "d", "e"])
    assert (drift.added, drift.removed, drift.share) == (("e",), ("a",), 0.5)
    assert drift.beyond(0.49)
    assert not drift.beyond(0.5)
    assert compare([], ["a"]).beyond(0.5)
