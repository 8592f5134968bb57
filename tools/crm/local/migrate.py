"""Bring the embedded CRM's database to the present schema, from nothing or from any earlier one.

Its version table is its own, so that the CRM may share a database with Placet's own tables.
"""

from pathlib import Path

from tools.migrating import Migrations

__all__ = ["MIGRATIONS", "VERSION_TABLE", "check", "config", "upgrade"]

VERSION_TABLE = "crm_alembic_version"
MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations", version_table=VERSION_TABLE, what="CRM"
)

config = MIGRATIONS.config
upgrade = MIGRATIONS.upgrade
check = MIGRATIONS.check
