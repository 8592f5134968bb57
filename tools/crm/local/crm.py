"""The embedded CRM behind the port: reading, and lists for those who hold a permit.

Every write stores its idempotency key in `crm_effects` in the transaction that does the writing, so
that a key either happened whole or not at all, and asking again finds out which. Writers of lists
stand in one queue (SQLite: its write lock, PostgreSQL: an advisory lock).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gates.permit import Permit
from placet.clock import Clock
from placet.errors import EffectRefused, NotAllowed
from placet.ids import ListId, new_id
from tools.portable import insert_or_skip, queue_behind

from .reader import LocalReader
from .schema import contacts, effects, list_members, lists

__all__ = ["LocalCrm", "micros"]

_CHUNK = 5_000  # SQLite allows 32,766 bound values in one statement
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ARCHIVED, _ABSENT = "archived", "absent"


def micros(at: datetime) -> int:
    """Return an aware moment as epoch microseconds: the one form in which times are stored."""
    return (at - _EPOCH) // timedelta(microseconds=1)


class LocalCrm(LocalReader):
    """`CrmReader` and `ListWriter` over SQLite or PostgreSQL."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        super().__init__(engine)
        self._engine = engine
        self._clock = clock

    def create_list(self, permit: Permit, *, key: str, name: str, definition: str) -> ListId:
        """Create an empty list, or return the one that this key created before.

        Raises:
            EffectRefused: another list has this name; nothing was changed.
            NotAllowed: the key is not one of this permit's.

        """
        with self._writing(permit, [key]) as connection:
            done = _result(connection, key)
            if done is not None:
                return ListId(done)
            _refuse_taken(connection, name)
            list_id, at = ListId(new_id("ls")), self._now()
            row = {"id": list_id, "name": name, "definition": definition, "created_at": at}
            connection.execute(sa.insert(lists).values(archived=False, **row))
            _remember(connection, [(key, list_id)], at)
        return list_id

    def add_members(
        self, permit: Permit, *, list_id: ListId, members: Sequence[tuple[str, str]]
    ) -> Sequence[str]:
        """Add `(key, contact id)` pairs; return the ids of those that are on the list now.

        A contact that no longer exists is left out. One call is one transaction; a key that was
        used before changes nothing.

        Raises:
            EffectRefused: there is no such list, or it is archived; nothing was changed.
            NotAllowed: a key is not one of this permit's.

        """
        on_list: list[str] = []
        with self._writing(permit, [key for key, _ in members]) as connection:
            _refuse_closed(connection, list_id)
            for start in range(0, len(members), _CHUNK):
                chunk = members[start : start + _CHUNK]
                on_list += _add(connection, list_id, chunk, self._now())
        return on_list

    def archive_list(self, permit: Permit, *, key: str, list_id: ListId) -> bool:
        """Archive the list, members kept; False where there is no such list."""
        with self._writing(permit, [key]) as connection:
            done = _result(connection, key)
            if done is None:
                change = sa.update(lists).where(lists.c.id == list_id).values(archived=True)
                done = _ARCHIVED if connection.execute(change).rowcount else _ABSENT
                _remember(connection, [(key, done)], self._now())
        return done == _ARCHIVED

    def _now(self) -> int:
        return micros(self._clock.now())

    @contextmanager
    def _writing(self, permit: Permit, keys: Sequence[str]) -> Iterator[sa.Connection]:
        if any(not key.startswith(permit.key("")) for key in keys):
            raise NotAllowed(
                f"An idempotency key is not one of permit {permit.id}; nothing was done."
            )
        with self._engine.begin() as connection:
            queue_behind(connection, "crm_lists")
            yield connection


def _result(connection: sa.Connection, key: str) -> str | None:
    return connection.scalar(sa.select(effects.c.result).where(effects.c.key == key))


def _remember(connection: sa.Connection, done: Sequence[tuple[str, str]], at: int) -> None:
    rows = [{"key": key, "result": result, "at": at} for key, result in done]
    connection.execute(insert_or_skip(connection, effects), rows)


def _refuse_taken(connection: sa.Connection, name: str) -> None:
    taken = connection.scalars(sa.select(lists.c.name).where(sa.not_(lists.c.archived)))
    if name.casefold() in {one.casefold() for one in taken}:  # a list is asked for by name
        raise EffectRefused(
            f"The CRM has a list named {name!r} already; "
            "edit the name in the draft and approve it again."
        )


def _refuse_closed(connection: sa.Connection, list_id: ListId) -> None:
    archived = connection.scalar(sa.select(lists.c.archived).where(lists.c.id == list_id))
    if archived is None:
        raise EffectRefused(f"The CRM has no list {list_id}; nobody was added.")
    if archived:
        raise EffectRefused(f"List {list_id} is archived; nobody was added.")


def _add(
    connection: sa.Connection, list_id: ListId, members: Sequence[tuple[str, str]], at: int
) -> list[str]:
    keys = [key for key, _ in members]
    used = set(connection.scalars(sa.select(effects.c.key).where(effects.c.key.in_(keys))))
    fresh = [(key, contact) for key, contact in members if key not in used]
    if fresh:
        connection.execute(_insert_existing(connection, list_id, [c for _, c in fresh], at))
    asked = [contact for _, contact in members]
    query = sa.select(list_members.c.contact_id).where(
        list_members.c.list_id == list_id, list_members.c.contact_id.in_(asked)
    )
    found = set(connection.scalars(query))
    if fresh:
        _remember(connection, [(k, c if c in found else _ABSENT) for k, c in fresh], at)
    return [contact for contact in dict.fromkeys(asked) if contact in found]


def _insert_existing(
    connection: sa.Connection, list_id: ListId, ids: Sequence[str], at: int
) -> Any:
    existing = sa.select(
        sa.literal(list_id, sa.String), contacts.c.id, sa.literal(at, sa.BigInteger)
    ).where(contacts.c.id.in_(ids))
    columns = ["list_id", "contact_id", "added_at"]
    return insert_or_skip(connection, list_members, columns=columns, rows=existing)
