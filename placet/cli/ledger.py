"""`placet ledger`: verify the record, take it out, note its head.

Verifying a file needs the file and the key only: it works on another machine, without a database.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placet.errors import BadInput, LedgerBroken, NotInitialised

from .options import json_option
from .output import emit, say
from .session import opened, reading_of, settings_of

if TYPE_CHECKING:
    from gates.ledger import Entry, Head

__all__ = ["export_to", "ledger", "read_export"]


@click.group()
def ledger() -> None:
    """Verify, export or note the head of the append-only record."""


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--head", "noted", metavar="SEQ:HASH", help="A head noted earlier; it must be there.")
@json_option
def verify(*, file: Path | None, noted: str | None, as_json: bool) -> None:
    """Check every row against the one before it; with FILE, check an export offline.

    The key comes from PLACET_LEDGER_KEY, or from ledger.key in the home.
    """
    expect = _read_head(noted) if noted else None
    head = _verify_file(file, expect) if file else _verify_own(expect)
    if as_json:
        emit({"ok": True, "rows": head.seq, "head": f"{head.seq}:{head.hash}"})
    else:
        say(f"The ledger holds: {head.seq:,} rows, each sealed to the one before.")
        say(f"Head {head.seq}:{head.hash}")


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@json_option
def export(*, file: Path | None, as_json: bool) -> None:
    """Write every row as a line of JSON, to FILE or to standard output."""
    with opened() as placet, reading_of(placet) as connection:
        from placet.store.ledger import read_entries

        entries = read_entries(connection)
        if file is None:
            for entry in entries:
                click.echo(entry.model_dump_json().encode("utf-8"))
            return
        rows = export_to(file, entries)
    if as_json:
        emit({"file": str(file), "rows": rows})
    else:
        say(f"{rows:,} rows written to {file}.")


@ledger.command()
@json_option
def head(*, as_json: bool) -> None:
    """Print the head, to note elsewhere: against it, a cut-off end shows."""
    with opened() as placet, reading_of(placet) as connection:
        from placet.store.ledger import read_head

        found = read_head(connection)
    if as_json:
        emit({"seq": found.seq, "hash": found.hash})
    else:
        say(f"{found.seq}:{found.hash}")


def export_to(file: Path, entries: Iterator[Entry]) -> int:
    """Write the rows to a file, whole or not at all; returns how many."""
    if not file.parent.is_dir():
        raise BadInput(f"There is no folder {file.parent}.")
    rows = 0
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            for entry in entries:
                out.write(entry.model_dump_json() + "\n")
                rows += 1
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    return rows


def _verify_file(file: Path, expect: Head | None) -> Head:
    """Verify an export with the key alone.

    Raises:
        BadInput: there is no such file.
        LedgerBroken: a row is no ledger row, or the chain does not hold.
        NotInitialised: there is no key.
    """
    from gates.ledger import verify as verify_entries

    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    return verify_entries(read_export(file), key=_key(), expect=expect)


def _verify_own(expect: Head | None) -> Head:
    from gates.ledger import verify as verify_entries
    from placet.store.ledger import read_entries

    with opened() as placet, reading_of(placet) as connection:
        return verify_entries(read_entries(connection), key=placet.key, expect=expect)


def _key() -> bytes:
    try:
        return settings_of().ledger_secret()
    except NotInitialised:
        raise NotInitialised(
            "There is no ledger key here; set PLACET_LEDGER_KEY, or PLACET_HOME to the home that "
            "holds ledger.key."
        ) from None


def read_export(file: Path) -> Iterator[Entry]:
    """Yield the rows of an export.

    Raises:
        LedgerBroken: a line is no ledger row.
    """
    from pydantic import ValidationError

    from gates.ledger import Entry

    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Entry.model_validate_json(line)
            except ValidationError:
                raise LedgerBroken(f"Line {number} of {file} is no ledger row.") from None


def _read_head(noted: str) -> Head:
    from pydantic import ValidationError

    from gates.ledger import Head

    seq, _, digest = noted.partition(":")
    try:
        return Head.model_validate({"seq": seq, "hash": digest})
    except ValidationError:
        raise BadInput(
            f"{noted!r} is no head; `placet ledger head` prints one: 12:3fa4..."
        ) from None
