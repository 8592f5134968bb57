"""Put a generated CRM into the embedded one, so that the detectors read it as they read any."""

import sqlalchemy as sa

from tools.crm.local.migrate import upgrade
from tools.crm.local.schema import (
    companies,
    contacts,
    deals,
    events,
    list_members,
    lists,
    suppressions,
)
from tools.portable import insert_rows

from .clean import Clean

__all__ = ["load"]


def load(engine: sa.Engine, made: Clean) -> None:
    """Create the CRM in an empty database and fill it."""
    upgrade(engine)
    listed = [row["id"] for row in made.contacts if row.get("listed")]
    with engine.begin() as connection:
        for table, rows in ((companies, made.companies), (contacts, made.contacts)):
            names = [column.name for column in table.columns]
            insert_rows(connection, table, names, [tuple(r.get(n) for n in names) for r in rows])
        insert_rows(connection, events, ("contact_id", "type", "occurred_at", "key"), [
            (e["contact_id"], e["type"], e["occurred_at"], f"k{n}")
            for n, e in enumerate(made.events)
        ])  # fmt: skip
        insert_rows(connection, deals, ("id", "name", "contact_id", "stage"), [
            (f"d{n}", f"Deal {n}", d["contact_id"], d["stage"]) for n, d in enumerate(made.deals)
        ])  # fmt: skip
        insert_rows(connection, suppressions, ("email", "reason", "at"), [
            (s["email"], s["reason"], 0)
            for s in {one["email"]: one for one in made.suppressions}.values()
        ])  # fmt: skip
        insert_rows(connection, lists, ("id", "name", "created_at", "archived"), [
            ("l1", "Nurture", 0, False)
        ])  # fmt: skip
        insert_rows(connection, list_members, ("list_id", "contact_id", "added_at"), [
            ("l1", one, 0) for one in listed
        ])  # fmt: skip
