"""The segment engine: who is in a segment, computed where the data stands."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError

from placet.errors import BadInput
from tools.crm.local import schema
from tools.crm.port import CrmReader
from tools.sql import reading

from . import scan, warn
from .check import check_tree
from .compile import Compiler
from .dates import zone_of
from .lists import StoredList, StoredLists
from .port import FunnelStep, LeftOut, Preview, Problem, Row
from .stored import StoredValues
from .tree import Filter, Segment, UseExclusion
from .use import UsePolicy
from .words import Words

__all__ = ["SqlSegments"]

_CHUNK = 500  # ids per look-up: below every driver's limit on bound values


class SqlSegments:
    """A `SegmentReader` over the embedded CRM's tables, on SQLite or PostgreSQL.

    Each call reads one consistent snapshot and writes nothing.
    """

    def __init__(
        self, engine: sa.Engine, reader: CrmReader, use_policy: UsePolicy | None = None
    ) -> None:
        self._engine, self._reader = reading(engine), reader
        self._policy = use_policy or UsePolicy()
        self._sqlite = engine.dialect.name == "sqlite"

    @property
    def use_policy(self) -> UsePolicy:
        """The limits a marketing use obeys here."""
        return self._policy

    def check(self, tree: Filter) -> Sequence[Problem]:
        """Return what is wrong with the filter (fields, values, types); empty is good."""
        with self._snapshot() as connection:
            return check_tree(tree, self._reader.catalogue(), _lists(connection))

    def members(self, segment: Segment) -> Sequence[str]:
        """Return the contact ids in the segment, use policy applied, sorted."""
        with self._snapshot() as connection:
            compiler = self._compiler(connection, segment)
            query = scan.members(compiler, segment, self._policy)
            return sorted(connection.scalars(query))

    def count(self, segment: Segment) -> int:
        """Return how many contacts match, use policy applied."""
        with self._snapshot() as connection:
            compiler = self._compiler(connection, segment)
            query = scan.members(compiler, segment, self._policy, count=True)
            return int(connection.scalar(query) or 0)

    def preview(self, segment: Segment, *, sample: int = 5) -> Preview:
        """Return members, counts, funnel, exclusions, a sample and what the reader should know."""
        with self._snapshot() as connection:
            stored = StoredValues(connection)
            compiler = self._compiler(connection, segment, stored)
            catalogue = self._reader.catalogue()
            gaps = warn.gaps(segment.filter, catalogue)
            query = scan.waterfall(
                compiler, segment, self._policy, sqlite=self._sqlite,
                unknown=[gap.column for gap in gaps],
            )  # fmt: skip
            found = scan.read(connection.execute(query).one(), segment, self._policy)
            picked = _sample(found.members, sample)
            return Preview(
                members=found.members,
                matching=found.total - sum(found.failed),
                funnel=self._funnel(found, segment),
                left_out=_counts(found.left_out),
                included_anyway=_counts(found.lifted),
                sample=tuple(_rows(connection, picked)),
                warnings=(
                    *warn.gap_words(gaps, found.unknown),
                    *warn.odd_values(stored, segment.filter, catalogue),
                ),
            )

    def rows(self, contact_ids: Sequence[str]) -> Sequence[Row]:
        """Return these contacts as rows, in the order given; unknown ids are left out."""
        with self._snapshot() as connection:
            return _rows(connection, contact_ids)

    def describe(self, tree: Filter) -> str:
        """Return the filter in plain words, what unknown values do included."""
        return self._words().describe(tree)

    def describe_segment(self, segment: Segment) -> str:
        """Return the segment's filter in plain words, relative dates with the instant they mean."""
        return self._words(segment).describe(segment.filter)

    def _words(self, segment: Segment | None = None) -> Words:
        if segment is None:
            return Words(self._reader.catalogue())
        return Words(self._reader.catalogue(), as_of=segment.as_of, zone=zone_of(segment.timezone))

    def _funnel(self, found: scan.Counted, segment: Segment) -> tuple[FunnelStep, ...]:
        words, left = self._words(segment), found.total
        steps = [FunnelStep(words="everybody", remaining=left)]
        for clause, failed in zip(scan.clauses(segment.filter), found.failed, strict=True):
            left -= failed
            steps.append(FunnelStep(words=words.describe(clause), remaining=left))
        if segment.use == "marketing":
            left -= sum(found.left_out.values())
            steps.append(FunnelStep(words="may be sent marketing email", remaining=left))
        return tuple(steps)

    def _compiler(
        self, connection: sa.Connection, segment: Segment, stored: StoredValues | None = None
    ) -> Compiler:
        return Compiler(
            dialect=self._engine.dialect.name,
            as_of=segment.as_of,
            zone=zone_of(segment.timezone),
            lists=_lists(connection),
            stored=stored or StoredValues(connection),
        )

    @contextmanager
    def _snapshot(self) -> Iterator[sa.Connection]:
        """Open one transaction that sees one state of the data and cannot write.

        Raises:
            BadInput: the filter holds a value that no database takes; `check` says which.

        """
        try:
            with self._reading() as connection:
                yield connection
        except (DataError, OverflowError):
            raise BadInput(
                "The filter holds a value the database cannot take; check the filter first."
            ) from None

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        if self._sqlite:
            with self._engine.connect() as connection, connection.begin():
                yield connection
            return
        options: dict[str, Any] = {
            "isolation_level": "REPEATABLE READ", "postgresql_readonly": True,
        }  # fmt: skip
        engine = self._engine.execution_options(**options)
        with engine.connect() as connection, connection.begin():
            # Sets of contacts stay in memory; compiling such a query costs more than it saves.
            connection.exec_driver_sql("SET LOCAL work_mem = '128MB'")
            connection.exec_driver_sql("SET LOCAL jit = off")
            yield connection


def _sample(members: Sequence[str], size: int) -> list[str]:
    """Return the members whose ids hash lowest: the same ones for the same members."""
    numbered = zip(map(zlib.crc32, map(str.encode, members)), members, strict=True)
    return [member for _, member in heapq.nsmallest(size, numbered)]


def _counts(counted: dict[UseExclusion, int]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(reason=reason, count=count) for reason, count in counted.items() if count)


def _lists(connection: sa.Connection) -> StoredLists:
    table = schema.lists.c
    query = sa.select(table.id, table.name, table.definition).where(table.archived.is_(False))
    return StoredLists(
        [
            StoredList(id=row.id, name=row.name, definition=row.definition)
            for row in connection.execute(query.order_by(table.id))
        ]
    )


def _rows(connection: sa.Connection, contact_ids: Sequence[str]) -> list[Row]:
    contact, company = schema.contacts, schema.companies
    source = contact.outerjoin(company, company.c.id == contact.c.company_id)
    named = sa.func.coalesce(contact.c.company_name, company.c.name).label("company")
    query = sa.select(
        contact.c.id, contact.c.email, contact.c.first_name, contact.c.last_name,
        contact.c.job_title, contact.c.country, named,
    ).select_from(source)  # fmt: skip
    found: dict[str, Row] = {}
    wanted = [one for one in contact_ids if "\x00" not in one]
    for start in range(0, len(wanted), _CHUNK):
        chosen = query.where(contact.c.id.in_(wanted[start : start + _CHUNK]))
        for row in connection.execute(chosen):
            found[row.id] = Row(
                contact_id=row.id,
                email=row.email,
                name=" ".join(part for part in (row.first_name, row.last_name) if part),
                job_title=row.job_title,
                company=row.company,
                country=row.country,
            )
    return [found[one] for one in contact_ids if one in found]
