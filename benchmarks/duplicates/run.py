"""One run: ours through the CRM's own door, and others' methods, on the same records.

Each method works in a process of its own, so that its time and its peak memory are its own. Times
include reading the CRM; the peak is what the operating system saw (VmHWM).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tools.crm.local.migrate import upgrade
from tools.crm.local.schema import companies, contacts
from tools.hygiene.change import Subject
from tools.hygiene.duplicates.find import find_duplicates
from tools.portable import insert_rows
from tools.sql import create_engine

from .copies import make
from .score import Figures, b_cubed, compare
from .world import Record, World

__all__ = ["child", "fill", "run"]

OURS = "Placet"
TIERS = ("exact", "certain", "review")
_MOMENT = 1_760_000_000_000_000
_COMPANY = ("id", "name", "domain", "phone", "city", "country")
_CONTACT = (
    "id", "email", "first_name", "last_name", "job_title", "phone", "country", "city",
    "company_name", "company_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One method's figures."""

    method: str
    pairs: Figures
    clusters: Figures
    b_cubed: float
    seconds: float
    megabytes: float
    tiers: dict[str, Figures]

    def text(self) -> str:
        """Return the line of the table."""
        cells = [f"{self.method:26}"]
        cells += [
            f"{one.precision:6.3f} {one.recall:6.3f} {one.f1:6.3f}"
            for one in (self.pairs, self.clusters)
        ]
        cells.append(f"{self.b_cubed:6.3f}")
        cells.append(f"{self.seconds:8.1f} s {self.megabytes:7.0f} MB")
        return " | ".join(cells)


def fill(url: str, world: World) -> None:
    """Write a world into an empty CRM."""
    engine = create_engine(url)
    upgrade(engine)
    for table, columns, rows in (
        (companies, _COMPANY, world.companies), (contacts, _CONTACT, world.contacts),
    ):  # fmt: skip
        for start in range(0, len(rows), 20_000):
            part = rows[start : start + 20_000]
            lines = [(*(row[name] for name in columns), _MOMENT, _MOMENT) for row in part]
            with engine.begin() as connection:
                insert_rows(connection, table, (*columns, "created_at", "updated_at"), lines)
    engine.dispose()


def _rows(url: str) -> list[Record]:
    """Return contacts with their company's fields, for others' methods."""
    engine = create_engine(url)
    firm = companies.c
    query = sa.select(
        contacts, firm.name.label("company.name"), firm.domain.label("company.domain")
    ).join_from(contacts, companies, contacts.c.company_id == firm.id, isouter=True)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def child(method: str, url: str, out: str) -> None:
    """Run one method and write down its clusters, seconds and peak memory."""
    began = time.perf_counter()
    if method.startswith(OURS):
        subject: Subject = "company" if "companies" in method else "contact"
        found = find_duplicates(create_engine(url), subject)
        clusters: list[Any] = [[one.tier, list(one.records)] for one in found]
    else:
        from .others import METHODS  # they need pandas; ours is measured without it

        clusters = [["review", one] for one in METHODS[method](_rows(url))]
    seconds = time.perf_counter() - began
    peak = _peak()
    Path(out).write_text(json.dumps([clusters, seconds, peak]), encoding="utf-8")


def _peak() -> float:
    """Return this process's highest resident memory in megabytes (since exec, on Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _measure(method: str, url: str, world: World) -> Line:
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.duplicates", "child", method, url,
             out.name], check=True,
        )  # fmt: skip
        clusters, seconds, peak = json.loads(Path(out.name).read_text(encoding="utf-8"))
    truth = world.company_truth if "companies" in method else world.contact_truth
    pairs, groups = compare([members for _, members in clusters], truth)
    tiers = {
        tier: compare([members for one, members in clusters if one == tier], truth)[0]
        for tier in TIERS
    }
    cubed = b_cubed([members for _, members in clusters], truth)
    return Line(method, pairs, groups, cubed, seconds, peak, tiers)


def run(size: int, seed: int, methods: Sequence[str]) -> list[Line]:
    """Make a CRM, run the methods on it, print the table."""
    world = make(size, seed)
    print(f"{len(world.contacts):,} contacts, {len(world.companies):,} companies, seed {seed}")
    print(f"{'':26} | pairs P     R     F1 | clusters P  R    F1 | B3 F1  |      time      peak")
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/crm.db"
        fill(url, world)
        for method in methods:
            line = _measure(method, url, world)
            lines.append(line)
            print(line.text(), flush=True)
            if method.startswith(OURS):
                print(_tiers(line), flush=True)
    return lines


def _tiers(line: Line) -> str:
    bulk_found = sum(line.tiers[tier].found for tier in ("exact", "certain"))
    bulk_right = sum(line.tiers[tier].right for tier in ("exact", "certain"))
    cells = [
        f"{tier}: {one.found:,} pairs, {one.found - one.right} wrong"
        for tier, one in line.tiers.items()
    ]
    share = bulk_right / bulk_found if bulk_found else 1.0
    reached = bulk_right / line.pairs.there if line.pairs.there else 0.0
    return (
        f"    {'; '.join(cells)}; bulk approval (exact, certain) precision {share:.5f}, "
        f"{reached:.1%} of the true pairs"
    )
