"""How sure a figure is: intervals for shares of a few dozen cases."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from pydantic import BaseModel, ConfigDict

__all__ = ["Rate", "wilson"]


class Rate(BaseModel):
    """A share with its Wilson interval; `value` is None where nothing was counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hits: int
    of: int
    value: float | None
    low: float
    high: float


def wilson(hits: int, of: int, *, confidence: float = 0.95, independent: int | None = None) -> Rate:
    """Return the share `hits / of` with its Wilson score interval (Wilson 1927, uncorrected).

    With nothing counted the interval is everything, 0 to 1. `independent` says how many of the `of`
    runs stand for themselves: five runs of one case are one case, and the interval must not shrink
    as if they were five (an effective sample size at full correlation; Kish 1965, 8.2).
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if of == 0:
        return Rate(hits=0, of=0, value=None, low=0.0, high=1.0)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, square, n = hits / of, z * z, of if independent is None else independent
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    # The ends are exact at 0 and 1; floating point would leave 1e-17 there.
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return Rate(hits=hits, of=of, value=share, low=low, high=high)
