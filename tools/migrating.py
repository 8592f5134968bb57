"""Schema migrations, driven from code: no `alembic.ini`, one version table per owner of tables."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from placet.errors import NotInitialised

from .sql import reading

__all__ = ["Migrations"]


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """The migrations of one set of tables."""

    folder: Path
    """Where `env.py` and `versions/` are."""
    version_table: str
    """Where the database notes how far it got; several owners can share a database."""
    what: str
    """What the tables are, for messages: "CRM"."""

    def config(self, connection: sa.Connection | None = None) -> Config:
        """Return the Alembic configuration: where the scripts are, and which connection to use."""
        settings = Config()
        settings.set_main_option("script_location", str(self.folder).replace("%", "%%"))
        settings.set_main_option("path_separator", "os")
        settings.attributes["connection"] = connection
        settings.attributes["version_table"] = self.version_table
        return settings

    def upgrade(self, engine: sa.Engine) -> None:
        """Migrate to the newest schema, in one transaction; nothing to do is no error."""
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # two starters: the second waits, then sees
                lock = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
                connection.execute(lock, {"name": self.version_table})
            command.upgrade(self.config(connection), "head")

    def check(self, engine: sa.Engine) -> None:
        """Refuse a database that is not at the newest schema.

        Raises:
            NotInitialised: there are no tables, or an earlier or a later schema.
        """
        head = ScriptDirectory.from_config(self.config()).get_current_head()
        with reading(engine).connect() as connection:
            options = {"version_table": self.version_table}
            current = MigrationContext.configure(connection, opts=options).get_current_revision()
        if current is None:
            raise NotInitialised(
                f"There is no {self.what} in this database yet; "
                "run `placet init` (or `placet init --sample`)."
            )
        if current != head:
            raise NotInitialised(
                f"The {self.what}'s database is at schema {current}, this Placet needs {head}; "
                "run `placet init` to bring it up to date."
            )
