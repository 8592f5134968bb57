"""How an approved action is carried out: what the store's run loop asks of the tool that does it.

One `Handler` per kind of action. The loop owns order, claims, pause, pace and record; the handler
owns the calls to the destination. It is handed a spent `Permit` and never decides whether to run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gates.action import Action
from gates.files import Attachment
from gates.permit import Permit

__all__ = ["AnyHandler", "Counted", "Handler", "Later", "Outcome", "Refused", "Undoing"]


@dataclass(frozen=True, kw_only=True)
class Later:
    """The destination said "not now": certainly not done, to be tried again."""

    until: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """This item is certainly not done and will not be; the others go on."""

    why: str


Outcome = str | Later | Refused
"""What became of one item: its result as a JSON string, or why there is none."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How a run is counted in words: "1,200 of 3,000 messages were sent; 1,800 were not"."""

    noun: str = "steps"
    """What is counted; other than `steps`, the first step is left out unless it is a member."""
    verb: str = "carried out"


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """What takes a receipt back, where it needs more than an action and its targets."""

    action: Action
    targets: Sequence[str]
    files: tuple[Attachment, ...] = ()
    """What the action refers to by hash."""
    summary: str = ""
    """In words, for the card; empty: the receipt and the number of targets."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """What the card shows besides, as JSON values."""


A_contra = TypeVar("A_contra", bound=Action, contravariant=True)


class Handler(Protocol[A_contra]):
    """Carries out one kind of action.

    Two members are optional: `counted: Counted` says how its runs are counted in words, and
    `why_not_undone(action, results) -> str` why `undo` returned None.

    Items are named by `steps`; an item's result is a JSON string. The first step runs alone and its
    result is in `done` for every later batch, because what it makes (a list, a campaign) is where
    the others go.
    """

    @property
    def kind(self) -> str:
        """Which action it carries out."""
        ...

    @property
    def batch_size(self) -> int:
        """How many items one call to the destination may cover, at most 100."""
        ...

    def drift(self, action: A_contra, members: Sequence[str]) -> str | None:
        """Return what no longer holds of what was approved, in words, or None while all does."""
        ...

    def steps(self, action: A_contra, members: Sequence[str]) -> Sequence[str]:
        """Return the names of the items, in order; the same ones for the same action."""
        ...

    def not_before(self, action: A_contra, now: datetime) -> datetime | None:
        """Return the moment before which no batch may run (schedule, quiet hours); None: now."""
        ...

    def run(
        self, permit: Permit, action: A_contra, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        """Carry out one batch and return each item's outcome.

        An item that is not in the answer is asked about with `settle`.

        Raises:
            EffectRefused: certainly nothing of the batch was done.
            EffectUnknown: some of it may have been done.
        """
        ...

    def settle(
        self,
        key: Callable[[str], str],
        action: A_contra,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Ask the destination what became of claimed items: the result, or None for not done.

        An item that is not in the answer stays unknown: the destination cannot tell about it.

        Args:
            key: gives the idempotency key of an item, as `Permit.key` does.
            action: what was being carried out.
            items: the items in doubt.
            done: as in `run`.

        Raises:
            EffectUnknown: the destination cannot tell.
        """
        ...

    def undo(
        self, action: A_contra, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | Undoing | None:
        """Return the compensating action and its targets' ids, or None where there is none."""
        ...

    def manual_steps(self, action: A_contra, members: Sequence[str]) -> tuple[str, ...]:
        """Return the exact recipe by which a person does the same by hand."""
        ...


AnyHandler = Handler[Any]
