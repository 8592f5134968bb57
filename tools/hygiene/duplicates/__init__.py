"""Duplicates: records that are one person or one company, and how they would be merged.

It may import `tools.hygiene`, `tools.crm`, `tools.sql`, `gates` and the ground floor; it reads and
never writes. Start at `tools.hygiene.duplicates.find.find_duplicates`; what comes out are `Merge`
values, which a writer of the CRM carries out after approval.
"""

from .plan import FieldChoice, Lost, Merge, Tier, fingerprint

__all__ = ["FieldChoice", "Lost", "Merge", "Tier", "fingerprint"]
