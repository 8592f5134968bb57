"""Which words name which field: a flat table; a new field is one line."""

from __future__ import annotations

import re
from typing import NamedTuple

from tools.crm.port import Catalogue, FieldSpec, RecordSubject

from .words import rx

__all__ = ["FIELD", "Named", "field_named", "spec_of"]


class Named(NamedTuple):
    """A field as words name it; no subject: people and companies both have it."""

    subject: RecordSubject | None
    name: str


_TABLE: tuple[tuple[str, Named], ...] = (
    (r"lead[- ]?status(?:es)?|contact status(?:es)?|status(?:es)?",
     Named("contact", "lead_status")),
    (r"life ?cycle(?:[- ]?(?:stage|phase|status))?s?|(?:contact |marketing )?stages?|"
     r"lebenszyklusphasen?", Named("contact", "lifecycle_stage")),
    (r"(?:original )?lead sources?|(?:original )?sources?", Named("contact", "lead_source")),
    (r"lead scores?|scores?|scoring", Named("contact", "lead_score")),
    (r"job titles?|titles?|positions?|berufsbezeichnungen?", Named("contact", "job_title")),
    (r"seniority(?: levels?)?|seniorities", Named("contact", "seniority")),
    (r"job functions?|functions?|departments?|funktionen?|abteilungen?",
     Named("contact", "job_function")),
    (r"(?:marketing |email )?consents?|opt-?in(?: status)?|marketing permissions?|"
     r"einwilligung(?:en)?", Named("contact", "consent")),
    (r"(?:preferred )?languages?(?: codes?)?|sprachen?", Named("contact", "language")),
    (r"first names?|given names?|vornamen?", Named("contact", "first_name")),
    (r"last names?|surnames?|family names?|nachnamen?", Named("contact", "last_name")),
    (r"e-?mails?(?: addresses| address)?|e-?mail-adressen?", Named("contact", "email")),
    (r"company names?|employers?|firmennamen?", Named("contact", "company_name")),
    (r"industr(?:y|ies)|sectors?|branchen?", Named("company", "industry")),
    (r"(?:number of )?employees|employee (?:counts?|numbers?)|head ?counts?|company sizes?|"
     r"mitarbeiterzahl(?:en)?|sizes?", Named("company", "employees")),
    (r"(?:annual )?revenues?|turnover|umsatz", Named("company", "annual_revenue")),
    (r"(?:company|account) types?", Named("company", "company_type")),
    (r"(?:company )?(?:domains?|web ?sites?)", Named("company", "domain")),
    (r"(?:mobile |cell |tele)?phones?(?: numbers?)?|telephone numbers?|mobiles?|mobile numbers?|"
     r"telefonnummern?|telefon", Named(None, "phone")),
    (r"(?:company |account |contact |lead |record )?owners?|besitzer|inhaber|"
     r"zuständige[rn]?", Named(None, "owner")),
    (r"countr(?:y|ies)(?: names?)?|länder|land", Named(None, "country")),
    (r"states?(?: or regions?)?|regions?|provinces?|bundesländer|bundesland", Named(None, "state")),
    (r"cit(?:y|ies)|towns?|städte|stadt", Named(None, "city")),
    (r"(?:create|creation|created|modified|last modified) dates?|created at|updated at|"
     r"last modified", Named(None, "created_at")),
)  # fmt: skip
FIELD = "(?:" + "|".join(f"(?:{pattern})" for pattern, _ in _TABLE) + ")"
"""Any field's words, as one pattern."""
_COMPILED = tuple((rx(f"^(?:{pattern})$"), named) for pattern, named in _TABLE)
_OF_COMPANY = rx(r"^(?:company|account|firm)(?:'s|s')? ")
_SAME = {"company_name": "name"}
"""What a field of a contact is called on the company itself."""


def field_named(words: str) -> Named | None:
    """Return the field that these words name, or None."""
    words = re.sub(r"\s+", " ", words.strip(" '\"")).removesuffix(" field").removesuffix(" value")
    words = re.sub(r"^(?:the|their|its|his|her|all|every|a|an|das|die|der|den) ", "", words,
                   flags=re.IGNORECASE)  # fmt: skip
    for pattern, named in _COMPILED:
        if pattern.match(words):
            return Named("company", named.name) if _own(words, named) else named
    shorter = _OF_COMPANY.sub("", words)
    if shorter != words and (found := field_named(shorter)) is not None:
        return found if found.subject == "contact" else Named("company", found.name)
    return None


def _own(words: str, named: Named) -> bool:
    return named.subject is None and _OF_COMPANY.match(words) is not None


def spec_of(catalogue: Catalogue, named: Named, subject: RecordSubject) -> FieldSpec | None:
    """Return the field's specification on a subject; a name of a company is its own."""
    owner = named.subject or subject
    if owner == "contact" and subject == "company" and named.name in _SAME:
        return catalogue.field("company", _SAME[named.name])
    return catalogue.field(owner, named.name)
