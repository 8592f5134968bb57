"""Dates and times in a request, English and German: found, made exact, and written out again.

A date without a year is the next such day, today included. A weekday that does not fit its date and
a date like 03/04/2026 are doubts: the person is asked, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = [
    "MONTH",
    "Found",
    "find_times",
    "find_when",
    "long_date",
    "long_time",
    "short_date",
    "zone_said",
]

_MONTHS = (
    ("january", "januar", "jänner", "jan"), ("february", "februar", "feb"),
    ("march", "märz", "maerz", "mar", "mär"), ("april", "apr"), ("may", "mai"),
    ("june", "juni", "jun"), ("july", "juli", "jul"), ("august", "aug"),
    ("september", "sept", "sep"), ("october", "oktober", "oct", "okt"),
    ("november", "nov"), ("december", "dezember", "dec", "dez"),
)  # fmt: skip
_DAYS = (
    ("monday", "montag", "mon"), ("tuesday", "dienstag", "tue", "tues"),
    ("wednesday", "mittwoch", "wed"), ("thursday", "donnerstag", "thu", "thurs"),
    ("friday", "freitag", "fri"), ("saturday", "samstag", "sonnabend", "sat"),
    ("sunday", "sonntag", "sun"),
)  # fmt: skip
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DE_DAYS = (
    "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag",
)  # fmt: skip
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_DE_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
)  # fmt: skip
_ZONES = {
    "helsinki": "Europe/Helsinki", "copenhagen": "Europe/Copenhagen", "oslo": "Europe/Oslo",
    "athens": "Europe/Athens", "prague": "Europe/Prague", "wiener": "Europe/Vienna",
    "berliner": "Europe/Berlin", "zürich": "Europe/Zurich", "wien": "Europe/Vienna",
    "münchen": "Europe/Berlin", "toronto": "America/Toronto", "indian": "Asia/Kolkata",
    "berlin": "Europe/Berlin", "munich": "Europe/Berlin", "german": "Europe/Berlin",
    "vienna": "Europe/Vienna", "zurich": "Europe/Zurich", "paris": "Europe/Paris",
    "london": "Europe/London", "uk": "Europe/London", "madrid": "Europe/Madrid",
    "rome": "Europe/Rome", "amsterdam": "Europe/Amsterdam", "brussels": "Europe/Brussels",
    "dublin": "Europe/Dublin", "lisbon": "Europe/Lisbon", "warsaw": "Europe/Warsaw",
    "stockholm": "Europe/Stockholm", "new york": "America/New_York",
    "eastern": "America/New_York", "boston": "America/New_York", "chicago": "America/Chicago",
    "central": "America/Chicago", "denver": "America/Denver", "mountain": "America/Denver",
    "los angeles": "America/Los_Angeles", "pacific": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles", "tokyo": "Asia/Tokyo", "singapore": "Asia/Singapore",
    "sydney": "Australia/Sydney", "dubai": "Asia/Dubai", "mumbai": "Asia/Kolkata",
}  # fmt: skip
_SHORT_ZONES = {
    "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin", "utc": "UTC", "gmt": "Europe/London", "bst": "Europe/London",
    "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "cst": "America/Chicago", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
}  # fmt: skip


def _either(groups: tuple[tuple[str, ...], ...]) -> str:
    every = sorted((word for group in groups for word in group), key=len, reverse=True)
    return "|".join(every)


_MONTH, _DAY = _either(_MONTHS), _either(_DAYS)
MONTH = _MONTH
"""Every name of a month, as a pattern."""
_WHOLE_DAY = _either(tuple(tuple(w for w in group if len(w) > 5) for group in _DAYS))
"""A weekday alone is read by its whole name only: "sun" and "sat" are also other words."""
_LEAD = r"(?:\b(?:on|am|den|by|until|bis|from|vom|this|next|coming|nächsten|kommenden|diesen)\s+)*"
_DATE = re.compile(
    rf"{_LEAD}(?:(?:\b(?P<wd>{_DAY})\b\.?,?\s+)(?:the\s+|den\s+)?)?(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<dd>\d{1,2})\.\s?(?P<dm>\d{1,2})\.(?P<dy>\d{4})?"
    r"|(?P<sa>\d{1,2})/(?P<sb>\d{1,2})/(?P<sy>\d{4})"
    rf"|(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s?(?:-|to|until|bis)\s?(?P<d2>\d{{1,2}})"
    rf"(?:st|nd|rd|th|\.)?)?\s+(?:of\s+)?(?P<m>{_MONTH})\b\.?(?:,?\s+(?P<y>\d{{4}})\b)?"
    rf"|(?P<um>{_MONTH})\b\.?\s+(?P<ud>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)"
    rf"(?:\s?(?:-|to)\s?(?P<ud2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:))?(?:,?\s+(?P<uy>\d{{4}})\b)?"
    r")",
    re.IGNORECASE,
)
_NEAR = re.compile(
    r"\b(?P<rel>today|tomorrow|the day after tomorrow|heute|morgen|übermorgen)\b"
    r"|\bin (?P<n>\d{1,3}|one|two|three|four|a|einer|zwei|drei|vier) "
    r"(?P<unit>days?|weeks?|tagen?|wochen?)\b"
    r"|\b(?:(?:on|this|am|diesen|coming|kommenden)\s+)?(?P<next>next |nächsten )?"
    rf"(?P<wday>{_WHOLE_DAY})\b(?!\s+(?:newsletter|webinar|event))(?!\s?(?:to|-|–|until|bis|and"
    rf"|und)\s?"
    rf"(?:{_WHOLE_DAY})\b)",
    re.IGNORECASE,
)
_RELATIVE = {
    "today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "the day after tomorrow": 2,
    "übermorgen": 2,
}  # fmt: skip
_COUNTS = {
    "one": 1, "a": 1, "einer": 1, "two": 2, "zwei": 2, "three": 3, "drei": 3, "four": 4, "vier": 4,
}  # fmt: skip
_TIME = re.compile(
    r"(?:\b(?:at|from|um|ab|von)\s+)?(?:"
    r"(?P<noon>noon|midday|mittag)\b"
    r"|(?P<h>\d{1,2})(?:[:.](?P<mi>\d{2}))?(?:\s?(?P<ap>am|pm|a\.m\.|p\.m\.))?"
    r"(?:\s?(?:-|to|until|till|bis)\s?(?P<h2>\d{1,2})(?:[:.](?P<mi2>\d{2}))?"
    r"(?:\s?(?P<ap2>am|pm|a\.m\.|p\.m\.))?)?(?:\s?(?P<uhr>uhr|o'clock|h)\b)?)",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\s*\(?\b(?:(?P<city>" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")"
    r"(?:er)?[ -](?:time|zeit)|(?P<near>" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")\b"
    r"|(?P<short>" + "|".join(_SHORT_ZONES) + r")"
    r"|(?P<iana>[A-Z][a-z]+/[A-Z][A-Za-z_]+))\b\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A date, a time or both, and where they stand in the text."""

    start: int
    stop: int
    on: date | None = None
    until: date | None = None
    at: time | None = None
    end: time | None = None
    timezone: str = ""
    doubt: tuple[str, tuple[str, ...]] | None = None
    """What is not clear about the date, as a question and its options."""


