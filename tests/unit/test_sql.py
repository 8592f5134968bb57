import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

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


@pytest.mark.postgres
def test_a_transaction_that_stands_still_loses_its_session_and_its_locks(postgres_url: str) -> None:
    engine = create_engine(postgres_url, idle_seconds=0.3)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (n INTEGER)"))
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))
    still = engine.connect()
    still.execute(sa.text("UPDATE t SET n = 2"))
    with engine.begin() as connection:  # waits for the row until the server ends the other session
        connection.execute(sa.text("UPDATE t SET n = 3"))
    with pytest.raises(DBAPIError):
        still.execute(sa.text("SELECT 1"))
    still.invalidate()
    still.close()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT n FROM t")) == 3
    engine.dispose()
