"""What is wrong with a suite's cases beyond their types: leaks, repeats, gold that says nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz

from .case import Case, Part
from .recorded import recorded_digests
from .splitting import seen_part_of
from .suite import Suite
from .task import Task

__all__ = ["TOO_ALIKE", "lint"]

TOO_ALIKE = 0.8
"""The share of common words from which two requests are one request reworded."""
_TOO_CLOSE = 90.0
"""Of 100, by edit distance: the same words typed a little differently."""


def lint(
    suite: Suite, task: Task | None = None, *, recorded: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return every problem in words, sorted; empty is good. Gold is checked where a task is.

    Args:
        suite: what is checked.
        task: brings the world that the gold must be valid in.
        recorded: the digest of each version that was published; the suite's own where None.
    """
    versions = recorded_digests(suite.spec.name) if recorded is None else recorded
    found = [*_repeated(suite), *_leaks(suite), *_alike(suite), *_promises(suite)]
    found += _version(suite, versions)
    if task is not None:
        for _, case in suite.cases():
            found += task.lint(case, suite.spec)
    return tuple(sorted(found))


def _repeated(suite: Suite) -> Iterator[str]:
    cases = [case for _, case in suite.cases()]
    ids = Counter(case.id for case in cases)
    requests = Counter(_key(case) for case in cases)
    yield from (f"{id_}: this id is used {n} times" for id_, n in ids.items() if n > 1)
    for case in cases:
        if requests[_key(case)] > 1:
            yield f"{case.id}: another case has the same request"


def _leaks(suite: Suite) -> Iterator[str]:
    parts: defaultdict[str, set[Part]] = defaultdict(set)
    for part, case in suite.cases():
        parts[case.cluster].add(part)
        if not case.id.startswith(f"{part}-"):
            yield f"{case.id}: the id of a case in {part} starts with {part}-"
        if part == "test" and case.source == "harvested":
            yield f"{case.id}: a harvested case is never held out; the test part grows by hand"
    for cluster, found in parts.items():
        if len(found) > 1:
            yield f"cluster {cluster} is in {' and '.join(sorted(found))}: it may be in one part"
        for part in found - {"test", seen_part_of(cluster)}:
            yield f"cluster {cluster} is in {part}: by its hash it belongs to {_other(part)}"


def _alike(suite: Suite) -> Iterator[str]:
    cases = [(part, case, _key(case)) for part, case in suite.cases()]
    for index, (part, case, said) in enumerate(cases):
        for other_part, other, says in cases[index + 1 :]:
            if part != other_part and _same(said, says):
                yield f"{case.id} and {other.id} are one request reworded, in two parts"


def _same(said: str, says: str) -> bool:
    one, two = set(said.split()), set(says.split())
    if not one or not two:
        return False
    alike = len(one & two) / len(one | two) >= TOO_ALIKE
    return alike or fuzz.ratio(said, says, score_cutoff=_TOO_CLOSE) > 0


def _promises(suite: Suite) -> Iterator[str]:
    """Yield what `suite.yaml` says and the cases do not keep, or thresholds that decide nothing."""
    spec = suite.spec
    authored = sum(case.source == "authored" for _, case in suite.cases())
    if authored < spec.authored_cases:
        yield f"suite.yaml: {spec.authored_cases} authored cases are promised, there are {authored}"
    if spec.thresholds.accuracy == 0 or spec.thresholds.silently_wrong == 1:
        yield "suite.yaml: thresholds that every run meets decide nothing"
    for part, cases in suite.parts.items():
        if part != "train" and 0 < len(cases) < spec.minimum_cases:
            yield f"{part}: {len(cases)} cases, and {spec.minimum_cases} are needed to decide"


def _version(suite: Suite, recorded: Mapping[str, str]) -> Iterator[str]:
    known = recorded.get(suite.spec.version)
    if known is not None and known != suite.digest:
        yield (
            f"suite.yaml: the cases changed since version {suite.spec.version} was recorded; raise "
            "`version`, say in the README what changed, and record it: placet eval lint --record"
        )
    elif known is None and recorded:
        yield (
            f"suite.yaml: version {suite.spec.version} is not recorded; placet eval lint --record"
        )


def _other(part: Part) -> Part:
    return "dev" if part == "train" else "train"


def _key(case: Case) -> str:
    """Return what is said without case, punctuation and white space that say nothing."""
    return " ".join(re.findall(r"\w+", case.said.casefold()))
