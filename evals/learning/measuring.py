"""Measuring texts within a hard budget: what was run is never run again, and nothing is run beyond.

A meter runs cases of train and dev. Asked for the held-out part it refuses: a text that was chosen
by looking at it would look good on it for no reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from evals.case import Part
from evals.paired import Interval, clustered_difference
from evals.port import Evaluate, EvaluateSome
from evals.result import CaseResult, SuiteResult
from placet.errors import NotAllowed

__all__ = ["Allowance", "Effect", "Meter", "OutOfBudget", "Spent", "value_of"]

_LEARNING: tuple[Part, ...] = ("train", "dev")
_MILLION = 1_000_000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OutOfBudget(Exception):
    """The next step would go beyond the budget; caught where the best text so far is returned."""


class Allowance(_Value):
    """How much one search for a better text may cost; whatever ends first ends it."""

    evaluations: int = Field(default=2_000, ge=1)
    """Cases run, each counted once per text."""
    tokens: int = Field(default=2_000_000, ge=1)
    """Read and written, by the drafter and by the proposer."""
    money: float | None = Field(default=None, gt=0)
    """In the currency of the settings' prices; None: only the two above count."""


class Spent(_Value):
    """What a search has cost so far."""

    evaluations: int = 0
    tokens: int = 0
    money: float = 0.0

    def words(self) -> str:
        """Return it in words."""
        money = f", {self.money:.2f} in money" if self.money else ""
        return f"{self.evaluations:,} case runs, {self.tokens:,} tokens{money}"


class Effect(_Value):
    """One text against another on the same cases: the second minus the first."""

    part: Part
    cases: int
    first: float
    """Share passed with the first."""
    second: float
    right: Interval
    silently_wrong: Interval

    @property
    def helps(self) -> bool:
        """Whether more passes and no more is silently wrong, as measured; says not how surely."""
        return self.right.value > 0 and self.silently_wrong.value <= 0

    def words(self) -> str:
        """Return it in words, with how many cases it rests on."""
        low, high = 100 * self.right.low, 100 * self.right.high
        return (
            f"{self.part}: {self.first:.1%} to {self.second:.1%} right, "
            f"{100 * self.right.value:+.1f} points ({low:+.1f} to {high:+.1f}), {self.cases} cases"
        )


