"""What can be carried out with prompts: let another version serve."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from gates.action import Action
from gates.files import FileRef

__all__ = ["ChangePrompt"]

_HASH = r"^[0-9a-f]{64}$"


class ChangePrompt(Action):
    """Let exactly this text serve a prompt name, for all requests of a scope or for a share.

    `before`, `canary` and `canary_share` are what serves when it is drafted; all three are compared
    again when it is carried out. `tools.prompts.drafting.change_of` fills them in.
    """

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["change_prompt"] = "change_prompt"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "placet:prompts"
    name: str = Field(pattern=r"^[a-z_]+(?:/[a-z_]+)*$")
    """Which prompt, for example `segments/draft`."""
    scope: str = "default"
    """`default` is every workspace without a version of its own; else a team id."""
    before: str = Field(pattern=_HASH)
    """The sha256 of the approved text that serves now."""
    canary: str | None = Field(default=None, pattern=_HASH)
    """The sha256 of the text that a share of the requests gets now, if any does."""
    canary_share: float = Field(default=0.0, ge=0, le=1)
    """That share."""
    after: FileRef
    """The text that is to serve."""
    share: float = Field(gt=0, le=1)
    """Of the requests; below 1 it is a canary, and `before` serves the others."""
    why: str = Field(max_length=500)
    """One line for the prompt's history."""
    unlocked: tuple[str, ...] = ()
    """The locked parts of `before` that this text changes or lacks; compared again as well."""
    receipt_id: str | None = None
    """The receipt this takes back, where it goes back to a text that served before."""

    COSMETIC: ClassVar[frozenset[str]] = frozenset({"why"})
    FIXED: ClassVar[frozenset[str]] = frozenset(
        {"kind", "destination", "name", "scope", "before", "canary", "canary_share", "unlocked",
         "receipt_id"}
    )  # fmt: skip

    @override
    def flags(self) -> tuple[str, ...]:
        """Return what a second person should look at.

        A text that no request ever had, for all requests at once, rests on offline evidence alone:
        a canary is the cheap way to more. What goes back to a text that served before needs no
        second look, or the way out would be longer than the way in.
        """
        if self.receipt_id is not None:
            return ()
        at_once = self.share >= 1 and self.after.sha256 != self.canary
        first = ("serves every request at once, without a canary first",) if at_once else ()
        return (*first, *(f"changes the locked part {name}" for name in self.unlocked))
