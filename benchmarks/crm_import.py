"""Import N contacts (default 100,000) beside a bare `csv.reader` + `executemany`, as ratios.

`python -m benchmarks.crm_import [ROWS]`. Each part runs in a process of its own, so that its peak
memory is its own. The bare loader reads the same file into one table with a unique email, in
transactions of the same size, and does nothing else: no clean-up, no look-up, no companies. The
ratio is of processor time, which other work on the machine disturbs little.
"""

import argparse
import csv
import multiprocessing
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from placet.clock import SystemClock
from tools.crm.importing import import_file
from tools.crm.local.migrate import upgrade
from tools.sql import create_engine

HEADER = (
    "Record ID", "First Name", "Last Name", "Email", "Job Title", "Phone Number", "City",
    "Country/Region", "Lifecycle Stage", "Lead Status", "Create Date", "Company Name",
)  # fmt: skip
TITLES = ("VP Marketing", "Head of Sales", "CFO", "Leiter Marketing", "Data Engineer", "")
COUNTRIES = ("Germany", "Deutschland", "USA", "France", "United Kingdom", "")
STAGES = ("Lead", "Marketing Qualified Lead", "Customer", "Subscriber", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        write(path, rows)
        print(f"{rows:,} contacts, {path.stat().st_size / 1e6:,.0f} MB of CSV, SQLite\n")
        print(f"{'':24}{'seconds':>9}{'cpu s':>8}{'rows/s':>10}{'peak MB':>9}{'x bare':>8}")
        bare = measure("bare executemany", bare_load, path, rows, None)
        measure("import, first time", first_import, path, rows, bare)
        measure("import, dry run again", dry_run, path, rows, bare)
        measure("import, second time", first_import, path, rows, bare)


def measure(
    name: str, job: Callable[[Path], None], path: Path, rows: int, bare: float | None
) -> float:
    fresh = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[tuple[float, float, float]] = fresh.Queue()
    process = fresh.Process(target=timed, args=(job, path, queue))
    process.start()
    seconds, cpu, peak = queue.get()
    process.join()
    ratio = f"{cpu / bare:8.1f}" if bare else f"{1:8.1f}"
    print(f"{name:24}{seconds:9.1f}{cpu:8.1f}{rows / seconds:10,.0f}{peak:9.0f}{ratio}")
    return cpu


def timed(
    job: Callable[[Path], None],
    path: Path,
    queue: "multiprocessing.Queue[tuple[float, float, float]]",
) -> None:
    start, before = time.perf_counter(), time.process_time()
    job(path)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    queue.put((seconds, time.process_time() - before, peak))


def bare_load(path: Path) -> None:
    connection = sqlite3.connect(path.with_suffix(".bare.db"))
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    columns = ", ".join(f"c{n} TEXT{' UNIQUE' if n == 3 else ''}" for n in range(len(HEADER)))
    connection.execute(f"CREATE TABLE contacts ({columns})")
    marks = ", ".join("?" * len(HEADER))
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        while batch := list(islice(reader, 1_000)):
            with connection:
                connection.executemany(f"INSERT INTO contacts VALUES ({marks})", batch)
    connection.close()


def first_import(path: Path) -> None:
    _import(path, dry_run=False)


def dry_run(path: Path) -> None:
    _import(path, dry_run=True)


def _import(path: Path, *, dry_run: bool) -> None:
    engine = create_engine(f"sqlite:///{path.with_suffix('.db')}")
    upgrade(engine)
    report = import_file(
        engine, "contacts", path, dry_run=dry_run, zone=ZoneInfo("UTC"),
        progress=lambda done, total: None, clock=SystemClock(),
    )  # fmt: skip
    if report.skipped or report.bad_count:
        raise SystemExit(f"the benchmark's own file has bad rows: {report.bad_rows[:3]}")
    engine.dispose()


def write(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_rows(rows))


def _rows(rows: int) -> Iterator[list[object]]:
    dice = random.Random(1)
    for n in range(rows):
        firm = dice.randrange(max(1, rows // 6))
        day = f"2025-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d} 14:22"
        yield [
            n, f"First{n % 977}", f"Last{n % 9973}", f"person{n}@firm{firm}.example",
            dice.choice(TITLES), f"+49 30 {dice.randrange(10**6)}", "Berlin",
            dice.choice(COUNTRIES), dice.choice(STAGES), "New", day, f"Firm {firm} GmbH",
        ]  # fmt: skip


if __name__ == "__main__":
    main()
