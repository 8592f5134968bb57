"""Records of the embedded CRM, changed and merged by those who hold a permit.

A batch is one transaction: its keys are looked up, its records locked in one order, each field
compared with what was approved, and only then written, with the keys and results beside it. So a
key happened whole or not at all, and asking again finds out which.

`updated_at` becomes the moment of writing. An undo puts the earlier moment back where nobody has
touched the record since; where somebody has, it becomes the moment of the undo.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from gates.digest import canonical
from gates.permit import Permit
from placet.clock import Clock
from placet.errors import BadInput, EffectRefused, NotAllowed
from tools.bulk import insert_all, select_all, update_all
from tools.crm.fitting import fit, writable
from tools.crm.port import FieldSpec, Merging, RecordEdit, RecordSubject, Row
from tools.execution import Outcome, Refused
from tools.segments.inert import show
from tools.sql import reading

from .barring import Shift, carry, hold, remember_address, take_back
from .catalogue import build_catalogue
from .crm import micros
from .merge import merge_one, unmerge_one
from .schema import effects
from .stored import TABLES, differs, fingerprint, text_of, value_of

__all__ = ["LocalRecords"]

_TRIES = 3
_AT_ODDS = (
    "the database refused it: an address or a record that it needs was taken or removed meanwhile"
)
_Edits = Sequence[tuple[str, RecordEdit]]
_Values = dict[str, Any]


class LocalRecords:
    """`RecordReader` and `RecordWriter` over SQLite or PostgreSQL."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine, self._reading, self._clock = engine, reading(engine), clock

    # --- reading -------------------------------------------------------------------------------

    def rows(
        self, subject: RecordSubject, ids: Sequence[str], *, fields: Sequence[str] | None = None
    ) -> Mapping[str, Row]:
        """Return those of these records that there are, by id."""
        return {
            values[0]: dict(zip(names, map(text_of, values), strict=True))
            for names, values in self._read(subject, ids, fields)
        }

    def fingerprints(self, subject: RecordSubject, ids: Sequence[str]) -> Mapping[str, str]:
        """Return for each of these records that there is the sha256 of its stored row."""
        return {
            values[0]: fingerprint(dict(zip(names, values, strict=True)))
            for names, values in self._read(subject, ids, None)
        }

    def _read(
        self, subject: RecordSubject, ids: Sequence[str], fields: Sequence[str] | None
    ) -> Iterator[tuple[Sequence[str], Sequence[Any]]]:
        table = TABLES[subject]
        asked = ["id", *(table.c.keys() if fields is None else fields)]
        names = [name for name in dict.fromkeys(asked) if name in table.c]
        wanted = [one for one in dict.fromkeys(ids) if "\x00" not in one]
        with self._reading.connect() as connection:
            for row in select_all(connection, table, names, "id", wanted):
                yield names, row

    def written(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the result of each of these keys that was used: settles an unknown outcome."""
        with self._reading.connect() as connection:
            return _results(connection, keys)

    # --- changing ------------------------------------------------------------------------------

    def change_records(
        self, permit: Permit, *, subject: RecordSubject, edits: Sequence[tuple[str, RecordEdit]]
    ) -> Mapping[str, Outcome]:
        """Write `(key, edit)` pairs in one transaction; return what became of each record.

        Raises:
            NotAllowed: a key is not one of this permit's.
            EffectRefused: an address was taken by others again and again; nothing was written.
        """
        for _ in range(_TRIES):
            try:
                with self._writing(permit, [key for key, _ in edits]) as connection:
                    return _Batch(connection, subject, self._now()).write(edits)
            except IntegrityError:  # somebody took an address between our look and our write
                continue
        raise EffectRefused(
            "Other writers kept taking the addresses of this batch; nothing of it was changed."
        )

    def merge(
        self, permit: Permit, *, key: str, subject: RecordSubject, merging: Merging
    ) -> Outcome:
        """Make several records one, in one transaction; `Refused` where anything changed."""
        return self._once(
            permit, key, lambda connection, now: merge_one(connection, subject, merging, now)
        )

    def unmerge(
        self, permit: Permit, *, key: str, subject: RecordSubject, result: str
    ) -> Outcome:  # fmt: skip
        """Take a merge back from its result, in one transaction; `Refused` where it cannot be."""
        before = json.loads(result)
        return self._once(
            permit, key, lambda connection, now: unmerge_one(connection, subject, before, now)
        )

    def _once(
        self, permit: Permit, key: str, do: Callable[[sa.Connection, int], Outcome]
    ) -> Outcome:  # fmt: skip
        try:
            with self._writing(permit, [key]) as connection:
                done = _results(connection, [key]).get(key)
                if done is not None:
                    return done
                outcome = do(connection, self._now())
                _remember(connection, {key: outcome}, self._now())
        except IntegrityError:
            return Refused(why=_AT_ODDS)
        return outcome

    def _now(self) -> int:
        return micros(self._clock.now())

    @contextmanager
    def _writing(self, permit: Permit, keys: Sequence[str]) -> Iterator[sa.Connection]:
        if any(not key.startswith(permit.key("")) for key in keys):
            raise NotAllowed(
                f"An idempotency key is not one of permit {permit.id}; nothing was done."
            )
        with self._engine.begin() as connection:
            yield connection


class _Batch:
    """One transaction's edits."""

    def __init__(self, connection: sa.Connection, subject: RecordSubject, now: int) -> None:
        self._connection, self._now = connection, now
        self._subject: RecordSubject = subject
        self._table = TABLES[subject]
        self._rows: Mapping[str, Mapping[str, Any]] = {}
        self._specs: dict[str, FieldSpec] = {}
        self._undone: dict[str, _Values] = {}

    def write(self, edits: _Edits) -> dict[str, Outcome]:
        """Write what still fits; return each record's outcome."""
        # First the locks: whoever writes the same keys is through with them when we look.
        hold(self._connection, _addresses(edit for _, edit in edits))
        self._lock([edit for _, edit in edits])
        done = _results(self._connection, [key for key, _ in edits])
        outcomes: dict[str, Outcome] = {
            edit.record: done[key] for key, edit in edits if key in done
        }
        fresh = [(key, edit) for key, edit in edits if key not in done]
        taken = self._taken([edit for _, edit in fresh])
        written: dict[str, Outcome] = {}
        updates: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for key, edit in fresh:
            outcome = self._judge(edit, taken)
            if isinstance(outcome, Refused):
                outcomes[edit.record] = outcome
                continue
            result = self._beside(edit, outcome)
            updates[tuple(outcome)].append((*outcome.values(), edit.record))
            outcomes[edit.record] = written[key] = canonical(result)
        for names, rows in updates.items():
            update_all(self._connection, self._table, names, ("id",), rows)
        _remember(self._connection, written, self._now)
        return outcomes

    def _lock(self, edits: Sequence[RecordEdit]) -> None:
        asked = {"id", "updated_at"} | {one.field for edit in edits for one in edit.sets}
        names = [name for name in self._table.c.keys() if name in asked]  # noqa: SIM118 - not a dict
        ids = [edit.record for edit in edits if "\x00" not in edit.record]
        found = select_all(self._connection, self._table, names, "id", ids, lock=True)
        rows = (dict(zip(names, row, strict=True)) for row in found)
        self._rows = {row["id"]: row for row in rows}

    def _taken(self, edits: Sequence[RecordEdit]) -> dict[str, str]:
        """Return who has the addresses that contacts are to get, by address."""
        if self._subject != "contact":
            return {}
        wanted = {one.after for edit in edits for one in edit.sets if one.field == "email"}
        if not wanted:
            return {}
        email, record = self._table.c.email, self._table.c.id
        query = sa.select(email, record).where(email.in_(wanted))
        return {row.email: row.id for row in self._connection.execute(query)}

    def _judge(self, edit: RecordEdit, taken: dict[str, str]) -> _Values | Refused:
        """Return the values to write, or why nothing of the record is written."""
        row = self._rows.get(edit.record)
        if row is None:
            return Refused(why=f"the {self._subject} is no longer in the CRM")
        values: _Values = {}
        for one in edit.sets:
            column = self._table.c.get(one.field)
            if column is None or one.field in ("id", "updated_at"):
                return Refused(why=f"no {self._subject} has a field {show(one.field)} to change")
            if differs(column, row[one.field], one.before):
                return _changed(one.field)
            try:
                values[one.field] = self._value(column, edit, one.field, one.after)
            except (BadInput, ValueError) as error:
                return Refused(why=str(error).rstrip("."))
        address = values.get("email")
        if self._subject == "contact" and address is not None and address != row["email"]:
            if address in taken:
                return Refused(
                    why="another contact has the address that this one would get; "
                    "they may be one person"
                )
            taken[address] = edit.record
        values["updated_at"] = self._moment(edit, row["updated_at"])
        return values

    def _value(
        self, column: sa.Column[Any], edit: RecordEdit, field: str, after: str | None
    ) -> Any:  # fmt: skip
        if edit.undoes is not None:  # what was there before fits, whatever the rules say of it
            return value_of(column, after)
        spec = self._specs.get(field) or writable(build_catalogue(), self._subject, field)
        self._specs[field] = spec
        return fit(spec, after)

    def _moment(self, edit: RecordEdit, at: int | None) -> int | None:
        if edit.undoes is not None:
            self._undone[edit.record] = undone = json.loads(edit.undoes)
            wrote = undone["updated_at"]
            if wrote["after"] == at:
                before: int | None = wrote["before"]
                return before
        return self._now

    def _beside(self, edit: RecordEdit, values: _Values) -> _Values:
        """Write what belongs to a change of address; return the result."""
        row, shifts, stays = self._rows[edit.record], [], []
        if edit.undoes is not None:
            stays = take_back(self._connection, self._undone[edit.record].get("beside", []))
        old, new = row.get("email"), values.get("email")
        if self._subject == "contact" and old and new and old != new:
            shifts = self._follow(edit.record, old, new)
        result: _Values = {
            "record": edit.record,
            "fields": {
                one.field: {"before": text_of(row[one.field]), "after": text_of(values[one.field])}
                for one in edit.sets
            },
            "updated_at": {"before": row["updated_at"], "after": values["updated_at"]},
        }
        return result | ({"beside": shifts} if shifts else {}) | ({"stays": stays} if stays else {})

    def _follow(self, contact: str, old: str, new: str) -> list[Shift]:
        carried = carry(self._connection, old, new)
        return [*carried, *remember_address(self._connection, old, contact, self._now)]


def _changed(field: str) -> Refused:
    # Without the values: reasons are counted on receipts and stand in the ledger, which keeps them.
    return Refused(why=f"changed since: {field}")


def _addresses(edits: Iterable[RecordEdit]) -> set[str]:
    """Return the addresses whose opt-outs a batch touches."""
    sets = (one for edit in edits for one in edit.sets if one.field == "email")
    return {text for one in sets for text in (one.before, one.after) if text}


def _results(connection: sa.Connection, keys: Sequence[str]) -> dict[str, str]:
    found = select_all(connection, effects, ("key", "result"), "key", keys)
    return {row.key: row.result for row in found}


def _remember(connection: sa.Connection, outcomes: Mapping[str, Outcome], at: int) -> None:
    rows = [(key, told, at) for key, told in outcomes.items() if isinstance(told, str)]
    insert_all(connection, effects, ("key", "result", "at"), rows)
