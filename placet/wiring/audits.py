"""The audit, wired: over Placet's own database, and reading the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placet.store.auditing import Auditor

if TYPE_CHECKING:
    from .placet import Placet

__all__ = ["auditor_of"]


def auditor_of(placet: Placet) -> Auditor:
    """Return what audits the CRM of this home."""
    return Auditor(
        engine=placet.engine,
        crm=placet.crm_engine,
        desk=lambda: placet.desk,
        policy=placet.policy,
        clock=placet.clock,
        timezone=placet.settings.timezone,
    )
