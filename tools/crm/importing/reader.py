"""A CSV file as rows: encoding and delimiter found out, line numbers true, broken rows named.

UTF-8 with or without a mark, UTF-16, else Windows-1252; commas, semicolons, tabs or bars. A quoted
cell may hold line breaks; a row's line is the physical one it starts on. Nothing here keeps more
than one row in memory.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from placet.errors import BadInput

__all__ = ["Broken", "Row", "Source", "open_source"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
)
_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on and its cells, as many as the header has."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that is not CSV: the line it starts on, and why in words."""

    line: int
    message: str


@dataclass(frozen=True)
class Source:
    """A readable CSV file: what was found out about it."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    size: int
    """In bytes."""

    def rows(self) -> Iterator[tuple[Row | Broken, int]]:
        """Yield each row after the header with the number of bytes read so far; blank ones not."""
        with self.path.open("rb") as raw, _text(raw, self.encoding) as lines:
            records = _records(lines, self.delimiter)
            next(records, None)  # the header
            for line, cells in records:
                row = Broken(line, cells) if isinstance(cells, str) else self._shaped(line, cells)
                yield row, raw.tell()

    def _shaped(self, line: int, cells: list[str]) -> Row | Broken:
        width = len(self.header)
        if len(cells) == width:
            return Row(line, cells)
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            return Broken(line, f"has {len(cells)} cells, the header has {width}; row left out")
        return Row(line, (cells + [""] * (width - len(cells)))[:width])


def _text(raw: BinaryIO, encoding: str) -> io.TextIOWrapper:
    # Windows-1252 leaves five bytes undefined: one odd sign is not worth the file.
    errors = "replace" if encoding == "cp1252" else "strict"
    return io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="")


def _records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line each record starts on with its cells, or with what is wrong with it."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:  # the reader starts afresh on the next line
            yield line, _why(error, line, reader.line_num)
            continue
        if any(cells):
            yield line, cells


def _why(error: csv.Error, start: int, end: int) -> str:
    if "field limit" in str(error) or "unexpected end" in str(error):
        return f"a quoted cell that starts here does not end; lines {start} to {end} left out"
    return f"broken quoting ({error}); row left out"


def open_source(path: Path) -> Source:
    """Find out how to read a CSV file.

    Raises:
        BadInput: there is no such file, it is empty, or it is no text with a header.

    """
    if not path.exists():
        raise BadInput(f"There is no file {path}; check the path.")
    if not path.is_file():
        raise BadInput(f"{path} is no file; name one CSV file.")
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            start = raw.read(1 << 16)
        if not start.strip():
            raise BadInput(f"{path} is empty; export it again with a header line.")
        encoding = _encoding(path, start)
        delimiter, header = _header(path, encoding)
    except PermissionError:
        raise BadInput(f"{path} cannot be read; check its permissions.") from None
    return Source(path, encoding, delimiter, header, size)


def _encoding(path: Path, start: bytes) -> str:
    for magic, name in _MAGIC:
        if start.startswith(magic):
            raise BadInput(f"{path} is {name}, not CSV; save or export it as CSV first.")
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if marked is None:
        _refuse_binary(path, start)
    return next(name for name in (marked or _unmarked(start), "cp1252") if _decodes(path, name))


def _unmarked(start: bytes) -> str:
    """Guess between UTF-8 and UTF-16 without a mark, whose every other byte is zero."""
    even, odd = start[0:200:2].count(0), start[1:200:2].count(0)
    if max(even, odd) > len(start[:200]) // 4:
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8"


def _refuse_binary(path: Path, start: bytes) -> None:
    if _unmarked(start) != "utf-8":
        return
    odd = sum(start.count(bytes([code])) for code in (*range(9), *range(14, 32)))
    if odd * 50 > len(start):  # a stray control character is a bad cell, one in fifty is no text
        raise BadInput(f"{path} is a binary file, not CSV; export it as CSV first.")


def _decodes(path: Path, encoding: str) -> bool:
    if encoding == "cp1252":
        return True
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as raw:
        try:
            while chunk := raw.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _header(path: Path, encoding: str) -> tuple[str, tuple[str, ...]]:
    with path.open("rb") as raw, _text(raw, encoding) as lines:
        first = next((line for line in lines if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", first)
    delimiter = max(_DELIMITERS, key=bare.count)
    with path.open("rb") as raw, _text(raw, encoding) as lines:
        record = next(_records(lines, delimiter), None)
    if record is None or isinstance(record[1], str):
        raise BadInput(f"{path} has no header line that can be read; export it again as CSV.")
    return delimiter, tuple(cell.strip().removeprefix("\ufeff") for cell in record[1])
