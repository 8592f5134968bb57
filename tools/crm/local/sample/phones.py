"""Telephone numbers that could be dialled: a real area of each country, and digits that are drawn.

`tests/unit/test_crm_sample_phones.py` holds them against the numbering plans.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["national"]

_AREAS: Mapping[str, tuple[str, int]] = {
    "Australia": ("29", 7), "Austria": ("1234", 5), "Belgium": ("25", 6), "Brazil": ("113", 7),
    "Canada": ("4165", 6), "Czechia": ("22", 7), "Denmark": ("333", 5), "Finland": ("94", 6),
    "France": ("1", 8), "Germany": ("30", 8), "India": ("222", 7), "Ireland": ("1", 7),
    "Italy": ("02", 8), "Japan": ("33", 7), "Luxembourg": ("26", 6), "Mexico": ("55", 8),
    "Netherlands": ("20", 7), "Norway": ("22", 6), "Poland": ("22", 7), "Portugal": ("21", 7),
    "Singapore": ("62", 6), "Spain": ("91", 7), "Sweden": ("8", 7), "Switzerland": ("44", 7),
    "United Kingdom": ("207", 7), "United States": ("2125", 6),
}  # fmt: skip
"""The area, and how many digits follow it."""


def national(country: str, drawn: int) -> str:
    """Return a national number made of `drawn`, without the trunk prefix."""
    area, digits = _AREAS[country]
    return area + str(drawn)[-digits:].rjust(digits, "4")
