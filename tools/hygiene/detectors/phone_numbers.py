"""Telephone numbers read with a country beside them; `phonenumbers` does the reading.

The library needs some 60 microseconds a number. Numbers that are written as they should be are
recognised by its own patterns, compiled once for each calling code, in about one.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

__all__ = ["Reading", "calling_code", "is_canonical", "read", "regions_of", "trunk_prefix"]

_E164 = re.compile(r"\+[1-9]\d{4,14}")
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


class Reading(NamedTuple):
    """What a text says as a telephone number."""

    e164: str
    calling: int
    valid: bool
    extension: bool
    national: str
    """The national significant number, as digits."""


@lru_cache(maxsize=1_000)
def calling_code(digits: str) -> int | None:
    """Return the calling code that begins these (at most three) digits, or None."""
    for length in (1, 2, 3):
        if digits[:length].isdigit() and int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return int(digits[:length])
    return None


def regions_of(calling: int) -> tuple[str, ...]:
    """Return the ISO codes of the countries that share a calling code."""
    return COUNTRY_CODE_TO_REGION_CODE.get(calling, ())


@lru_cache(maxsize=300)
def _pattern(calling: int) -> re.Pattern[str]:
    """Return what the numbers of a calling code look like, all its countries and kinds."""
    found = []
    for region in regions_of(calling):
        if region == "001":
            metadata = PhoneMetadata.metadata_for_nongeo_region(calling, None)
        else:
            metadata = PhoneMetadata.metadata_for_region(region, None)
        for kind in _KINDS:
            pattern = getattr(getattr(metadata, kind, None), "national_number_pattern", None)
            if pattern:
                found.append(pattern)
    return re.compile("|".join(f"(?:{one})" for one in found) or r"(?!)")


@lru_cache(maxsize=300)
def trunk_prefix(region: str) -> str:
    """Return what is dialled before a national number ("0" in Germany), empty for nothing."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    return (metadata.national_prefix or "") if metadata else ""


def is_canonical(text: str) -> bool:
    """Tell whether `text` is a possible number in E.164, which needs no reading."""
    if not _E164.fullmatch(text):
        return False
    calling = calling_code(text[1:4])
    if calling is None:
        return False
    return _pattern(calling).fullmatch(text, 1 + len(str(calling))) is not None


_PLAIN = re.compile(r"\+?[0-9][0-9 .\-/]*|\+?[0-9 ]*\([1-9][0-9]*\)[0-9 .\-/]*", re.ASCII)


@lru_cache(maxsize=300)
def _simple(region: str) -> tuple[int, str] | None:
    """Return calling code and trunk prefix of a country that writes nothing but "0" before."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.national_prefix_transform_rule or not metadata.country_code:
        return None
    if (metadata.national_prefix_for_parsing or "") not in ("", "0"):
        return None
    return metadata.country_code, metadata.national_prefix or ""


def _quick(text: str, region: str | None) -> Reading | None:
    """Return what the library would, for the plainest of numbers; None where it is to be asked."""
    if not _PLAIN.fullmatch(text):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    if text.startswith("+"):
        calling = calling_code(digits[:3])
        national = digits[len(str(calling)) :]
    else:
        simple = _simple(region) if region else None
        if simple is None or digits.startswith(("00", str(simple[0]))):
            return None
        calling, trunk = simple
        national = digits.removeprefix(trunk)
    if calling is None or not _pattern(calling).fullmatch(national):
        return None
    return Reading(f"+{calling}{national}", calling, True, False, national)


def read(text: str, region: str | None) -> Reading | None:
    """Return what `text` says, dialled from `region`; None where it says no number."""
    return _quick(text, region) or _ask(text, region)


@lru_cache(maxsize=50_000)
def _ask(text: str, region: str | None) -> Reading | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return Reading(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        calling=number.country_code or 0,
        valid=phonenumbers.is_valid_number(number),
        extension=bool(number.extension),
        national=phonenumbers.national_significant_number(number),
    )
