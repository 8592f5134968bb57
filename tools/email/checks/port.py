"""What a check is and what it gives back: values that the card, the report and the agent read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from .case import Case

__all__ = ["EmailCheck", "Finding", "Hit", "SentBefore", "Severity"]

Severity = Literal["error", "warn", "info"]
"""An error blocks Approve until somebody with the right overrides it; the others inform."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Value):
    """One thing that a check found."""

    name: str
    """The check's stable name, `links.not_https`."""
    severity: Severity
    message: str
    """What is wrong, in one sentence."""
    evidence: str = ""
    """What was seen, shortened: text from outside."""
    fix: str
    """What to do about it."""


class SentBefore(_Value):
    """An email that was sent not long ago, as `duplicates` compares it."""

    campaign: str
    name: str
    sent_at: AwareDatetime
    subject: str
    content: str
    """`content_of` its email."""
    sketch: tuple[int, ...] = ()
    """`sketch_of` its members."""
    members: int = Field(default=0, ge=0)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a check's function yields; the catalogue adds name, and severity where none is given."""

    message: str
    evidence: str = ""
    fix: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class EmailCheck:
    """One check: a line of the flat catalogue."""

    name: str
    severity: Severity
    """The usual one."""
    about: str
    """What it looks at, in a line."""
    fix: str
    """What to do, unless the hit knows better."""
    look: Callable[[Case], Iterable[Hit]]

    def findings(self, case: Case) -> Iterable[Finding]:
        """Run it over one email and give its findings, in order."""
        for hit in self.look(case):
            yield Finding(
                name=self.name,
                severity=hit.severity or self.severity,
                message=hit.message,
                evidence=_short(hit.evidence),
                fix=hit.fix or self.fix,
            )


def _short(text: str, limit: int = 240) -> str:
    calm = " ".join(text.split())
    return calm if len(calm) <= limit else calm[: limit - 1] + "…"
