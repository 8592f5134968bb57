"""One run: make, damage, load, audit, plan, compare; and the table that shows it."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.hygiene.catalogue import DETECTORS
from tools.hygiene.plan import plan
from tools.hygiene.read import fields_of, read_columns
from tools.sql import create_engine

from .clean import AS_OF, OWNERS, make
from .errors import corrupt
from .load import load
from .score import Result, score

__all__ = ["Outcome", "run", "table"]

PRECISION, RECALL = 0.99, 0.95


@dataclass(frozen=True)
class Outcome:
    """What a run gave, and how long its parts took."""

    contacts: int
    damaged: int
    result: Result
    seconds: dict[str, float]

    @property
    def failing(self) -> list[str]:
        """Return every goal that does not hold, in words."""
        found = []
        for name, one in self.result.detectors.items():
            sure, good = one.proposed["certain"], one.good["certain"]
            if sure and good / sure < PRECISION:
                found.append(f"{name}: certain repairs right {good / sure:.4f} of {sure}")
            if one.expected and one.met / one.expected < RECALL:
                found.append(f"{name}: found {one.met / one.expected:.3f} of {one.expected}")
        if self.result.worse:
            found.append(f"{self.result.worse} right values made worse")
        return found

    @property
    def held(self) -> bool:
        """Tell whether every goal holds."""
        return not self.failing


def run(contacts: int, *, share: float = 0.3, seed: int = 7) -> Outcome:
    """Return the outcome for a CRM of this size."""
    seconds: dict[str, float] = {}
    started = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal started
        seconds[name], started = time.perf_counter() - started, time.perf_counter()

    made = make(contacts, seed)
    right: dict[tuple[str, str], Any] = {
        (row["id"], name): value
        for row in (*made.contacts, *made.companies)
        for name, value in row.items()
    }
    key = corrupt(made, share, seed + 4)
    lap("make")
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'crm.db'}")
        load(engine, made)
        lap("load")
        columns = read_columns(engine, fields_of(DETECTORS), as_of=AS_OF, active_owners=OWNERS)
        engine.dispose()
    lap("read")
    findings = [found for one in DETECTORS for found in one.find(columns)]
    lap("detect")
    repairs = plan(columns)
    lap("plan")
    result = score(made, right, key, DETECTORS, findings, repairs)
    return Outcome(contacts, len(key), result, seconds)


def table(outcome: Outcome, *, misses: int = 0) -> str:
    """Return the figures as text."""
    lines = [
        f"{outcome.contacts:,} contacts, {outcome.damaged:,} damaged fields; "
        + ", ".join(f"{name} {took:.1f} s" for name, took in outcome.seconds.items()),
        "",
        f"{'detector':26}{'found':>8}{'right':>8}{'expected':>10}{'recall':>8}"
        f"{'certain':>9}{'right':>8}{'worse':>7}{'likely':>8}{'right':>8}{'doubtful':>10}{'right':>8}",
    ]
    for name, one in outcome.result.detectors.items():
        lines.append(
            f"{name:26}{one.found:8,}{_share(one.right, one.found):>8}{one.expected:10,}"
            f"{_share(one.met, one.expected):>8}{one.proposed['certain']:9,}"
            f"{_share(one.good['certain'], one.proposed['certain']):>8}{one.worse['certain']:7}"
            f"{one.proposed['likely']:8,}{_share(one.good['likely'], one.proposed['likely']):>8}"
            f"{one.proposed['doubtful']:10,}"
            f"{_share(one.good['doubtful'], one.proposed['doubtful']):>8}"
        )
    lines += ["", f"{'kind of error':32}{'damaged':>8}{'found':>8}{'repaired right: certain':>25}"
              f"{'any':>8}{'wrong: certain':>16}{'any':>6}"]  # fmt: skip
    for name, kind in sorted(outcome.result.kinds.items()):
        lines.append(
            f"{name:32}{kind.damaged:8,}{_share(kind.found, kind.damaged):>8}"
            f"{_share(kind.repaired['certain'], kind.damaged):>25}"
            f"{_share(kind.repaired.total(), kind.damaged):>8}"
            f"{kind.wrong['certain']:16}{kind.wrong.total():6}"
        )
    lines += [
        "",
        f"right values made worse by approving all that is certain: {outcome.result.worse}",
    ]
    lines += [f"does not hold: {one}" for one in outcome.failing] or ["every goal holds"]
    if misses:
        shown: Counter[str] = Counter()
        for miss in outcome.result.misses:
            kind_of = miss.partition(":")[0]
            shown[kind_of] += 1
            if shown[kind_of] <= misses:
                lines.append("  " + miss)
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"
