"""The parts of a composed email, before they are put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agents.emails.port import Brief

__all__ = ["Known", "Lines"]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the composer writes from."""

    brief: Brief
    today: date
    zone: str
    """Whose clock the event keeps: the one that was said, else the operator's."""
    brand: str
    """The brand's name."""
    sender: str
    attended: str
    facts: tuple[str, ...]
    """What must be said, as sentences already."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """An email in parts, in one language."""

    heading: str
    greeting: str
    opening: tuple[str, ...]
    """What is always said, first."""
    details: tuple[str, ...]
    """When and where as points, for longer emails."""
    button: str
    more: tuple[str, ...]
    """Sentences that state nothing new, said as far as the length allows, the best first."""
    closing: tuple[str, ...]
    """Said at the end, the length allowing."""
    regards: str
    subjects: tuple[str, ...]
    """The best first; as many as anybody may ask for."""
    preheader: str
