"""From changes to an action: what cannot be written is never drafted, and the digest covers all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet.errors import BadInput
from tests.records import change
from tools.catalogue import ACTIONS
from tools.crm.local.catalogue import build_catalogue
from tools.crm.port import ListInfo
from tools.hygiene.change import FieldChange
from tools.records.action import MANY, FixRecords
from tools.records.consequences import consequences
from tools.records.drafting import fix, fix_without
from tools.records.lines import changes_file, read_changes, read_results, results_file
from tools.segments.tree import All, Company, Equals, Not, Property, Segment

CATALOGUE = build_catalogue()


def batch(*changes: FieldChange):
    return fix(changes, CATALOGUE)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ((), "nothing to change"),
        ((change("c_1", "phone", "1", "1"),), "would stay as it is"),
        ((change("c_1", "phone", "1", "2"), change("c_1", "phone", "1", "3")), "changed twice"),
        ((change("c_1", "phones", "1", "2"),), "has no field"),
        ((change("c_1", "updated_at", "1", "2"),), "keeps last modified date itself"),
        ((change("c_1", "email", "a@x.de", None),), "cannot be emptied"),
        ((change("c_1", "country", None, "Deutschland"),), "no value of country"),
        ((change("c_1", "consent", None, "granted"),), "own to give"),
        ((change("c_1", "lead_score", None, "1_0"),), "no number"),
        ((change("c_1", "city", None, "\ud800"),), "no text"),
        ((change("c_1", "phone", "1", "2"), change("co_1", "phone", "1", "2", subject="company")),
         "drafts of their own"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_not_drafted(changes, why) -> None:
    with pytest.raises(BadInput, match=why):
        batch(*changes)


def test_counts_and_targets_come_from_the_changes() -> None:
    made = batch(
        change("c_2", "phone", "1", "2"),
        change("c_1", "city", None, "Köln", confidence=0.5, rule="other"),
        change("c_1", "phone", None, "3"),
    )
    assert made.members == ["c_1", "c_2"]
    assert made.action.targets.count == 2
    assert made.action.rules == {"test_rule": 2, "other": 1}
    assert made.action.fields == {"phone": 2, "city": 1}
    assert made.action.doubtful == 1
    read = ACTIONS["fix_records"].model_validate(json.loads(json.dumps(made.action.arguments())))
    assert read == made.action
    assert made.action.changes == made.file.ref


def test_all_but_these_keeps_the_rest_and_can_be_taken_back_in_steps() -> None:
    made = batch(*(change(f"c_{n}", "phone", None, str(n)) for n in range(5)))
    fewer = fix_without(made.action, made.file.data, CATALOGUE, ["c_1", "c_3"])
    assert fewer.members == ["c_0", "c_2", "c_4"]
    assert fewer.action.left_out == ("c_1", "c_3")
    again = fix_without(fewer.action, fewer.file.data, CATALOGUE, ["c_1", "c_3", "c_4"])
    assert again.members == ["c_0", "c_2"]
    with pytest.raises(BadInput, match="not in this batch"):
        fix_without(made.action, made.file.data, CATALOGUE, ["c_9"])
    with pytest.raises(BadInput, match="nothing to change"):
        fix_without(again.action, again.file.data, CATALOGUE, ["c_0", "c_2"])


def test_flags_name_what_is_unusual() -> None:
    assert batch(change("c_1", "phone", None, "1")).action.flags() == ()
    made = batch(
        change("c_1", "email", "a@x.de", "b@x.de"),
        change("c_1", "consent", "granted", "denied"),
        change("c_2", "lifecycle_stage", None, "customer"),
        change("c_2", "owner", "Ana", "Ben", confidence=0.3),
    )
    assert made.action.flags() == (
        "changes the email address of 1 record",
        "changes the consent of 1 record",
        "changes the lifecycle stage of 1 record",
        "changes the owner of 1 record",
        "rests on doubtful evidence for 1 values",
    )
    many = batch(*(change(f"c_{n}", "phone", None, "1") for n in range(MANY)))
    assert many.action.flags() == ("changes 1,000 records at once",)


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.dictionaries(
    st.tuples(st.sampled_from(["c_1", "c_2", "c_é"]), st.sampled_from(["city", "state"])),
    st.tuples(st.one_of(st.none(), TEXT), st.one_of(st.none(), TEXT), TEXT),
))  # fmt: skip
def test_any_text_survives_the_file_and_the_order_makes_no_difference(given) -> None:
    changes = [
        change(record, field, before, after, why=why)
        for (record, field), (before, after, why) in given.items()
    ]
    file = changes_file(changes)
    assert changes_file(reversed(changes)).data == file.data
    back = [one for record in read_changes(file.data).values() for one in record]
    assert back == sorted(changes, key=lambda one: (one.record, one.field))
    results = {f"{one.record}{n}": one.why for n, one in enumerate(changes)}
    assert read_results(results_file(results).data) == results


def test_a_file_that_is_none_says_so() -> None:
    for data in (b"{}\n", b"nonsense\n", b'["c_1"]\n', b'{"record": "c_1"}\n'):
        with pytest.raises(BadInput, match="cannot be read"):
            read_changes(data)


class _Crm:
    """A reader that knows these lists and nothing else."""

    def __init__(self, *lists: ListInfo) -> None:
        self._lists = lists

    def lists(self):
        return self._lists


def _list(name: str, condition, clock) -> ListInfo:
    made = Segment(name=name, filter=All(of=(Not(of=condition),)), as_of=clock.now())
    return ListInfo(id="ls_1", name=name, members=1, definition=made.model_dump_json(by_alias=True))


def test_what_depends_on_a_field_is_named(clock) -> None:
    is_de = Property(field="country", is_=Equals(value="Germany"))
    crm = _Crm(
        _list("Germans", is_de, clock), _list("In German firms", Company(where=is_de), clock),
        ListInfo(id="ls_2", name="By hand", members=2),
        ListInfo(id="ls_3", name="Broken", members=2, definition="{}"),
    )  # fmt: skip
    said = consequences([change("c_1", "country", None, "Germany")], crm)
    assert [one.words.split(":")[1].split(".")[0].strip() for one in said] == ['"Germans"']
    of_firm = change("co_1", "country", None, "Germany", subject="company")
    assert '"In German firms"' in consequences([of_firm], crm)[0].words
    loud = consequences(
        [change("c_1", "consent", "granted", "denied"), change("c_1", "email", "a", "b"),
         change("c_1", "lifecycle_stage", None, "customer")], crm,
    )  # fmt: skip
    assert [(one.field, one.loud) for one in loud] == [
        ("consent", True), ("email", True), ("lifecycle_stage", False),
    ]  # fmt: skip
    assert consequences([change("c_1", "phone", None, "1")], crm) == ()


def test_a_draft_of_another_schema_is_refused() -> None:
    made = batch(change("c_1", "phone", None, "1")).action.arguments()
    with pytest.raises(ValueError, match="extra"):
        FixRecords.model_validate(made | {"also": 1})
