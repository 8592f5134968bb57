"""What can be carried out with prompts: let another version serve."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from gates.action import Action
from gates.files import FileRef

__all__ = ["ChangePrompt"]


class ChangePrompt(Action):
    """Let exactly this text serve a prompt name, for all requests of a scope or for a share."""

    # Frozen, so that narrowing `kind` is safe.
    kind: Literal["change_prompt"] = "change_prompt"  # pyright: ignore[reportIncompatibleVariableOverride]
    destination: str = "placet:prompts"
    name: str = Field(pattern=r"^[a-z_]+(?:/[a-z_]+)*$")
    """Which prompt, for example `segments/draft`."""
    scope: str = "default"
    """`default` is every workspace without a version of its own; else a team id."""
    before: str = Field(pattern=r"^[0-9a-f]{64}$")
    """The sha256 of the text that serves now: compared again when it is carried out."""
    after: FileRef
    """The text that is to serve."""
    share: float = Field(gt=0, le=1)
    """Of the requests; below 1 it is a canary, and `before` serves the others."""
    why: str = Field(max_length=500)
    """One line for the prompt's history."""

    COSMETIC: ClassVar[frozenset[str]] = frozenset({"why"})

    @override
    def flags(self) -> tuple[str, ...]:
        return ()
