"""The ledger in SQL: appended in the transaction of what it records."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from pydantic import AwareDatetime

from gates.digest import canonical
from gates.ledger import GENESIS, Entry, Event, Head, seal
from tools.portable import insert_or_skip

from .schema import ledger, ledger_head

__all__ = ["append", "read_entries", "read_head"]

_LOCK_HEAD = sa.select(ledger_head.c.seq, ledger_head.c.hash).with_for_update()
_MOVE_HEAD = ledger_head.update().values(seq=sa.bindparam("seq"), hash=sa.bindparam("hash"))
_INSERT = ledger.insert()


def append(connection: sa.Connection, event: Event, *, at: AwareDatetime, key: bytes) -> Entry:
    """Seal `event` as the next row, inside the caller's transaction.

    The head's row is locked until that transaction ends, so rows are sealed one after another.
    """
    head = _locked_head(connection)
    entry = seal(event, head=head, at=at, key=key)
    values = entry.model_dump(exclude={"body"}) | {"body": canonical(entry.body)}
    connection.execute(_INSERT, values)
    connection.execute(_MOVE_HEAD, {"seq": entry.seq, "hash": entry.hash})
    return entry


def _locked_head(connection: sa.Connection) -> Head:
    row = connection.execute(_LOCK_HEAD).one_or_none()
    if row is None:  # the very first row; of two at once, one waits for the other here
        first = {"id": 1, "seq": 0, "hash": GENESIS}
        connection.execute(insert_or_skip(connection, ledger_head), first)
        row = connection.execute(_LOCK_HEAD).one()
    return Head(seq=row.seq, hash=row.hash)


def read_head(connection: sa.Connection) -> Head:
    """Return the end of the chain."""
    row = connection.execute(sa.select(ledger_head.c.seq, ledger_head.c.hash)).one_or_none()
    return Head(seq=row.seq, hash=row.hash) if row else Head()


def read_entries(connection: sa.Connection, *, draft_id: str | None = None) -> Iterator[Entry]:
    """Yield the rows in order; of one draft only where `draft_id` is given."""
    query = sa.select(ledger).order_by(ledger.c.seq)
    if draft_id is not None:
        query = query.where(ledger.c.draft_id == draft_id)
    for row in connection.execution_options(yield_per=1000).execute(query).mappings():
        yield Entry.model_validate({**row, "body": json.loads(row["body"])})
