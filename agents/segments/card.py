"""From a segment to everything a card shows: members, checks, evidence. Code computes all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.port import Proposed
from gates.draft import Check
from gates.targets import targets_of
from tools.segments.action import BuildSegment
from tools.segments.port import Preview, SegmentReader
from tools.segments.tree import All, Segment

from .port import Proposal, Reading, WordUse

__all__ = ["propose"]

SHARE_TO_NOTICE = 0.5
"""A list of more than this share of all contacts is worth a second look."""
SAMPLE = 5


def propose(
    segments: SegmentReader, segment: Segment, *, drafter: str, prompt: str | None = None,
    words: Sequence[WordUse] = (), second: Reading | None = None, second_name: str = "",
    fallback: str = "", why: str = "", tolerance: float | None = None,
) -> Proposed:  # fmt: skip
    """Return the draft that makes the list: exact members, what was checked, what was found."""
    preview = segments.preview(segment, sample=SAMPLE)
    fields: dict[str, Any] = {"segment": segment, "targets": targets_of(preview.members)}
    if tolerance is not None:
        fields["tolerance"] = tolerance
    action = BuildSegment(**fields)
    opinion = _opinion(segments, segment, preview, second, second_name)
    everybody = _everybody(segments, segment)
    return Proposed(
        kind=action.kind,
        action=action.arguments(),
        members=preview.members,
        title=f"Build the list “{segment.name}”",
        summary=_summary(segments, segment, preview),
        checks=_checks(segments, segment, preview, everybody, opinion, fallback, why),
        evidence=_evidence(segments, segment, preview, words, opinion, fallback, everybody, why),
        drafter=drafter,
        prompt=prompt,
    )


def _everybody(segments: SegmentReader, segment: Segment) -> int:
    plain = {"filter": All(of=()), "use": "internal", "include_anyway": ()}
    return segments.count(segment.model_copy(update=plain))


def _people(count: int) -> str:
    return "1 contact" if count == 1 else f"{count:,} contacts"


def _summary(segments: SegmentReader, segment: Segment, preview: Preview) -> str:
    words = segments.describe(segment.filter)
    out = sum(one.count for one in preview.left_out)
    left = f"; {out:,} left out by the use policy" if out else ""
    return f"{_people(len(preview.members))}: {words}{left}."


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
        return Check(name="members", status="ok", message=f"{_people(len(preview.members))}.")
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
