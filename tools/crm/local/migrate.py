"""Bring the embedded CRM's database to the present schema, from nothing or from any earlier one.

Alembic, driven from here: no `alembic.ini` at run time, and a version table of its own, so that the
CRM may share a database with Placet's own tables.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from placet.errors import NotInitialised
from tools.sql import reading

__all__ = ["VERSION_TABLE", "check", "config", "upgrade"]

VERSION_TABLE = "crm_alembic_version"


def config(connection: sa.Connection | None = None) -> Config:
    """Return the Alembic configuration: where the scripts are, and which connection to use."""
    settings = Config()
    where = Path(__file__).parent / "migrations"
    settings.set_main_option("script_location", str(where).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def upgrade(engine: sa.Engine) -> None:
    """Migrate to the newest schema, in one transaction; nothing to do is no error."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # two starters: the second waits, then sees
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"),
                               {"name": VERSION_TABLE})  # fmt: skip
        command.upgrade(config(connection), "head")


def check(engine: sa.Engine) -> None:
    """Refuse a database that is not at the newest schema.

    Raises:
        NotInitialised: there is no CRM in it, or an earlier or a later one.

    """
    head = ScriptDirectory.from_config(config()).get_current_head()
    with reading(engine).connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        current = context.get_current_revision()
    if current is None:
        raise NotInitialised(
            "There is no CRM in this database yet; run `placet init` (or `placet init --sample`)."
        )
    if current != head:
        raise NotInitialised(
            f"The CRM's database is at schema {current}, this Placet needs {head}; "
            "run `placet init` to bring it up to date."
        )
