"""The few places where SQLite and PostgreSQL say the same thing in different words.

Text equality is that of `tools.sql.fold`, and it is the same on both: no server collation takes
part (PostgreSQL compares under "C"), because collations differ between machines and versions. The
database lowers ASCII only; what else folds to a wanted letter (Ü to ü, but also the long s and the
Kelvin sign) is spelt out from Python's own tables.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from tools.sql import fold

__all__ = ["BLANKS", "bucket", "contains", "equals_any", "joined", "not_blank", "starts_with"]

BLANKS = " \t\n\r\v\f"
"""Text of nothing but these is blank, which counts as missing."""

_MAX_SPELLINGS = 64  # beyond so many spellings of one value, folding the column is cheaper
_MAX_BOUND = 2_000  # beyond so many values in all, too: drivers limit bound values (SQLite 32,766)


class _TextElement(FunctionElement[str]):
    type = sa.Text()


class _BoolElement(FunctionElement[bool]):
    type = sa.Boolean()


class _Caseless(_TextElement):
    """The column, to be compared with lower-case text without regard to ASCII case."""

    name = "placet_caseless"
    inherit_cache = True


class _Lower(_TextElement):
    """The column with A-Z lowered."""

    name = "placet_lower"
    inherit_cache = True


class _Folded(_TextElement):
    """The column folded, as far as the letters in `from_` and `to` need it."""

    name = "placet_folded"
    inherit_cache = True


class _Position(FunctionElement[int]):
    """Where the text occurs in the column, from 1; 0 for nowhere."""

    type = sa.Integer()
    name = "placet_position"
    inherit_cache = True


class _Starts(_BoolElement):
    name = "placet_starts"
    inherit_cache = True


class _Hint(_BoolElement):
    """What PostgreSQL's planner should know of; it changes no result, so SQLite is spared it."""

    name = "placet_hint"
    inherit_cache = True


class _NotBlank(_BoolElement):
    name = "placet_not_blank"
    inherit_cache = True


class _Bucket(FunctionElement[int]):
    """Which bucket an id falls into; the same number as `tools.sql.bucket_of`."""

    type = sa.BigInteger()
    name = "placet_bucket"
    inherit_cache = True


class _Joined(_TextElement):
    """Every value in one text, with something between them: an aggregate."""

    name = "placet_joined"
    inherit_cache = True


