"""From an order to drafts at the gate: certain and doubtful apart, people and companies apart.

Code computes every number; a draft shows every record it touches, what its scope is, and what
follows from the change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.port import Proposed
from agents.segments.port import WordUse
from gates.draft import Check
from gates.sections import Fact, Section, as_evidence
from placet.errors import BadInput
from tools.crm.port import CrmReader, RecordSubject
from tools.hygiene.change import LIKELY, FieldChange
from tools.hygiene.duplicates import Merge
from tools.records.action import FixRecords, MergeRecords
from tools.records.consequences import consequences
from tools.records.drafting import fix, merge
from tools.records.order import Order, OrderLevel
from tools.segments.port import SegmentReader

from .card import batch_card
from .finding import Finder, Found
from .merge_card import merge_sections
from .rules.values import labelled
from .words import MANY, counted, fields_in_words, order_in_words, scope_in_words

__all__ = ["Press", "Work"]

_BULK = ("exact", "certain")


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be laid before an approver, and how it came about."""

    order: Order
    drafter: str
    prompt: str | None = None
    words: Sequence[WordUse] = ()
    second: Order | None = None
    """How the second drafter reads the same request."""
    second_said: str = ""
    """What it says instead."""
    second_name: str = ""
    fallback: str = ""
    """Why the rules drafter stepped in for the model."""
    why: str = ""
    """Why it was refreshed."""
    notes: Sequence[str] = field(default_factory=tuple)


