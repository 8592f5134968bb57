"""The use policy: who a marketing segment leaves out, whatever its filter says.

It is no filter that a drafter could forget: the engine adds it to every marketing segment, says how
many it left out and why, and lifts single reasons only where the segment asks for it (which flags
the draft). An internal segment mails nobody and leaves out nobody.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from .tree import Event, Segment, UseExclusion, Within

__all__ = ["EXCLUSION_ORDER", "SUPPRESSION_REASONS", "UsePolicy"]

EXCLUSION_ORDER: tuple[UseExclusion, ...] = (
    "unsubscribed", "complained", "bounced", "suppressed", "no_consent", "frequency_cap",
)  # fmt: skip
"""The first of these that applies to a contact is the one that is counted and shown."""
if set(EXCLUSION_ORDER) != set(get_args(UseExclusion)):  # pragma: no cover
    raise AssertionError("EXCLUSION_ORDER must name every UseExclusion")

SUPPRESSION_REASONS: dict[UseExclusion, tuple[str, ...]] = {
    "unsubscribed": ("unsubscribed",),
    "complained": ("complained", "complaint"),
    "bounced": ("bounced", "hard_bounce"),
}
"""Which stored reasons of a suppression are which exclusion; every other one is `suppressed`."""


class UsePolicy(BaseModel):
    """The limits a marketing use obeys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    require_consent: Literal["granted", "not_denied"] = "granted"
    """`granted` leaves out who has not said yes, the unknown included; `not_denied` leaves out only
    who has said no."""
    cap: int = Field(default=4, ge=1, le=10_000)
    """How many emails a contact may have been sent in `cap_days`; more than that leaves it out."""
    cap_days: int = Field(default=7, ge=1, le=3_650)

    def over_cap(self) -> Event:
        """Return the leaf that is TRUE for contacts over the frequency cap."""
        return Event(
            types=("email_sent",), window=Within(amount=self.cap_days), at_least=self.cap + 1
        )

    def applied(self, segment: Segment) -> tuple[UseExclusion, ...]:
        """Return the exclusions that leave people out of this segment, in order."""
        if segment.use == "internal":
            return ()
        return tuple(one for one in EXCLUSION_ORDER if one not in segment.include_anyway)

    def lifted(self, segment: Segment) -> tuple[UseExclusion, ...]:
        """Return the exclusions this segment lifts on request, in order."""
        if segment.use == "internal":
            return ()
        return tuple(one for one in EXCLUSION_ORDER if one in segment.include_anyway)
