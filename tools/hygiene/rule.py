"""The usual detector: judges each distinct value, alone or beside other fields of its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from .change import FieldChange, Subject
from .column import Column, Value
from .columns import Columns
from .detector import Dimension, Finding, Reference, Severity

__all__ = ["KEEP", "Judge", "Rule", "Sieve", "Target", "Verdict"]


class _Keep:
    """Says that a verdict proposes nothing."""


KEEP: Final = _Keep()


class Verdict(NamedTuple):
    """What a judge says about one value."""

    message: str
    evidence: str
    confidence: float
    after: str | _Keep | None = KEEP
    """What the field should hold; KEEP where nothing tells."""
    field: str | None = None
    """The field it is about, where it is not the target's first."""


Judge = Callable[..., Sequence[Verdict]]
"""Takes the values of a target's fields, in order; returns nothing where all is well."""


class Sieve(NamedTuple):
    """A judge and what its first field must hold for there to be anything to judge.

    The sieve is asked once for each distinct value; the rows that fall through cost no call.
    """

    judge: Judge
    only: Callable[[Value], bool]


@dataclass(frozen=True, slots=True)
class Target:
    """A field to judge and the fields of the same record that are told along with it."""

    subject: Subject
    field: str
    beside: tuple[str, ...] = ()
    context: tuple[Reference, ...] = ()
    """What `open` reads of the whole table, besides."""

    @property
    def names(self) -> tuple[str, ...]:
        """The fields whose values the judge is given, in order."""
        return (self.field, *self.beside)

    @property
    def fields(self) -> tuple[Reference, ...]:
        """Everything that is read for this target."""
        return (*((self.subject, name) for name in self.names), *self.context)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A detector as data: what it is, where it looks, and the function that judges.

    `open` sees the whole table first, to learn what is usual in it, and returns the judge. A judge
    is asked once for each distinct combination of values, however many records hold it.
    """

    name: str
    title: str
    dimension: Dimension
    severity: Severity
    finds: str
    never: str
    source: str
    targets: tuple[Target, ...]
    open: Callable[[Columns, Target], Judge | Sieve]
    repairs: bool = False

    @property
    def fields(self) -> tuple[Reference, ...]:
        """What it reads."""
        return tuple(dict.fromkeys(one for target in self.targets for one in target.fields))

    def find(self, table: Columns) -> Iterator[Finding]:
        """Yield what is wrong in the records that `table` puts in scope."""
        for target in self.targets:
            columns = [table.column(target.subject, name) for name in target.names]
            opened = self.open(table, target)
            rows: Iterable[int] | None = table.scoped(target.subject)
            judge = opened.judge if isinstance(opened, Sieve) else opened
            if isinstance(opened, Sieve):
                rows = columns[0].rows_where(opened.only, rows)
            if rows is not None:
                judged = _some(judge, columns, rows)
            else:
                judged = _one(judge, columns[0]) if len(columns) == 1 else _many(judge, columns)
            yield from self._findings(table, target, columns, judged)

    def _findings(
        self, table: Columns, target: Target, columns: list[Column],
        judged: Iterable[tuple[int, Sequence[Verdict]]],
    ) -> Iterator[Finding]:  # fmt: skip
        ids = table.ids(target.subject)
        places = {name: place for place, name in enumerate(target.names)}
        for row, verdicts in judged:
            for verdict in verdicts:
                field = verdict.field or target.field
                value = columns[places[field]][row] if field in places else None
                yield self._finding(ids[row], target.subject, field, value, verdict)

    def _finding(
        self, record: str, subject: Subject, field: str, value: Value, verdict: Verdict
    ) -> Finding:
        message, evidence, confidence, after, _ = verdict
        before = None if value is None else str(value)
        change = None
        if not isinstance(after, _Keep) and after != before:
            change = FieldChange(
                record=record, subject=subject, field=field, before=before, after=after,
                rule=self.name, confidence=confidence, why=message, evidence=evidence,
            )  # fmt: skip
        return Finding(
            record, subject, field, before, self.name, self.severity, message, evidence,
            confidence, change,
        )  # fmt: skip


def _some(
    judge: Judge, columns: list[Column], rows: Iterable[int]
) -> Iterator[tuple[int, Sequence[Verdict]]]:
    """Judge some rows, each by itself."""
    for row in rows:
        if found := judge(*(column[row] for column in columns)):
            yield row, found


def _one(judge: Judge, column: Column) -> Iterator[tuple[int, Sequence[Verdict]]]:
    """Judge each value once, then find its rows."""
    if not column.shared:
        return ((row, found) for row, value in enumerate(column.values) if (found := judge(value)))
    flagged = {code: found for code, value in enumerate(column.values) if (found := judge(value))}
    if not flagged:
        return iter(())
    return ((row, flagged[column.codes[row]]) for row in column.rows_of(flagged))


def _many(judge: Judge, columns: list[Column]) -> Iterator[tuple[int, Sequence[Verdict]]]:
    """Judge each combination once where rows share values; else row by row, keeping nothing."""
    if not all(column.shared for column in columns):
        for row, values in enumerate(zip(*columns, strict=True)):
            if found := judge(*values):
                yield row, found
        return
    held: dict[tuple[int, ...], Sequence[Verdict]] = {}
    for row, codes in enumerate(zip(*(column.codes for column in columns), strict=True)):
        found_or_none = held.get(codes)
        if found_or_none is None:
            told = (column.values[code] for column, code in zip(columns, codes, strict=True))
            found_or_none = held[codes] = judge(*told)
        if found_or_none:
            yield row, found_or_none
