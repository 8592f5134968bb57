"""What Placet needs from a source of company data, and where the empty fields are.

An `Enricher` answers by domain. A vendor's adapter is one class with `name`, `price` and `look_up`;
it retries inside, on errors it can name, and raises `EffectRefused` where its account is empty.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args

from tools.hygiene.change import Subject

__all__ = ["ENRICH_FIELDS", "EnrichField", "Enricher", "Gap", "GapReader", "Lookup", "Sourced"]

EnrichField = Literal["company", "industry", "employees", "country"]
"""What is known by domain: the company's name, its industry, its size, where it sits."""

ENRICH_FIELDS: tuple[EnrichField, ...] = get_args(EnrichField)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """One value, and where it comes from."""

    field: EnrichField
    value: str
    """As the CRM stores it: a picklist's stored value, a country's English name."""
    source: str
    """Named so that a person can look it up: `CRM account co_12 "Acme GmbH"`."""
    as_of: datetime | None
    """When the source last said so; None where it does not say."""
    confidence: float
    """Between 0 and 1, that it is right for the company."""
    evidence: str = ""
    """What else speaks for it or against it, as sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What a source said about one domain."""

    domain: str
    values: tuple[Sourced, ...] = ()
    disputed: tuple[EnrichField, ...] = ()
    """Fields of which the source holds several values and cannot tell which is right."""
    credits: int = 0
    """What the answer cost."""


class Enricher(Protocol):
    """A source of company data."""

    @property
    def name(self) -> str:
        """As cards and evidence name it."""
        ...

    @property
    def price(self) -> int:
        """What one domain costs at most, in credits; 0 for what is one's own."""
        ...

    def look_up(self, domains: Sequence[str]) -> Sequence[Lookup]:
        """Return what is known of these domains; one that is unknown may be left out.

        Raises:
            EffectRefused: the source does not answer for this account; the message says why.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An empty field of a record, and the domain that may tell what belongs there."""

    subject: Subject
    record: str
    field: str
    """As the field catalogue names it: `company_name`, `industry`."""
    domain: str


class GapReader(Protocol):
    """Finds empty fields."""

    def gaps(
        self, fields: Collection[EnrichField], *, contacts: Collection[str] | None = None,
        companies: Collection[str] | None = None,
    ) -> Sequence[Gap]:  # fmt: skip
        """Return the empty fields of records whose domain is a company's own.

        Args:
            fields: which of the four are wanted.
            contacts: only these contacts; None for all, empty for none.
            companies: only these companies; None for all, empty for none.
        """
        ...
