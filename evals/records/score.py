"""Scores the end state that drafts lead to. Pure: a case and cells in, a score out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evals.score import RIGHT, Outcome, Score, due

from .applying import After, Key
from .case import RecordCase

__all__ = ["VERSION", "Gold", "Verdict", "judge", "score_records"]

VERSION = "records/2"
"""Moves with every change of what an outcome means; scores of two versions are not compared."""
_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Gold:
    """What is right, as cells: must change in bulk, must change, may change."""

    certain: Mapping[Key, str | None] = field(default_factory=dict)
    look: Mapping[Key, str | None] = field(default_factory=dict)
    maybe: Mapping[Key, str | None] = field(default_factory=dict)
    merged: frozenset[frozenset[str]] = frozenset()
    maybe_merged: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is wrong with an end state, a line each."""

    missing: Sequence[str] = ()
    """What should have changed and did not."""
    wrong: Sequence[str] = ()
    """What changed to another value than the right one."""
    extra: Sequence[str] = ()
    """What changed and should not: collateral."""
    rash: Sequence[str] = ()
    """What was offered for approval in bulk and needs a look."""
    right: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, the worst first."""
        return (*self.extra, *self.wrong, *self.rash, *self.missing)


def judge(gold: Gold, bulk: After, every: After) -> Verdict:
    """Compare the end state of all drafts, and of those for approval in bulk, cell by cell."""
    due_cells = {**gold.certain, **gold.look}
    known = {**due_cells, **gold.maybe}
    extra = [_cell(key, value) for key, value in every.cells.items() if key not in known]
    wrong = [
        f"{_cell(key, every.cells[key])}, not {value!r}"
        for key, value in known.items()
        if key in every.cells and every.cells[key] != value
    ]
    rash = [_cell(key, bulk.cells[key]) for key in bulk.cells
            if key in gold.look or key in gold.maybe]  # fmt: skip
    missing = [f"{'.'.join(key)} should become {value!r}" for key, value in due_cells.items()
               if key not in every.cells]  # fmt: skip
    extra += [_group(one) for one in every.merged - gold.merged - gold.maybe_merged]
    rash += [_group(one) for one in bulk.merged & gold.maybe_merged]
    missing += [f"{_group(one)} should" for one in gold.merged - every.merged]
    right = sum(every.cells.get(key, key) == value for key, value in due_cells.items())
    return Verdict(
        missing=missing, wrong=wrong, extra=extra, rash=rash,
        right=right + len(gold.merged & every.merged),
    )  # fmt: skip


def score_records(
    case: RecordCase, blocked: Sequence[str], verdict: Verdict | None, *, repeats: bool = True,
    restores: bool = True,
) -> Score:  # fmt: skip
    """Score drafts.

    Args:
        case: what was asked.
        blocked: the drafts' own checks that block Approve, in words.
        verdict: how the end state differs from the gold; None where no draft was due.
        repeats: whether carrying the drafts out twice is the same as once.
        restores: whether the inverse of the changes gives back what was stored.
    """
    outcome, reason = _judge(case, blocked, verdict, repeats and restores)
    if outcome is Outcome.SILENTLY_WRONG and repeats and not restores:
        reason = "what it changes cannot be put back"
    collateral = verdict is not None and bool(verdict.extra)
    return Score(
        value=float(outcome in RIGHT), outcome=outcome, reason=reason, version=VERSION,
        hard=not blocked and (collateral or not (repeats and restores)),
    )  # fmt: skip


def _judge(
    case: RecordCase, blocked: Sequence[str], verdict: Verdict | None, repeats: bool
) -> tuple[Outcome, str]:
    if blocked:
        return Outcome.UNUSABLE, f"blocked by its own checks: {'; '.join(blocked)}"
    if verdict is None:
        return Outcome.SILENTLY_WRONG, f"drafted a change where {due(case)} was due"
    if not repeats:
        return Outcome.SILENTLY_WRONG, "carried out twice it changes more than once"
    if lines := verdict.lines:
        more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
        return Outcome.SILENTLY_WRONG, f"{'; '.join(lines[:_SHOWN])}{more}"
    return Outcome.EXACT, f"{verdict.right} right, nothing else touched"


def _cell(key: Key, value: str | None) -> str:
    return f"{'.'.join(key)} became {value!r}"


def _group(records: frozenset[str]) -> str:
    return f"{' + '.join(sorted(records))} become one"
