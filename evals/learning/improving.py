"""The task of improving one prompt, and what came of it: the values that optimizers share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .cards import Card
from .examples import Example
from .guards import Broken, Guards
from .measuring import Effect, Meter, Spent

__all__ = ["Improved", "Improving", "Step"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Improving:
    """What an optimizer is given: the text that serves, what may go into it, and the meter."""

    before: bytes
    """The text that serves now."""
    meter: Meter
    """Runs train and dev within the budget; the held-out part cannot be asked of it."""
    guards: Guards
    today: date
    cards: tuple[Card, ...] = ()
    """Rule cards that rest on enough decisions."""
    examples: tuple[Example, ...] = ()
    """Answered requests, best first."""
    allowed_loss: float = 0.02
    """How much of the share passed may be lost on dev within its interval."""


class Step(_Value):
    """One thing that was tried, and what became of it."""

    what: str
    """`card no-customers`, `3 examples`, `without card short-subjects`, `free text 2`."""
    outcome: Literal["kept", "no gain", "worse", "guarded", "not confirmed"]
    why: str = ""
    train: Effect | None = None
    broken: tuple[Broken, ...] = ()


class Improved(_Value):
    """What an optimizer found."""

    optimizer: str
    after: bytes | None
    """The better text; None: none was found that dev confirms."""
    reason: str
    """Why, in one line."""
    steps: tuple[Step, ...] = ()
    train: Effect | None = None
    """The better text against the one that serves."""
    dev: Effect | None = None
    spent: Spent
    ran_out: str = ""
    """Which part of the budget ended the search; empty: it ended by itself."""