def zone_said(text: str) -> str:
    """Return the IANA zone that a text names ("Berlin time", "CET"), or an empty string."""
    for match in _ZONE.finditer(text):
        if name := _zone_of(match):
            return name
    return ""


def _zone_of(match: re.Match[str]) -> str:
    if match["city"]:
        return _ZONES[match["city"].lower()]
    if match["near"]:
        said = match["near"].lower()
        sure = said in {"eastern", "pacific", "central", "mountain"} or match.string[
            : match.start()].lower().endswith(("am", "pm", "a.m.", "p.m."))  # fmt: skip
        return _ZONES[said] if sure else ""
    if match["short"]:
        return _SHORT_ZONES[match["short"].lower()] if match["short"].isupper() else ""
    try:
        return ZoneInfo(match["iana"]).key
    except (KeyError, ValueError, OSError):
        return ""


def find_when(text: str, today: date) -> list[Found]:
    """Return every date in the text, each with the time that stands by it, in order."""
    found = [one for match in _DATE.finditer(text) if (one := _dated(match, today))]
    taken = [(one.start, one.stop) for one in found]
    found += [
        _near(match, today)
        for match in _NEAR.finditer(text)
        if not _every(text, match)
        and not any(a < match.end() and match.start() < b for a, b in taken)
    ]
    found.sort(key=lambda one: one.start)
    return [_with_time(text, one) for one in found]


