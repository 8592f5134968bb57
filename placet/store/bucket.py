"""The token bucket: one row per destination, so that all workers together keep a steady rate.

Taking may run into debt: the caller then waits until the debt would be paid back. The burst is what
one second brings, and never less than one call.
"""

from datetime import datetime

import sqlalchemy as sa

from tools.portable import insert_or_skip

from .schema import buckets

__all__ = ["take"]


def take(
    connection: sa.Connection, name: str, amount: int, *, per_second: float, now: datetime
) -> float:
    """Take `amount` tokens and return how many seconds to wait before using them."""
    burst = max(per_second, 1.0)
    full = {"name": name, "tokens": burst, "at": now}
    connection.execute(insert_or_skip(connection, buckets), full)
    query = sa.select(buckets.c.tokens, buckets.c.at).where(buckets.c.name == name)
    row = connection.execute(query.with_for_update()).one()
    since = max(0.0, (now - row.at).total_seconds())
    left: float = min(burst, row.tokens + since * per_second) - amount
    connection.execute(buckets.update().where(buckets.c.name == name).values(tokens=left, at=now))
    return max(0.0, -left / per_second)
