"""What personalisation may name: fields of a contact and of their company, fit for their own eyes.

Scores, lifecycle stages and the like are not among them: nobody should read in an email what a
sales team thinks of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from .port import Recipient

__all__ = ["COMPANY_FIELDS", "CONTACT_FIELDS", "TOKENS", "clean", "sample_recipient"]

CONTACT_FIELDS = (
    "email", "first_name", "last_name", "job_title", "seniority", "job_function", "city", "state",
    "country", "language", "company_name", "owner",
)  # fmt: skip
"""Columns of the contact."""
COMPANY_FIELDS = ("name", "domain", "industry", "city", "country")
"""Columns of the company; `name` is the contact's own `company_name` where they gave one."""
TOKENS = (
    *(f"contact.{name}" for name in CONTACT_FIELDS),
    *(f"company.{name}" for name in COMPANY_FIELDS),
)
"""Every variable there is, as Liquid spells it."""

_LONGEST = 200
"""Characters of a value at most: no name is longer, and a longer one would wreck the layout."""
_JOINERS = frozenset("\u200c\u200d")  # Persian, Indic scripts and emoji cannot be written without
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|javascript|data|mailto)\s*:")


def clean(value: str) -> str:
    """Return a CRM value as one line of text that can reorder, hide or link nothing.

    Line breaks and tabs become spaces; control, bidi and other unseen characters go; an address
    such as `http://...` is broken up, so that no mail program makes a link of somebody's "name".
    """
    if not _PLAIN.match(value):
        value = "".join(map(_kept, unicodedata.normalize("NFC", value)))
    value = " ".join(value.split())
    if ":" in value:
        value = _ADDRESS.sub(lambda found: found[1] + " :", value)
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if char in "\t\n\r\v\f\x85" or category in {"Zl", "Zp", "Zs"}:
        return " "
    return "" if category in _DROPPED and char not in _JOINERS else char


def sample_recipient(email: str = "ana.schmidt@kundin.example") -> Recipient:
    """Return a made-up person with every field filled in: for a look at an email without a CRM."""
    fields: Mapping[str, str] = {
        "contact.email": email, "contact.first_name": "Ana", "contact.last_name": "Schmidt",
        "contact.job_title": "Chief Financial Officer", "contact.seniority": "c_level",
        "contact.job_function": "finance", "contact.city": "Hamburg", "contact.country": "Germany",
        "contact.language": "en", "contact.company_name": "Kundin AG",
        "contact.owner": "Ben Hartmann", "company.name": "Kundin AG",
        "company.domain": "kundin.example", "company.industry": "Logistics",
        "company.city": "Hamburg", "company.country": "Germany",
    }  # fmt: skip
    return Recipient(contact_id="sample", email=email, fields=fields)
