"""The sample's people: who they are, how far they have come, and what is missing or mistyped.

Proportions, of all contacts: 6 % have no lifecycle stage, 4 % no country, 1 % an odd country text,
7 % no job title, 10 % unknown consent and 4 % denied, 12 % no company, about 10 % a free-mail
address; 1.2 % repeat the person before with a mistyped free-mail domain; 3 % unsubscribed,
2 % bounced and 0.3 % complained.
"""

import random
from dataclasses import dataclass

from tools.crm.values import fold, function_of, seniority_of

from .firms import Firm
from .jobs import title
from .phones import national
from .places import ODD_COUNTRIES, PLACES, Place
from .words import NAMES, OWNERS

__all__ = ["CONTACT_COLUMNS", "People", "Person"]

CONTACT_COLUMNS = (
    "id", "email", "first_name", "last_name", "job_title", "seniority", "job_function", "phone",
    "country", "state", "city", "language", "lifecycle_stage", "lead_status", "lead_source",
    "lead_score", "owner", "company_name", "company_id", "consent", "created_at", "updated_at",
)  # fmt: skip
_DAY = 86_400_000_000
_STAGES = (
    "subscriber", "lead", "marketing_qualified_lead", "sales_qualified_lead", "opportunity",
    "customer", "evangelist", "other",
)  # fmt: skip
_OUTSIDE = (32, 30, 15, 8, 6, 5, 0.5, 2)  # the funnel, at companies that are no customers
_INSIDE = (10, 12, 6, 4, 6, 55, 5, 1)
_SCORES = {
    "subscriber": 12, "lead": 28, "marketing_qualified_lead": 52, "sales_qualified_lead": 66,
    "opportunity": 75, "customer": 70, "evangelist": 85,
}  # fmt: skip
_STATUSES = ("new", "open", "in_progress", "attempted_to_contact", "connected", "bad_timing",
             "unqualified")  # fmt: skip
_SOURCES = ("organic_search", "paid_search", "social", "email", "referral", "event", "webinar",
            "direct", "partner", "other")  # fmt: skip
_SOURCE_WEIGHTS = (24, 14, 11, 8, 8, 9, 10, 10, 4, 2)
_FREE_MAIL = ("gmail.com", "gmail.com", "gmail.com", "outlook.com", "yahoo.com", "icloud.com")
_FREE_MAIL_OF = {"de": "gmx.de", "fr": "orange.fr", "it": "libero.it", "pl": "wp.pl"}
_TYPOS = ("gmial.com", "gmai.com", "hotmial.com", "gmail.con")
_PLACE_WEIGHTS = [place.weight for place in PLACES]


@dataclass(frozen=True, slots=True)
class Person:
    """One contact: its row, and what decides what it does."""

    id: str
    email: str
    row: tuple[object, ...]
    stage: str | None
    company_id: str | None
    company_name: str | None
    created_at: int
    left: str | None
    """How it left the mailing list: unsubscribed, bounced or complaint."""


