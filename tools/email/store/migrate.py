"""Bring the mail journal to the present schema, from nothing or from any earlier one."""

from pathlib import Path

from tools.migrating import Migrations

__all__ = ["MIGRATIONS"]

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    version_table="mail_alembic_version",
    what="mail journal",
)