class Press:
    """Computes and shows; it holds readers only and changes nothing."""

    def __init__(self, *, finder: Finder, crm: CrmReader, segments: SegmentReader) -> None:
        self._finder, self._crm, self._segments = finder, crm, segments

    def propose(
        self, work: Work, *, tolerance: float | None = None
    ) -> tuple[tuple[Proposed, ...], Found]:
        """Return the drafts of an order, the certain ones first; none where nothing is to change.

        Raises:
            BadInput: the order does not fit the CRM; the message says where.
        """
        found = self._finder.find(work.order)
        return tuple(self._drafts(work, found, tolerance)), found

    def _drafts(self, work: Work, found: Found, tolerance: float | None) -> Iterator[Proposed]:
        for level in ("certain", "others"):
            if found.order.level not in {"all", level}:
                continue
            if found.order.work == "merge":
                bulk = level == "certain"
                merges = [one for one in found.merges if (one.tier in _BULK) == bulk]
                if merges:
                    yield self.merging(work, found, merges, level=level, tolerance=tolerance)
                continue
            changes = found.certain if level == "certain" else found.others
            for subject in ("contact", "company"):
                mine = [one for one in changes if one.subject == subject]
                if mine:
                    yield self.fixing(work, found, mine, level=level, tolerance=tolerance)

    def fixing(
        self, work: Work, found: Found, changes: Sequence[FieldChange], *,
        level: OrderLevel = "all", left_out: Sequence[str] = (), tolerance: float | None = None,
    ) -> Proposed:  # fmt: skip
        """Return the draft of these changes, all of one subject."""
        gone = sorted({*found.order.exclude, *left_out})
        batch = fix(changes, self._crm.catalogue(), left_out=gone,
                    **({} if tolerance is None else {"tolerance": tolerance}))  # fmt: skip
        subject = batch.action.subject
        order = found.order.model_copy(update={"subjects": (subject,), "level": level})
        action = FixRecords.model_validate({**batch.action.arguments(), "order": order})
        card = batch_card(
            changes, manifest=batch.file, labels=found.scoped.labels(changes), left_out=gone
        )
        count = len({one.record for one in changes})
        head = self._head(work, found, order, subject, level)
        sections = [head, *card.sections, *self._follows(changes)]
        return Proposed(
            kind=action.kind, action=action.arguments(), members=tuple(batch.members),
            title=_title(self._crm, order, changes, count, level),
            summary=self._summary(order, changes, count, level),
            checks=tuple(self._checks(work, found, order, changes)),
            evidence=self._evidence(work, found, order, sections),
            files=card.files, drafter=work.drafter, prompt=work.prompt,
        )  # fmt: skip

    def merging(
        self, work: Work, found: Found, merges: Sequence[Merge], *, level: OrderLevel = "all",
        left_out: Sequence[str] = (), tolerance: float | None = None,
    ) -> Proposed:  # fmt: skip
        """Return the draft of these merges."""
        batch = merge(merges, left_out=left_out,
                      **({} if tolerance is None else {"tolerance": tolerance}))  # fmt: skip
        subject = batch.action.subject
        order = found.order.model_copy(update={"subjects": (subject,), "level": level})
        action = MergeRecords.model_validate({**batch.action.arguments(), "order": order})
        labels = {one: found.scoped.label(subject, one) for each in merges for one in each.records}
        sections, files = merge_sections(merges, batch.file, labels, left_out)
        head = self._head(work, found, order, subject, level)
        removed = batch.action.removed
        groups = "1 group" if len(merges) == 1 else f"{len(merges):,} groups"
        one = "s" if len(merges) == 1 else ""
        sure = "nearly certain" if level == "certain" else "possible, to be looked at one by one"
        return Proposed(
            kind=action.kind, action=action.arguments(), members=tuple(batch.members),
            title=f"Merge {groups} of duplicate {MANY[subject]}",
            summary=f"{groups} become{one} one record each, {counted(removed, subject)} merged "
            f"away ({sure}); children move along, and it can be undone.",
            checks=tuple(self._merge_checks(work, found, merges)),
            evidence=self._evidence(work, found, order, [head, *sections]),
            files=(batch.file, *files), drafter=work.drafter, prompt=work.prompt,
        )  # fmt: skip

    # --- what a card says -------------------------------------------------------------------

    def _head(
        self, work: Work, found: Found, order: Order, subject: RecordSubject, level: OrderLevel
    ) -> Section:
        scope = scope_in_words(order, self._segments, subject)
        scoped = found.scoped.count(subject)
        facts = [
            Fact(label="What", value=order_in_words(order, self._crm.catalogue(), level)),
            Fact(label="Whose", value=f"{scope}: {counted(scoped, subject)} in scope",
                 loud=order.segment is None and order.work == "set"),
            *(Fact(label=f"“{one.words}”", value=one.became) for one in work.words
              if one.became),
            *(Fact(label=label, value=value) for label, value in found.facts.items()),
            *(Fact(label="Note", value=one) for one in (*found.notes, *work.notes)),
        ]  # fmt: skip
        if work.why:
            facts.insert(0, Fact(label="Drafted anew", value=work.why, loud=True))
        return Section(name="request", title="What was asked", text=order.said, facts=tuple(facts))

    def _follows(self, changes: Sequence[FieldChange]) -> Iterator[Section]:
        found = consequences(changes, self._crm)
        if found:
            facts = tuple(
                Fact(label=one.field.replace("_", " "), value=one.words, loud=one.loud)
                for one in found
            )
            loud = any(one.loud for one in found)
            yield Section(name="consequences", title="What follows from it", facts=facts, loud=loud)

    def _summary(
        self, order: Order, changes: Sequence[FieldChange], count: int, level: OrderLevel
    ) -> str:
        who = scope_in_words(order, self._segments, changes[0].subject)
        records = counted(count, changes[0].subject)
        if order.work == "set":
            verb = "changes" if count == 1 else "change"
            return f"{records} {verb} in one field ({who}); nothing else is touched."
        sure = _level_words(changes) if level != "certain" else "each certain enough to approve at "
        sure += "once" if level == "certain" else ""
        values = "1 value" if len(changes) == 1 else f"{len(changes):,} values"
        return f"{values} of {records} ({who}): {fields_in_words(changes)}; {sure}."

    def _evidence(
        self, work: Work, found: Found, order: Order, sections: Iterable[Section]
    ) -> dict[str, Any]:
        return {
            "request": order.said,
            "scope": scope_in_words(order, self._segments, order.subjects[0]),
            "in_scope": {one: found.scoped.count(one) for one in order.subjects},
            "words": [one.model_dump(mode="json") for one in work.words],
            "notes": [*found.notes, *work.notes],
            "sections": as_evidence(sections),
        }

    # --- checks -----------------------------------------------------------------------------

    def _checks(
        self, work: Work, found: Found, order: Order, changes: Sequence[FieldChange]
    ) -> Iterator[Check]:
        lacking = sum(not one.evidence.strip() or not one.why.strip() for one in changes)
        if lacking:
            yield Check(name="evidence", status="error",
                        message=f"{lacking:,} changes have no evidence.")  # fmt: skip
        else:
            yield Check(name="evidence", status="ok", message="Each change has its reason and "
                        "evidence; the old value is compared again when written.")  # fmt: skip
        doubtful = sum(one.confidence < LIKELY for one in changes)
        if doubtful:
            yield Check(name="confidence", status="warn",
                        message=f"{doubtful:,} of {len(changes):,} changes are doubtful: look at "
                        "each before you approve.")  # fmt: skip
        yield from self._backwards(changes)
        yield from self._scope_check(work, found, order)
        yield from self._second(work, found)

    def _backwards(self, changes: Sequence[FieldChange]) -> Iterator[Check]:
        """Say for whom a lifecycle stage would go back: an evangelist set to customer."""
        spec = self._crm.catalogue().field("contact", "lifecycle_stage")
        stages = [one for one in spec.values if one != "other"] if spec else []
        back = [
            one for one in changes
            if one.field == "lifecycle_stage" and one.before in stages and one.after in stages
            and stages.index(one.before) > stages.index(one.after)
        ]  # fmt: skip
        if back:
            assert spec is not None  # noqa: S101 - there are stages
            found = Counter(labelled(spec, one.before) for one in back).most_common()
            named = ", ".join(f"{many:,} from {label}" for label, many in found)
            yield Check(
                name="lifecycle", status="warn", message=f"For {len(back):,} of {len(changes):,} "
                f"the stage goes back: {named}.", fix="To leave them out, say for example “not the "
                "evangelists”.",
            )  # fmt: skip

    def _merge_checks(self, work: Work, found: Found, merges: Sequence[Merge]) -> Iterator[Check]:
        review = sum(one.tier == "review" for one in merges)
        if review:
            yield Check(name="confidence", status="warn",
                        message=f"{review:,} groups may be two people or companies: look at each "
                        "before you approve.")  # fmt: skip
        lost = sum(bool(one.lost) for one in merges)
        if lost:
            yield Check(name="lost", status="warn", message=f"In {lost:,} groups values "
                                                            f"differ, and "
                        "the ones not kept are in the receipt only.")  # fmt: skip
        yield from self._scope_check(work, found, found.order)
        yield from self._second(work, found)

    def _scope_check(self, work: Work, found: Found, order: Order) -> Iterator[Check]:
        if order.work == "set" and order.segment is None and order.holds is None:
            yield Check(name="scope", status="warn", message="It changes everybody's records: no "
                        "condition was named.")  # fmt: skip
        for one in found.notes:
            yield Check(name="left_as_is", status="ok", message=one)
        if work.fallback:
            yield Check(name="drafter", status="warn", message=f"The model could not be used "
                        f"({work.fallback}); the built-in rules read the request.")  # fmt: skip

    def _second(self, work: Work, found: Found) -> Iterator[Check]:
        if work.second_said:
            yield Check(name="second_opinion", status="warn", message=f"The {work.second_name} "
                        f"drafter would not draft this: {work.second_said}")  # fmt: skip
        if work.second is None:
            return
        try:
            other = self._finder.find(work.second)
        except BadInput as error:
            yield Check(name="second_opinion", status="warn",
                        message=f"The {work.second_name} drafter reads it differently: "
                                f"{error}")  # fmt: skip
            return
        differ = _cells(found) ^ _cells(other)
        if not differ:
            yield Check(name="second_opinion", status="ok", message=f"The {work.second_name} "
                        "drafter, reading on its own, comes to the same changes.")  # fmt: skip
        else:
            words = order_in_words(work.second, self._crm.catalogue(), work.second.level)
            scope = scope_in_words(work.second, self._segments, work.second.subjects[0])
            yield Check(name="second_opinion", status="warn", message=f"The {work.second_name} "
                        f"drafter reads it differently, in {len(differ):,} values: {words} "
                        f"({scope}).")  # fmt: skip


