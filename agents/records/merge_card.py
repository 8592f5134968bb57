"""A batch of merges as a card shows it: each group, what is kept, what would be lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from gates.files import Attachment
from gates.sections import Fact, Section, Table
from tools.hygiene.duplicates import Merge, Tier

from .listing import rows_csv

__all__ = ["merge_sections"]

_TABLE = 60
_EMPTY = "(empty)"
_TIERS: dict[Tier, str] = {
    "exact": "same key", "certain": "nearly certain", "review": "to be looked at",
}  # fmt: skip


def merge_sections(
    merges: Sequence[Merge], plan: Attachment, labels: Mapping[str, str],
    left_out: Sequence[str] = (),
) -> tuple[tuple[Section, ...], tuple[Attachment, ...]]:  # fmt: skip
    """Return the sections of a batch of merges and the file for a spreadsheet."""
    ordered = sorted(merges, key=lambda one: (one.confidence, one.survivor))
    whole = rows_csv("merges.csv", ("survivor", "who", "merged away", "field", "kept", "from",
                                    "lost", "sure", "evidence"),
                     _rows(ordered, labels))  # fmt: skip
    sections = (
        _totals(merges, labels, left_out), _groups(ordered, labels), _values(ordered, labels),
        Section(name="all", title="The whole list", files=(whole.ref, plan.ref),
                text="Every group, field by field, is in the files. To approve all but some, press "
                "Edit and name the surviving records to leave out."),
    )  # fmt: skip
    return sections, (whole,)


def _totals(merges: Sequence[Merge], labels: Mapping[str, str], left_out: Sequence[str]) -> Section:
    tiers = Counter(one.tier for one in merges)
    facts = [
        Fact(label="Groups", value=f"{len(merges):,}"),
        Fact(label="Merged away", value=f"{sum(len(one.losers) for one in merges):,} records"),
        *(Fact(label=words.capitalize(), value=f"{tiers[tier]:,}", loud=tier == "review")
          for tier, words in _TIERS.items() if tiers[tier]),
    ]  # fmt: skip
    strict = sum(one.suppress is not None or bool(one.topics_off) for one in merges)
    if strict:
        facts.append(Fact(label="Opt-outs kept", value=f"in {strict:,} groups the strictest of the "
                          "parts holds for the merged record"))  # fmt: skip
    if left_out:
        named = ", ".join(labels.get(one, one) for one in sorted(left_out)[:5])
        facts.append(Fact(label="Left out by a person", value=named))
    return Section(name="changes", title="What is merged", facts=tuple(facts))


def _groups(merges: Sequence[Merge], labels: Mapping[str, str]) -> Section:
    rows = tuple(
        (labels.get(one.survivor, one.survivor),
         ", ".join(labels.get(loser, loser) for loser in one.losers),
         f"{100 * one.confidence:.1f} %", " ".join(one.evidence))
        for one in merges[:_TABLE]
    )  # fmt: skip
    table = Table(columns=("Stays", "Merged into it", "Sure", "Evidence"), rows=rows,
                  total=len(merges))  # fmt: skip
    return Section(name="groups", title="Groups", text="The least certain first.", table=table)


def _values(merges: Sequence[Merge], labels: Mapping[str, str]) -> Section:
    rows = [row for one in merges for row in _fields(one, labels)]
    columns = ("Record", "Field", "Before", "After", "From", "Would be lost")
    table = Table(columns=columns, rows=tuple(rows[:_TABLE]), total=len(rows))
    return Section(name="fields", title="Field by field", table=table)


def _fields(merge: Merge, labels: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    who = labels.get(merge.survivor, merge.survivor)
    for name, one in sorted(merge.fields.items()):
        lost = merge.lost.get(name, ())
        if one.value == one.before and not lost:
            continue
        gone = ", ".join(_shown(each.value) for each in lost)
        yield (who, name, _shown(one.before), _shown(one.value),
               labels.get(one.from_record, one.from_record), gone)  # fmt: skip


def _rows(merges: Sequence[Merge], labels: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    for one in merges:
        losers = " ".join(one.losers)
        who, sure = labels.get(one.survivor, one.survivor), f"{one.confidence:.4f}"
        yield (one.survivor, who, losers, "", "", "", "", sure, " ".join(one.evidence))
        for name, choice in sorted(one.fields.items()):
            lost = ", ".join(f"{each.record}: {_shown(each.value)}"
                             for each in one.lost.get(name, ()))  # fmt: skip
            yield (one.survivor, who, "", name, _shown(choice.value), choice.from_record, lost,
                   "", "")  # fmt: skip


def _shown(value: object) -> str:
    return _EMPTY if value is None or value == "" else str(value)
