"""What the sample's people did: few do much, most do little, in office hours, on real occasions.

The mailings, pages, forms and webinars are the company's own calendar of the last eighteen months,
counted back from now: a person is sent a mailing when it went out, opens it later or not at all.
"""

import bisect
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tools.crm.local.crm import micros

__all__ = ["Activity", "Happening"]

Happening = tuple[str, int, str | None]
"""Event type, epoch microseconds, asset."""
_SECOND = 1_000_000
_HOUR = 3_600 * _SECOND
_DAY = 24 * _HOUR
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_PAGES = ("/", "/pricing", "/product", "/blog", "/customers", "/demo", "/docs", "/webinars",
          "/contact", "/careers", "/integrations", "/security")  # fmt: skip
_PAGE_WEIGHTS = (22, 14, 16, 15, 7, 6, 7, 4, 4, 3, 5, 3)
_FORMS = ("Demo request", "Contact us", "Newsletter sign-up", "White paper download", "Free trial")
_FORM_WEIGHTS = (18, 14, 34, 24, 10)
_HOURS = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 21)
_HOUR_WEIGHTS = (8, 15, 15, 12, 6, 9, 12, 10, 8, 5, 3, 2)


def _occasions(now: datetime) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return the mailings and the webinars so far (and the next), with when each happened."""
    mailings: list[tuple[int, str]] = []
    webinars: list[tuple[int, str]] = []
    first = now.replace(day=1, hour=9, minute=0, second=0, microsecond=0)
    for back in range(18):
        month = (first - timedelta(days=28 * back)).replace(day=1)
        while any(name == f"{_MONTHS[month.month - 1]} newsletter {month.year}"
                  for _, name in mailings):  # fmt: skip
            month = (month - timedelta(days=1)).replace(day=1)
        name = _MONTHS[month.month - 1]
        mailings.append((micros(month + timedelta(days=2)), f"{name} newsletter {month.year}"))
        update = month + timedelta(days=9, hours=1)
        mailings.append((micros(update), f"Product update {month:%Y-%m}"))
        offer = month + timedelta(days=16, hours=2)
        mailings.append((micros(offer), f"Customer story {month:%Y-%m}"))
        if back < 12:
            mailings.append((micros(month + timedelta(days=7)), f"Invitation: {name} webinar"))
            webinars.append((micros(month + timedelta(days=15, hours=5)), f"{name} webinar"))
    past = [one for one in mailings if one[0] < micros(now)]
    return sorted(past), sorted(webinars)


class Activity:
    """Deals out happenings, person by person."""

    def __init__(self, dice: random.Random, now: int) -> None:
        self._dice = dice
        self._now = now - now % _DAY  # the same all day: nothing happened yet today
        at = datetime.fromtimestamp(self._now / _SECOND, UTC)
        self._mailings, self._webinars = _occasions(at)

    def of(self, count: int, since: int, left: str | None) -> list[Happening]:
        """Return `count` different happenings of one person after `since`, by time."""
        if not count:
            return []
        roll = self._dice.random()
        keen = 0.9 if roll < 0.15 else 0.45 if roll < 0.5 else 0.12
        done: set[Happening] = set()
        for _ in range(count * 3):
            done.update(one for one in self._touch(keen, since) if since < one[1] < self._now)
            if len(done) >= count:
                break
        while len(done) < count:
            done.add(self._view(self._moment(since)))
        kept = sorted(done, key=_by_time)
        kept = kept[len(kept) - count :]
        if left is not None:
            kept[-1] = (left, kept[-1][1], self._mailing_before(kept[-1][1]))
        return kept

    def _touch(self, keen: float, since: int) -> Iterator[Happening]:
        roll = self._dice.random()
        if roll < 0.76:
            return self._mail(keen, since)
        return self._visit(since) if roll < 0.94 else self._webinar(keen)

    def _mail(self, keen: float, since: int) -> Iterator[Happening]:
        first = bisect.bisect(self._mailings, (since, ""))
        if first == len(self._mailings):
            return
        # The power: later mailings reached more of the people who are here today.
        late = first + int((len(self._mailings) - first) * self._dice.random() ** 0.4)
        sent, asset = self._mailings[late]
        yield "email_sent", sent, asset
        if self._dice.random() < keen:
            opened = sent + int(self._dice.expovariate(1 / 9) * 3_600) * _SECOND + self._jitter()
            yield "email_open", opened, asset
            if self._dice.random() < 0.28:
                yield "email_click", opened + self._dice.randrange(5, 240) * _SECOND, asset

    def _visit(self, since: int) -> Iterator[Happening]:
        at = self._moment(since)
        for _ in range(self._dice.choice((1, 1, 2, 3))):
            yield self._view(at)
            at += self._dice.randrange(8, 400) * _SECOND
        if self._dice.random() < 0.14:
            (form,) = self._dice.choices(_FORMS, _FORM_WEIGHTS)
            yield "form_submit", at, form

    def _webinar(self, keen: float) -> Iterator[Happening]:
        held, asset = self._dice.choice(self._webinars)
        yield "webinar_registered", held - self._dice.randrange(1, 9) * _DAY + self._jitter(), asset
        if self._dice.random() < 0.25 + keen / 2:
            yield "webinar_attended", held + self._dice.randrange(0, 900) * _SECOND, asset

    def _view(self, at: int) -> Happening:
        return "page_view", at, self._dice.choices(_PAGES, _PAGE_WEIGHTS)[0]

    def _moment(self, since: int) -> int:
        """Return a moment in office hours since then, mostly a recent one, seldom at weekends."""
        span = min(self._now - since, 540 * _DAY)
        day = self._now - int(span * self._dice.random() ** 1.8)
        day -= day % _DAY
        weekday = (day // _DAY + 3) % 7  # 1 January 1970 was a Thursday
        if weekday > 4 and self._dice.random() < 0.85:
            day -= (weekday - 4) * _DAY
        (hour,) = self._dice.choices(_HOURS, _HOUR_WEIGHTS)
        at = day + hour * _HOUR + self._jitter()
        if at >= self._now:  # today: that is still to come
            at -= _DAY
        return max(at, since + _SECOND * self._dice.randrange(1, 600))

    def _jitter(self) -> int:
        return self._dice.randrange(3_600) * _SECOND

    def _mailing_before(self, at: int) -> str:
        earlier = [asset for sent, asset in self._mailings if sent <= at]
        return earlier[-1] if earlier else self._mailings[0][1]


def _by_time(one: Happening) -> tuple[int, str, str]:
    return one[1], one[0], one[2] or ""