def _every(text: str, match: re.Match[str]) -> bool:
    """Whether a day is one of many, or no day at all: "every Friday", "today's price"."""
    before, after = text[: match.start()], text[match.end() :]
    many = re.search(
        rf"(?:\b(?:every|each|jede[nr]?|immer)|\b(?:{_WHOLE_DAY})s?\s?(?:to|-|–|until|bis|and"
        rf"|und))\s*$",
        before, re.IGNORECASE,
    )  # fmt: skip
    return bool(many) or (match[0].lower() == "today" and after.startswith(("'s", "’s")))


def find_times(text: str) -> Found | None:
    """Return the first time of day in a text without a date: "at 10", "15:00", "3 pm"."""
    for match in _TIME.finditer(text):
        if _is_time(match):
            return _timed(text, match)
    return None


def _is_time(match: re.Match[str]) -> bool:
    if match["noon"]:
        return True
    said = match[0].lower().lstrip()
    clear = match["mi"] or match["ap"] or match["ap2"] or match["uhr"]
    led = said.startswith(("at ", "um ", "from ", "von ", "ab ")) and (
        not said.startswith(("from ", "von ", "ab ")) or bool(match["h2"])
    )
    after = match.string[match.end() : match.end() + 2]
    if not (clear or led) or re.match(r"[\w%€$]", after):
        return False
    return int(match["h"]) < 24 and int(match["mi"] or 0) < 60


def _clock(hour: str, minute: str | None, half: str | None) -> time | None:
    value = int(hour) % 24
    if half:
        value = value % 12 + (12 if half.lower().startswith("p") else 0)
    return time(value, int(minute or 0)) if int(minute or 0) < 60 else None


def _timed(text: str, match: re.Match[str]) -> Found:
    at: time | None = time(12)
    end: time | None = None
    if not match["noon"]:
        half = match["ap"] or (match["ap2"] if match["h2"] else None)
        at = _clock(match["h"], match["mi"], half)
        end = _clock(match["h2"], match["mi2"], match["ap2"]) if match["h2"] else None
    zone = _ZONE.match(text, match.end())
    name = _zone_of(zone) if zone else ""
    stop = zone.end() if zone and name else match.end()
    return Found(start=match.start(), stop=stop, at=at, end=end, timezone=name)


def _with_time(text: str, found: Found) -> Found:
    gap = re.compile(r"(?:,|\s|\bat\b(?=\s+\d)|\bum\b(?=\s+\d))*(?:\bfrom\b|\bvon\b)?\s*")
    after = gap.match(text, found.stop)
    where = after.end() if after else found.stop
    for start in (
        found.stop + len(text[found.stop :]) - len(text[found.stop :].lstrip(" ,")),
        where,
    ):
        match = _TIME.match(text, start)
        if match and match[0].strip() and (_is_time(match) or _led(text, start, match)):
            timed = _timed(text, match)
            return _merge(found, timed, found.start, timed.stop)
    before = re.search(
        r"(?:" + _TIME.pattern + r")(?:" + _ZONE.pattern + r")?\s*(?:,\s*)?$", text[: found.start],
        re.IGNORECASE,
    )  # fmt: skip
    if before and _is_time(before):
        timed = _timed(text, before)
        return _merge(found, timed, before.start(), found.stop)
    return found


def _led(text: str, start: int, match: re.Match[str]) -> bool:
    said = text[max(0, start - 6) : start].lower()
    number = match["h"]
    return bool(re.search(r"\b(?:at|um)\s*$", said)) and bool(number) and int(number) < 24


def _merge(found: Found, timed: Found, start: int, stop: int) -> Found:
    return Found(
        start=start, stop=stop, on=found.on, until=found.until, doubt=found.doubt,
        at=timed.at, end=timed.end, timezone=timed.timezone,
    )  # fmt: skip


def _index(groups: tuple[tuple[str, ...], ...], word: str) -> int:
    return next(n for n, group in enumerate(groups) if word.lower() in group)


