"""From the embedded CRM into a DuckDB table of comparable columns, chunk by chunk.

What is held at any time is one chunk of rows; the table itself is DuckDB's, which keeps to its
memory limit and uses a temporary folder beyond it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import sqlalchemy as sa

from tools.crm.local.schema import companies, contacts
from tools.hygiene.change import Subject
from tools.sql import reading

from .features import COMPANY_COLUMNS, CONTACT_COLUMNS, company_features, contact_features

__all__ = ["COLUMNS", "load", "load_rows"]

_CHUNK = 20_000
COLUMNS: dict[Subject, tuple[str, ...]] = {
    "contact": CONTACT_COLUMNS, "company": COMPANY_COLUMNS,
}  # fmt: skip
_FEATURES: dict[Subject, Callable[[Mapping[str, Any]], tuple[str | None, ...]]] = {
    "contact": contact_features, "company": company_features,
}  # fmt: skip


def load(engine: sa.Engine, subject: Subject, into: duckdb.DuckDBPyConnection) -> int:
    """Fill the table `records` with every record of a subject; return how many there are."""
    with reading(engine).connect() as connection:
        stream = connection.execution_options(yield_per=_CHUNK)
        with stream.execute(_query(subject)) as result:
            chunks = ([dict(row) for row in part] for part in result.mappings().partitions())
            return load_rows(chunks, subject, into)


def load_rows(
    chunks: Iterator[Sequence[Mapping[str, Any]]], subject: Subject,
    into: duckdb.DuckDBPyConnection,
) -> int:  # fmt: skip
    """Fill the table `records` with these rows, numbered from 0 as `unique_id`."""
    names = COLUMNS[subject]
    schema = pa.schema([
        ("unique_id", pa.int64()), ("id", pa.string()), *((name, pa.string()) for name in names),
    ])  # fmt: skip
    columns = ", ".join(f'"{name}" VARCHAR' for name in ("id", *names))
    into.execute(f"CREATE OR REPLACE TABLE records (unique_id BIGINT, {columns})")
    total = 0
    for chunk in chunks:
        ids = [row["id"] for row in chunk]
        values = zip(*map(_FEATURES[subject], chunk), strict=True)
        numbers = range(total, total + len(ids))
        batch = pa.Table.from_arrays(
            [pa.array(one, field.type) for one, field in
             zip([numbers, ids, *values], schema, strict=True)], schema=schema,
        )  # fmt: skip
        into.register("chunk", batch)
        into.execute("INSERT INTO records SELECT * FROM chunk")
        into.unregister("chunk")
        total += len(ids)
    return total


def _query(subject: Subject) -> sa.Executable:
    if subject == "company":
        c = companies.c
        return sa.select(c.id, c.name, c.domain, c.phone, c.city, c.country).order_by(c.id)
    c = contacts.c
    return (
        sa.select(
            c.id, c.email, c.first_name, c.last_name, c.job_title, c.phone, c.city, c.country,
            c.company_name, companies.c.name.label("company.name"),
            companies.c.domain.label("company.domain"),
            companies.c.country.label("company.country"),
        )
        .join_from(contacts, companies, c.company_id == companies.c.id, isouter=True)
        .order_by(c.id)
    )  # fmt: skip
