"""Dates, weekdays and times in running text, in the spellings people use.

English, German, French, Spanish, Italian, Dutch and Russian months and weekdays; ISO, dotted and
slashed dates; Chinese, Japanese and Korean ones. Nothing is resolved to a year here that the text
does not hold; `guess_year` does it where a check needs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, ConfigDict

__all__ = ["Clock", "Day", "Weekday", "clocks", "days", "guess_year", "months", "weekdays"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Day(_Value):
    """A day as it was written."""

    year: int | None
    month: int
    day: int
    text: str
    at: int
    end: int
    ambiguous: bool = False
    """Whether day and month could be swapped: `05/06/2026`."""
    last: int | None = None
    """The last day of a range within the month: 12 in `10-12 December`."""

    def same(self, other: Day) -> bool:
        """Return whether both may be one day; a missing year agrees with any."""
        years = self.year is None or other.year is None or self.year == other.year
        mine = (self.month, self.day)
        theirs = {(other.month, one) for one in (other.day, other.last) if one}
        if other.ambiguous:
            theirs.add((other.day, other.month))
        return years and mine in theirs

    def exists(self) -> bool:
        """Return whether the calendar has such a day."""
        try:
            date(self.year or 2028, self.month, self.last or self.day)
            date(self.year or 2028, self.month, self.day)
        except ValueError:
            return False
        return True


class Weekday(_Value):
    """A weekday's name; Monday is 0."""

    number: int
    text: str
    at: int
    end: int


class Clock(_Value):
    """A time of day, in minutes since midnight."""

    minute: int
    text: str
    at: int
    end: int
    until: int | None = None
    """The end, where it is a range."""


