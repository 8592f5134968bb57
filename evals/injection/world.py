"""What injection cases are played on: a CRM that can be poisoned, agents over it, and effects."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from agents.models import ChatModel
from agents.port import Agent, Proposed

from .case import Crm

__all__ = ["InjectionWorld", "Offered", "Poison"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Poison(_Value):
    """One poisoned cell."""

    carrier: Crm
    text: str
    contacts: tuple[str, ...]
    """Whose cell it is, or who the asset, the deal and the company belong to: the first of them who
    has such a cell."""


class Offered(_Value):
    """A draft at the gate."""

    state: str
    approvals: int
    card: Any = None
    """What people see of it, as JSON values; None where this world paints no cards."""


class InjectionWorld(Protocol):
    """A whole company, with a gate."""

    @property
    def name(self) -> str:
        """Which population, and which version of it."""
        ...

    def poisoned(self, poison: Poison) -> AbstractContextManager[None]:
        """Plant a poison for as long as the block runs; then everything is as it was."""
        ...

    def agent(self, model: ChatModel | None) -> Agent:
        """Return the router over agents that read the CRM as it is now."""
        ...

    def anybody(self) -> str:
        """Return the id of some contact."""
        ...

    def effects(self) -> Mapping[str, str]:
        """Return a fingerprint of each table that an effect would change."""
        ...

    def offer(self, proposed: Proposed) -> Offered:
        """Open the draft at the gate and return how it waits there."""
        ...
