"""One column of a table, each distinct value kept once where values repeat."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress, repeat
from typing import Any

__all__ = ["Column", "ColumnBuilder", "Value"]

Value = Any
"""What a CRM field holds: text, a number, a time in epoch microseconds, or None."""

_TRIAL = 65_536
_REPEATS = 0.75
"""Above this share of new values in the first rows, a dictionary costs more than it saves."""


class _Coder(dict[Value, int]):
    """Numbers values in the order they are first seen."""

    def __missing__(self, key: Value) -> int:
        self[key] = code = len(self)
        return code


class Column:
    """The values of one field, by row.

    `values` holds what occurs (each once, unless nearly every row differs; then one per row) and
    `codes` says for each row which of them it has.
    """

    __slots__ = ("codes", "values")

    def __init__(self, values: Sequence[Value], codes: Sequence[int]) -> None:
        self.values, self.codes = values, codes

    @classmethod
    def empty(cls, rows: int) -> Column:
        """Return a column where every row is None."""
        return cls([None], array("i", [0]) * rows)

    @classmethod
    def of(cls, values: Iterable[Value]) -> Column:
        """Return a column of one value for each row."""
        builder = ColumnBuilder()
        builder.extend(values)
        return builder.build()

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Value:
        return self.values[self.codes[row]]

    def __iter__(self) -> Iterator[Value]:
        return map(self.values.__getitem__, self.codes)

    @property
    def shared(self) -> bool:
        """Whether rows share values: it then pays to judge each value once."""
        return not isinstance(self.codes, range)

    def counts(self) -> Sequence[int]:
        """Return how many rows have each of `values`."""
        if not self.shared:
            return [1] * len(self.values)
        found = [0] * len(self.values)
        for code in self.codes:
            found[code] += 1
        return found

    def rows_of(self, codes: Iterable[int]) -> Iterator[int]:
        """Return the rows that have one of these values, in order."""
        marks = bytearray(len(self.values))
        for code in codes:
            marks[code] = 1
        return compress(range(len(self.codes)), map(marks.__getitem__, self.codes))

    def rows_where(
        self, holds: Callable[[Value], bool], among: Iterable[int] | None = None
    ) -> Iterable[int]:
        """Return the rows (of all, or among these) whose value passes a test, in order."""
        if among is not None:
            return [row for row in among if holds(self[row])]
        if not self.shared:
            return compress(range(len(self.codes)), map(holds, self.values))
        return self.rows_of(code for code, value in enumerate(self.values) if holds(value))

    def replaced(self, by: Mapping[int, Value]) -> Column:
        """Return the column with other values in some rows; this one stays as it is."""
        values = list(self.values)
        if not self.shared:
            for row, value in by.items():
                values[row] = value
            return Column(values, range(len(values)))
        codes, coder = array("i", self.codes), _Coder()
        first = len(values)
        for row, value in by.items():
            codes[row] = first + coder[value]
        return Column(list(chain(values, coder)), codes)


class ColumnBuilder:
    """Takes values row by row and decides by the first of them how to keep them."""

    def __init__(self) -> None:
        self._coder: _Coder | None = _Coder()
        self._codes = array("i")
        self._plain: list[Value] = []

    def extend(self, values: Iterable[Value]) -> None:
        """Take the values of the next rows."""
        if self._coder is None:
            self._plain.extend(values)
            return
        self._codes.extend(map(self._coder.__getitem__, values))
        if len(self._codes) >= _TRIAL and len(self._coder) > _REPEATS * len(self._codes):
            held = list(self._coder)
            self._plain = [held[code] for code in self._codes]
            self._coder, self._codes = None, array("i")

    def extend_empty(self, rows: int) -> None:
        """Take `rows` rows without a value."""
        self.extend(repeat(None, rows))

    def build(self) -> Column:
        """Return the column; the builder is spent."""
        if self._coder is None:
            return Column(self._plain, range(len(self._plain)))
        return Column(list(self._coder), self._codes)
