"""People: identity is the pair of team and user, never a display name."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Person"]


class Person(BaseModel):
    """Who asks, edits or decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: str = Field(min_length=1, max_length=64)
    """The Slack workspace id, or `local`."""
    user: str = Field(min_length=1, max_length=64)
    """The user id within it."""
    bot: bool = False
    """Bots may ask but never count towards a quorum."""

    @property
    def key(self) -> str:
        """The identity as one word: `team/user`."""
        return f"{self.team}/{self.user}"

    @classmethod
    def from_key(cls, key: str) -> Person:
        """Read what `key` gave."""
        team, _, user = key.partition("/")
        return cls(team=team, user=user)