def _candidates(match: re.Match[str]) -> Iterator[tuple[int | None, int, int]]:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        yield year, month, day
    elif match["dd"]:
        yield (int(match["dy"]) if match["dy"] else None), int(match["dm"]), int(match["dd"])
    elif match["sa"]:
        first, second, year = int(match["sa"]), int(match["sb"]), int(match["sy"])
        yield year, second, first
        if first != second:
            yield year, first, second
    elif match["m"]:
        yield _year(match["y"]), _index(_MONTHS, match["m"]) + 1, int(match["d"])
    else:
        yield _year(match["uy"]), _index(_MONTHS, match["um"]) + 1, int(match["ud"])


def _year(said: str | None) -> int | None:
    return int(said) if said else None


def _day(year: int | None, month: int, day: int, today: date) -> date | None:
    for guess in (year,) if year else range(today.year, today.year + 9):
        try:
            made = date(guess, month, day)
        except ValueError:
            continue
        if year or made >= today:
            return made
    return None


def _dated(match: re.Match[str], today: date) -> Found | None:
    days = [one for parts in _candidates(match) if (one := _day(*parts, today))]
    if not days:
        return None
    doubt = None
    weekday = _index(_DAYS, match["wd"]) if match["wd"] else None
    if weekday is not None:
        fits = [one for one in days if one.weekday() == weekday]
        doubt = None if fits else _wrong_day(days[0], weekday)
        days = fits or days
    elif len(days) > 1:
        options = tuple(long_date(one, "en") for one in days)
        doubt = (f"Which day is {match[0].strip().split()[-1]}?", options)
    last = match["d2"] or match["ud2"]
    until = _day(days[0].year, days[0].month, int(last), today) if last else None
    return Found(start=match.start(), stop=match.end(), on=days[0], until=until, doubt=doubt)


def _wrong_day(day: date, weekday: int) -> tuple[str, tuple[str, ...]]:
    said, right = _EN_DAYS[weekday], _EN_DAYS[day.weekday()]
    near = min(
        (day + timedelta(days=n) for n in range(-3, 4)), key=lambda one: one.weekday() != weekday
    )
    text = (
        f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year} is a {right}, not a {said}. Which day?"
    )
    return text, (long_date(day, "en"), long_date(near, "en"))


def _near(match: re.Match[str], today: date) -> Found:
    if match["rel"]:
        on = today + timedelta(days=_RELATIVE[match["rel"].lower()])
    elif match["n"]:
        count = _COUNTS.get(match["n"].lower()) or int(match["n"])
        weeks = match["unit"].lower().startswith("w")
        on = today + timedelta(days=count * (7 if weeks else 1))
    else:
        ahead = (_index(_DAYS, match["wday"]) - today.weekday()) % 7
        if match["next"]:  # "next Friday" is the one of the coming week
            ahead = 7 - today.weekday() + _index(_DAYS, match["wday"])
        on = today + timedelta(days=ahead or 7)
    return Found(start=match.start(), stop=match.end(), on=on)


# --- written out --------------------------------------------------------------------------------


def long_date(day: date, language: str) -> str:
    """Return the day with its weekday: "Saturday, 12 December 2026"."""
    if language.startswith("de"):
        return f"{_DE_DAYS[day.weekday()]}, {day.day}. {_DE_MONTHS[day.month - 1]} {day.year}"
    return f"{_EN_DAYS[day.weekday()]}, {day.day} {_EN_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, language: str) -> str:
    """Return the day without weekday and year, for subject lines: "12 December"."""
    if language.startswith("de"):
        return f"{day.day}. {_DE_MONTHS[day.month - 1]}"
    return f"{day.day} {_EN_MONTHS[day.month - 1]}"


def long_time(at: time, end: time | None, zone: str, language: str, on: date) -> str:
    """Return the time with its zone's short name: "15:00 (CET)", "15:00 to 16:00 Uhr (CET)"."""
    german = language.startswith("de")
    said = f"{at:%H:%M}"
    if end:
        said += f" {'bis' if german else 'to'} {end:%H:%M}"
    name = datetime.combine(on, at, ZoneInfo(zone)).tzname() if zone else ""
    shown = {"CET": "MEZ", "CEST": "MESZ"}.get(name or "", name) if german else name
    return f"{said}{' Uhr' if german else ''}{f' ({shown})' if shown else ''}"
