"""Dates that agree: weekday and date, not past when the email leaves, ends after beginnings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .case import Case
from .facts import plain, relative_days
from .moments import Clock, Day, clocks, days, guess_year, weekdays
from .port import EmailCheck, Hit

__all__ = ["CHECKS"]

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_BETWEEN = re.compile(r"^[\s,.(/–—-]*(?:(?:the|den|dem|le|el|am|on)\s+)?[\s,.(]*$", re.IGNORECASE)
_PAST_WORDS = re.compile(
    r"(?i)(?<!\w)(?:attended|was|were|had|took place|last|recap|recording|since|founded|"
    r"joined us|came|"
    r"thank(?:s| you)|ago|met|missed|watched|published|released|earlier|back in|war|waren|"
    r"hatte|fand|"
    r"fanden|danke|teilgenommen|seit|gegründet|letzte[nrs]?|vergangene[nrs]?|besucht|verpasst|"
    r"aufzeichnung|stand|©|copyright|été|dernier|fue|pasado)(?!\w)"
)
_ZONE = re.compile(
    r"(?<!\w)(?:CES?T|MES?Z|GMT|UTC|BST|[ECMP][SD]T|WES?T|EES?T|IST|JST|SGT|AES?T)(?!\w)|"
    r"\b(?:Berlin|London|Paris|Eastern|Pacific|local|Central European) time\b|Ortszeit|"
    r"Uhr MEZ"
)


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    yield from ((piece.where, plain(piece.text)) for piece in case.pieces)
    yield from (
        (f"as {sample.who} gets it", plain(sample.page.all_text)) for sample in case.samples
    )


def _once(case: Case) -> Iterator[tuple[str, str, Day]]:
    seen: set[str] = set()
    for where, text in _texts(case):
        for day in days(text):
            sentence = _sentence(text, day.at)
            if sentence not in seen or not where.startswith("as "):
                yield where, text, day
        seen |= {_sentence(text, day.at) for day in days(text)}


def _sentence(text: str, at: int) -> str:
    # A dot after a figure ("12. Dezember") ends no sentence.
    start = max((m.end() for m in re.finditer(r"(?<!\d)[.!?]\s|\n", text[:at])), default=0)
    end = re.search(r"(?<!\d)[.!?](?:\s|$)|\n", text[at:])
    return text[start : at + end.start() if end else len(text)]


def _weekday(case: Case) -> Iterator[Hit]:
    seen: set[str] = set()
    for where, text in _texts(case):
        for named in weekdays(text):
            for day in days(text):
                before = day.at - named.end >= 0 and _BETWEEN.match(text[named.end : day.at])
                after = 0 <= named.at - day.end <= 4 and _BETWEEN.match(text[day.end : named.at])
                real = guess_year(day, case.today)
                if not (before or after) or real is None or real.weekday() == named.number:
                    continue
                said = " ".join(text[min(named.at, day.at) : max(named.end, day.end)].split())
                if said not in seen:
                    seen.add(said)
                    yield Hit(
                        message=f"{said!r} does not agree: {real:%d %B %Y} is a "
                        f"{_NAMES[real.weekday()]} ({where}).",
                        evidence=_sentence(text, day.at),
                    )


def _impossible(case: Case) -> Iterator[Hit]:
    for where, text, day in _once(case):
        if not day.exists():
            yield Hit(
                message=f"There is no {day.text!r} ({where}).", evidence=_sentence(text, day.at)
            )


def _past(case: Case) -> Iterator[Hit]:
    for where, text, day in _once(case):
        real = guess_year(day, case.today)
        if real is None or _PAST_WORDS.search(_sentence(text, day.at)):
            continue
        today = case.as_of.astimezone(ZoneInfo(case.timezone)).date()
        if real < today:
            yield Hit(message=f"{day.text!r} is past ({where}).", evidence=_sentence(text, day.at))


def _before_send(case: Case) -> Iterator[Hit]:
    zone = ZoneInfo(case.timezone)
    leaves = case.leaves_at.astimezone(zone)
    today = case.as_of.astimezone(zone).date()
    if case.schedule.send_at is None:
        return
    for where, text, day in _once(case):
        real = guess_year(day, today)
        sentence = _sentence(text, day.at)
        if real is None or real < today or _PAST_WORDS.search(sentence):
            continue
        if _starts(real, text, day, zone) < leaves:
            yield Hit(
                message=f"{day.text!r} is over when the email leaves "
                f"({leaves:%d %B %Y %H:%M}, {where}).",
                evidence=sentence,
            )


def _starts(real: date, text: str, day: Day, zone: ZoneInfo) -> datetime:
    """Return when the day's event begins: at the time beside it, else with the day's end."""
    near = [one for one in clocks(text) if 0 <= one.at - day.end <= 30]
    if near and near[0].minute < 1440:
        return datetime.combine(real, time(near[0].minute // 60, near[0].minute % 60), zone)
    return datetime.combine(real + timedelta(days=1), time(0), zone)


def _send_past(case: Case) -> Iterator[Hit]:
    at = case.schedule.send_at
    if at is not None and at < case.as_of:
        yield Hit(message=f"The send time {at:%d %B %Y %H:%M} UTC is past.")


def _end_first(case: Case) -> Iterator[Hit]:
    seen: set[str] = set()
    for where, text in _texts(case):
        spans: list[Clock | Day] = [*clocks(text), *days(text)]
        for span in spans:
            if _backwards(span) and span.text not in seen:
                seen.add(span.text)
                yield Hit(
                    message=f"{span.text!r} ends before it begins ({where}).",
                    evidence=_sentence(text, span.at),
                )
        for one, other in zip(found := days(text), found[1:], strict=False):
            gap = text[one.end : other.at]
            start, end = guess_year(one, case.today), guess_year(other, case.today)
            if (
                re.fullmatch(
                    r"\s*(?:-|–|—|to|until|till|bis|through|au)\s*(?:(?:the|zum|den|am)\s+)?", gap
                )
                and start
                and end
                and end < start
            ):
                said = text[one.at : other.end]
                if said not in seen:
                    seen.add(said)
                    yield Hit(
                        message=f"{said!r} ends before it begins ({where}).",
                        evidence=_sentence(text, one.at),
                    )


def _backwards(span: Clock | Day) -> bool:
    if isinstance(span, Clock):
        # Past midnight is a night shift: from 22:00 on an end in the small hours is meant.
        return (
            span.until is not None
            and span.until <= span.minute
            and not (span.minute >= 1200 and span.until <= 360)
        )
    return span.last is not None and span.last <= span.day


def _ambiguous(case: Case) -> Iterator[Hit]:
    for where, text, day in _once(case):
        if day.ambiguous:
            yield Hit(
                message=f"{day.text!r} is one day in Europe and another in America ({where}).",
                evidence=_sentence(text, day.at),
            )


def _relative(case: Case) -> Iterator[Hit]:
    for piece in case.pieces:
        if found := relative_days(plain(piece.text)):
            yield Hit(
                message=f"{found[0]!r} is true on the day of sending, not on the day of "
                f"reading ({piece.where}).",
                evidence=piece.text,
            )
            return


def _zone(case: Case) -> Iterator[Hit]:
    if len([name for name, count in case.tally.countries.items() if count]) < 2:
        return
    for where, text in _texts(case):
        for clock in clocks(text):
            if not _ZONE.search(text):
                yield Hit(
                    message=f"{clock.text!r} has no time zone, and the members live in "
                    f"{len(case.tally.countries)} countries ({where}).",
                    evidence=_sentence(text, clock.at),
                )
                return


CHECKS = (
    EmailCheck(
        name="dates.weekday",
        severity="error",
        look=_weekday,
        about="weekday and date that agree",
        fix="Look it up in the calendar; one of the two is wrong.",
    ),
    EmailCheck(
        name="dates.impossible",
        severity="error",
        look=_impossible,
        about="days the calendar does not have",
        fix="Use the date of the brief.",
    ),
    EmailCheck(
        name="dates.past",
        severity="error",
        look=_past,
        about="dates that are over and not spoken of as over",
        fix="Use the coming date, or say that it was.",
    ),
    EmailCheck(
        name="dates.before_send",
        severity="error",
        look=_before_send,
        about="events that are over when the email leaves",
        fix="Send it earlier, or take the date out.",
    ),
    EmailCheck(
        name="dates.send_past",
        severity="error",
        look=_send_past,
        about="a send time that is over",
        fix="Choose a later moment, or send at once.",
    ),
    EmailCheck(
        name="dates.end_before_start",
        severity="error",
        look=_end_first,
        about="ends that come before their beginnings",
        fix="Swap or correct them.",
    ),
    EmailCheck(
        name="dates.ambiguous",
        severity="warn",
        look=_ambiguous,
        about="`05/06/2026`",
        fix="Write the month as a word.",
    ),
    EmailCheck(
        name="dates.relative",
        severity="warn",
        look=_relative,
        about="`tomorrow`, which is another day for whoever reads later",
        fix="Write the date.",
    ),
    EmailCheck(
        name="dates.no_time_zone",
        severity="warn",
        look=_zone,
        about="times without a zone where members live in several countries",
        fix="Add the zone: `14:00 CET`.",
    ),
)
