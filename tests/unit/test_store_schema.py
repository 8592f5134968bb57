import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from placet.store.migrate import MIGRATIONS, all_tables
from tools.sql import create_engine


def test_the_migrations_make_exactly_the_tables_of_the_schema(database_url: str) -> None:
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    MIGRATIONS.upgrade(engine)
    MIGRATIONS.check(engine)
    ours = {name for metadata in all_tables() for name in metadata.tables}
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in ours}
        )
        assert compare_metadata(context, all_tables()) == []  # type: ignore[arg-type]
        assert ours <= set(sa.inspect(connection).get_table_names())
    engine.dispose()
