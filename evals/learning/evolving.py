"""GEPA behind our `PromptOptimizer`: evolves the free text of a prompt by reflecting on failures.

The library decides which text to change next and which to keep (Agrawal et al. 2025, GEPA:
Reflective Prompt Evolution). What it may see, run and say is ours: cases of train and dev, the
meter's hard budget, the proposer's model, and guards before anything is run. Locked parts are not
handed to it at all. `pip install placet[learning]` brings it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from evals.case import Part
from evals.result import CaseResult
from placet.errors import BadSetting

from .asking import Proposer
from .choosing import confirms
from .guards import Broken
from .improving import Improved, Improving, Step
from .measuring import Effect, Meter, OutOfBudget, value_of
from .text import PromptText, read_text

__all__ = ["GepaOptimizer"]

_MINIBATCH = 6
"""Failures that one reflection looks at, at most."""
_SEED = 7
_Case = tuple[Part, str]
_PARTS: tuple[Part, ...] = ("train", "dev")
_LEAST_TEXT = 40  # a free part that is shorter has nothing to be evolved
_SHOWN = 1_200  # characters of one answer that the proposer sees


class GepaOptimizer:
    """Evolves a text with the library `gepa`; implements `PromptOptimizer`."""

    def __init__(self, proposer: Proposer) -> None:
        """Take what words the changes."""
        self._proposer = proposer

    @property
    def name(self) -> str:
        """`gepa`."""
        return "gepa"

    def improve(self, task: Improving) -> Improved:
        """Return the best text that was evolved and that dev confirms.

        Raises:
            BadSetting: `gepa` is not installed.
        """
        try:
            from gepa.api import optimize  # late: an extra that few homes have
        except ImportError:
            raise BadSetting(
                "The optimizer gepa is not installed; install placet[learning], or use the "
                "built-in one."
            ) from None
        adapter, ran_out = _Adapter(task, self._proposer), ""
        run: Any = optimize  # its protocol is generic in ways that it does not export
        try:
            train, dev = adapter.cases()
            run(
                seed_candidate=adapter.seed, trainset=train, valset=dev, adapter=adapter,
                reflection_minibatch_size=min(_MINIBATCH, len(train)), seed=_SEED,
                logger=_Silent(), skip_perfect_score=True, raise_on_exception=True,
                stop_callbacks=lambda _state: adapter.over or adapter.idle,
            )  # fmt: skip
        except OutOfBudget as over:
            ran_out = str(over)
        return _ending(task, adapter, ran_out)


class _Silent:
    """Takes what the library would print."""

    def log(self, message: str) -> None:
        """Keep silent: a log of a search would quote cases."""


class _Adapter:
    """What the library calls: runs a text on cases, says what went wrong, words the next one."""

    _MOST_IDLE = 8  # proposals in a row that were tried before, or may not be

    def __init__(self, task: Improving, proposer: Proposer) -> None:
        self._task, self._proposer = task, proposer
        self._base = read_text(task.before)
        self.seed = {
            f"part{index}": part
            for index, part in enumerate(self._base.free())
            if len(part.strip()) >= _LEAST_TEXT
        }
        self.steps: list[Step] = []
        self.best: tuple[float, bytes] = (-1.0, task.before)
        self._dev: list[_Case] = []
        self._fruitless, self._over = 0, False
        self._refused: set[str] = set()
        self._tried: set[bytes] = {task.before}

    @property
    def over(self) -> bool:
        """Whether the budget is used up."""
        return self._over or self._task.meter.over

    @property
    def idle(self) -> bool:
        """Whether the proposer gives nothing that may be tried."""
        return self._fruitless >= self._MOST_IDLE

    def cases(self) -> tuple[list[_Case], list[_Case]]:
        """Return the cases of train and of dev, all run once with the text that serves."""
        meter, before = self._task.meter, self._task.before
        train: list[_Case] = [("train", id_) for id_ in meter.whole(before, "train")]
        self._dev = [("dev", id_) for id_ in meter.whole(before, "dev")]
        return train, self._dev

    # --- what the library asks -----------------------------------------------------------------

    def evaluate(
        self, batch: list[_Case], candidate: dict[str, str], capture_traces: bool = False
    ) -> Any:
        """Return a value for each case of the batch with this text."""
        from gepa.core.adapter import EvaluationBatch

        text = self._compose(candidate).data()
        if text != self._task.before and self._task.guards.broken(self._task.before, text):
            results: list[CaseResult | None] = [None] * len(batch)  # never run
        else:
            results = self._run(text, batch)
        scores = [0.0 if one is None else value_of(one) for one in results]
        if batch and batch == self._dev:
            mean = sum(scores) / len(scores)
            if mean > self.best[0]:
                self.best = (mean, text)
        return EvaluationBatch(
            outputs=[None] * len(batch), scores=scores,
            trajectories=results if capture_traces else None,
        )  # fmt: skip

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: Any, components_to_update: list[str]
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return what went wrong, case by case; the held-out part is not among them."""
        _ = candidate
        failures = [_failure(one) for one in eval_batch.trajectories or () if one is not None
                    and value_of(one) < 1]  # fmt: skip
        return {name: failures or [{"note": "all cases passed"}] for name in components_to_update}

    def propose_new_texts(
        self,
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> dict[str, str]:
        """Return the next version of some parts; a part that breaks a guard stays as it is."""
        made: dict[str, str] = {}
        for name in components_to_update:
            said = self._proposer.reword(
                candidate[name], reflective_dataset[name], self._task.meter
            )
            made[name] = candidate[name] if said is None else _framed(candidate[name], said)
        text = self._compose({**candidate, **made}).data()
        broken = self._task.guards.broken(self._task.before, text)
        if broken:
            self._note(components_to_update, made, broken)
            made = {name: candidate[name] for name in made}
        new = not broken and text not in self._tried
        self._fruitless = 0 if new else self._fruitless + 1
        self._tried.add(text)
        return made

    # --- helpers -------------------------------------------------------------------------------

    def _compose(self, candidate: Mapping[str, str]) -> PromptText:
        parts = list(self._base.free())
        for name, text in candidate.items():
            parts[int(name.removeprefix("part"))] = text
        return self._base.with_free(parts)

    def _run(self, text: bytes, batch: Sequence[_Case]) -> list[CaseResult | None]:
        found: dict[_Case, CaseResult] = {}
        try:
            for part in _PARTS:
                ids = [id_ for of, id_ in batch if of == part]
                results = self._task.meter.some(text, part, ids) if ids else {}
                found.update(((part, id_), result) for id_, result in results.items())
        except OutOfBudget:
            self._over = True
            raise
        return [found.get(one) for one in batch]

    def _note(
        self, names: Sequence[str], made: Mapping[str, str], broken: tuple[Broken, ...]
    ) -> None:
        seen = hashlib.sha256(repr(sorted(made.items())).encode()).hexdigest()
        if seen not in self._refused:  # the same text again is no news
            self._refused.add(seen)
            why = "; ".join(one.why for one in broken)
            self.steps.append(Step(what=f"free text of {', '.join(names)}", outcome="guarded",
                                   why=why, broken=broken))  # fmt: skip


def _framed(before: str, after: str) -> str:
    """Return a new part with the blank lines around it that the old one had."""
    head = before[: len(before) - len(before.lstrip("\n"))]
    tail = before[len(before.rstrip("\n")) :]
    return f"{head}{after.strip()}{tail}"


def _failure(result: CaseResult) -> Mapping[str, Any]:
    """Return what the proposer learns of one case that went wrong."""
    score = result.score
    return {
        "request": result.request,
        "answered": str(result.reading)[:_SHOWN],
        "outcome": score.outcome.value if score else "not scored",
        "why": score.reason[:300] if score else (result.error or "")[:300],
    }


def _ending(task: Improving, adapter: _Adapter, ran_out: str) -> Improved:
    meter: Meter = task.meter
    train: Effect | None = None
    dev: Effect | None = None
    after, reason = None, "no text was better on dev"
    if adapter.best[1] != task.before:
        found = read_text(adapter.best[1]).saying("Evolved by gepa on train and dev.").data()
        try:
            # The line that says what changed is in no rendering: its results are the best text's.
            dev = meter.effect(task.before, adapter.best[1], "dev")
            train = meter.effect(task.before, adapter.best[1], "train")
        except OutOfBudget as over:
            ran_out = ran_out or str(over)
        broken = task.guards.broken(task.before, found)
        why = "the budget ended before dev could confirm it" if dev is None else confirms(
            dev, task.allowed_loss
        )  # fmt: skip
        reason = "; ".join(one.why for one in broken) or why or "evolved, confirmed on dev"
        after = None if broken or why else found
    return Improved(
        optimizer="gepa", after=after, reason=reason, steps=tuple(adapter.steps), train=train,
        dev=dev, spent=meter.spent, ran_out=ran_out,
    )  # fmt: skip
