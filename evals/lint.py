"""What is wrong with a suite's cases beyond their types: leaks, repeats, gold that says nothing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from .case import Case, Part
from .suite import Suite
from .task import Task

__all__ = ["lint"]

_TOO_ALIKE = 0.8  # share of common words from which two requests are one request reworded


def lint(suite: Suite, task: Task | None = None) -> tuple[str, ...]:
    """Return every problem in words, sorted; empty is good. Gold is checked where a task is."""
    found = [*_repeated(suite), *_leaks(suite), *_alike(suite)]
    if task is not None:
        for _, case in suite.cases():
            found += task.lint(case, suite.spec)
    return tuple(sorted(found))


def _repeated(suite: Suite) -> Iterator[str]:
    cases = [case for _, case in suite.cases()]
    ids = Counter(case.id for case in cases)
    requests = Counter(" ".join(_words(case)) for case in cases)
    yield from (f"{id_}: this id is used {n} times" for id_, n in ids.items() if n > 1)
    for case in cases:
        if requests[" ".join(_words(case))] > 1:
            yield f"{case.id}: another case has the same request"


def _leaks(suite: Suite) -> Iterator[str]:
    parts: defaultdict[str, set[Part]] = defaultdict(set)
    for part, case in suite.cases():
        parts[case.cluster].add(part)
        if not case.id.startswith(f"{part}-"):
            yield f"{case.id}: the id of a case in {part} starts with {part}-"
    for cluster, found in parts.items():
        if len(found) > 1:
            yield f"cluster {cluster} is in {' and '.join(sorted(found))}: it may be in one part"


def _alike(suite: Suite) -> Iterator[str]:
    cases = list(suite.cases())
    for index, (part, case) in enumerate(cases):
        for other_part, other in cases[index + 1 :]:
            one, two = set(_words(case)), set(_words(other))
            if part != other_part and len(one & two) / len(one | two) >= _TOO_ALIKE:
                yield f"{case.id} and {other.id} are one request reworded, in two parts"


def _words(case: Case) -> list[str]:
    return re.findall(r"\w+", case.request.casefold())
