"""Which version of a prompt answers a request: the approved one, or the canary for some requests.

The files under `texts/` are what ships. A version that a person approved takes a file's place for a
scope, byte for byte; a canary takes it for a share of the requests, always the same ones.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from placet.errors import NotFound

from .library import Prompt, load_prompt

__all__ = ["EVERYWHERE", "PromptSource", "Served", "ShippedPrompts", "choose"]

EVERYWHERE = "default"
"""The scope of every workspace that has no version of its own."""
_STEPS = 10_000


class Served(BaseModel):
    """What serves one prompt name in one scope."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    scope: str = EVERYWHERE
    """`default`, or a workspace's team id."""
    stable: str | None = None
    """The sha256 of the approved text; None: the file that ships."""
    canary: str | None = None
    """The sha256 of the text that some requests get."""
    share: float = Field(default=0.0, ge=0, le=1)
    """The share of requests that get the canary."""


def choose(served: Served, key: str) -> str | None:
    """Return the hash that answers the request `key`: always the same one for the same share.

    A request that got the canary keeps it when the share grows. None is the file that ships.
    """
    if served.canary is None:
        return served.stable
    drawn = hashlib.sha256(f"{served.name}\0{key}".encode()).digest()
    at = int.from_bytes(drawn[:8], "big") % _STEPS
    return served.canary if at < round(served.share * _STEPS) else served.stable


class PromptSource(Protocol):
    """Gives drafters, judges and proposers their prompts."""

    def prompt(self, name: str, *, key: str = "", scope: str = EVERYWHERE) -> Prompt:
        """Return the version that answers the request `key` in a workspace.

        `key` is the conversation's thread, so that a follow-up gets the version that began it.

        Raises:
            NotFound: there is no prompt of that name.
        """
        ...

    def version(self, name: str, sha256: str) -> Prompt:
        """Return one version by its hash, whatever serves now: a run goes on with what it began.

        Raises:
            NotFound: that version is not known here.
        """
        ...


class ShippedPrompts:
    """The files that ship and nothing else: for evals, and where there is no database."""

    def __init__(self, *others: Prompt) -> None:
        """Take versions that stand in for the files of the same names."""
        self._others = {one.name: one for one in others}

    def prompt(self, name: str, *, key: str = "", scope: str = EVERYWHERE) -> Prompt:
        """Return the prompt; see `PromptSource`."""
        return self._others.get(name) or load_prompt(name)

    def version(self, name: str, sha256: str) -> Prompt:
        """Return the prompt of that hash; see `PromptSource`."""
        for one in (self._others.get(name), load_prompt(name)):
            if one is not None and one.sha256 == sha256:
                return one
        raise NotFound(f"The prompt {name} has no version {sha256[:12]} here.")
