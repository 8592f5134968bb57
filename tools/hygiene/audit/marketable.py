"""Which contacts may and can be mailed: consent, suppressions, bounces, and an address that works.

It counts what the CRM says and decides nothing: before anything is sent, the sending gate asks
anew.
"""

from typing import Any

from tools.hygiene.change import Subject
from tools.hygiene.columns import Columns
from tools.hygiene.detector import Reference

__all__ = ["BARRING", "FIELDS", "company_marks", "contact_marks"]

FIELDS: tuple[Reference, ...] = (
    ("contact", "email"), ("contact", "consent"), ("contact", "suppressed"), ("contact", "left_at"),
    ("contact", "bounced_at"), ("contact", "engaged_at"), ("contact", "company_id"),
)  # fmt: skip
"""What is read for it."""

BARRING = frozenset({"email_syntax", "email_disposable", "test_record"})
"""Detectors whose findings say that mail to a contact makes no sense."""


def contact_marks(table: Columns) -> bytearray:
    """Return a mark for each contact's row: 1 where nothing stands against mailing it."""
    columns = (table.column("contact", field) for _, field in FIELDS[:6])
    return bytearray(map(_may, *columns))


def _may(
    email: Any, consent: Any, suppressed: Any, left: Any, bounced: Any, engaged: Any
) -> bool:  # fmt: skip
    if not email or consent == "denied" or suppressed or left:
        return False
    return not bounced or bool(engaged and engaged > bounced)


def company_marks(table: Columns, contacts: bytearray) -> bytearray:
    """Return a mark for each company's row: 1 where one of its contacts is marketable."""
    subject: Subject = "company"
    marks = bytearray(len(table.ids(subject)))
    link = table.column("contact", "company_id")
    alive = {one for one, mark in zip(link, contacts, strict=True) if mark and one}
    for row, company in enumerate(table.ids(subject)):
        if company in alive:
            marks[row] = 1
    return marks
