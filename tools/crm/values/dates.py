"""Dates as HubSpot and Salesforce exports and spreadsheets write them.

"05/03/2024" is two days. Which one is meant is decided once for a column, by `Reading`, from the
values of the column; a lone value is read month first, as both vendors' own exports are.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

__all__ = ["Order", "Reading", "date"]

Order = Literal["month_first", "day_first"]

_SLASHED = re.compile(
    r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s*([ap])?\.?(?:m\.?)?)?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_NAMED = re.compile(
    r"(?:(?P<d1>\d{1,2})[ \-.]+(?P<m1>[a-z]{3,9})|(?P<m2>[a-z]{3,9})\.? (?P<d2>\d{1,2}))"
    r"[ \-,]+(?P<y>\d{4})"
    r"(?:,?[ T]+(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2}))?\s*(?P<p>[ap])?m?)?",
    re.IGNORECASE,
)
_EPOCH_MS = re.compile(r"-?\d{12,13}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST, _NEWEST = 1900, 2200


class Reading:
    """Which of day and month comes first in a column, learnt from its values one by one."""

    def __init__(self) -> None:
        self.order: Order | None = None
        """What the first value that can be read one way only has decided; None so far."""
        self.ambiguous = 0
        """How many values so far could be read both ways."""

    def learn(self, text: str) -> None:
        """Take one value of the column into account."""
        if self.order is not None or not ("/" in text or "-" in text):
            return
        match = _SLASHED.fullmatch(text.strip())
        if match is None or match[2] == ".":
            return
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            self.order = "day_first"
        elif second > 12 >= first:
            self.order = "month_first"
        else:
            self.ambiguous += first != second


def date(text: str, zone: tzinfo, *, order: Order = "month_first") -> datetime | None:
    """Return the moment that `text` names, aware and in UTC, or None where it names none.

    Understood: ISO 8601 with or without zone, "3/5/2024 2:22 PM", "05.03.2024 14:22" (day first,
    always), "2024/03/05", "5-Mar-2024", "Mar 5, 2024", epoch milliseconds. A time without a zone
    is in `zone`; a day without a time is its midnight there.
    """
    text = text.strip()
    try:
        found = _iso(text) or _slashed(text, order) or _year_first(text) or _named(text)
        if found is None:
            return None
        aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        moment = aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _OLDEST <= moment.year <= _NEWEST else None


def _iso(text: str) -> datetime | None:
    if _EPOCH_MS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    if len(text) < 10 or text[4] != "-":
        return None
    return datetime.fromisoformat(
        text.removesuffix(" UTC") + ("Z" if text.endswith(" UTC") else "")
    )


def _slashed(text: str, order: Order) -> datetime | None:
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    first, second = int(match[1]), int(match[3])
    day_first = match[2] == "." or order == "day_first"
    day, month = (first, second) if day_first else (second, first)
    return _moment(_year(match[4]), month, day, match[5], match[6], match[7], match[8])


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year > 68 else 2000)  # as POSIX has it


def _year_first(text: str) -> datetime | None:
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    return _moment(int(match[1]), int(match[2]), int(match[3]), match[4], match[5], match[6], None)


def _named(text: str) -> datetime | None:
    match = _NAMED.fullmatch(text)
    if match is None:
        return None
    month = _MONTHS.get((match["m1"] or match["m2"])[:3].lower())
    if month is None:
        return None
    day = int(match["d1"] or match["d2"])
    return _moment(int(match["y"]), month, day, match["h"], match["i"], match["s"], match["p"])


def _moment(
    year: int, month: int, day: int,
    hour: str | None, minute: str | None, second: str | None, half: str | None,
) -> datetime:  # fmt: skip
    clock = int(hour or 0)
    if half is not None:
        if not 1 <= clock <= 12:
            raise ValueError(f"{clock} is no hour of a twelve-hour clock")
        clock = clock % 12 + (12 if half.lower() == "p" else 0)
    # Naive on purpose: the caller knows the zone.
    return datetime(year, month, day, clock, int(minute or 0), int(second or 0))  # noqa: DTZ001
