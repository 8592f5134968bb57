"""What serves, and how it came to, as rows: read, and written inside a caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict

from prompts import EVERYWHERE, Served, load_prompt
from tools.portable import insert_or_skip
from tools.prompts.port import Standing, Turned

from .prompt_schema import prompt_history, prompt_serving

__all__ = [
    "Change",
    "Event",
    "approved_before",
    "ever_served",
    "read_change",
    "read_history",
    "read_served",
    "read_since",
    "standing_of",
    "write_change",
]

Event = Literal["promoted", "rolled_back", "went_back"]

_SERVING = sa.select(
    prompt_serving.c.scope, prompt_serving.c.stable, prompt_serving.c.canary, prompt_serving.c.share
).where(
    prompt_serving.c.name == sa.bindparam("the_name"),
    prompt_serving.c.scope.in_([EVERYWHERE, sa.bindparam("the_scope")]),
)
"""The one statement of each request: a look-up by the primary key, built once."""


class Change(BaseModel):
    """One change of what serves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    key: str
    event: Event
    before: Standing
    after: Standing
    why: str
    draft_id: str | None
    person: str | None
    """`team/user` of who rolled back; None where the draft says who, or Placet did it itself."""
    at: AwareDatetime

    @property
    def turned(self) -> Turned:
        """The change without its circumstances."""
        return Turned(before=self.before, after=self.after)


def read_served(connection: sa.Connection, name: str, scope: str) -> Served:
    """Return what serves a name in a scope: its own version, else the one of everywhere."""
    rows = connection.execute(_SERVING, {"the_name": name, "the_scope": scope}).all()
    found: Mapping[str, Served] = {
        row.scope: Served(
            name=name, scope=scope, stable=row.stable, canary=row.canary, share=row.share
        )
        for row in rows
    }
    own, every = found.get(scope), found.get(EVERYWHERE)
    if own is not None and (own.stable or own.canary):
        return own
    return every or Served(name=name, scope=scope)


def standing_of(served: Served) -> Standing:
    """Return the same with the hash of the file that ships in its place."""
    return Standing(
        name=served.name,
        scope=served.scope,
        stable=served.stable or load_prompt(served.name).sha256,
        canary=served.canary,
        share=served.share,
    )


def read_since(connection: sa.Connection) -> Sequence[tuple[str, str, datetime]]:
    """Return every name and scope that has a row, and since when it stands so."""
    query = sa.select(prompt_serving.c.name, prompt_serving.c.scope, prompt_serving.c.at)
    rows = connection.execute(query.order_by(prompt_serving.c.name, prompt_serving.c.scope))
    return [(row.name, row.scope, row.at) for row in rows]


def read_history(
    connection: sa.Connection, name: str | None = None, scope: str | None = None
) -> Sequence[Change]:
    """Return the changes, oldest first; of one name, and of one scope, where these are given."""
    query = sa.select(prompt_history).order_by(prompt_history.c.seq)
    for column, value in ((prompt_history.c.name, name), (prompt_history.c.scope, scope)):
        query = query if value is None else query.where(column == value)
    return [_change(row) for row in connection.execute(query)]


def read_change(connection: sa.Connection, key: str) -> Change | None:
    """Return the change that was written under an idempotency key, if any."""
    query = sa.select(prompt_history).where(prompt_history.c.key == key)
    row = connection.execute(query).first()
    return None if row is None else _change(row)


def ever_served(history: Iterable[Change], sha256: str) -> bool:
    """Return whether a text was ever approved to serve, to all requests or to a share."""
    return any(
        sha256 in (one.stable, one.canary)
        for change in history
        for one in (change.before, change.after)
    )


def approved_before(history: Iterable[Change]) -> Sequence[str]:
    """Return the texts that were approved for all requests before the present one, newest first.

    Going back to an earlier one takes those after it off the pile, so that going back twice goes
    back two steps and not to and fro.
    """
    pile: list[str] = []
    for change in history:
        if not pile:
            pile = [change.before.stable]
        if change.after.stable in pile:
            del pile[pile.index(change.after.stable) + 1 :]
        else:
            pile.append(change.after.stable)
    return pile[-2::-1]


def write_change(
    connection: sa.Connection,
    *,
    key: str,
    event: Event,
    before: Standing,
    after: Standing,
    why: str,
    draft_id: str | None,
    person: str | None,
    at: datetime,
) -> None:
    """Write what serves now, and a row of the history."""
    where = {"name": after.name, "scope": after.scope}
    stands = {"stable": _stored(connection, after), "canary": after.canary, "share": after.share}
    first = {**where, "stable": None, "canary": None, "share": 0.0, "at": at}
    connection.execute(insert_or_skip(connection, prompt_serving), first)
    connection.execute(
        prompt_serving.update()
        .where(prompt_serving.c.name == after.name, prompt_serving.c.scope == after.scope)
        .values(**stands, at=at)
    )
    ends = {
        f"{side}_{field}": getattr(one, field)
        for side, one in (("from", before), ("to", after))
        for field in ("stable", "canary", "share")
    }
    connection.execute(
        prompt_history.insert().values(
            key=key, event=event, why=why, draft_id=draft_id, person=person, at=at, **where, **ends
        )
    )


def _stored(connection: sa.Connection, after: Standing) -> str | None:
    """Return the hash to write, or None where the scope follows what is below it again.

    Everywhere that is the file that ships, so that a newer release of it serves; in a workspace it
    is what serves everywhere.
    """
    if after.scope == EVERYWHERE:
        return None if after.stable == load_prompt(after.name).sha256 else after.stable
    every = standing_of(read_served(connection, after.name, EVERYWHERE))
    follows = after.canary is None and every.canary is None and every.stable == after.stable
    return None if follows else after.stable


def _change(row: sa.Row[tuple[object, ...]]) -> Change:
    found = row._mapping
    before, after = (
        Standing(
            name=found["name"],
            scope=found["scope"],
            stable=found[f"{side}_stable"],
            canary=found[f"{side}_canary"],
            share=found[f"{side}_share"],
        )
        for side in ("from", "to")
    )
    kept = {key: found[key] for key in ("seq", "key", "event", "why", "draft_id", "person", "at")}
    return Change(before=before, after=after, **kept)
