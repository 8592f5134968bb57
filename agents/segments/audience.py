"""An audience as a card shows it: exactly who, how it came about, what was checked.

The segment's own card and the audience section of an email are made of the same values, computed
here once. Code computes all of it; nothing a model said is taken for a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gates.draft import Check
from gates.sections import Fact, Section, Table
from tools.segments.port import Preview, SegmentReader
from tools.segments.tree import All, Segment

from .port import Proposal, Reading, WordUse

__all__ = ["Audience", "audience_of", "people"]

SHARE_TO_NOTICE = 0.5
"""A list of more than this share of all contacts is worth a second look."""
SAMPLE = 5


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who a segment selects, and all that a person should know about it."""

    segment: Segment
    preview: Preview
    description: str
    """The filter in plain words."""
    summary: str
    """One line: how many, who, how many are left out."""
    checks: tuple[Check, ...]
    evidence: dict[str, Any]
    """The same as JSON values."""

    @property
    def members(self) -> tuple[str, ...]:
        """Contact ids, sorted."""
        return self.preview.members

    def section(self) -> Section:
        """Return the audience as one section of a card."""
        preview = self.preview
        facts = [Fact(label="Who", value=self.description)]
        facts += [
            Fact(label=f"{step.remaining:,} left after", value=step.words)
            for step in preview.funnel
        ]
        facts += [
            Fact(label="Left out", value=f"{one.count:,}: {one.reason.replace('_', ' ')}")
            for one in preview.left_out
        ]
        facts += [
            Fact(label="Included on request", loud=True,
                 value=f"{one.count:,}: {one.reason.replace('_', ' ')}")
            for one in preview.included_anyway
        ]  # fmt: skip
        facts += [Fact(label="Note", value=one) for one in preview.warnings]
        facts += _said(self.evidence["words"])
        return Section(
            name="audience",
            title="Audience",
            text=self.summary,
            facts=tuple(facts),
            table=_sample(preview),
            loud=bool(preview.included_anyway),
        )


def audience_of(
    segments: SegmentReader, segment: Segment, *, words: Sequence[WordUse] = (),
    second: Reading | None = None, second_name: str = "", fallback: str = "", why: str = "",
) -> Audience:  # fmt: skip
    """Return who the segment selects now, with checks and evidence."""
    preview = segments.preview(segment, sample=SAMPLE)
    opinion = _opinion(segments, segment, preview, second, second_name)
    everybody = _everybody(segments, segment)
    return Audience(
        segment=segment,
        preview=preview,
        description=segments.describe(segment.filter),
        summary=_summary(segments, segment, preview),
        checks=_checks(segments, segment, preview, everybody, opinion, fallback, why),
        evidence=_evidence(segments, segment, preview, words, opinion, fallback, everybody, why),
    )


def _said(words: Sequence[dict[str, Any]]) -> list[Fact]:
    return [
        Fact(label=f"“{one['words']}”", value=one["became"]) for one in words if one.get("became")
    ]


def _sample(preview: Preview) -> Table | None:
    if not preview.sample:
        return None
    rows = tuple(
        (one.name, one.email, one.job_title or "", one.company or "", one.country or "")
        for one in preview.sample
    )
    columns = ("Name", "Email", "Job title", "Company", "Country")
    return Table(columns=columns, rows=rows, total=len(preview.members))


def _everybody(segments: SegmentReader, segment: Segment) -> int:
    plain = {"filter": All(of=()), "use": "internal", "include_anyway": ()}
    return segments.count(segment.model_copy(update=plain))


def people(count: int) -> str:
    """Return a number of contacts in words."""
    return "1 contact" if count == 1 else f"{count:,} contacts"


def _summary(segments: SegmentReader, segment: Segment, preview: Preview) -> str:
    words = segments.describe(segment.filter)
    out = sum(one.count for one in preview.left_out)
    left = f"; {out:,} left out by the use policy" if out else ""
    return f"{people(len(preview.members))}: {words}{left}."


