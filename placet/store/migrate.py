"""Bring Placet's own database to the present schema: our tables, then DBOS's, then LangGraph's."""

from pathlib import Path

import sqlalchemy as sa

from tools.email.mailbox.schema import metadata as mailbox_tables
from tools.migrating import Migrations
from tools.tickets.local import metadata as ticket_tables

from . import audit_schema as _audit_schema
from . import eval_schema as _eval_schema
from . import learning_schema as _learning_schema
from . import prompt_schema as _prompt_schema
from . import quality_schema as _quality_schema
from . import slack_schema as _slack_schema
from .console_schema import metadata as console_tables
from .schema import metadata

__all__ = ["MIGRATIONS", "all_tables"]

MIGRATIONS = Migrations(
    folder=Path(__file__).parent / "migrations",
    version_table="placet_alembic_version",
    what="Placet home",
)


def all_tables() -> list[sa.MetaData]:
    """Return everything that these migrations keep."""
    return [metadata, ticket_tables, console_tables, mailbox_tables]


# Importing them adds their tables to `metadata`.
_ = _audit_schema, _eval_schema, _learning_schema, _prompt_schema, _quality_schema, _slack_schema