def _parts(element: FunctionElement[Any], compiler: SQLCompiler, **kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(_Caseless)  # without a dialect: SQLite's words, which also serve `str(query)`
def _(element: _Caseless, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({_parts(element, compiler, **kw)[0]} COLLATE NOCASE)"


@compiles(_Caseless, "postgresql")
@compiles(_Lower, "postgresql")
def _(element: _TextElement, compiler: SQLCompiler, **kw: Any) -> str:
    return f'lower({_parts(element, compiler, **kw)[0]} COLLATE "C")'


@compiles(_Lower)
def _(element: _Lower, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower({_parts(element, compiler, **kw)[0]})"


@compiles(_Folded)
def _(element: _Folded, compiler: SQLCompiler, **kw: Any) -> str:
    column = next(iter(element.clauses))
    return f"placet_fold({compiler.process(column, **kw)})"


@compiles(_Folded, "postgresql")
def _(element: _Folded, compiler: SQLCompiler, **kw: Any) -> str:
    column, old, new = _parts(element, compiler, **kw)
    return f'translate(lower({column} COLLATE "C"), {old}, {new})'


@compiles(_Position)
def _(element: _Position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({', '.join(_parts(element, compiler, **kw))})"


@compiles(_Position, "postgresql")
def _(element: _Position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({', '.join(_parts(element, compiler, **kw))})"


@compiles(_Starts)
def _(element: _Starts, compiler: SQLCompiler, **kw: Any) -> str:
    text, start = _parts(element, compiler, **kw)
    return f"(instr({text}, {start}) = 1)"


@compiles(_Starts, "postgresql")
def _(element: _Starts, compiler: SQLCompiler, **kw: Any) -> str:
    return f"starts_with({', '.join(_parts(element, compiler, **kw))})"


@compiles(_Hint)
def _(element: _Hint, compiler: SQLCompiler, **kw: Any) -> str:
    return "(1 = 0)"


@compiles(_Hint, "postgresql")
def _(element: _Hint, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({_parts(element, compiler, **kw)[0]})"


@compiles(_NotBlank)
def _(element: _NotBlank, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(trim({', '.join(_parts(element, compiler, **kw))}) <> '')"


@compiles(_NotBlank, "postgresql")
def _(element: _NotBlank, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(btrim({', '.join(_parts(element, compiler, **kw))}) <> '')"


@compiles(_Bucket)
def _(element: _Bucket, compiler: SQLCompiler, **kw: Any) -> str:
    return f"placet_bucket({', '.join(_parts(element, compiler, **kw))})"


@compiles(_Bucket, "postgresql")
def _(element: _Bucket, compiler: SQLCompiler, **kw: Any) -> str:
    salt, key, of = _parts(element, compiler, **kw)
    # The first eight hex digits as an unsigned number: bit(32) widens to bigint without a sign.
    digits = f"substr(md5({salt} || ':' || {key}), 1, 8)"
    return f"mod(('x' || {digits})::bit(32)::bigint, {of})"


@compiles(_Joined)
def _(element: _Joined, compiler: SQLCompiler, **kw: Any) -> str:
    return f"group_concat({', '.join(_parts(element, compiler, **kw))})"


@compiles(_Joined, "postgresql")
def _(element: _Joined, compiler: SQLCompiler, **kw: Any) -> str:
    return f"string_agg({', '.join(_parts(element, compiler, **kw))})"


# --- text tests; NULL where the column is NULL ----------------------------------------------------


@cache
def _variants() -> dict[str, tuple[str, ...]]:
    """Return, for each folded character, the non-ASCII characters that fold to it."""
    found: dict[str, list[str]] = {}
    for number in range(0x80, sys.maxunicode + 1 if sys.maxunicode < 0x20000 else 0x20000):
        folded = fold(chr(number))  # no character above plane 1 has case
        if folded != chr(number):
            found.setdefault(folded, []).append(chr(number))
    return {folded: tuple(chars) for folded, chars in found.items()}


def _spellings(folded: str) -> list[str] | None:
    """Return every spelling that equals `folded` but for ASCII case; None where there are many."""
    choices = [(char, *_variants().get(char, ())) for char in folded]
    total = 1
    for choice in choices:
        total *= len(choice)
        if total > _MAX_SPELLINGS:
            return None
    return ["".join(letters) for letters in itertools.product(*choices)]


def _column_folded(column: sa.ColumnElement[Any], letters: str) -> sa.ColumnElement[str]:
    pairs = [(old, new) for new in dict.fromkeys(letters) for old in _variants().get(new, ())]
    if not pairs:
        return _Lower(column)
    return _Folded(
        column,
        sa.literal("".join(old for old, _ in pairs), sa.Text()),
        sa.literal("".join(new for _, new in pairs), sa.Text()),
    )


def equals_any(column: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return whether the text equals one of the values, by `tools.sql.fold`."""
    folded = list(dict.fromkeys(fold(value) for value in values))
    spelt = [_spellings(value) for value in folded]
    easy = [word for words in spelt for word in words or ()]
    hard = [value for value, words in zip(folded, spelt, strict=True) if words is None]
    if len(easy) > _MAX_BOUND:
        easy, hard = [], folded
    tests: list[sa.ColumnElement[bool]] = []
    if easy:
        # As written, and without case. The first half is there for PostgreSQL's planner, which
        # knows how often a stored value occurs but nothing about lower(value).
        tests += [_Hint(column.in_(values)), _Caseless(column).in_(easy)]
    if hard:
        tests.append(_column_folded(column, "".join(hard)).in_(hard))
    return sa.or_(*tests)


def contains(column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
    """Return whether the text occurs in the column; no character of it is a wildcard."""
    wanted = fold(text)
    return _Position(_column_folded(column, wanted), sa.literal(wanted, sa.Text())) > 0


def starts_with(column: sa.ColumnElement[Any], text: str) -> sa.ColumnElement[bool]:
    """Return whether the column starts with the text."""
    wanted = fold(text)
    return _Starts(_column_folded(column, wanted), sa.literal(wanted, sa.Text()))


def not_blank(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return whether the text holds anything but white space."""
    return _NotBlank(column, sa.literal(BLANKS, sa.Text()))


def bucket(salt: str, key: sa.ColumnElement[Any], of: int) -> sa.ColumnElement[int]:
    """Return which of `of` buckets the id falls into."""
    return _Bucket(sa.literal(salt, sa.Text()), key, sa.literal(of, sa.BigInteger()))


def joined(column: sa.ColumnElement[Any], between: sa.ColumnElement[str]) -> FunctionElement[str]:
    """Return every value of the column in one text; NULL where there is none."""
    return _Joined(column, between)
