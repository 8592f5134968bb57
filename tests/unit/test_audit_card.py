"""The batch card: totals, the oddest first, a sample that nobody chose, all but these."""

import csv
import io
from dataclasses import replace

from agents.records.card import RecordResult, batch_card, results_card, without
from gates.sections import Section, as_evidence, read_sections
from tools.hygiene.change import FieldChange
from tools.records.lines import changes_file

LABELS = {f"c{n}": f"p{n}@acme.example" for n in range(200)}


def change(record: str, **more: object) -> FieldChange:
    values: dict[str, object] = {
        "record": record, "subject": "contact", "field": "phone", "before": "030 123",
        "after": "+4930123", "rule": "phone_format", "confidence": 0.995, "why": "Not in E.164.",
        "evidence": "The country is Germany.",
    }  # fmt: skip
    return FieldChange(**{**values, **more})  # type: ignore[arg-type]


def many(count: int = 100) -> list[FieldChange]:
    return [change(f"c{n}", before=f"030 {n:04}", after=f"+4930{n:04}") for n in range(count)]


def sections(changes: list[FieldChange], **more: object) -> dict[str, Section]:
    made = batch_card(changes, manifest=changes_file(changes), labels=LABELS, **more)  # type: ignore[arg-type]
    assert read_sections({"sections": as_evidence(made.sections)}) == made.sections
    refs = {ref.sha256 for one in made.sections for ref in one.files}
    assert refs == {file.ref.sha256 for file in made.files}
    return {one.name: one for one in made.sections}


def test_totals_by_level_and_by_detector() -> None:
    mixed = [*many(10), change("c50", confidence=0.5, rule="phone_format+mojibake")]
    shown = sections(mixed)
    facts = {one.label: one for one in shown["changes"].facts}
    assert facts["Records"].value == "11"
    assert facts["Certain"].value == "10"
    assert facts["Doubtful"].loud
    table = shown["detectors"].table
    assert table is not None
    assert table.rows[0] == ("Phone numbers not in E.164", "10", "10", "10", "0", "0")
    assert table.rows[1][0].startswith("Phone numbers not in E.164 + Mojibake")


def test_what_is_unlike_the_others_comes_first_and_then_the_least_sure() -> None:
    batch = many()
    batch[40] = replace(batch[40], after=None)
    batch[60] = replace(batch[60], confidence=0.81)
    batch[70] = replace(batch[70], after="+1 555 8888888")
    batch.append(change("c150", field="email", before="a@x.de", after="a@y.de"))
    table = sections(batch)["before_after"].table
    assert table is not None
    first = {row[0]: row for row in table.rows[:3]}
    assert set(first) == {LABELS["c40"], LABELS["c70"], LABELS["c150"]}
    assert first[LABELS["c40"]][3] == "(empty)"
    assert "empties the field" in first[LABELS["c40"]][5]
    assert "changes most of the value" in first[LABELS["c70"]][5]
    assert "changes the address" in first[LABELS["c150"]][5]
    assert table.rows[3][0] == LABELS["c60"]
    assert table.total == 101


def test_the_sample_is_the_same_for_everybody_and_another_for_another_batch() -> None:
    batch = many()
    one, other = sections(batch)["sample"], sections(batch[::-1])["sample"]
    assert one == other
    assert one.table is not None
    assert len(set(one.table.rows)) == 10
    changed = sections([*batch[:-1], change("c180")])["sample"]
    assert changed.table != one.table
    assert "sample" not in sections(many(10))


def test_all_but_these_are_named_and_gone() -> None:
    kept = without(many(20), ["c3", "c4"])
    assert {one.record for one in kept} == {f"c{n}" for n in range(20)} - {"c3", "c4"}
    shown = sections(list(kept), left_out=["c3", "c4"])
    fact = next(one for one in shown["changes"].facts if one.label == "Left out by a person")
    assert fact.value == "p3@acme.example, p4@acme.example"


def test_the_list_runs_nothing_in_a_spreadsheet_and_keeps_every_script() -> None:
    hostile = '=HYPERLINK("http://evil.example","x")'
    batch = [
        change("c1", after=hostile),
        change("c2", before="Zoë, \U0001f600\n山田", after="+49 30 1"),
    ]
    made = batch_card(batch, manifest=changes_file(batch), labels={"c1": "@SUM(A1)"})
    whole = next(file for file in made.files if file.ref.name == "changes.csv")
    rows = list(csv.DictReader(io.StringIO(whole.data.decode("utf-8-sig"), newline="")))
    assert rows[0]["after"] == f"'{hostile}"
    assert rows[0]["who"] == "'@SUM(A1)"
    assert rows[1]["after"] == "+49 30 1"
    assert rows[1]["before"] == "Zoë, \U0001f600\n山田"


def test_every_record_has_a_result_and_the_open_ones_come_first() -> None:
    results = [
        RecordResult(record="c1", state="done"),
        RecordResult(record="c2", state="skipped", why="changed since: phone is now 1, was 2"),
        RecordResult(record="c3", state="unknown", why="the CRM did not answer"),
    ]
    made = results_card(results, LABELS)
    table = made.sections[0].table
    assert table is not None
    assert [row[1] for row in table.rows] == ["unknown", "skipped"]
    assert made.files[0].data.decode("utf-8-sig").count("\r\n") == 4


def test_an_empty_batch_is_still_a_card() -> None:
    assert set(sections([])) == {"changes", "all"}
