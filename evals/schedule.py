"""Works a list of attempts off, in several threads, within a budget, writing each result down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Final

from placet.errors import ModelUnavailable

from .case import Case, Part
from .ending import CaseResult
from .plan import Plan

__all__ = ["UNANSWERED", "Attempt", "Schedule"]

UNANSWERED: Final = ModelUnavailable.__name__
"""A case whose error starts with this was never answered: a resumed run takes it up again."""
_IN_A_ROW: Final = 8
"""After so many of them in a row the model is taken to be down: each costs minutes of waiting."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One case to be run in one epoch."""

    part: Part
    case: Case
    epoch: int


class Schedule:
    """What is still to be run, and what came of the rest.

    A result is written down before its thread takes the next attempt, so that a kill loses at most
    what was under way. The budget is looked at before each attempt: a run ends at most one case per
    thread beyond it.
    """

    def __init__(
        self,
        attempts: Sequence[Attempt],
        *,
        plan: Plan,
        done: Mapping[tuple[str, int], CaseResult],
        keep: Callable[[CaseResult], None],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        keys = [(one.case.id, one.epoch) for one in attempts]
        self.results = [done[key] for key in keys if key in done]
        """In the order in which they ended."""
        self.stopped: str | None = None
        """Why it ended before all attempts were made, in words."""
        left = [one for one, key in zip(attempts, keys, strict=True) if key not in done]
        self._left, self._all = iter(left), len(attempts)
        self._plan, self._keep, self._progress = plan, keep, progress
        self._down: str | None = None
        self._guard, self._ending, self._row = threading.Lock(), False, 0
        self._tokens = sum(one.read + one.written for one in self.results)
        self._money = sum(one.cost for one in self.results)

    def work_off(self, one: Callable[[Attempt], CaseResult]) -> None:
        """Run all that is left; an error of `one`, or a key press, ends it once threads are free.

        Raises:
            Exception: the first that `one` or the writing down raised.

        """
        if self._plan.concurrency == 1:
            return self._work(one)
        with ThreadPoolExecutor(self._plan.concurrency, thread_name_prefix="eval") as pool:
            workers = [pool.submit(self._work, one) for _ in range(self._plan.concurrency)]
            try:
                for worker in as_completed(workers):
                    worker.result()
            except BaseException:
                self._ending = True
                raise

    def _work(self, one: Callable[[Attempt], CaseResult]) -> None:
        while (attempt := self._next()) is not None:
            result = one(attempt)
            self._keep(result)
            self._count(result)

    def _next(self) -> Attempt | None:
        with self._guard:
            if self._ending or self.stopped is not None:
                return None
            attempt = next(self._left, None)
            if attempt is not None:
                self.stopped = self._down or self._plan.spent(self._tokens, self._money)
            return None if self.stopped else attempt

    def _count(self, result: CaseResult) -> None:
        with self._guard:
            self.results.append(result)
            self._tokens += result.read + result.written
            self._money += result.cost
            self._note_silence(result.error or "")
            if self._progress is not None:
                self._progress(len(self.results), self._all)

    def _note_silence(self, error: str) -> None:
        self._row = self._row + 1 if error.startswith(UNANSWERED) else 0
        if self._row >= _IN_A_ROW:
            said = error.removeprefix(f"{UNANSWERED}: ").rstrip(".")
            self._down = f"the model gave no answer {self._row} times in a row ({said})"
