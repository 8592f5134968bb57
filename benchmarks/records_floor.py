"""The least that a once-only, undoable batch of fixes costs: the same rows, by hand-written SQL.

No gate, no handler, no checks of values: a loop that any script would need so that a kill in the
middle loses nothing, repeats nothing and can be taken back. Two durable commits a batch, because
the CRM and Placet are two databases:
- Placet's: the stop and the pause are read, the pace is kept, the last batch's items become done
  with their results, the next batch's items are claimed;
- the CRM's: keys looked up, records locked, old values compared, written, and the result kept
  beside them under the key.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

__all__ = ["by_hand"]

_PERMIT = "by-hand"
_LITE = {
    "draft": "SELECT state, stopped_at FROM placet_drafts WHERE id = ?",
    "pause": "SELECT \"on\" FROM placet_switches WHERE name = 'pause'",
    "pace": "UPDATE placet_buckets SET tokens = tokens - ?, at = ? WHERE name = 'by-hand'",
    "claim": "INSERT INTO placet_items (permit_id, item, state, token, at) "
    "VALUES (?, ?, 'claimed', 'by-hand', ?)",
    "done": "UPDATE placet_items SET state = 'done', result = ?, at = ? "
    "WHERE permit_id = ? AND item = ? AND state <> 'done'",
    "lock": "SELECT id, phone, updated_at FROM crm_contacts WHERE id IN ({marks}) ORDER BY id",
    "seen": "SELECT key, result FROM crm_effects WHERE key IN ({marks})",
    "write": "UPDATE crm_contacts SET phone = ?, updated_at = ? WHERE id = ?",
    "keep": "INSERT INTO crm_effects (key, result, at) VALUES (?, ?, ?)",
}
_POSTGRES = {
    "draft": "SELECT state, stopped_at FROM placet_drafts WHERE id = %s FOR NO KEY UPDATE",
    "pause": "SELECT \"on\" FROM placet_switches WHERE name = 'pause'",
    "pace": "UPDATE placet_buckets SET tokens = tokens - %s, at = %s WHERE name = 'by-hand'",
    "claim": "INSERT INTO placet_items (permit_id, item, state, token, at) "
    "SELECT a, b, 'claimed', 'by-hand', c "
    "FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS x (a, b, c)",
    "done": "UPDATE placet_items SET state = 'done', result = x.r, at = x.t "
    "FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[]) AS x (r, t, p, i) "
    "WHERE permit_id = x.p AND item = x.i AND state <> 'done'",
    "lock": "SELECT id, phone, updated_at FROM crm_contacts WHERE id = ANY(%s) ORDER BY id "
    "FOR UPDATE",
    "seen": "SELECT key, result FROM crm_effects WHERE key = ANY(%s)",
    "write": "UPDATE crm_contacts SET phone = x.v, updated_at = x.t "
    "FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS x (v, t, i) WHERE id = x.i",
    "keep": "INSERT INTO crm_effects (key, result, at) "
    "SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[])",
}


def by_hand(placet: sa.Engine, crm: sa.Engine, draft_id: str, records: int, size: int) -> None:
    """Change every phone number, once and undoable."""
    with placet.begin() as connection:
        _prepare(connection, draft_id)
    told: dict[str, str] = {}
    for start in range(0, records, size):
        batch = [f"c_{n:06}" for n in range(start, min(start + size, records))]
        with placet.begin() as connection:
            _turn(connection, draft_id, told, batch)
        with crm.begin() as connection:
            told = _change(connection, batch)
    with placet.begin() as connection:
        _turn(connection, draft_id, told, [])


def _prepare(connection: sa.Connection, draft_id: str) -> None:
    lite = connection.dialect.name == "sqlite"
    marks = "?, ?, 1, ?, 0, 0" if lite else "%s, %s, 1, %s, 0, 0"
    connection.exec_driver_sql(
        "INSERT INTO placet_permits (id, draft_id, revision, digest, issued_at, valid_until) "
        f"VALUES ({marks})", (_PERMIT, draft_id, "0" * 64),
    )  # fmt: skip
    connection.exec_driver_sql("INSERT INTO placet_buckets VALUES ('by-hand', 1e12, 0)")


def _turn(
    connection: sa.Connection, draft_id: str, told: Mapping[str, str], batch: Sequence[str]
) -> None:
    lite, now = connection.dialect.name == "sqlite", time.time_ns() // 1_000
    sql = _LITE if lite else _POSTGRES
    connection.exec_driver_sql(sql["draft"], (draft_id,)).one()
    connection.exec_driver_sql(sql["pause"]).first()
    if told:
        rows = [(result, now, _PERMIT, item) for item, result in told.items()]
        connection.exec_driver_sql(sql["done"], _as(rows, lite=lite))
    if batch:
        connection.exec_driver_sql(sql["pace"], (len(batch), now))
        rows = [(_PERMIT, item, now) for item in batch]
        connection.exec_driver_sql(sql["claim"], _as(rows, lite=lite))


def _change(connection: sa.Connection, batch: Sequence[str]) -> dict[str, str]:
    lite, now = connection.dialect.name == "sqlite", time.time_ns() // 1_000
    sql = _LITE if lite else _POSTGRES
    marks = ", ".join("?" * len(batch))
    keys = [f"{_PERMIT}:1:{one}" for one in batch]
    given = (lambda names: tuple(names)) if lite else (lambda names: (names,))
    there = connection.exec_driver_sql(sql["lock"].format(marks=marks), given(batch)).all()
    assert not connection.exec_driver_sql(sql["seen"].format(marks=marks), given(keys)).all()
    told, writes, keeps = {}, [], []
    for record, phone, at in there:
        number = int(record[2:])
        assert phone == f"030 {number}", phone
        after = f"+4930{number}"
        told[record] = json.dumps({
            "record": record, "fields": {"phone": {"before": phone, "after": after}},
            "updated_at": {"before": at, "after": now},
        })  # fmt: skip
        writes.append((after, now, record))
        keeps.append((f"{_PERMIT}:1:{record}", told[record], now))
    connection.exec_driver_sql(sql["write"], _as(writes, lite=lite))
    connection.exec_driver_sql(sql["keep"], _as(keeps, lite=lite))
    return told


def _as(rows: Sequence[tuple[Any, ...]], *, lite: bool) -> Any:
    """Return rows as SQLite's `executemany` takes them, or as PostgreSQL's arrays, by column."""
    return list(rows) if lite else tuple(map(list, zip(*rows, strict=True)))
