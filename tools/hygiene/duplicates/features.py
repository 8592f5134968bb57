"""What two records are compared by: each stored row as a row of comparable columns.

Pure functions. Everything that needs a library or a table of names happens here, once for each
record; the comparisons themselves are SQL on what comes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cleanco import basename  # type: ignore[import-untyped]  # it ships no types

from tools.crm.values import country_code, domain, fold, squash
from tools.hygiene.detectors.phone_numbers import read as read_phone

from .mailbox import label_of, mailbox_of, private_host, registered
from .nicknames import root
from .spelling import from_address, plain, skeleton, split_name

__all__ = ["COMPANY_COLUMNS", "CONTACT_COLUMNS", "company_features", "contact_features"]

CONTACT_COLUMNS = (
    "given", "given_root", "family", "family_words", "full_name", "name_bag", "family_bones",
    "mailbox", "local", "host", "handle", "phone", "phone_tail", "domain", "employer",
    "employer_label", "city", "country", "title",
)  # fmt: skip
COMPANY_COLUMNS = (
    "name", "name_bag", "name_start", "domain", "label", "phone", "phone_tail", "city", "country",
)  # fmt: skip
_TAIL = 8
"""How many digits at the end of a number stay the same, however its beginning is written."""
_NO_COMPANY = frozenset({
    "na", "none", "n a", "null", "self employed", "selfemployed", "freelance", "freelancer",
    "private", "privat", "student", "unknown", "test", "independent", "retired", "unemployed",
    "home", "personal", "individual", "company", "firma",
})  # fmt: skip
"""What people write who name no company."""
_LEGAL = frozenset({
    "gmbh", "ag", "kg", "co", "inc", "corp", "corporation", "company", "ltd", "limited", "llc",
    "plc", "sa", "sas", "sarl", "srl", "spa", "sl", "bv", "nv", "ab", "as", "oy", "oyj", "aps",
    "sp", "zoo", "ltda", "eireli", "kk", "pty", "pvt", "llp", "lp", "ug", "se", "the", "und",
    "and", "e", "et", "y", "i",
})  # fmt: skip


def contact_features(row: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return the values of `CONTACT_COLUMNS`; None for what is not known.

    Args:
        row: stored fields of a contact, and of its company as `company.name`, `company.domain`
            and `company.country`.

    """
    given, family = split_name(row["first_name"], row["last_name"])
    box = mailbox_of(row["email"], given, family)
    if not box.role:
        given, family = from_address(box.local_words, given, family)
    country = _country(row["country"]) or _country(row["company.country"])
    phone = _phone(row["phone"], country)
    first = root(given)
    site = box.domain or _domain(row["company.domain"])
    employer = _company(row["company.name"] or row["company_name"])
    known = given and family
    joined = family.replace(" ", "")
    return tuple(
        one or None
        for one in (
            given, first, joined, family, f"{given} {joined}" if known else "",
            " ".join(sorted((first, root(joined)))) if known else "",
            skeleton(family), box.address, "" if box.role else box.local, box.host, box.handle,
            phone, phone[-_TAIL:], site, employer, label_of(site), _place(row["city"]), country,
            fold(row["job_title"] or ""),
        )
    )  # fmt: skip


def company_features(row: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return the values of `COMPANY_COLUMNS` for a company's stored fields."""
    name = _words(row["name"])
    site = _domain(row["domain"])
    country = _country(row["country"])
    phone = _phone(row["phone"], country)
    bag = "".join(sorted(name.split()))
    joined = name.replace(" ", "")
    return tuple(
        one or None
        for one in (
            joined, bag, joined[:4], site, label_of(site), phone, phone[-_TAIL:],
            _place(row["city"]), country,
        )
    )  # fmt: skip


@lru_cache(maxsize=200_000)
def _words(name: str | None) -> str:
    """Return a company's name plain, without its legal form."""
    text = plain(basename(name or "") or name or "")
    if text in _NO_COMPANY:
        return ""
    words = [word for word in text.split() if word not in _LEGAL]
    return " ".join(words) or text


def _company(name: str | None) -> str:
    return _words(name).replace(" ", "")


@lru_cache(maxsize=100_000)
def _domain(text: str | None) -> str:
    """Return the registered domain of a website that is a company's own."""
    host = domain(text) if text else None
    return "" if host is None or private_host(host) else registered(host)


def _country(text: str | None) -> str:
    return (country_code(text) or squash(text)) if text else ""


@lru_cache(maxsize=50_000)
def _place(city: str | None) -> str:
    return plain(city) if city else ""


def _phone(text: str | None, country: str) -> str:
    """Return a number as +, calling code, digits; digits alone where no country tells more."""
    if not text:
        return ""
    read = read_phone(text, country if len(country) == 2 else None)
    if read is not None:
        return read.e164
    digits = "".join(c for c in text if c.isdigit()).lstrip("0")
    return digits if len(digits) >= 6 else ""