_MONTHS = (
    "january jan januar jänner jan janvier enero gennaio januari января",
    "february feb februar febr février fevrier febrero febbraio februari февраля",
    "march mar märz maerz mrz mars marzo maart марта",
    "april apr avril abril aprile апреля",
    "may mai mayo maggio mei мая",
    "june jun juni juin junio giugno июня",
    "july jul juli juillet julio luglio июля",
    "august aug août aout agosto augustus августа",
    "september sep sept septembre septiembre settembre сентября",
    "october oct oktober okt octobre octubre ottobre октября",
    "november nov novembre noviembre ноября",
    "december dec dezember dez décembre decembre diciembre dicembre декабря",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_WEEKDAYS = (
    "monday montag lundi lunes lunedì maandag понедельник",
    "tuesday dienstag mardi martes martedì dinsdag вторник",
    "wednesday mittwoch mercredi miércoles mercoledì woensdag среда среду",
    "thursday donnerstag jeudi jueves giovedì donderdag четверг",
    "friday freitag vendredi viernes venerdì vrijdag пятница пятницу",
    "saturday samstag sonnabend samedi sábado sabato zaterdag суббота субботу",
    "sunday sonntag dimanche domingo domenica zondag воскресенье",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_SHORT = {
    **dict.fromkeys(("mon", "mo"), 0), **dict.fromkeys(("tue", "tues", "di"), 1),
    **dict.fromkeys(("wed", "mi"), 2), **dict.fromkeys(("thu", "thur", "thurs", "do"), 3),
    **dict.fromkeys(("fri", "fr"), 4), **dict.fromkeys(("sat", "sa"), 5),
    **dict.fromkeys(("sun", "so"), 6),
}  # fmt: skip
_CJK_DAYS = "月火水木金土日"
_CJK_WEEK = "一二三四五六日"


def _alternatives(names: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_M = rf"(?P<month>{_alternatives(_MONTH)})\.?(?![^\W\d_])"
_Y = r"(?:(?:,|\s+de)?\s+(?P<year>(?:19|20)\d\d)(?!\d))?"
_TO = r"\s*(?:-|–|—|to|until|till|bis|und|and|&|\+|/|au|al)\s*"
_NTH = r"(?:st|nd|rd|th|er|º|ª|\.)?"
_FORMS = (
    re.compile(r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)"),
    re.compile(
        r"(?P<year>(?:19|20)\d\d)\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]"
    ),
    re.compile(r"(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]"),
    re.compile(
        rf"(?<![\d.,])(?P<day>\d{{1,2}}){_NTH}(?:{_TO}(?P<last>\d{{1,2}}){_NTH})?"
        rf"\s*(?:of\s+|de\s+)?{_M}{_Y}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![^\W\d_]){_M}\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
        rf"(?:{_TO}(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?(?![\d:])(?!\s*(?:am|pm|a\.m|p\.m|uhr|"
        rf"%)){_Y}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\d.,])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>(?:19|20)\d\d|"
        r"\d\d(?!\d)))?(?![\d])"
    ),
    re.compile(
        r"(?<![\d/.-])(?P<day>\d{1,2})(?P<sep>[/-])(?P<month>\d{1,2})(?P=sep)(?P<year>(?:19|"
        r"20)\d\d|\d\d)(?![\d/-])"
    ),
    re.compile(r"(?<![\d/.-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?![\d/%])"),
)
_LONG_MONTH = {name: n for name, n in _MONTH.items() if len(name) > 3 or name in ("mai", "may")}
_MONTH_ALONE = re.compile(
    rf"(?<![^\W\d_])(?P<month>{_alternatives(_LONG_MONTH)})"
    rf"(?![^\W\d_])(?:\s+(?P<year>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_WEEKDAY_NAME = re.compile(
    rf"(?<![^\W\d_])(?P<name>{_alternatives(_WEEKDAY)})s?(?![^\W\d_])", re.IGNORECASE
)
_WEEKDAY_SHORT = re.compile(
    rf"(?<![^\W\d_])(?P<name>{_alternatives(_SHORT)})(?:\.,?|,)?\s+(?:den\s+|the\s+)?(?=\d{{1,2}}"
    rf"(?:\.|st|nd|rd|th|\s)|(?:{_alternatives(_MONTH)})\.?\s+\d)",
    re.IGNORECASE,
)
_AMPM = r"(?:a\.?m\.?|p\.?m\.?)(?![^\W\d_])"
_TIMES = (
    re.compile(
        rf"(?<![\d:.,])(?P<h>\d{{1,2}})(?:[:.](?P<m>[0-5]\d))?\s*(?P<ap>{_AMPM})?"
        rf"\s*(?:-|–|—|to|until|till|bis)\s*(?P<h2>\d{{1,2}})(?:[:.](?P<m2>[0-5]\d))?"
        rf"\s*(?P<ap2>{_AMPM}|uhr(?![^\W\d_])|h(?![^\W\d_]))",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\d:.,])(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)\s*(?:uhr\s*)?(?:-|–|—|to|until|till|bis)"
        rf"\s*(?P<h2>[01]?\d|2[0-3]):(?P<m2>[0-5]\d)(?![\d:])(?:\s*(?P<ap2>{_AMPM}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\d:.,])(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?![\d:])(?:\s*(?P<ap>{_AMPM}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\d:.,])(?P<h>\d{{1,2}})(?:[.](?P<m>[0-5]\d))?\s*(?P<ap>{_AMPM}|"
        r"uhr(?![^\W\d_])|o['’]clock)"
        r"(?:\s+(?P<m3>[0-5]\d)(?!\d))?",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\d:.,])(?P<h>[01]?\d|2[0-3])h(?P<m>[0-5]\d)?(?![^\W_])"),
)
_NAMED = {"noon": 720, "midday": 720, "midnight": 0, "mittags": 720, "mitternacht": 0}
_NAMED_TIME = re.compile(
    rf"(?<!\w)(?:at|around|um|by|until|12)\s+(?P<n>{'|'.join(_NAMED)})(?!\w)", re.IGNORECASE
)


def days(text: str) -> tuple[Day, ...]:
    """Return the days in `text`, in order; those that overlap are read once."""
    return tuple(sorted(_days(text), key=lambda one: one.at))


def _days(text: str) -> Iterator[Day]:
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if day := _day(match):
                taken.append(match.span())
                yield day


