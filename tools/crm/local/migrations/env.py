"""What Alembic runs: the migrations, on the connection that `migrate.upgrade` hands over."""

from alembic import context

from tools.crm.local.migrate import VERSION_TABLE
from tools.crm.local.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
