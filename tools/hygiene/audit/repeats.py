"""Records that repeat another one by an exact key: a floor for duplicates, counted in one pass.

Misspelt and abbreviated ones are what `tools.hygiene.duplicates` is for; it takes longer than an
audit should, and its result is a draft.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from tools.hygiene.change import Subject
from tools.hygiene.columns import Columns
from tools.hygiene.detector import Reference

__all__ = ["FIELDS", "repeated"]

FIELDS: tuple[Reference, ...] = (
    ("contact", "email"), ("contact", "first_name"), ("contact", "last_name"),
    ("contact", "phone"), ("contact", "company_id"),
    ("company", "name"), ("company", "domain"), ("company", "country"),
)  # fmt: skip
"""What is read for it."""

_DIGITS = 7
"""Numbers with fewer are extensions and fragments."""


def repeated(table: Columns) -> dict[Subject, bytearray]:
    """Return a mark for each row that has an exact key of an earlier row.

    People: one mailbox apart from a tag behind "+"; the same first and last name at the same
    company; the same names and telephone number. Companies: the same domain; the same name in the
    same country where neither has a domain.
    """
    return {
        "contact": _marks(len(table.ids("contact")), _people(table)),
        "company": _marks(len(table.ids("company")), _companies(table)),
    }


def _marks(rows: int, keys: Iterable[tuple[int, Hashable]]) -> bytearray:
    marks = bytearray(rows)
    seen: set[int] = set()  # 64-bit hashes: a million keys collide once in ten million audits
    for row, key in keys:
        told = hash(key)
        if told in seen:
            marks[row] = 1
        else:
            seen.add(told)
    return marks


def _fold(value: Any) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""


def _people(table: Columns) -> Iterator[tuple[int, Hashable]]:
    columns = (table.column("contact", field) for _, field in FIELDS[:5])
    for row, (email, first, last, phone, company) in enumerate(zip(*columns, strict=True)):
        local, _, domain = _fold(email).partition("@")
        if domain:
            yield row, ("@", local.partition("+")[0] or local, domain)
        first, last = _fold(first), _fold(last)
        if not first or not last:
            continue
        if company:
            yield row, ("c", first, last, company)
        digits = "".join(filter(str.isdigit, phone)) if isinstance(phone, str) else ""
        if len(digits) >= _DIGITS:
            yield row, ("p", first, last, digits[-_DIGITS - 2 :])


def _companies(table: Columns) -> Iterator[tuple[int, Hashable]]:
    columns = (table.column("company", field) for _, field in FIELDS[5:])
    for row, (name, domain, country) in enumerate(zip(*columns, strict=True)):
        if _fold(domain):
            yield row, ("d", _fold(domain).removeprefix("www."))
        elif _fold(name):
            yield row, ("n", _fold(name), _fold(country))