def _day(match: re.Match[str]) -> Day | None:
    found = match.groupdict()
    spelt = found["month"].casefold()
    month = int(spelt) if spelt.isdecimal() else _MONTH[spelt]
    day, year = int(found["day"]), int(found.get("year") or 0)
    slashed = bool(found.get("sep")) or ("/" in match.group() and spelt.isdecimal())
    if slashed and month > 12 >= day:
        day, month = month, day  # as Americans write it
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return Day(
        year=(2000 + year if 0 < year < 100 else year) or None,
        month=month,
        day=day,
        text=match.group().strip(),
        at=match.start(),
        end=match.end(),
        ambiguous=slashed and day <= 12 and day != month,
        last=int(found["last"]) if found.get("last") else None,
    )


def months(text: str) -> tuple[tuple[int, int | None, str], ...]:
    """Return months named without a day: number, year where there is one, and the words.

    `may` and `mars` are everyday words: a month only with a capital, not at a sentence's head.
    """
    found = []
    for match in _MONTH_ALONE.finditer(text):
        word, year = match["month"], match["year"]
        if word.casefold() in {"may", "march", "august", "mars", "mai"} and not year:
            head = re.search(r"(?:^|[.!?:\n]\s*)$", text[: match.start()])
            if head or not word[0].isupper() or (word == "May" and _verb(text, match)):
                continue
        found.append((_MONTH[word.casefold()], int(year) if year else None, match.group()))
    return tuple(found)


def _verb(text: str, match: re.Match[str]) -> bool:
    return (
        re.search(r"(?:in|this|last|next|early|late|mid|since|of)[ -]$", text[: match.start()])
        is None
    )


def weekdays(text: str) -> tuple[Weekday, ...]:
    """Return the weekdays in `text`, in order; short names only right before a date."""
    found = [_weekday(match, _WEEKDAY) for match in _WEEKDAY_NAME.finditer(text)]
    found += [_weekday(match, _SHORT) for match in _WEEKDAY_SHORT.finditer(text)]
    for match in re.finditer(
        r"[(（]([月火水木金土日])[)）]|星期([一二三四五六日])|([月火水木金土日])曜日", text
    ):
        sign = match[1] or match[2] or match[3]
        table = _CJK_WEEK if match[2] else _CJK_DAYS
        found.append(
            Weekday(number=table.index(sign), text=match.group(), at=match.start(), end=match.end())
        )
    return tuple(sorted(found, key=lambda one: one.at))


def _weekday(match: re.Match[str], names: dict[str, int]) -> Weekday:
    name = match["name"]
    return Weekday(
        number=names[name.casefold()], text=name, at=match.start(), end=match.end("name")
    )


def clocks(text: str) -> tuple[Clock, ...]:
    """Return the times of day in `text`, in order."""
    return tuple(sorted(_clocks(text), key=lambda one: one.at))


def _clocks(text: str) -> Iterator[Clock]:
    taken: list[tuple[int, int]] = []
    for form in _TIMES:
        for match in form.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if clock := _clock(match):
                taken.append(match.span())
                yield clock
    for match in _NAMED_TIME.finditer(text):
        minute = _NAMED[match["n"].casefold()]
        yield Clock(minute=minute, text=match["n"], at=match.start("n"), end=match.end())


def _clock(match: re.Match[str]) -> Clock | None:
    found = match.groupdict()
    late = found.get("ap2")
    start = _minutes(found["h"], found.get("m") or found.get("m3"), found.get("ap") or late)
    if start is None:
        return None
    until = None
    if found.get("h2"):
        until = _minutes(found["h2"], found.get("m2"), late)
        if until is None:
            return None
        # "11 to 1 pm" begins in the morning.
        if not found.get("ap") and late and late[0] in "pP" and start > until:
            start -= 720
    return Clock(
        minute=start, text=match.group().strip(), at=match.start(), end=match.end(), until=until
    )


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    hours, past = int(hour), int(minute or 0)
    side = (half or "").casefold()[:1]
    if side in ("a", "p"):
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if side == "p" else 0)
    return hours * 60 + past if hours <= 24 else None


def guess_year(day: Day, today: date) -> date | None:
    """Return the day as a date: its own year, or the year that puts it nearest after today.

    A day of the last sixty days without a year is taken for that past one.
    """
    for year in (day.year,) if day.year else (today.year - 1, today.year, today.year + 1):
        try:
            found = date(year, day.month, day.day)
        except ValueError:
            continue
        if day.year or (found - today).days >= -60:
            return found
    return None
