"""Import one CSV file: look at it once to decide, then in batches, each its own transaction.

Killed at any moment, what is in is whole batches; running it again finishes and changes nothing of
what was there. A dry run parses, looks up and counts in the same way and writes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from placet.clock import Clock
from placet.errors import BadInput
from tools.crm.local.crm import micros
from tools.crm.local.migrate import check
from tools.crm.values import Order, Reading
from tools.portable import queue_behind, refresh_statistics, widen_cache
from tools.sql import reading

from .cells import Cells
from .columns import Columns, recognise
from .companies import Companies
from .contacts import Contacts
from .deals import Deals
from .events import Events
from .reader import Broken, Row, Source, open_source
from .repeats import Repeats
from .report import DateColumn, ImportReport, Kind, Tally, shorten
from .upsert import Writes

__all__ = ["BATCH", "Progress", "import_file"]

BATCH = 1_000
"""Rows per transaction."""
_MANY = 10_000
"""From so many changed rows on, the query planner's statistics are taken anew."""
Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the file's size."""
_DATES = ("created_at", "updated_at", "close_date", "occurred_at")


class _Importer(Protocol):
    @property
    def required(self) -> tuple[tuple[str, ...], ...]: ...

    def keys(self, row: Row) -> Sequence[str]: ...
    def parse(self, row: Row) -> dict[str, Any] | None: ...
    def plan(self, connection: sa.Connection, batch: Sequence[dict[str, Any]]) -> Writes: ...


_IMPORTERS: dict[Kind, type[Contacts] | type[Companies] | type[Events] | type[Deals]] = {
    "contacts": Contacts, "companies": Companies, "events": Events, "deals": Deals,
}  # fmt: skip


@dataclass(frozen=True)
class _Job:
    """One file about to be imported: what was found out about it, and who reads its rows."""

    source: Source
    columns: Columns
    importer: _Importer
    tally: Tally
    readings: dict[int, Reading]


def import_file(
    engine: sa.Engine, kind: Kind, path: Path, *,
    dry_run: bool, zone: tzinfo, progress: Progress, clock: Clock,
) -> ImportReport:  # fmt: skip
    """Import a HubSpot or Salesforce export, or a file with our own field names.

    Contacts are known by email (any case), companies by domain or name, events by all they say,
    deals by record id or by name and person. Only cells that are not blank change anything.

    Raises:
        BadInput: the file as a whole cannot be used; nothing was changed.
        NotInitialised: there is no CRM in this database, or an earlier one.

    """
    check(engine)
    source = open_source(path)
    columns = recognise(kind, source.header)
    _refuse_foreign(path, kind, columns)
    job = _prepare(kind, source, columns, zone, micros(clock.now()))
    progress(0, source.size)
    for batch, done in _batches(job):
        if dry_run:
            with reading(engine).connect() as connection:
                job.importer.plan(connection, batch)
        else:
            with engine.begin() as connection:
                queue_behind(connection, "crm_import")
                widen_cache(connection)
                job.importer.plan(connection, batch).apply(connection)
        progress(done, source.size)
    progress(source.size, source.size)
    if not dry_run and job.tally.created + job.tally.updated >= _MANY:
        refresh_statistics(engine)
    return _report(kind, job, dry_run=dry_run)


def _refuse_foreign(path: Path, kind: Kind, columns: Columns) -> None:
    for fields in _IMPORTERS[kind].required:
        if not any(field in columns.positions for field in fields):
            seen = shorten(", ".join(title for title in columns.header if title))
            raise BadInput(
                f"{path} has no column for {' or '.join(fields)}, so these are no {kind}; "
                f"its columns are: {seen}."
            )


def _prepare(kind: Kind, source: Source, columns: Columns, zone: tzinfo, now: int) -> _Job:
    """Look through the file once: which records repeat, and how its dates are to be read."""
    tally, repeats = Tally(), Repeats()
    positions = [p for field in _DATES for p in columns.positions.get(field, ())]
    readings = {position: Reading() for position in positions}
    decimal_comma = source.delimiter == ";"  # where the comma is taken, it is for decimals
    unread = Cells(columns, tally, zone=zone, orders={}, decimal_comma=decimal_comma)
    keys = _IMPORTERS[kind](unread, tally, repeats, now=now).keys
    for row, _ in source.rows():
        if isinstance(row, Row):
            for key in keys(row):
                repeats.note(key)
            for position, one in readings.items():
                one.learn(row.cells[position])
    orders: dict[int, Order] = {
        position: one.order or "month_first" for position, one in readings.items()
    }
    cells = Cells(columns, tally, zone=zone, orders=orders, decimal_comma=decimal_comma)
    importer = _IMPORTERS[kind](cells, tally, repeats, now=now)
    return _Job(source, columns, importer, tally, readings)


def _batches(job: _Job) -> Iterator[tuple[list[dict[str, Any]], int]]:
    batch: list[dict[str, Any]] = []
    done = 0
    for row, done in job.source.rows():
        job.tally.rows += 1
        if isinstance(row, Broken):
            job.tally.skip(row.line, "", "", row.message)
            continue
        values = job.importer.parse(row)
        if values is not None:
            batch.append(values)
        if len(batch) >= BATCH:
            yield batch, done
            batch = []
    if batch:
        yield batch, done


def _report(kind: Kind, job: _Job, *, dry_run: bool) -> ImportReport:
    tally, columns = job.tally, job.columns
    return ImportReport(
        kind=kind,
        dry_run=dry_run,
        rows=tally.rows,
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        skipped=tally.skipped,
        columns={columns.header[p]: f for f, found in columns.positions.items() for p in found},
        ignored_columns=columns.ignored,
        unknown_columns=columns.unknown,
        bad_rows=tuple(sorted(tally.bad_rows, key=lambda bad: bad.line)),
        bad_count=tally.bad_count,
        dates=tuple(_dates(job)),
        encoding=job.source.encoding,
        delimiter=job.source.delimiter,
        notes=(*tally.notes(dry_run=dry_run), *_doubts(job)),
    )


def _dates(job: _Job) -> Iterator[DateColumn]:
    for position, one in job.readings.items():
        if one.order is not None or one.ambiguous:
            yield DateColumn(
                column=job.columns.header[position],
                order=one.order or "month_first",
                decided_by_data=one.order is not None,
            )


def _doubts(job: _Job) -> Iterator[str]:
    people = isinstance(job.importer, Contacts) and job.tally.created
    if people and "consent" not in job.columns.positions:
        yield (
            "The file has no consent column: the consent of the new contacts is unknown, and "
            "marketing segments leave them out"
        )
    for position, one in job.readings.items():
        if one.order is None and one.ambiguous:
            yield (
                f"{job.columns.header[position]}: {one.ambiguous:,} dates such as 05/03/2024 were "
                "read month first, as no value decides; write them as 2024-05-03 to be sure"
            )
