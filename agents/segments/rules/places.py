"""Countries and regions as people name them, read once from `places.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from .text import words_of

__all__ = ["ABBREVIATIONS", "US_STATES", "countries", "demonyms", "regions"]

ABBREVIATIONS = {
    "UK": "GB", "US": "US", "USA": "US", "UAE": "AE", "DE": "DE", "FR": "FR", "NL": "NL",
    "ES": "ES", "SE": "SE", "DK": "DK", "PL": "PL", "CH": "CH", "GB": "GB", "IE": "IE", "FI": "FI",
    "PT": "PT", "CZ": "CZ", "JP": "JP", "SG": "SG", "AU": "AU", "NZ": "NZ", "BR": "BR", "MX": "MX",
}  # fmt: skip
"""Abbreviations understood only in capitals: "us" and "de" are words."""
US_STATES = (
    "Alabama", "Alaska", "Arizona", "Arkansas", "California", "Colorado", "Connecticut",
    "Delaware", "Florida", "Georgia", "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa", "Kansas",
    "Kentucky", "Louisiana", "Maine", "Maryland", "Massachusetts", "Michigan", "Minnesota",
    "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada", "New Hampshire", "New Jersey",
    "New Mexico", "New York", "North Carolina", "North Dakota", "Ohio", "Oklahoma", "Oregon",
    "Pennsylvania", "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "Utah",
    "Vermont", "Virginia", "Washington", "West Virginia", "Wisconsin", "Wyoming",
)  # fmt: skip


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = files("agents.segments.rules").joinpath("places.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def countries() -> dict[str, list[str]]:
    """Return ISO code -> names, the English one first."""
    return _table()["countries"]


def demonyms() -> dict[str, list[str]]:
    """Return ISO code -> adjectives and peoples: "German", "Germans"."""
    return _table()["demonyms"]


@cache
def regions() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the folded words of each region's names -> its countries' ISO codes."""
    subregions = _table()["subregions"]
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for region in _table()["regions"]:
        entry: dict[str, object] = region  # type: ignore[assignment]
        codes = str(entry.get("codes", "")).split()
        for name in entry.get("subregions", []):  # type: ignore[attr-defined]
            codes += str(subregions[name]).split()
        left = set(str(entry.get("without", "")).split())
        members = tuple(sorted(set(codes) - left))
        for name in entry["names"]:  # type: ignore[attr-defined]
            found[words_of(name)] = members
    return found
