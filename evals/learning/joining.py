"""Harvested cases beside the authored ones, for a run of train or dev: never in the held-out part.

Four things stand between a decision and the test part: a candidate's part is drawn from train and
dev, its model refuses another one, `read_case` refuses the part test, and a suite is joined here
from a copy whose test part is not touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from evals.case import Case, Part
from evals.suite import Suite
from placet.errors import Conflict

from .candidate import Candidate, read_case
from .normal import HeldOut

__all__ = ["joined"]


def joined(
    suite: Suite, accepted: Iterable[Candidate], *, fits: Sequence[str] | None = None
) -> tuple[Suite, tuple[tuple[str, str], ...]]:
    """Return the suite with accepted cases in train and dev, and which were left out and why.

    Args:
        suite: the authored one.
        accepted: reviewed candidates of its trade; others are passed over.
        fits: ids of the cases that the suite's world can hold; None: all.

    Raises:
        Conflict: the test part would change; nothing is run.
    """
    held_out = HeldOut.of(case.request for _, case in suite.cases("test"))
    ids = {case.id for _, case in suite.cases()}
    added: dict[Part, list[Case]] = {"train": [], "dev": []}
    left = list[tuple[str, str]]()
    for one in accepted:
        why = _why_not(one, suite, ids, held_out, fits)
        if why is None and one.case is not None:
            case = read_case(one.trade, one.case, one.part)
            added[one.part].append(case)
            ids.add(case.id)
        elif why:
            left.append((one.id, why))
    parts = dict(suite.parts)
    for part, cases in added.items():
        if cases:
            parts[part] = (*parts.get(part, ()), *cases)
    if parts.get("test") != suite.parts.get("test"):
        raise Conflict("A harvested case is in the held-out part; nothing is run.")
    return suite.model_copy(update={"parts": parts, "digest": _digest(suite, added)}), tuple(left)


def _why_not(
    one: Candidate, suite: Suite, ids: set[str], held_out: HeldOut, fits: Sequence[str] | None
) -> str | None:
    if one.trade != suite.spec.trade:
        return ""
    if one.case is None:
        return "it has no gold"
    if str(one.case.get("id")) in ids:
        return "a case of this id is there"
    if held_out.holds(one.request):
        return "a case that is held out holds this request"
    if fits is not None and one.id not in fits:
        return "the suite's world has no such field or value"
    return None


def _digest(suite: Suite, added: dict[Part, list[Case]]) -> str:
    """Return the suite's own digest where nothing was added, else one over both."""
    lines = [f"{part}\0{case.model_dump_json()}" for part, cases in added.items() for case in cases]
    if not lines:
        return suite.digest
    return hashlib.sha256("\n".join([suite.digest, *sorted(lines)]).encode()).hexdigest()
