"""What left, as events of the CRM: `email_sent`, with the campaign's name as its asset.

The frequency cap and every later segment read them. Idempotent: an event's key derives from the
message's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from gates.permit import Permit
from placet.errors import NotAllowed
from tools.crm.local.schema import contacts, events
from tools.portable import insert_or_skip

from . import journal
from .journal import Mark
from .times import micros

__all__ = ["SentEvents"]


class SentEvents:
    """Writes into the embedded CRM what the journal says was sent."""

    def __init__(self, engine: sa.Engine, crm: sa.Engine) -> None:
        self._engine, self._crm = engine, crm

    def record(self, permit: Permit, keys: Sequence[str]) -> None:
        """Write the events of messages that this permit sent.

        Raises:
            NotAllowed: a key is not one of this permit's.
        """
        if any(not key.startswith(permit.key("")) for key in keys):
            raise NotAllowed(f"A message is not one of permit {permit.id}; no event was written.")
        self.catch_up(keys)

    def catch_up(self, keys: Sequence[str]) -> None:
        """Write what is missing of these after a kill.

        It takes no permit: only what the journal holds as sent is written, and that was sent under
        a permit.
        """
        with self._engine.connect() as connection, connection.begin():
            marks = journal.states(connection, keys).values()
        left = [mark for mark in marks if mark.state == "sent" and not mark.logged]
        if not left:
            return
        self._write([mark for mark in left if mark.message.contact])
        with self._engine.begin() as connection:
            journal.set_logged(connection, [mark.message.key for mark in left])

    def _write(self, marks: Sequence[Mark]) -> None:
        if not marks:
            return
        ids = [mark.message.contact for mark in marks]
        with self._crm.begin() as connection:
            query = sa.select(contacts.c.id).where(contacts.c.id.in_(ids))
            there = set(connection.scalars(query))  # a deleted contact has no events
            rows = [_event(mark) for mark in marks if mark.message.contact in there]
            if rows:
                connection.execute(insert_or_skip(connection, events), rows)


def _event(mark: Mark) -> dict[str, object]:
    return {
        "contact_id": mark.message.contact,
        "type": "email_sent",
        "occurred_at": micros(mark.at),
        "asset": mark.message.asset or None,
        "key": hashlib.sha256(f"sent\n{mark.message.key}".encode()).hexdigest(),
    }