class Meter:
    """Runs one suite with texts, keeps every result, and stops before the budget is exceeded."""

    def __init__(
        self,
        evaluate: Evaluate,
        suite: str,
        allowance: Allowance,
        *,
        sizes: Mapping[Part, int] | None = None,
        price_read: float = 0.0,
        price_written: float = 0.0,
    ) -> None:
        """Take what runs the suite, how many cases its parts have, what a million tokens cost."""
        self._evaluate, self.suite, self.allowance = evaluate, suite, allowance
        self._price_read, self._price_written = price_read, price_written
        self._known: dict[tuple[str, Part], dict[str, CaseResult]] = {}
        self._sizes = dict(sizes or {})
        self._evaluations, self._tokens, self._money, self._calls = 0, 0, 0.0, 0

    # --- what it costs -------------------------------------------------------------------------

    @property
    def spent(self) -> Spent:
        """What was spent so far."""
        return Spent(evaluations=self._evaluations, tokens=self._tokens, money=self._money)

    def left(self) -> tuple[int, float | None]:
        """Return the tokens and the money that are left; for runs that can stop by themselves."""
        limit = self.allowance
        money = None if limit.money is None else max(0.0, limit.money - self._money)
        return max(0, limit.tokens - self._tokens), money

    @property
    def over(self) -> bool:
        """Whether nothing more may be run."""
        return self._why_over(1) is not None

    def pay(self, *, read: int = 0, written: int = 0, money: float = 0.0) -> None:
        """Count tokens of the proposer, or of a run."""
        self._tokens += read + written
        own = (read * self._price_read + written * self._price_written) / _MILLION
        self._money += money or own

    def ask(self, tokens: int) -> None:
        """Raise `OutOfBudget` where so many more tokens are too many."""
        if self._tokens + tokens > self.allowance.tokens:
            raise OutOfBudget(f"{self.allowance.tokens:,} tokens are used up")
        self._allow(0)

    def _allow(self, cases: int) -> None:
        why = self._why_over(cases)
        if why is not None:
            raise OutOfBudget(why)

    def _why_over(self, cases: int) -> str | None:
        limit = self.allowance
        about = self._tokens / self._evaluations * cases if self._evaluations else 0
        cost = self._money / self._evaluations * cases if self._evaluations else 0
        if self._evaluations + cases > limit.evaluations:
            return f"{limit.evaluations:,} case runs are used up"
        if self._tokens + about > limit.tokens or self._tokens >= limit.tokens:
            return f"{limit.tokens:,} tokens are used up"
        if limit.money is not None and (
            self._money + cost > limit.money or self._money >= limit.money
        ):
            return f"{limit.money:.2f} in money is used up"
        return None

    # --- running -------------------------------------------------------------------------------

    def whole(self, text: bytes, part: Part) -> Mapping[str, CaseResult]:
        """Return every case of a part with this text, by id.

        Raises:
            NotAllowed: the part is held out.
            OutOfBudget: it would cost more than is left.
        """
        _learning(part)
        found = self._results(text, part)
        size = self._sizes.get(part)
        if size is None or len(found) < size:
            self._allow(size or 1)
            self._keep(text, part, self._evaluate(self.suite, text, part))
            self._sizes[part] = len(self._results(text, part))
        return self._results(text, part)

    def some(self, text: bytes, part: Part, ids: Sequence[str]) -> Mapping[str, CaseResult]:
        """Return these cases of a part with this text, by id.

        Raises:
            NotAllowed: the part is held out.
            OutOfBudget: it would cost more than is left.
        """
        _learning(part)
        found = self._results(text, part)
        missing = [one for one in ids if one not in found]
        if missing and isinstance(self._evaluate, EvaluateSome):
            self._allow(len(missing))
            self._keep(text, part, self._evaluate.some(self.suite, text, part, missing))
        elif missing:
            self.whole(text, part)
        return {one: self._results(text, part)[one] for one in ids}

    def effect(self, first: bytes, second: bytes, part: Part) -> Effect:
        """Return what the second text does on a part, paired with the first.

        Raises:
            NotAllowed: the part is held out.
            OutOfBudget: it would cost more than is left.
        """
        a, b = self.whole(first, part), self.whole(second, part)
        return effect_of(a, b, part)

    def _results(self, text: bytes, part: Part) -> dict[str, CaseResult]:
        return self._known.setdefault((hashlib.sha256(text).hexdigest(), part), {})

    def _keep(self, text: bytes, part: Part, result: SuiteResult) -> None:
        known = self._results(text, part)
        fresh = [case for case in result.cases if case.id not in known]
        self._evaluations += len(fresh)
        for case in fresh:
            known[case.id] = case
            self.pay(read=case.read, written=case.written, money=case.cost)
        if result.stopped is not None:  # the run itself saw that it would go beyond
            raise OutOfBudget(result.stopped)


def effect_of(
    first: Mapping[str, CaseResult], second: Mapping[str, CaseResult], part: Part
) -> Effect:
    """Return the difference over the cases that both could score."""
    pairs = [
        (case, second[id_])
        for id_, case in first.items()
        if id_ in second and case.score is not None and second[id_].score is not None
    ]
    clusters = [a.cluster for a, _ in pairs]
    return Effect(
        part=part,
        cases=len(pairs),
        first=_share([a.right for a, _ in pairs]),
        second=_share([b.right for _, b in pairs]),
        right=clustered_difference([int(b.right) - int(a.right) for a, b in pairs], clusters),
        silently_wrong=clustered_difference(
            [int(b.silently_wrong) - int(a.silently_wrong) for a, b in pairs], clusters
        ),
    )


def value_of(case: CaseResult) -> float:
    """Return what a case is worth to a search: 1 right, 0 silently wrong or not scored, else 0.5.

    A needless question is a smaller harm than a draft that looks right and is not.
    """
    if case.score is None or case.silently_wrong:
        return 0.0
    return 1.0 if case.right else 0.5


def _share(passed: Sequence[bool]) -> float:
    return sum(passed) / len(passed) if passed else 0.0


def _learning(part: Part) -> None:
    if part not in _LEARNING:
        raise NotAllowed(f"Learning looks at train and dev; the part {part} is held out from it.")
