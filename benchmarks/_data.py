"""A CRM of any size, made by the database itself: the same rows on SQLite, PostgreSQL and DuckDB.

Every value is arithmetic on the row number (a multiplicative generator modulo a prime), so that
three engines hold the same data without a file passing between them and without a seed to carry.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from tools.crm.local.schema import metadata

__all__ = ["AS_OF", "Dialect", "Run", "fill", "fill_engine", "micros"]

Dialect = Literal["sqlite", "postgresql", "duckdb"]
Run = Callable[[str], object]
"""Runs one SQL statement without parameters."""

AS_OF = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_PRIME = 2_147_483_647
_DAYS = 730

_COUNTRIES = (
    ["United States"] * 34 + ["Germany"] * 14 + ["United Kingdom"] * 12 + ["France"] * 10
    + ["Spain"] * 6 + ["Netherlands"] * 5 + ["Italy"] * 5 + ["Sweden"] * 4 + [None] * 10
)  # fmt: skip
_STAGES = (
    ["subscriber"] * 20 + ["lead"] * 34 + ["marketing_qualified_lead"] * 14
    + ["sales_qualified_lead"] * 8 + ["opportunity"] * 5 + ["customer"] * 13 + [None] * 6
)  # fmt: skip
_SENIORITY = ["vp"] * 6 + ["director"] * 12 + ["manager"] * 30 + ["c_level"] * 4 + [None] * 48
_FUNCTION = (
    ["marketing"] * 22 + ["sales"] * 20 + ["engineering"] * 25 + ["finance"] * 8 + [None] * 25
)
_INDUSTRY = ["Software"] * 30 + ["Retail"] * 20 + ["Manufacturing"] * 30 + [None] * 20
_TYPES = (
    ["email_sent"] * 50 + ["email_open"] * 25 + ["email_click"] * 7 + ["page_view"] * 12
    + ["form_submit"] * 3 + ["webinar_registered"] * 2 + ["webinar_attended"]
)  # fmt: skip


def micros(at: datetime) -> int:
    """Return epoch microseconds, as the CRM stores times."""
    return int(at.timestamp()) * 1_000_000


def _h(salt: int, modulus: int) -> str:
    return f"((i * {1_103_515_245 + 7_919 * salt} + {salt}) % {_PRIME}) % {modulus}"


def _pick(salt: int, values: Sequence[str | None]) -> str:
    """A CASE that picks a value by its weight, as ranges rather than one branch per slot."""
    branches, edge = [], 0
    for value in dict.fromkeys(values):
        edge += values.count(value)
        text = "NULL" if value is None else f"'{value}'"
        branches.append(f"WHEN {_h(salt, len(values))} < {edge} THEN {text}")
    return f"CASE {' '.join(branches)} END"


def _pad(prefix: str, number: str, dialect: Dialect) -> str:
    match dialect:
        case "sqlite":
            return f"printf('{prefix}%08d', {number})"
        case _:
            return f"'{prefix}' || lpad(CAST({number} AS VARCHAR), 8, '0')"


def _numbers(count: int, dialect: Dialect) -> tuple[str, str]:
    match dialect:
        case "sqlite":
            return (
                "WITH RECURSIVE g(i) AS "
                f"(SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {count}) ",
                "g",
            )
        case "postgresql":
            return "", f"(SELECT CAST(s AS BIGINT) AS i FROM generate_series(1, {count}) s) g"
        case "duckdb":
            return "", f"(SELECT CAST(range AS BIGINT) AS i FROM range(1, {count + 1})) g"


def _insert(table: str, values: dict[str, str], count: int, dialect: Dialect) -> str:
    head, source = _numbers(count, dialect)
    names = ", ".join(f'"{name}"' for name in values)  # `at` is a keyword to DuckDB
    return f"INSERT INTO {table} ({names}) {head}SELECT {', '.join(values.values())} FROM {source}"


def _statements(contacts: int, events: int, dialect: Dialect) -> list[str]:
    companies = max(1, contacts // 10)
    start = micros(AS_OF - timedelta(days=_DAYS))
    step = (micros(AS_OF) - start) // events
    ten_years = 3_650 * 86_400_000_000
    return [
        _insert("crm_companies", {
            "id": _pad("co_", "i", dialect),
            "name": _pad("Company ", "i", dialect),
            "industry": _pick(21, _INDUSTRY),
            "employees": f"CASE WHEN {_h(22, 10)} = 0 THEN NULL ELSE 1 + {_h(23, 5000)} END",
            "country": _pick(24, _COUNTRIES),
        }, companies, dialect),
        _insert("crm_contacts", {
            "id": _pad("ct_", "i", dialect),
            "email": f"{_pad('person', 'i', dialect)} || '@example.com'",
            "first_name": _pick(1, ["Ana", "Ben", "Cleo", "Dora", "Émile", "Jürgen"]),
            "last_name": _pad("Name", "i", dialect),
            "job_title": _pick(2, ["VP Marketing", "Marketing Manager", "Engineer", "CFO", None]),
            "seniority": _pick(3, _SENIORITY),
            "job_function": _pick(4, _FUNCTION),
            "country": _pick(5, _COUNTRIES),
            "lifecycle_stage": _pick(6, _STAGES),
            "lead_score": f"CASE WHEN {_h(7, 5)} = 0 THEN NULL ELSE {_h(8, 100)} END",
            "company_id": f"CASE WHEN {_h(9, 10)} = 0 THEN NULL ELSE "
            f"{_pad('co_', f'1 + {_h(10, companies)}', dialect)} END",
            "consent": _pick(11, ["granted"] * 80 + ["denied"] * 5 + [None] * 15),
            "created_at": f"{micros(AS_OF)} - (({_h(12, 1_000_000)}) * {ten_years // 1_000_000})",
        }, contacts, dialect),
        _insert("crm_events", {
            "id": "i",
            "contact_id": _pad("ct_", f"1 + {_h(31, contacts)}", dialect),
            "type": _pick(32, _TYPES),
            "occurred_at": f"{start} + i * {step}",
            "asset": _pad("Asset ", _h(33, 200), dialect),
            "key": _pad("k", "i", dialect),
        }, events, dialect),
        _insert("crm_suppressions", {
            "email": f"{_pad('person', 'i * 25', dialect)} || '@example.com'",
            "reason": _pick(41, ["unsubscribed", "bounced", "complained", "manual"]),
            "at": str(start),
        }, contacts // 25, dialect),
    ]  # fmt: skip


def fill(run: Run, contacts: int, events: int, dialect: Dialect) -> float:
    """Fill the empty tables through `run`; return how many seconds it took."""
    started = time.perf_counter()
    for statement in _statements(contacts, events, dialect):
        run(statement)
    return time.perf_counter() - started


def fill_engine(engine: sa.Engine, contacts: int, events: int) -> float:
    """Create the tables, fill them, then build the secondary indexes and the statistics."""
    dialect: Dialect = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
    started = time.perf_counter()
    indexes = [index for table in metadata.sorted_tables for index in table.indexes]
    with engine.begin() as connection:
        metadata.create_all(connection)
        for index in indexes:
            index.drop(connection)
        fill(lambda sql: connection.exec_driver_sql(sql.replace("%", "%%")
             if dialect == "postgresql" else sql), contacts, events, dialect)  # fmt: skip
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if dialect == "sqlite" else "VACUUM ANALYZE")
    return time.perf_counter() - started
