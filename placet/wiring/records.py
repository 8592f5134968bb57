"""What record fixes, merges and filling in need, wired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import sqlalchemy as sa

from placet.clock import Clock
from tools.crm.local.records import LocalRecords
from tools.execution import AnyHandler
from tools.files import Files
from tools.records.handlers import record_handlers

if TYPE_CHECKING:
    from tools.enrichment import Enricher, GapReader
    from tools.hygiene.local import SqlHygiene

__all__ = ["Records"]


class Records:
    """The record parts over one home; what loads a library is made when it is first needed."""

    def __init__(self, clock: Clock, *, crm_engine: sa.Engine) -> None:
        self._clock, self._crm_engine = clock, crm_engine

    @cached_property
    def writer(self) -> LocalRecords:
        """Writes records with a permit."""
        return LocalRecords(self._crm_engine, self._clock)

    @cached_property
    def hygiene(self) -> SqlHygiene:
        """Reads columns for the detectors and finds duplicates."""
        from tools.hygiene.local import SqlHygiene  # late: the detectors' libraries take a second

        return SqlHygiene(self._crm_engine)

    @cached_property
    def gaps(self) -> GapReader:
        """Finds the empty fields that a source might fill."""
        from tools.enrichment.accounts import AccountGaps

        return AccountGaps(self._crm_engine)

    @cached_property
    def enrichers(self) -> Sequence[Enricher]:
        """The sources that know what belongs into them, the cheapest first."""
        from tools.enrichment.accounts import AccountEnricher

        return (AccountEnricher(self._crm_engine),)

    def handlers(self, files: Files) -> Mapping[str, AnyHandler]:
        """Return which tool carries out which kind of record action."""
        return record_handlers(self.writer, files)
