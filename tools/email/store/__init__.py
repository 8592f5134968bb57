"""The mail journal's tables in Placet's own database: campaigns, messages, pace, bounces.

It may import `tools.migrating` and SQLAlchemy. Start at `schema`; `MIGRATIONS` brings a database to
it, under a version table of its own, so that the journal may stand beside the store's tables.
"""

from .migrate import MIGRATIONS
from .schema import metadata

__all__ = ["MIGRATIONS", "metadata"]
