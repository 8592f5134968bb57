"""What an audit costs: `python -m benchmarks.audit --contacts 10000 100000 1000000 [--keep DIR]`.

For each size a CRM is generated and 30 per cent of its records are damaged (`benchmarks.decay`).
Then, each in a process of its own, so that peak memory is told apart: the audit; one plain scan of
the same tables in DuckDB (every value of every column hashed once); and the same rows fetched from
SQLite by Python and dropped, which is what no audit in Python can undercut.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import sqlalchemy as sa

from benchmarks.decay.clean import AS_OF, make
from benchmarks.decay.errors import corrupt
from benchmarks.decay.load import load
from tools.crm.local.schema import metadata
from tools.sql import create_engine

TABLES = tuple(
    table.name
    for table in metadata.sorted_tables
    if table.name.removeprefix("crm_")
    in ("companies", "contacts", "events", "deals", "lists", "list_members", "suppressions")
)


def prepare(folder: Path, contacts: int) -> None:
    """Make both databases once; a kept folder is used as it is."""
    crm, duck = folder / f"{contacts}.db", folder / f"{contacts}.duckdb"
    if duck.exists():
        return
    for one in (crm, duck):
        one.unlink(missing_ok=True)
    made = make(contacts)
    corrupt(made)
    engine = create_engine(f"sqlite:///{crm}")
    load(engine, made)
    with duckdb.connect(str(duck)) as connection:
        for name in TABLES:
            copy(engine, connection, name, folder / "rows.csv")
    engine.dispose()


def copy(engine: sa.Engine, to: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    """Copy a table by way of a file; DuckDB's own way into SQLite is an extension to download."""
    with engine.connect() as connection, file.open("w", newline="", encoding="utf-8") as out:
        rows = connection.execute(sa.text(f"SELECT * FROM {name}"))
        writer = csv.writer(out)
        writer.writerow(rows.keys())
        writer.writerows(rows)
    to.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv(?, header = true)", [str(file)])
    file.unlink()


# --- what is measured, each in a process of its own ----------------------------------------------


def by_audit(path: str) -> str:
    """Audit the CRM."""
    from tools.hygiene.audit import audit

    engine = create_engine(f"sqlite:///{path}.db")
    made = audit(engine, as_of=AS_OF)
    engine.dispose()
    return f"{sum(one.findings for one in made.detectors):,} findings"


def by_duckdb(path: str) -> str:
    """Read every value once, on one thread as the audit has."""
    with duckdb.connect(f"{path}.duckdb", read_only=True) as connection:
        connection.execute("SET threads = 1")
        for name in TABLES:
            connection.execute(f"SELECT bit_xor(hash(COLUMNS(*))) FROM {name}").fetchall()
    return "every value hashed"


def by_fetching(path: str) -> str:
    """Fetch every row into Python, and drop it."""
    engine = create_engine(f"sqlite:///{path}.db")
    many = 0
    with engine.connect().execution_options(yield_per=20_000) as connection:
        for name in TABLES:
            found = connection.execute(sa.text(f"SELECT * FROM {name}"))
            many += sum(len(part) for part in found.partitions())
    engine.dispose()
    return f"{many:,} rows"


WAYS: dict[str, Callable[[str], str]] = {
    "audit": by_audit, "DuckDB scan": by_duckdb, "rows fetched": by_fetching,
}  # fmt: skip


def measured(way: str, path: Path) -> dict[str, object]:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.audit", "--one", way, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def peak_mb() -> float:
    """Return this process's own peak; `ru_maxrss` would start at what its parent held."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(told.group(1)) / 1024 if told else float("nan")


def one(way: str, path: str) -> None:
    # Importing is paid once a process, and is not what grows.
    import tools.hygiene.audit.run  # noqa: F401

    gc.collect()
    began, cpu = time.perf_counter(), time.process_time()
    told = WAYS[way](path)
    print(json.dumps({
        "seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu,
        "peak": peak_mb(), "told": told,
    }))  # fmt: skip


def report(folder: Path, sizes: list[int]) -> None:
    before: tuple[int, float] | None = None
    for contacts in sizes:
        prepare(folder, contacts)
        print(f"\n{contacts:,} contacts" + " " * 12 + "seconds      CPU   peak MB   against DuckDB")
        found = {way: measured(way, folder / str(contacts)) for way in WAYS}
        scan = float(str(found["DuckDB scan"]["cpu"]))
        for way, figures in found.items():
            cpu, seconds = float(str(figures["cpu"])), float(str(figures["seconds"]))
            print(f"  {way:24} {seconds:10.2f} {cpu:8.2f} {float(str(figures['peak'])):9.0f}"
                  f" {cpu / scan:10.1f}x   {figures['told']}", flush=True)  # fmt: skip
        cpu = float(str(found["audit"]["cpu"]))
        if before is not None:
            grown, took = contacts / before[0], cpu / before[1]
            print(f"  {grown:.0f} times the contacts, {took:.1f} times the CPU time")
        before = contacts, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--contacts", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--keep", type=Path, help="where to keep the databases for another run")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "PATH"), help="one measurement, inside")
    given = parser.parse_args()
    if given.one:
        one(*given.one)
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = given.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        report(kept, given.contacts)


if __name__ == "__main__":
    main()
