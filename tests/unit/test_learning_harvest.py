"""From decisions to candidate cases: what is personal is gone, what is held out stays out."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from agents.segments.model_form import filter_of
from evals.case import PARTS
from evals.learning.candidate import Candidate, read_case
from evals.learning.examples import Example, answer_of, choose
from evals.learning.fixture import MOST_ROWS, cut_down
from evals.learning.forms import form_of
from evals.learning.harvesting import examples_from, harvest
from evals.learning.joining import joined
from evals.learning.normal import HeldOut
from evals.learning.pseudonyms import Pseudonyms, crm_surfaces
from evals.lint import lint
from evals.segments.case import SegmentCase
from evals.suite import load_suite, suite_names
from placet.errors import BadInput
from tests.learned import ANA, BEN, NOW, email, leaf, no, past, segment
from tools.crm.port import Catalogue, FieldSpec
from tools.segments.tree import All, Bucket, Segment

KNOWN = {
    "anna": "first", "schmidt": "last", "may": "first", "will": "first", "acme": "company",
    "acme robotics gmbh": "company", "sam carter": "person", "berlin": "last",
}  # fmt: skip
NAMES = Pseudonyms(b"key", known=KNOWN, kept={"berlin", "customer"})  # type: ignore[arg-type]
NOTHING = HeldOut.of([])


@pytest.mark.parametrize(
    "text",
    [
        "people at Acme Robotics GmbH", "everyone at acme", "leads of Sam Carter's team",
        "write to Anna Schmidt", "anna.schmidt@acme-robotics.de bounced",
        "call +49 30 901820 and (030) 90 18 20", "what <@U04ABCDEF> asked for, and @ben too",
        "everyone @acme.com", "see https://acme-robotics.de/x?user=anna#1",
    ],
)  # fmt: skip
def test_personal_data_is_replaced_and_the_rest_stays(text: str) -> None:
    said = NAMES.text(text)
    for gone in ("acme", "Acme", "Robotics", "Carter", "Anna", "anna", "Schmidt", "schmidt",
                 "U04ABCDEF", "@ben", "901820", "90 18 20", "user="):  # fmt: skip
        assert gone not in said, said
    assert NAMES.text(text) == said
    assert Pseudonyms(b"another", known=KNOWN).text(text) != said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "customers since May who will renew", "contacts in Berlin", "more than 1,000,000 euros",
        "since 2026-10-01, score over 80", "between 01.10.2026 and 15.10.2026",
        "https://www.halden.example/webinar-books", "events@halden.example", "5 000 people",
    ],
)  # fmt: skip
def test_what_is_not_personal_stays(text: str) -> None:
    assert NAMES.text(text) == text


def test_the_same_value_has_the_same_stand_in_in_request_and_gold() -> None:
    gold = segment(leaf("company_name", "Borealis"), name="Borealis people")
    (one,), _ = harvest([past(1, "people at borealis in Spain", gold)], NAMES, held_out=NOTHING)
    value = one.case["filter"]["of"][0]["is"]["value"]  # type: ignore[index]
    assert "orealis" not in one.model_dump_json()
    assert value in one.request
    assert one.request.endswith("in Spain")


class Crm:
    """A CRM of three people."""

    def catalogue(self) -> Catalogue:
        stage = FieldSpec(subject="contact", name="lifecycle_stage", label="Stage", type="picklist",
                          values=("customer",), value_labels=("Customer",))  # fmt: skip
        return Catalogue(fields=(stage,), event_types=())

    def values(self, subject: str, field: str, *, limit: int = 200) -> Sequence[str]:
        return {
            ("contact", "first_name"): ["Anna", "Customer"], ("contact", "last_name"): ["Rome"],
            ("company", "name"): ["Acme Robotics"], ("contact", "city"): ["Rome"],
        }.get((subject, field), [])  # fmt: skip


def test_the_crm_says_who_is_who_and_which_words_are_its_own() -> None:
    known, kept = crm_surfaces(Crm())  # type: ignore[arg-type]
    names = Pseudonyms(b"k", known=known, kept=kept)
    assert names.text("every customer in Rome") == "every customer in Rome"
    assert "Acme" not in names.text("Anna at Acme Robotics")
    assert "Anna" not in names.text("Anna at Acme Robotics")


# --- candidates ----------------------------------------------------------------------------------

SPAIN = leaf("country", "Spain")
NO_CUSTOMERS = no(leaf("lifecycle_stage", "customer"))


def one(*args: Any, **more: Any) -> Candidate:
    (found,), _ = harvest([past(1, *args, **more)], NAMES, held_out=NOTHING)
    return found


def test_an_approved_draft_is_gold() -> None:
    found = one("people in Spain", segment(SPAIN, name="Spain"))
    assert found.case is not None
    case = read_case("segments", found.case, found.part)
    assert isinstance(case, SegmentCase)
    assert (case.source, case.expect, case.name) == ("harvested", "draft", "Spain")
    assert found.unchanged
    assert found.part in ("train", "dev")
    assert found.case["tags"] == ["harvested", "as_drafted"]


def test_an_edited_draft_has_the_edited_version_as_gold() -> None:
    found = one("people in Spain", segment(SPAIN), segment(SPAIN, NO_CUSTOMERS),
                verbs=[("edit", ANA, "no customers"), ("approve", BEN, None)])  # fmt: skip
    assert found.verb == "edit"
    case = read_case("segments", found.case or {}, found.part)
    assert case == case.model_copy(
        update={"filter": Segment.model_validate(segment(SPAIN, NO_CUSTOMERS)["segment"]).filter}
    )
    assert found.edit == (
        "Add the condition: lifecycle_stage is not customer; unless the request says otherwise.",
    )
    assert not found.unchanged


def test_the_request_of_a_revised_draft_holds_what_was_asked_for_later() -> None:
    found = one("people in Spain", segment(SPAIN), segment(SPAIN, NO_CUSTOMERS),
                verbs=[("revise", ANA, "without customers"), ("approve", BEN, None)])  # fmt: skip
    assert found.request == "people in Spain\nwithout customers"
    assert found.verb == "revise"


def test_a_rejected_draft_waits_for_somebody_to_write_what_is_right() -> None:
    found = one("people in Spain", segment(SPAIN), verbs=[("reject", BEN, "Anna said: too many")])
    assert found.case is None
    assert found.gold is None
    assert "write what is right" in found.missing
    assert "Anna" not in found.reason
    assert "too many" in found.reason


def test_emails_become_cases_with_facts_links_and_length() -> None:
    gold = email("Closing the books", "Hello, our webinar \"Faster books\" is on 10 December "
                 "2026 at 15:00 CET and costs 50 EUR.")  # fmt: skip
    found = one('Invite people in Spain to "Faster books" at 15:00, 50 EUR', gold)
    assert found.trade == "emails"
    case = read_case("emails", found.case or {}, found.part)
    assert case.facts == ("faster books", "15:00", "50 eur")  # type: ignore[attr-defined]
    assert case.links == ("https://www.halden.example/x",)  # type: ignore[attr-defined]


def test_setting_a_field_becomes_a_case_and_a_repair_asks_for_one() -> None:
    order = {"work": "set", "subjects": ["contact"], "field": "lifecycle_stage",
             "value": "customer", "segment": segment(SPAIN)["segment"]}  # fmt: skip
    action = {"kind": "fix_records", "subject": "contact", "order": order, "changes": {},
              "left_out": ["c_12345678"]}  # fmt: skip
    found = one("set lifecycle to customer in Spain", action)
    assert read_case("records", found.case or {}, found.part).set.field == "lifecycle_stage"  # type: ignore[attr-defined]
    assert "left_out" not in (found.gold or {})
    repair = one("fix phones", action | {"order": order | {"work": "repair"}})
    assert repair.case is None
    assert "--case" in repair.missing
    personal = one("set phone", action | {"order": order | {"field": "phone", "value": "1"}})
    assert personal.case is None


def test_harvesting_twice_gives_the_same_candidates() -> None:
    pasts = [past(n, f"people in {where}", segment(leaf("country", where)))
             for n, where in enumerate(("Spain", "Italy"))]  # fmt: skip
    first, second = (harvest(pasts, NAMES, held_out=NOTHING) for _ in range(2))
    assert first == second
    assert len({one.id for one in first[0]}) == 2


def test_what_teaches_nothing_is_passed_over() -> None:
    other = past(1, "undo", {"kind": "archive_list"})
    undecided = past(2, "people", segment(SPAIN)).model_copy(update={"decisions": ()})
    assert harvest([other, undecided], NAMES, held_out=NOTHING) == ((), ())


# --- the world, cut down -------------------------------------------------------------------------


def test_the_fixture_is_made_of_the_filter_and_of_nobody() -> None:
    tree = Segment.model_validate(
        segment(leaf("lead_score", 80, test="greater"), NO_CUSTOMERS)["segment"]
    ).filter
    found = cut_down(tree, as_of=NOW, timezone="UTC")
    assert 4 <= len(found.rows) <= MOST_ROWS
    assert {row.belongs for row in found.rows} == {True, False}
    assert {key for row in found.rows for key in row.person["fields"]} == {
        "lead_score", "lifecycle_stage",
    }  # fmt: skip
    scores = {row.person["fields"].get("lead_score") for row in found.rows}
    assert {80, 81} & {int(score) for score in scores if score is not None}
    draw = All(of=(Bucket(of=100, take=(0,)), tree))
    assert cut_down(draw, as_of=NOW, timezone="UTC").rows == ()
    assert cut_down(None, as_of=NOW, timezone="UTC").rows == ()


# --- held out ------------------------------------------------------------------------------------


def accepted(request: str, **more: Any) -> Candidate:
    (found,), _ = harvest([past(7, request, segment(SPAIN))], NAMES, held_out=NOTHING)
    return found.model_copy(update=more)


def test_harvested_cases_cannot_reach_the_held_out_part() -> None:
    suite = load_suite("segments")
    authored = [case for _, case in suite.cases("test")]
    found = accepted("people in Spain with a made-up wish")
    with pytest.raises(ValidationError):
        Candidate.model_validate(found.model_dump() | {"part": "test"})
    other = "dev" if found.part == "train" else "train"
    with pytest.raises(ValidationError, match="cluster's hash"):
        Candidate.model_validate(found.model_dump() | {"part": other})
    with pytest.raises(BadInput, match="held-out part grows by hand"):
        read_case("segments", found.case or {}, "test")
    forced = found.model_copy(update={"part": "test"})
    with pytest.raises(BadInput, match="held-out part grows by hand"):
        joined(suite, [forced])
    for part in PARTS:
        grown, left = joined(suite, [found])
        more = len(grown.parts[part]) - len(suite.parts[part])
        assert more == (1 if part == found.part else 0)
        assert left == ()
    assert [case for _, case in grown.cases("test")] == authored
    assert grown.digest != suite.digest
    assert joined(suite, [])[0].digest == suite.digest


def test_a_request_like_a_held_out_one_is_never_harvested_nor_joined() -> None:
    suite = load_suite("segments")
    request = next(case.request for _, case in suite.cases("test"))
    held = HeldOut.of_suites([suite], "test")
    reworded = f"Hi! Please give me {request.upper()}, thanks"
    found, left = harvest([past(1, reworded, segment(SPAIN))], NAMES, held_out=held)
    assert found == ()
    assert left[0][0] == "dr_0001"
    sneaked = accepted("x y z").model_copy(update={"request": request})
    _, out = joined(suite, [sneaked])
    assert "held out" in out[0][1]
    example = Example(trade="segments", request=reworded, answer={"type": "x"}, source="a")
    assert choose([example], "segments", held_out=held) == ()
    assert request not in repr(held)


def test_authored_cases_do_not_pass_for_harvested_ones() -> None:
    found = accepted("people in Spain")
    with pytest.raises(BadInput, match="harvested"):
        read_case("segments", {**(found.case or {}), "source": "authored"}, "dev")
    with pytest.raises(BadInput, match="no case of segments"):
        read_case("segments", {"id": "x"}, "dev")
    with pytest.raises(BadInput, match="no trade"):
        read_case("fences", {}, "dev")


def test_a_joined_suite_is_a_clean_one() -> None:
    suite = load_suite("segments")
    grown, _ = joined(suite, [accepted("tractors in Spain with a phone")])
    odd = set(lint(grown)) - set(lint(suite))
    assert all("starts with" in one or "version" in one for one in odd), odd


def test_every_suite_can_be_known_by_its_hashes() -> None:
    held = HeldOut.of_suites(map(load_suite, suite_names()), "test")
    assert len(held.forms) > 100


# --- examples ------------------------------------------------------------------------------------


def test_every_gold_tree_is_the_same_after_a_way_through_the_models_form() -> None:
    said = unsaid = 0
    for _, case in load_suite("segments").cases():
        if isinstance(case, SegmentCase) and case.filter is not None:
            tree = case.filter.model_dump(mode="json", by_alias=True)
            form = form_of(tree)
            if form is None:
                unsaid += 1
                continue
            said += 1
            again = filter_of(form, NOW.isoformat()).model_dump(mode="json", by_alias=True)
            assert _plain(again) == _plain(tree)
    assert said > 4 * unsaid


def _plain(tree: Any) -> Any:
    """Return a tree without how it is written down: one value is `equals` or a list of one."""
    if isinstance(tree, dict):
        if tree.get("test") == "in" and len(tree["values"]) == 1:
            return {"test": "equals", "value": tree["values"][0]}
        return {key: _plain(value) for key, value in tree.items()}
    return [_plain(one) for one in tree] if isinstance(tree, list) else tree


def test_answers_have_the_form_of_their_trade() -> None:
    words = [{"words": "people in Spain", "use": "condition", "became": "country Spain"}]
    made = answer_of("build_segment", segment(SPAIN), words)
    assert made is not None
    assert made["filter"]["of"][0]["test"] == {"test": "equals", "values": ["Spain"]}
    assert answer_of("build_segment", segment(SPAIN)) is None  # every word must be placed
    assert answer_of("send_email", email("A", "b"))["blocks"][0] == {"type": "text", "text": "b"}  # type: ignore[index]
    order = {"work": "merge", "subjects": ["contact"], "level": "certain"}
    assert answer_of("merge_records", {"order": order}) == {
        "type": "work", "work": "merge", "subjects": ["contact"], "level": "certain",
    }  # fmt: skip
    assert answer_of("archive_list", {}) is None


def test_the_best_few_examples_are_liked_and_unlike() -> None:
    def example(request: str, liked: int = 0) -> Example:
        return Example(trade="segments", request=request, answer={}, source=request, liked=liked)

    many = [
        example("customers in Spain with a phone number"),
        example("customers in Spain with a phone number and more", liked=2),
        example("CFOs of software companies"), example("cfos of software companies, please"),
        example("leads who opened an email last week"),
    ]  # fmt: skip
    chosen = choose(
        many, "segments", held_out=NOTHING, known=["Leads who opened an email last week"]
    )
    assert [one.request for one in chosen] == [
        "customers in Spain with a phone number and more", "CFOs of software companies",
    ]  # fmt: skip
    assert choose(many, "emails", held_out=NOTHING) == ()
    assert len(choose(many, "segments", held_out=NOTHING, most=1)) == 1


def test_only_what_was_approved_unchanged_or_accepted_gives_an_example() -> None:
    words = ({"words": "people in Spain", "use": "condition", "became": "country Spain"},)
    found = one("people in Spain", segment(SPAIN), words=words)
    (example,) = examples_from([found])
    assert example.answer["words"] == [dict(words[0])]
    assert json.loads(json.dumps(example.line()))["request"] == "people in Spain"
    assert examples_from([found.model_copy(update={"down": 1})]) == ()
    rejected = one("people in Spain", segment(SPAIN), words=words, verbs=[("reject", BEN, None)])
    assert examples_from([rejected]) == ()


def test_who_an_email_is_from_is_not_in_what_is_kept() -> None:
    signed = email("News", "Hello, see you there. Best, Ulrike Weiß")
    signed["email"]["sender"] = {"name": "Ulrike Weiß", "address": "ulrike@halden.test"}
    words = one("Invite people in Spain, from Ulrike", signed).model_dump_json()
    assert "Ulrike" not in words
    assert "Weiß" not in words
    assert "halden.test" not in words


def test_the_words_of_a_form_are_never_taken_for_names() -> None:
    odd = Pseudonyms(b"k", known={"property": "company", "country": "company", "and": "company",
                                  "equals": "company"})  # fmt: skip
    (found,), _ = harvest([past(1, "people in Spain", segment(SPAIN))], odd, held_out=NOTHING)
    assert found.case is not None
    assert found.case["filter"]["of"][0]["field"] == "country"