def _cells(found: Found) -> set[tuple[str, ...]]:
    level = found.order.level
    changes = [*(found.certain if level != "others" else ()),
               *(found.others if level != "certain" else ())]  # fmt: skip
    return {(one.subject, one.record, one.field, one.after or "") for one in changes} | {
        one.records for one in found.merges
    }


def _level_words(changes: Sequence[FieldChange]) -> str:
    doubtful = sum(one.confidence < LIKELY for one in changes)
    likely = len(changes) - doubtful
    parts = [f"{likely:,} likely"] * bool(likely) + [f"{doubtful:,} doubtful"] * bool(doubtful)
    return f"{' and '.join(parts)}, to be looked through"


def _title(
    crm: CrmReader, order: Order, changes: Sequence[FieldChange], count: int, level: OrderLevel
) -> str:
    records = counted(count, changes[0].subject)
    if order.work == "set":
        return f"{order_in_words(order, crm.catalogue(), 'all')} for {records}"
    verb = "Fill in" if order.work == "fill" else "Fix"
    names = Counter(one.field.replace("_", " ") for one in changes)
    few = ", ".join(name for name, _ in names.most_common(3))
    more = f" and {len(names) - 3} more fields" if len(names) > 3 else ""
    doubt = " (to be looked through)" if level == "others" else ""
    return f"{verb} {few}{more} of {records}{doubt}"
