"""What serving prompts needs from outside: a shelf of texts, and who gets which of them.

Its reading side tells what serves; its writing side takes a spent permit. The store implements it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from gates.permit import Permit
from prompts import Prompt

from .action import ChangePrompt

__all__ = ["PromptReader", "PromptShelf", "Standing", "Turned"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standing(_Value):
    """What serves one prompt name in one scope, every hash named."""

    name: str
    scope: str
    stable: str
    """The sha256 of the approved text, that of the file that ships included."""
    canary: str | None = None
    share: float = 0.0
    """The share of requests that get the canary."""

    @property
    def words(self) -> str:
        """What serves, in words."""
        beside = f", and {self.canary[:12]} to {self.share:.0%} of requests" if self.canary else ""
        return f"{self.stable[:12]} serves{beside}"


class Turned(_Value):
    """One change of what serves, as it was written down."""

    before: Standing
    after: Standing

    def as_result(self) -> dict[str, str | float | None]:
        """Return it as one flat JSON object: what a receipt keeps."""
        was, now = self.before, self.after
        return {
            "name": now.name, "scope": now.scope,
            "stable": now.stable, "canary": now.canary, "share": now.share,
            "was_stable": was.stable, "was_canary": was.canary, "was_share": was.share,
        }  # fmt: skip

    @classmethod
    def of_result(cls, result: Mapping[str, Any]) -> Turned:
        """Read what `as_result` gave."""
        about = {key: result[key] for key in ("name", "scope")}
        before, after = (
            Standing(
                **about, **{key: result[prefix + key] for key in ("stable", "canary", "share")}
            )
            for prefix in ("was_", "")
        )
        return cls(before=before, after=after)


class PromptReader(Protocol):
    """What serves, and the texts."""

    def standing(self, name: str, scope: str) -> Standing:
        """Return what serves a name in a scope.

        Raises:
            NotFound: there is no prompt of that name.
        """
        ...

    def text(self, sha256: str) -> Prompt:
        """Return the text of this hash, checked.

        Raises:
            NotFound: it is not kept here.
            Conflict: the kept bytes are not what the hash says.
        """
        ...

    def turned(self, key: str) -> Turned | None:
        """Return what was written under an idempotency key, if anything was."""
        ...

    def served_before(self, name: str, scope: str, sha256: str) -> bool:
        """Return whether this text was ever approved to serve there."""
        ...


class PromptShelf(PromptReader, Protocol):
    """The same with a way to write."""

    def promote(self, permit: Permit, *, key: str, change: ChangePrompt) -> Turned:
        """Let the change's text serve, if what serves is still what the change names.

        Once for one key: a second call returns what the first one wrote.

        Raises:
            EffectRefused: something else serves by now; nothing was changed.
        """
        ...
