"""What is learned from: one draft that people decided on, with all they said and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from agents.port import Question

__all__ = ["TRADES", "Asked", "Past", "PastDecision", "Thumb"]

TRADES: Mapping[str, str] = {
    "build_segment": "segments",
    "send_email": "emails",
    "fix_records": "records",
    "merge_records": "records",
}
"""Which trade's suite a kind of action belongs to; undoing, tests and prompts teach nothing."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PastDecision(_Value):
    """One press of a button."""

    verb: Literal["approve", "edit", "revise", "reject"]
    person: str
    """`team/user`."""
    reason: str | None = None
    revision: int
    """The revision that stood after it: for an edit the edited one."""
    at: AwareDatetime


class Thumb(_Value):
    """What one person thought of a revision."""

    value: Literal["up", "down"]
    person: str
    reason: str | None = None
    revision: int


class Asked(_Value):
    """One turn of the conversation before the draft: what was said and what Placet asked back."""

    request_id: str
    text: str
    person: str
    question: Question | None = None


class Past(_Value):
    """One draft from its request to what became of it."""

    draft_id: str
    request_id: str
    kind: str
    turns: tuple[Asked, ...]
    """The conversation up to the request that brought the draft, oldest first."""
    drafted: Mapping[str, Any]
    """The action as the drafter first wrote it."""
    revisions: Mapping[int, Mapping[str, Any]]
    """The action of every revision."""
    final: int
    """The last revision."""
    approved: bool
    """Whether the last revision was approved: then it is gold."""
    words: tuple[Mapping[str, Any], ...] = ()
    """Which words of the request became what, as the drafter said of its first revision."""
    decisions: tuple[PastDecision, ...] = ()
    thumbs: tuple[Thumb, ...] = ()
    drafter: str = "rules"
    prompt: str | None = None
    as_of: AwareDatetime
    """When the draft was made."""

    @property
    def trade(self) -> str | None:
        """Whose suite it belongs to; None: nobody's."""
        return TRADES.get(self.kind)

    @property
    def request(self) -> str:
        """All that was asked, in the person's words: the conversation and the changes wanted."""
        asked = [turn.text for turn in self.turns]
        asked += [one.reason for one in self.decisions if one.verb == "revise" and one.reason]
        return "\n".join(asked)

    @property
    def changed(self) -> bool:
        """Whether a person edited it or asked for changes."""
        return any(one.verb in {"edit", "revise"} for one in self.decisions)

    @property
    def unchanged(self) -> bool:
        """Whether it was approved just as it was drafted, and nobody disliked it."""
        disliked = any(one.value == "down" for one in self.thumbs)
        return self.approved and not self.changed and not disliked

    @property
    def people(self) -> frozenset[str]:
        """Everyone who decided on it."""
        return frozenset(one.person for one in self.decisions)
