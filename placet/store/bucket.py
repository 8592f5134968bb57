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
    given = {"the_name": name, "amount": amount, "now": now, "rate": per_second / 1e6}
    given["burst"] = burst = max(per_second, 1.0)
    left = connection.scalar(_TAKE, given)
    if left is None:
        full = {"name": name, "tokens": burst, "at": now}
        connection.execute(insert_or_skip(connection, buckets), full)
        left = connection.scalar(_TAKE, given)
    return max(0.0, -(left or 0.0) / per_second)


_NOW = sa.bindparam("now", type_=buckets.c.at.type)
_SINCE = sa.type_coerce(_NOW, sa.BigInteger) - sa.type_coerce(buckets.c.at, sa.BigInteger)
_FILLED = buckets.c.tokens + sa.case((_SINCE > 0, _SINCE), else_=0) * sa.bindparam(
    "rate", type_=sa.Float
)
_BURST = sa.bindparam("burst", type_=sa.Float)
_TAKE = (
    buckets.update()
    .where(buckets.c.name == sa.bindparam("the_name"))
    .values(
        tokens=sa.case((_FILLED < _BURST, _FILLED), else_=_BURST) - sa.bindparam("amount"), at=_NOW
    )
    .returning(buckets.c.tokens)
)
