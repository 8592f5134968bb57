"""The sample's companies: the n-th is the same whenever it is asked for."""

import random
from dataclasses import dataclass

from tools.crm.values import fold

from .phones import national
from .places import PLACES, Place
from .words import FIRM_ENDS, FIRM_STARTS, INDUSTRIES, OWNERS

__all__ = ["COMPANY_COLUMNS", "Firm", "firm"]

COMPANY_COLUMNS = (
    "id", "name", "domain", "industry", "employees", "annual_revenue", "company_type", "country",
    "state", "city", "phone", "owner", "created_at", "updated_at",
)  # fmt: skip
_TYPES = ("prospect", "customer", "partner", "competitor", "vendor", "other")
_TYPE_WEIGHTS = (60, 22, 7, 2, 4, 5)
_PLACE_WEIGHTS = [place.weight for place in PLACES]
_DAY = 86_400_000_000
_NAMES = len(FIRM_STARTS) * len(FIRM_ENDS)


@dataclass(frozen=True, slots=True)
class Firm:
    """One company: what its people need to know of it, and its row."""

    id: str
    name: str
    domain: str
    place: Place
    customer: bool
    row: tuple[object, ...]


def _name(number: int) -> tuple[str, str, int]:
    """Return start, end and round of the n-th name; no name comes twice in one round."""
    round_, within = divmod(number, _NAMES)
    start = FIRM_STARTS[within % len(FIRM_STARTS)]
    # Both lists are walked at once; the offset moves on whenever the first comes round again.
    end = FIRM_ENDS[(within + within // len(FIRM_STARTS) * 7) % len(FIRM_ENDS)]
    return start, end, round_


def firm(seed: int, number: int, now: int) -> Firm:
    """Return company `number` (from 0) of this seed; `now` in epoch microseconds."""
    dice = random.Random(f"{seed} company {number}")  # noqa: S311 - sample data, reproducible
    start, end, round_ = _name(number)
    (place,) = dice.choices(PLACES, _PLACE_WEIGHTS)
    plain = f"{start} {end}" + (f" {round_ + 1}" if round_ else "")
    name = f"{plain} {dice.choice(place.legal)}" if dice.random() < 0.85 else plain
    domain = f"{fold(plain).replace(' ', '-')}.example"
    city, state = dice.choice(place.cities)
    employees = min(int(dice.lognormvariate(4.6, 1.5)) + 3, 180_000)
    revenue = round(employees * dice.uniform(60_000, 260_000), -4)
    (kind,) = dice.choices(_TYPES, _TYPE_WEIGHTS)
    created = now - int(dice.uniform(60, 1_600) * _DAY)
    updated = created + int((now - created) * dice.random())
    missing = dice.random
    row = (
        f"co_{number + 1:06d}", name, domain if missing() > 0.03 else None,
        INDUSTRIES[end] if missing() > 0.06 else None,
        employees if missing() > 0.06 else None, revenue if missing() > 0.15 else None,
        kind if missing() > 0.08 else None, place.country if missing() > 0.03 else None,
        state or None, city,
        f"+{place.calling}{national(place.country, dice.randrange(10**8, 10**9))}",
        dice.choice(OWNERS) if missing() > 0.1 else None, _second(created), _second(updated),
    )  # fmt: skip
    return Firm(f"co_{number + 1:06d}", name, domain, place, kind == "customer", row)


def _second(at: int) -> int:
    return at - at % 1_000_000
