"""What a brief lacks, asked once and together, in numbered points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from agents.port import Question

from .port import Brief, Point

__all__ = ["missing_in", "question_of"]

_EVENT = re.compile(
    r"\b(?:webinar|event|conference|dinner|breakfast|lunch|workshop|meet-?up|training|round ?table|"
    r"summit|session|follow-?up|party|reception|seminar|masterclass|tour|fair|konferenz|"
    r"veranstaltung|schulung|messe|\w*treffen|abendessen|frühstück|folgetermin|vorführung|empfang|"
    r"feier)\b",
    re.IGNORECASE,
)


def missing_in(brief: Brief, *, as_of: datetime, zone: str) -> tuple[Point, ...]:
    """Return what must be known before the email can be written."""
    found = [*_people(brief), *_matter(brief), *_date(brief, as_of, zone), *_link(brief)]
    if brief.schedule.send_at is not None and brief.schedule.send_at <= as_of:
        said = f"{brief.schedule.send_at.astimezone(ZoneInfo(zone)):%-d %B %Y, %H:%M}"
        found.append(Point(key="send_day", text=f"{said} has passed. When should it be sent?"))
    return tuple(found)


def _people(brief: Brief) -> list[Point]:
    if brief.audience:
        return []
    return [Point(key="audience", text="Who is it for? For example: customers in Germany.")]


def _matter(brief: Brief) -> list[Point]:
    attended = brief.purpose == "thanks" and "attend" in brief.audience.lower()
    if brief.about or brief.must_say or attended:
        return []
    text = "What should it say? Name what it is about and the facts that must be in it."
    return [Point(key="about", text=text)]


def _date(brief: Brief, as_of: datetime, zone: str) -> list[Point]:
    one = brief.occasion
    today = as_of.astimezone(ZoneInfo(zone)).date()
    if one.on is not None and one.on < today and brief.purpose in {"invite", "remind"}:
        day = f"{one.on.day} {one.on:%B %Y}"
        return [Point(key="date", text=f"The date {day} is in the past. When does it take place?")]
    event = brief.purpose in {"invite", "remind"} and _EVENT.search(brief.about)
    if event and one.on is None:
        return [Point(key="date", text="When does it take place: which date, and at what time?")]
    return []


def _link(brief: Brief) -> list[Point]:
    if brief.links or brief.reply_instead or brief.purpose not in {"invite", "survey"}:
        return []
    where = "answer" if brief.purpose == "survey" else "register"
    text = f"Which link do people use to {where}? Send it, or say that they should reply."
    return [Point(key="link", text=text)]


def question_of(points: Sequence[Point]) -> Question:
    """Return the points as one question; a single one keeps its options."""
    if len(points) == 1:
        return Question(text=points[0].text, options=points[0].options, about=points[0].key)
    lines = [f"{number}. {_inline(point)}" for number, point in enumerate(points, 1)]
    head = f"I need {len(points)} things before I can draft this:"
    return Question(text="\n".join([head, *lines]), about=", ".join(one.key for one in points))


def _inline(point: Point) -> str:
    if not point.options:
        return point.text
    options = "; ".join(f"{'abcdefgh'[n]}) {one}" for n, one in enumerate(point.options[:8]))
    return f"{point.text} {options}"
