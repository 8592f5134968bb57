import sqlalchemy as sa

from tools.sql import create_engine, reading


def test_a_reader_sees_committed_rows_while_a_writer_holds_the_lock(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (n INTEGER)"))
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))
    with engine.begin() as writer:
        writer.execute(sa.text("INSERT INTO t VALUES (2)"))
        with reading(engine).connect() as reader:
            assert reader.scalar(sa.text("SELECT count(*) FROM t")) == 1
    engine.dispose()
