"""The built-in proposer: chooses rule cards, examples and removals, one step at a time.

Each step must gain on train as measured; what is left at the end must be confirmed on dev, which no
step looked at. It words nothing itself: cards come with their words, so that without a model every
sentence it proposes is from a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from placet.errors import BadInput
from prompts.cards import RuleCard

from .cards import Card, clash
from .examples import Example
from .improving import Improved, Improving, Step
from .measuring import Effect, OutOfBudget
from .text import PromptText, read_text

__all__ = ["BuiltInProposer", "confirms", "retired"]

_EXAMPLES_AT_ONCE = (2, 4, 8)
"""Sizes of sets of examples that are tried; the best few are chosen for each request anyway."""


@dataclass(frozen=True)
class _Move:
    """One change that could be made to the text."""

    what: str
    make: Callable[[PromptText], PromptText]
    free: bool = False
    """Whether it is made without being measured: an expired card counts for no request."""
    keeps: bool = False
    """Whether an equal result is enough: what no longer helps goes."""


class BuiltInProposer:
    """Tries what there is, greedily; implements `PromptOptimizer`."""

    @property
    def name(self) -> str:
        """`built-in`."""
        return "built-in"

    def improve(self, task: Improving) -> Improved:
        """Return the text with everything in it that gains on train and is confirmed on dev."""
        return _Search(task).run()


class _Search:
    def __init__(self, task: Improving) -> None:
        self._task = task
        self._best = task.before
        self._steps: list[Step] = []
        self._made: list[str] = []

    def run(self) -> Improved:
        ran_out = ""
        try:
            self._climb()
        except OutOfBudget as over:
            ran_out = str(over)
        if self._best == self._task.before:
            return self._end(None, "nothing that was tried gains on train", ran_out)
        return self._confirm(ran_out)

    def _climb(self) -> None:
        moves = list(_moves(self._task))
        for move in [one for one in moves if one.free]:
            self._take(move, None)
        waiting = [one for one in moves if not one.free]
        while waiting:
            tried = [(self._gain(move), move) for move in waiting]
            gains = [(effect, move) for effect, move in tried if effect is not None]
            if not gains:
                return
            effect, move = max(gains, key=lambda one: one[0].right.value)
            self._take(move, effect)
            waiting = [one for _, one in gains if one is not move]

    def _gain(self, move: _Move) -> Effect | None:
        """Return what a move does to the best text so far, or None where it is not taken."""
        after = self._after(move)
        if after is None or after == self._best:
            return None
        effect = self._task.meter.effect(self._best, after, "train")
        good = effect.helps or (
            move.keeps and effect.right.value >= 0 and effect.silently_wrong.value <= 0
        )
        if good:
            return effect
        worse = effect.right.value < 0 or effect.silently_wrong.value > 0
        self._steps.append(
            Step(what=move.what, outcome="worse" if worse else "no gain", train=effect)
        )
        return None

    def _after(self, move: _Move) -> bytes | None:
        """Return the text after a move, or None where it cannot be made or a guard says no."""
        try:
            after = move.make(read_text(self._best)).data()
        except BadInput as error:
            self._steps.append(Step(what=move.what, outcome="guarded", why=str(error)))
            return None
        broken = self._task.guards.broken(self._task.before, after)
        if broken:
            why = "; ".join(one.why for one in broken)
            self._steps.append(Step(what=move.what, outcome="guarded", why=why, broken=broken))
            return None
        return after

    def _take(self, move: _Move, effect: Effect | None) -> None:
        after = self._after(move)
        if after is not None:
            self._best = after
            self._made.append(move.what)
            self._steps.append(Step(what=move.what, outcome="kept", train=effect))

    def _confirm(self, ran_out: str) -> Improved:
        task = self._task
        after = read_text(self._best).saying(f"Learned: {', '.join(self._made)}.").data()
        broken = task.guards.broken(task.before, after)
        if broken:
            return self._end(None, "; ".join(one.why for one in broken), ran_out)
        try:  # the line that says what changed is in no rendering: it is not measured anew
            train = task.meter.effect(task.before, self._best, "train")
            dev = task.meter.effect(task.before, self._best, "dev")
        except OutOfBudget as over:
            return self._end(None, "the budget ended before dev could confirm it", str(over))
        leaves_out = all(what.startswith("without") for what in self._made)
        why = confirms(dev, task.allowed_loss, equal=leaves_out)
        if why is not None:
            return self._end(None, why, ran_out, train, dev)
        return self._end(after, f"{len(self._made)} changes, confirmed on dev", ran_out, train, dev)

    def _end(
        self, after: bytes | None, reason: str, ran_out: str,
        train: Effect | None = None, dev: Effect | None = None,
    ) -> Improved:  # fmt: skip
        return Improved(
            optimizer="built-in", after=after, reason=reason, steps=tuple(self._steps),
            train=train, dev=dev, spent=self._task.meter.spent, ran_out=ran_out,
        )  # fmt: skip


def confirms(dev: Effect, allowed_loss: float, *, equal: bool = False) -> str | None:
    """Return why dev does not confirm a text, or None where it does.

    Args:
        dev: the text against the one that serves.
        allowed_loss: how far the interval of the share passed may reach below nothing.
        equal: whether no gain is enough: for a text that only leaves something out.
    """
    if dev.silently_wrong.value > 0:
        return f"more is silently wrong on dev: {100 * dev.silently_wrong.value:+.1f} points"
    if dev.right.value < 0 or (dev.right.value == 0 and not equal):
        return f"dev does not confirm it: {100 * dev.right.value:+.1f} points"
    if dev.right.low < -max(allowed_loss, dev.right.value):
        return f"dev could also be a loss: {100 * dev.right.low:+.1f} points at the low end"
    return None


def retired(text: PromptText, today: date) -> tuple[RuleCard, ...]:
    """Return the cards of a prompt whose last day is over."""
    return tuple(
        card for card in map(RuleCard.model_validate, text.rules)
        if card.until is not None and card.until < today
    )  # fmt: skip


# --- the moves -----------------------------------------------------------------------------------


def _moves(task: Improving) -> Iterator[_Move]:
    before = read_text(task.before)
    expired = {card.name for card in retired(before, task.today)}
    there = [RuleCard.model_validate(one) for one in before.rules]
    for card in there:
        yield _Move(
            what=f"without card {card.name}{' (expired)' * (card.name in expired)}",
            make=_without(card.name), free=card.name in expired, keeps=True,
        )  # fmt: skip
    standing = [card for card in there if card.name not in expired]
    if "rules" in before.sections:
        for one in task.cards:
            if clash(one, standing) is None:
                yield _Move(what=f"card {one.name}", make=_with_card(one))
    if "examples" in before.sections and task.examples:
        for size in dict.fromkeys(min(one, len(task.examples)) for one in _EXAMPLES_AT_ONCE):
            yield _Move(what=f"{size} examples", make=_with_examples(task.examples[:size]))


def _without(name: str) -> Callable[[PromptText], PromptText]:
    return lambda text: text.with_lines(
        "rules", [one for one in text.rules if one.get("name") != name]
    )


def _with_card(card: Card) -> Callable[[PromptText], PromptText]:
    return lambda text: text.with_lines("rules", [*text.rules, card.line()])


def _with_examples(examples: Sequence[Example]) -> Callable[[PromptText], PromptText]:
    def make(text: PromptText) -> PromptText:
        known = {str(one.get("request")) for one in text.examples}
        fresh: list[Mapping[str, Any]] = [
            one.line() for one in examples if one.request not in known
        ]
        return text.with_lines("examples", [*text.examples, *fresh])

    return make
