"""Recipients from the embedded CRM, and who of them must not be written to at this moment.

The use policy is the segment engine's own (`tools.segments.scan`): it is not read a second time
here, so that a preview and a send can never disagree about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from placet.clock import Clock
from tools.crm.local import schema
from tools.segments import scan
from tools.segments.compile import Compiler
from tools.segments.lists import StoredLists
from tools.segments.tree import All, Segment, UseExclusion
from tools.segments.use import UsePolicy
from tools.sql import reading

from .fields import COMPANY_FIELDS, CONTACT_FIELDS
from .port import Barred, Recipient

__all__ = ["LIFTABLE", "SqlRecipients"]

LIFTABLE: tuple[UseExclusion, ...] = ("bounced", "frequency_cap", "no_consent")
"""What a segment may ask to include anyway when it comes to sending; the rest is never lifted."""

_CHUNK = 20_000
"""Ids per statement; they travel as one bound value."""


class SqlRecipients:
    """A `RecipientReader` over the embedded CRM's tables, on SQLite or PostgreSQL. Reads only."""

    def __init__(
        self, engine: sa.Engine, clock: Clock, use_policy: UsePolicy | None = None
    ) -> None:
        self._engine, self._clock = reading(engine), clock
        self._policy = use_policy or UsePolicy()
        self._sqlite = engine.dialect.name == "sqlite"
        self._asked: tuple[Any, _Questions] | None = None

    def recipients(self, contact_ids: Sequence[str]) -> Sequence[Recipient]:
        """Return these contacts in the order given; unknown ids are left out."""
        found: dict[str, Recipient] = {}
        with self._engine.connect() as connection, connection.begin():
            for ids in _chunks(contact_ids):
                query = _PEOPLE.where(self._among(_PEOPLE.selected_columns.id))
                rows = connection.execute(query, {"ids": ids})
                found.update((row[0], _recipient(row)) for row in rows)
        return [found[one] for one in contact_ids if one in found]

    def by_email(self, email: str) -> Recipient | None:
        """Return the contact with this address, or None."""
        query = _PEOPLE.where(schema.contacts.c.email == email.strip().lower())
        with self._engine.connect() as connection, connection.begin():
            row = connection.execute(query).first()
        return None if row is None else _recipient(row)

    def barred(
        self, contact_ids: Sequence[str], *, include_anyway: Sequence[str] = (), topic: str = ""
    ) -> Mapping[str, Barred]:
        """Return who of these must not be written to now, and why.

        Who unsubscribed from `topic`, or from everything, counts as unsubscribed.
        """
        lifted: tuple[UseExclusion, ...] = tuple(one for one in LIFTABLE if one in include_anyway)
        questions = self._questions(lifted, topic)
        verdicts: dict[str, Barred] = {}
        with self._engine.connect() as connection, connection.begin():
            for ids in _chunks(contact_ids):
                there = questions.verdicts(connection, ids)
                for one in ids:
                    if (why := there.get(one, "gone")) is not None:
                        verdicts[one] = why
        verdicts.update((one, "gone") for one in contact_ids if "\x00" in one)
        return {one: verdicts[one] for one in contact_ids if one in verdicts}

    def _questions(self, lifted: tuple[UseExclusion, ...], topic: str) -> _Questions:
        """Return the statements for this second, built once: sending asks before every message.

        They are as of the second's end, so that nothing that happened by now is missed.
        """
        now = self._clock.now()
        as_of = now.replace(microsecond=0) + timedelta(seconds=1)
        key = (as_of, lifted, topic)
        asked = self._asked
        if asked is None or asked[0] != key:
            asked = key, self._build(as_of, lifted, topic)
            self._asked = asked
        return asked[1]

    def _build(self, as_of: datetime, lifted: tuple[UseExclusion, ...], topic: str) -> _Questions:
        anyone = Segment(name="recipients", filter=All(of=()), as_of=as_of, include_anyway=lifted)
        compiler = Compiler(
            dialect=self._engine.dialect.name, as_of=as_of, zone=UTC, lists=StoredLists([])
        )
        ids = self._among(schema.contacts.c.id)
        return _Questions(
            policy=scan.exclusions(compiler, anyone, self._policy, self._among),
            left=_LEFT.where(ids, schema.topics.c.topic.in_(["", topic])),
            no_email=_NO_EMAIL.where(ids),
        )

    def _among(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        """Return `column IN :ids`, with all ids in one bound value whatever their number."""
        if self._sqlite:
            listed = sa.func.json_each(sa.bindparam("ids", type_=sa.JSON()))
            return column.in_(
                sa.select(sa.column("value")).select_from(listed.table_valued("value"))
            )
        return column == sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Text())))


@dataclass(frozen=True, kw_only=True)
class _Questions:
    """What is asked about contacts by their `ids`, as statements."""

    policy: sa.Select[str, str]
    left: sa.Select[Any]
    no_email: sa.Select[Any]

    def verdicts(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Barred | None]:
        """Return why each contact that is there is barred; None for one who is not."""
        these = {"ids": list(ids)}
        found: dict[str, Barred | None] = {
            row[0]: cast(Barred, row[1]) if row[1] else None
            for row in connection.execute(self.policy, these)
        }
        for row in connection.execute(self.left, these):
            found[row[0]] = found.get(row[0]) or "unsubscribed"
        for row in connection.execute(self.no_email, these):
            found[row[0]] = "no_email"
        return found


def _people() -> sa.Select[Any]:
    contact, company = schema.contacts, schema.companies
    own = [contact.c[name] for name in CONTACT_FIELDS]
    theirs = [company.c[name] for name in COMPANY_FIELDS]
    source = contact.outerjoin(company, company.c.id == contact.c.company_id)
    return sa.select(contact.c.id, *own, *theirs).select_from(source)


_PEOPLE = _people()
_LEFT = (
    sa.select(schema.contacts.c.id)
    .join_from(
        schema.contacts,
        schema.topics,
        schema.topics.c.email == sa.func.lower(schema.contacts.c.email),
    )
    .where(schema.topics.c.takes.is_(False))
)
_NO_EMAIL = sa.select(schema.contacts.c.id).where(
    sa.or_(schema.contacts.c.email.is_(None), schema.contacts.c.email.not_like("_%@_%"))
)
_NAMES = (
    *(f"contact.{name}" for name in CONTACT_FIELDS),
    *(f"company.{name}" for name in COMPANY_FIELDS),
)


def _recipient(row: Sequence[Any]) -> Recipient:
    values = zip(_NAMES, row[1:], strict=True)
    fields = {name: text for name, value in values if value and (text := str(value).strip())}
    if "contact.company_name" in fields:
        fields["company.name"] = fields["contact.company_name"]
    elif "company.name" in fields:
        fields["contact.company_name"] = fields["company.name"]
    return Recipient(contact_id=row[0], email=fields.get("contact.email", ""), fields=fields)


def _chunks(contact_ids: Sequence[str]) -> Iterator[list[str]]:
    """Yield the ids in parts; one with a NUL is nobody's, and PostgreSQL would not take it."""
    wanted = [one for one in dict.fromkeys(contact_ids) if "\x00" not in one]
    for start in range(0, len(wanted), _CHUNK):
        yield wanted[start : start + _CHUNK]