def _checks(
    segments: SegmentReader, segment: Segment, preview: Preview, everybody: int,
    opinion: dict[str, Any] | None, fallback: str, why: str,
) -> tuple[Check, ...]:  # fmt: skip
    checks = [_schema(segments, segment), _members(preview)]
    if segment.include_anyway:
        said = ", ".join(reason.replace("_", " ") for reason in segment.include_anyway)
        checks.append(
            Check(
                name="use policy",
                status="warn",
                message=f"Includes on request people "
                f"the use policy leaves out: {said}. A second person must agree.",
            )
        )
    if everybody and len(preview.members) > SHARE_TO_NOTICE * everybody:
        share = round(100 * len(preview.members) / everybody)
        checks.append(
            Check(
                name="share",
                status="warn",
                message=f"This is {share} % of all {everybody:,} contacts.",
            )
        )
    if fallback:
        checks.append(
            Check(
                name="drafter",
                status="warn",
                message="The model could not be used, "
                f"so the built-in rules drafted this. {fallback}",
            )
        )
    if opinion is not None:
        checks.append(_agreement(opinion))
    if why:
        checks.append(Check(name="refreshed", status="warn", message=why))
    return tuple(checks)


def _schema(segments: SegmentReader, segment: Segment) -> Check:
    problems = segments.check(segment.filter)
    if problems:
        message = f"Does not fit this CRM: {problems[0].message}"
        return Check(name="fields and values", status="error", message=message)
    return Check(
        name="fields and values", status="ok", message="Every field and value exists in this CRM."
    )


def _members(preview: Preview) -> Check:
    if preview.members:
        return Check(name="members", status="ok", message=f"{people(len(preview.members))}.")
    out = sum(one.count for one in preview.left_out)
    if out:
        said = f"All {out:,} who match are left out by the use policy; the list would be empty."
    else:
        said = "Nobody matches; the list would be empty. Loosen a condition."
    return Check(name="members", status="error", message=said)


def _agreement(opinion: dict[str, Any]) -> Check:
    name = "second opinion"
    if opinion["agrees"]:
        return Check(
            name=name,
            status="ok",
            message=f"The {opinion['drafter']} drafter, "
            f"reading the "
            "request on its own, selects exactly the same people.",
        )
    if opinion["agrees"] is None:
        return Check(
            name=name,
            status="warn",
            message=f"The {opinion['drafter']} drafter would "
            f"rather ask or decline: {opinion['description']}",
        )
    return Check(
        name=name,
        status="warn",
        message=f"The {opinion['drafter']} drafter reads it "
        f"differently: {opinion['only_here']:,} people only here, "
        f"{opinion['only_there']:,} only there. It read: {opinion['description']}.",
    )


def _opinion(
    segments: SegmentReader, segment: Segment, preview: Preview, second: Reading | None, name: str
) -> dict[str, Any] | None:
    """Compare by members: two different trees that select the same people agree."""
    if second is None:
        return None
    if not isinstance(second, Proposal):
        said = getattr(second, "text", "") or "it counts instead of drafting"
        return {
            "drafter": name,
            "agrees": None,
            "only_here": None,
            "only_there": None,
            "description": said,
        }
    other = second.segment.model_copy(update={"as_of": segment.as_of})
    here, there = set(preview.members), set(segments.members(other))
    return {
        "drafter": name,
        "agrees": here == there and other.include_anyway == segment.include_anyway,
        "only_here": len(here - there),
        "only_there": len(there - here),
        "description": segments.describe(other.filter),
    }


def _evidence(
    segments: SegmentReader, segment: Segment, preview: Preview, words: Sequence[WordUse],
    opinion: dict[str, Any] | None, fallback: str, everybody: int, why: str,
) -> dict[str, Any]:  # fmt: skip
    return {
        "words": [one.model_dump(mode="json") for one in words],
        "description": segments.describe(segment.filter),
        "matching": preview.matching,
        "everybody": everybody,
        "funnel": [one.model_dump(mode="json") for one in preview.funnel],
        "left_out": [one.model_dump(mode="json") for one in preview.left_out],
        "included_anyway": [one.model_dump(mode="json") for one in preview.included_anyway],
        "sample": [one.model_dump(mode="json") for one in preview.sample],
        "warnings": list(preview.warnings),
        "second_opinion": opinion,
        "fallback": fallback or None,
        "refreshed": why or None,
    }
