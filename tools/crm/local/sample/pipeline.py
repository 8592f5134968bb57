"""The sample's deals and lists: who is being sold to, and who was put together before."""

import random

from .people import Person

__all__ = ["DEAL_COLUMNS", "LISTS", "Pipeline"]

DEAL_COLUMNS = (
    "id", "name", "contact_id", "company_id", "stage", "amount", "close_date", "created_at"
)  # fmt: skip
LISTS = (
    ("ls_000001", "Newsletter", 0.42),
    ("ls_000002", "Webinar guests", 0.09),
    ("ls_000003", "Trade fair contacts", 0.05),
    ("ls_000004", "Customer advisory board", 0.01),
)
"""Id, name, and the share of contacts on each; the advisory board takes customers only."""
_DAY = 86_400_000_000
_OPEN = ("appointment_scheduled", "qualified_to_buy", "presentation_scheduled",
         "decision_maker_bought_in", "contract_sent")  # fmt: skip
_CHANCES = {
    "lead": (0.02, 0.9), "marketing_qualified_lead": (0.06, 0.6),
    "sales_qualified_lead": (0.45, 0.3), "opportunity": (0.95, 0.1), "customer": (0.7, 0.0),
    "evangelist": (0.8, 0.0),
}  # fmt: skip
"""By stage: how likely a deal is, and how likely it is lost."""
_KINDS = ("Pilot", "New business", "Renewal", "Expansion", "Annual plan")


class Pipeline:
    """Makes a person's deals and list memberships."""

    def __init__(self, dice: random.Random, now: int) -> None:
        self._dice = dice
        self._now = now
        self._made = 0

    def deals(self, person: Person) -> list[tuple[object, ...]]:
        """Return the person's deals: none, one, seldom two."""
        chance, lost = _CHANCES.get(person.stage or "", (0.0, 0.0))
        if self._dice.random() > chance:
            return []
        count = 2 if person.stage in ("customer", "evangelist") and self._dice.random() < 0.2 else 1
        return [self._deal(person, lost) for _ in range(count)]

    def _deal(self, person: Person, lost: float) -> tuple[object, ...]:
        self._made += 1
        dice, now = self._dice, self._now
        created = person.created_at + int((now - person.created_at) * dice.random())
        if person.stage in ("customer", "evangelist") and dice.random() < 0.9:
            stage: str | None = "closed_won"
        elif dice.random() < lost:
            stage = "closed_lost"
        else:
            stage = dice.choice(_OPEN) if dice.random() > 0.03 else None
        closed = stage in ("closed_won", "closed_lost")
        close = created + int((now - created) * dice.random()) if closed else (
            now + int(dice.uniform(-20, 120) * _DAY)  # some open deals are overdue
        )  # fmt: skip
        name = f"{person.company_name or person.email.partition('@')[0]} - {dice.choice(_KINDS)}"
        amount = round(dice.lognormvariate(9.6, 0.9), -2) if dice.random() > 0.05 else None
        return (
            f"d_{self._made:06d}", name, person.id, person.company_id, stage, amount,
            (close - close % 1_000_000) if dice.random() > 0.04 else None,
            created - created % 1_000_000,
        )  # fmt: skip

    def memberships(self, person: Person) -> list[tuple[object, ...]]:
        """Return the lists the person is on."""
        found: list[tuple[object, ...]] = []
        for list_id, name, share in LISTS:
            fits = person.stage == "customer" if "advisory" in name else True
            if self._dice.random() < (share * 6 if "advisory" in name else share) and fits:
                at = max(person.created_at, self._now - self._dice.randrange(1, 400) * _DAY)
                found.append((list_id, person.id, at))
        return found
