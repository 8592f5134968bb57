"""Enrichment: values for empty fields by domain, each with its source, its date and its price.

It may import `tools.crm`, `tools.hygiene`, `tools.sql`, `gates` and the ground floor; it reads and
never writes, never overwrites, and never makes a value up. Start at `fill.fill_gaps`; the default
source is `accounts.AccountEnricher`, the CRM's own accounts.
"""

from .port import Enricher, EnrichField, Gap, GapReader, Lookup, Sourced

__all__ = ["EnrichField", "Enricher", "Gap", "GapReader", "Lookup", "Sourced"]
