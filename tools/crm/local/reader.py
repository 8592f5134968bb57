"""The embedded CRM's reading side: all that agents are handed."""

from collections.abc import Sequence

import sqlalchemy as sa

from placet.errors import BadInput
from placet.ids import ListId
from tools.crm.port import Catalogue, ListInfo
from tools.segments.tree import Subject
from tools.sql import reading

from .catalogue import build_catalogue
from .schema import companies, contacts, deals, effects, events, list_members, lists

__all__ = ["LocalReader"]

_TABLES: dict[Subject, sa.Table] = {"contact": contacts, "company": companies, "deal": deals}


class LocalReader:
    """`CrmReader` over SQLite or PostgreSQL; its transactions never take a write lock."""

    def __init__(self, engine: sa.Engine) -> None:
        self._reading = reading(engine)

    def catalogue(self) -> Catalogue:
        """Return the fields, their types and picklist values."""
        return build_catalogue()

    def lists(self) -> Sequence[ListInfo]:
        """Return the lists that are not archived, by name."""
        members = (
            sa.select(list_members.c.list_id, sa.func.count().label("members"))
            .group_by(list_members.c.list_id)
            .subquery()
        )
        query = (
            sa.select(
                lists.c.id, lists.c.name, lists.c.definition,
                sa.func.coalesce(members.c.members, 0).label("members"),
            )
            .outerjoin(members, members.c.list_id == lists.c.id)
            .where(sa.not_(lists.c.archived))
        )  # fmt: skip
        with self._reading.connect() as connection:
            found = [ListInfo(**row) for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda one: (one.name.casefold(), one.id))

    def assets(self) -> Sequence[str]:
        """Return the distinct asset names of events (emails, pages, forms, webinars), sorted."""
        # From one asset to the next through the index: 30 look-ups, not a scan of 10M events.
        first = sa.select(sa.func.min(events.c.asset).label("asset"))
        steps = first.cte("steps", recursive=True)
        following = (
            sa.select(sa.func.min(events.c.asset))
            .where(events.c.asset > steps.c.asset)
            .correlate(steps)
            .scalar_subquery()
        )
        steps = steps.union_all(sa.select(following).where(steps.c.asset.is_not(None)))
        query = sa.select(steps.c.asset).where(steps.c.asset.is_not(None))
        with self._reading.connect() as connection:
            return sorted(connection.scalars(query))

    def values(self, subject: Subject, field: str, *, limit: int = 200) -> Sequence[str]:
        """Return the distinct stored values of a text or picklist field, most frequent first.

        Raises:
            BadInput: the subject has no such field, or it holds numbers or dates.

        """
        spec = build_catalogue().field(subject, field)
        if spec is None or spec.type not in ("text", "picklist"):
            raise BadInput(f"{field!r} is not a text or picklist field of a {subject}.")
        column = _TABLES[subject].c[field]
        query = (
            sa.select(column)
            .where(column.is_not(None))
            .group_by(column)
            .order_by(sa.func.count().desc(), column)
            .limit(limit)
        )
        with self._reading.connect() as connection:
            return list(connection.scalars(query))

    def list_by_key(self, key: str) -> ListId | None:
        """Return the list that `create_list` made with this key: settles an unknown outcome."""
        query = (
            sa.select(lists.c.id)
            .join(effects, effects.c.result == lists.c.id)
            .where(effects.c.key == key)
        )
        with self._reading.connect() as connection:
            found = connection.scalar(query)
        return None if found is None else ListId(found)

    def members_of(self, list_id: ListId) -> Sequence[str]:
        """Return the contact ids on the list, sorted; empty for an unknown list."""
        query = sa.select(list_members.c.contact_id).where(list_members.c.list_id == list_id)
        with self._reading.connect() as connection:
            return sorted(connection.scalars(query))
