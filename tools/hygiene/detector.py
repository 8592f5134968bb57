"""What a detector is and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from .change import FieldChange, Subject

if TYPE_CHECKING:
    from .columns import Columns

__all__ = ["Detector", "Dimension", "Finding", "Reference", "Severity"]

Dimension = Literal[
    "completeness", "validity", "uniqueness", "consistency", "freshness", "marketability"
]
"""Which score of the audit a finding counts against."""

Severity = Literal["error", "warn", "info"]
"""error: the value cannot be used; warn: it misleads or will fail somewhere; info: worth knowing.
"""

Reference = tuple[Subject, str]
"""A field of a subject, stored ("contact", "phone") or derived ("contact", "bounced_at")."""


class Finding(NamedTuple):
    """One thing that is wrong with one field of one record.

    A tuple and not a dataclass: an audit of a million contacts makes some millions of them.
    """

    record: str
    subject: Subject
    field: str
    value: str | None
    """The stored value; None where it is missing."""
    rule: str
    """The detector's name."""
    severity: Severity
    message: str
    """What is wrong, as a sentence."""
    evidence: str
    """What shows it: values of the record, figures of the CRM, a named reference."""
    confidence: float
    """How sure it is that this is wrong, and of the repair where there is one; 0 to 1."""
    change: FieldChange | None
    """The repair; None where nothing but a person or another source can tell the right value."""


class Detector(Protocol):
    """Finds one kind of flaw. Pure: the same table gives the same findings."""

    @property
    def name(self) -> str:
        """As changes, policies and reports name it: `phone_format`."""
        ...

    @property
    def title(self) -> str:
        """As people name it: "Phone numbers not in E.164"."""
        ...

    @property
    def dimension(self) -> Dimension:
        """Which score it counts against."""
        ...

    @property
    def severity(self) -> Severity:
        """How bad its findings are."""
        ...

    @property
    def fields(self) -> tuple[Reference, ...]:
        """What it reads."""
        ...

    @property
    def finds(self) -> str:
        """What it finds, in a sentence or two."""
        ...

    @property
    def never(self) -> str:
        """What it never touches."""
        ...

    @property
    def source(self) -> str:
        """Where its reference data comes from."""
        ...

    @property
    def repairs(self) -> bool:
        """Whether it ever proposes a change."""
        ...

    def find(self, table: Columns) -> Iterator[Finding]:
        """Yield what is wrong in the records that `table` puts in scope."""
        ...
