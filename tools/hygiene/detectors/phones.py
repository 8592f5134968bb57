"""Telephone numbers: to E.164 where the country is beyond doubt; contradictions to a person."""

import re
from collections.abc import Sequence
from typing import Any

from tools.crm.values import country_code
from tools.hygiene.columns import Columns
from tools.hygiene.rule import Rule, Sieve, Target, Verdict

from .phone_numbers import Reading, calling_code, is_canonical, read, regions_of, trunk_prefix

__all__ = ["PHONE_COUNTRY", "PHONE_FORMAT", "PHONE_INVALID"]

_TARGETS = (
    Target("contact", "phone", ("country", "company.country")),
    Target("company", "phone", ("country",)),
)
_LETTERS = re.compile(r"[^\W\d_]")
_LABEL = re.compile(
    r"^\s*(?:tel|phone|fon|telefon|mob|mobile|handy|cell|ph|t|m)\s*[.:]*\s*(?=[+(\d])",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[;|]|\d\s*/\s*\+|\bor\b|\boder\b")


def _region(country: Any) -> str | None:
    return country_code(country) if isinstance(country, str) else None


def _international(text: str) -> str | None:
    """Return the text from its + on, 00 read as +; None where it is written nationally."""
    bare = _LABEL.sub("", text.strip().removeprefix("tel:")).replace("＋", "+").lstrip("( ")
    if bare.startswith("+"):
        return bare
    digits = re.sub(r"[^\d]", "", bare)
    return "+" + bare[bare.index("0", bare.index("0") + 1) + 1 :] if digits[:2] == "00" else None


def _agrees(calling: int, region: str | None) -> bool:
    return region is None or region in regions_of(calling)


def _is_text(phone: Any) -> bool:
    return isinstance(phone, str) and bool(phone.strip())


def _is_odd(phone: Any) -> bool:
    return _is_text(phone) and not is_canonical(phone)


def _open_format(_table: Columns, _target: Target) -> Sieve:
    def judge(phone: Any, country: Any = None, of_company: Any = None) -> Sequence[Verdict]:
        if len(phone) > 60:
            return ()
        own, firm = _region(country), _region(of_company)
        if own is None and isinstance(country, str) and country.strip():
            firm = None  # a country that is not understood is no missing one
        full = _international(phone)
        if full is not None:
            return _from_international(phone, full, own)
        return _from_national(phone, own, firm)

    return Sieve(judge, _is_odd)


_MESSAGE = "It is not written in E.164, which dialers and messages need."


def _usable(reading: Reading | None, phone: str) -> bool:
    """Tell whether nothing would be lost: one valid number, no extension, no words."""
    plain = _LABEL.sub("", phone.strip().removeprefix("tel:"))
    return (
        reading is not None
        and reading.valid
        and not reading.extension
        and not _LETTERS.search(plain)
        and not _SEVERAL.search(plain)
    )


def _from_international(phone: str, full: str, own: str | None) -> Sequence[Verdict]:
    reading = read(full, None)
    if reading is None or not _usable(reading, phone) or not _agrees(reading.calling, own):
        return ()
    if own is None and not phone.strip().startswith(("+", "tel:", "(+")):
        evidence = f"Read with 00 for +, it is a valid number of +{reading.calling}."
        return (Verdict(_MESSAGE, evidence, 0.95, reading.e164),)
    evidence = f"It says +{reading.calling} itself and is valid there" + (
        ", as the country does." if own else "; no country is stored."
    )
    return (Verdict(_MESSAGE, evidence, 0.995, reading.e164),)


def _from_national(phone: str, own: str | None, firm: str | None) -> Sequence[Verdict]:
    digits = re.sub(r"\D", "", phone)
    region = own or firm
    if region is None:
        if len(digits) < 6:
            return ()
        evidence = "It has no calling code, and neither record nor company has a country."
        return (Verdict("It cannot be dialled without a country.", evidence, 0.9),)
    reading, trunk = read(phone, region), trunk_prefix(region)
    # Without its trunk prefix it may be a number whose + is missing, or one of another country.
    marked = bool(trunk) and digits.startswith(trunk)
    other = None if marked else read("+" + digits, None)
    if other is not None and _usable(other, phone) and _agrees(other.calling, region):
        evidence = f"With the missing + it is a valid number of {region}, as the country says."
        return (Verdict(_MESSAGE, evidence, 0.95 if own else 0.8, other.e164),)
    if reading is None or not _usable(reading, phone):
        return ()
    evidence = f"Dialled within {region} it is a valid number."
    if own is None:
        return (Verdict(_MESSAGE, f"{evidence} The country is the company's.", 0.85, reading.e164),)
    if other is not None and other.valid:
        evidence += f" With a + in front it would be one of +{other.calling}."
        return (Verdict(_MESSAGE, evidence, 0.7, reading.e164),)
    if trunk == "0" and not marked:
        return (Verdict(_MESSAGE, f"{evidence} The leading 0 is missing.", 0.9, reading.e164),)
    return (Verdict(_MESSAGE, evidence, 0.99, reading.e164),)


PHONE_FORMAT = Rule(
    name="phone_format",
    title="Phone numbers not in E.164",
    dimension="validity",
    severity="warn",
    finds="Valid numbers written nationally or with blanks, brackets, 00 or labels.",
    never="A number whose calling code contradicts the country, one with an extension or words in "
    "it, two numbers in one field, a number that is not valid as read.",
    source="phonenumbers (Google's libphonenumber metadata) with the record's own country.",
    targets=_TARGETS,
    open=_open_format,
    repairs=True,
)


def _open_invalid(_table: Columns, _target: Target) -> Sieve:
    def judge(phone: Any, country: Any = None, of_company: Any = None) -> Sequence[Verdict]:
        message = "It is no number that can be dialled."
        if len(phone) > 60:
            return (Verdict(message, "It is longer than a number can be.", 0.95),)
        full = _international(phone)
        region = None if full else _region(country) or _region(of_company)
        digits = sum(c.isdigit() for c in phone)
        if full is None and region is None:
            if 6 <= digits <= 15:
                return ()
            return (Verdict(message, f"It has {digits} digits.", 0.95),)
        reading = read(full or phone, region)
        if reading is not None and reading.valid:
            return ()
        where = region or (f"+{calling_code(full[1:4])}" if full else "")
        return (Verdict(message, f"The numbering plan of {where} has none of this form.", 0.9),)

    return Sieve(judge, _is_odd)


PHONE_INVALID = Rule(
    name="phone_invalid",
    title="Phone numbers that cannot be dialled",
    dimension="validity",
    severity="error",
    finds="Numbers that are too short, too long or in no range of their country's plan.",
    never="National numbers without a country: nobody can tell.",
    source="phonenumbers (Google's libphonenumber metadata).",
    targets=_TARGETS,
    open=_open_invalid,
)


def _open_country(_table: Columns, _target: Target) -> Sieve:
    def judge(phone: Any, country: Any = None, _firm: Any = None) -> Sequence[Verdict]:
        if not isinstance(country, str):
            return ()
        full = _international(phone)
        region = _region(country)
        if full is None or region is None:
            return ()
        calling = calling_code(re.sub(r"\D", "", full)[:3])
        if calling is None or _agrees(calling, region):
            return ()
        regions = ", ".join(one for one in regions_of(calling) if one != "001")
        if not regions:
            return ()  # +800 and the like belong to no country
        evidence = f"+{calling} is {regions}; the country is {country}."
        return (Verdict("Phone and country contradict each other.", evidence, 0.9),)

    return Sieve(judge, _is_text)


PHONE_COUNTRY = Rule(
    name="phone_country",
    title="Phone and country contradict each other",
    dimension="consistency",
    severity="warn",
    finds="Numbers whose calling code belongs to another country than the record's.",
    never="Either value: people move and keep their number. Countries that share a calling code.",
    source="The calling codes of phonenumbers, ISO 3166 by way of CLDR.",
    targets=(
        Target("contact", "phone", ("country",)),
        Target("company", "phone", ("country",)),
    ),
    open=_open_country,
)