class People:
    """Makes one person after another; remembers only the last, and one company's addresses."""

    def __init__(self, dice: random.Random, now: int) -> None:
        self._dice = dice
        self._now = now
        self._taken: set[str] = set()
        self._company: str | None = None
        self._last: tuple[str, str, str | None, Place] | None = None

    def next(self, number: int, at: Firm) -> Person:
        """Return contact `number` (from 0), who may or may not work at the company."""
        dice = self._dice
        twin = self._last if dice.random() < 0.012 else None
        firm = None if twin is not None or dice.random() < 0.12 else at
        if twin is not None:
            first, last, job, place = twin
        else:
            place = self._place(at)
            group = NAMES[place.names]
            first, last = dice.choice(group[0]), dice.choice(group[1])
            job = title(dice, place.language) if dice.random() > 0.07 else None
        self._last = (first, last, job, place)
        address = self._address(number, first, last, firm, place, twin=twin is not None)
        return self._person(number, address, first, last, job, place, firm)

    def _place(self, at: Firm) -> Place:
        if self._dice.random() < 0.88:
            return at.place
        return self._dice.choices(PLACES, _PLACE_WEIGHTS)[0]

    def _address(
        self, number: int, first: str, last: str, firm: Firm | None, place: Place, *, twin: bool
    ) -> str:
        name = f"{fold(first)}.{fold(last)}".replace(" ", "")
        if twin:
            return f"{name}{number}@{self._dice.choice(_TYPOS)}"
        if firm is None or self._dice.random() < 0.02:
            own = _FREE_MAIL_OF.get(place.language)
            host = own if own and self._dice.random() < 0.4 else self._dice.choice(_FREE_MAIL)
            return f"{name}{number}@{host}"
        if firm.id != self._company:
            self._company, self._taken = firm.id, set()
        local = name if name not in self._taken else f"{name}{number}"
        self._taken.add(local)
        return f"{local}@{firm.domain}"

    def _person(
        self, number: int, address: str, first: str, last: str, job: str | None,
        place: Place, firm: Firm | None,
    ) -> Person:  # fmt: skip
        dice = self._dice
        stage = self._stage(firm)
        created = self._now - int((3 + 1_400 * dice.random() ** 1.6) * _DAY)
        if stage in ("customer", "evangelist"):
            created -= int(dice.uniform(60, 300) * _DAY)
        created -= created % 1_000_000
        updated = created + int((self._now - created) * dice.random() ** 0.5)
        city, state = dice.choice(place.cities)
        first, last, job = self._cased(first, last, job)
        company = self._written(firm)
        roll = dice.random()
        row = (
            f"c_{number + 1:06d}", address,
            first if dice.random() > 0.02 else None, last if dice.random() > 0.03 else None,
            job, seniority_of(job) if job else None, function_of(job) if job else None,
            self._phone(place), self._country(place), (state or None) if roll > 0.25 else None,
            city if dice.random() > 0.15 else None,
            place.language if dice.random() > 0.2 else None,
            stage, self._status(stage), dice.choices(_SOURCES, _SOURCE_WEIGHTS)[0]
            if dice.random() > 0.08 else None,
            self._score(stage), dice.choice(OWNERS) if dice.random() > 0.3 else None,
            company, firm.id if firm else None, self._consent(), created,
            updated - updated % 1_000_000,
        )  # fmt: skip
        return Person(f"c_{number + 1:06d}", address, row, stage, firm.id if firm else None,
                      company, created, self._left())  # fmt: skip

    def _stage(self, firm: Firm | None) -> str | None:
        if self._dice.random() < 0.06:
            return None
        weights = _INSIDE if firm is not None and firm.customer else _OUTSIDE
        return self._dice.choices(_STAGES, weights)[0]

    def _status(self, stage: str | None) -> str | None:
        if stage in ("subscriber", "customer", "evangelist", "other", None):
            return None
        return self._dice.choice(_STATUSES) if self._dice.random() > 0.1 else None

    def _score(self, stage: str | None) -> int | None:
        if self._dice.random() < 0.1:
            return None
        middle = _SCORES.get(stage or "", 15)
        return max(0, min(100, round(self._dice.gauss(middle, 13))))

    def _consent(self) -> str | None:
        roll = self._dice.random()
        return None if roll < 0.10 else "denied" if roll < 0.14 else "granted"

    def _left(self) -> str | None:
        roll = self._dice.random()
        if roll < 0.03:
            return "unsubscribed"
        return "bounced" if roll < 0.05 else "complaint" if roll < 0.053 else None

    def _country(self, place: Place) -> str | None:
        roll = self._dice.random()
        if roll < 0.04:
            return None
        if roll < 0.055 and place.country in ODD_COUNTRIES:  # 70 % of people live in one of these
            return self._dice.choice(ODD_COUNTRIES[place.country])
        return place.country

    def _phone(self, place: Place) -> str | None:
        digits = national(place.country, self._dice.randrange(10**8, 10**9))
        style = self._dice.randrange(9)
        if style < 3:
            return None
        return (
            f"+{place.calling} {digits[:3]} {digits[3:]}", f"+{place.calling}{digits}",
            f"00{place.calling} {digits}", f"0{digits[:2]}/{digits[2:]}",
            f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", f"+{place.calling} (0) {digits}",
        )[style - 3]  # fmt: skip

    def _cased(self, first: str, last: str, job: str | None) -> tuple[str, str, str | None]:
        roll = self._dice.random()
        if roll < 0.015:
            return first.upper(), last.upper(), job
        if roll < 0.03:
            return first.lower(), last.lower(), job.lower() if job else None
        return first, last, job

    def _written(self, firm: Firm | None) -> str | None:
        if firm is None:
            return None
        return firm.name if self._dice.random() > 0.04 else firm.name.split()[0]
