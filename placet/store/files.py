"""Files beside a draft: bytes kept once per hash, deflated, and checked whenever they are read.

The digest covers the hash that an action names, so what is read here is what was approved or it is
refused. Packing happens before a page is opened: nobody waits in line behind it.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gates.files import Attachment
from gates.targets import Targets, pack, targets_of
from placet.errors import BadInput, Conflict, NotFound
from tools.portable import insert_or_skip
from tools.sql import reading

from .schema import files

__all__ = ["Beside", "SqlFiles", "beside", "keep_file", "read_file", "write_files"]

_LEVEL = 1  # 20 MB of recipients in 0.2 s; level 6 takes three times as long for a tenth less
_REF = frozenset({"sha256", "name", "media_type", "size"})


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is kept beside a draft, packed."""

    targets: Targets
    members: bytes
    files: Mapping[str, tuple[int, bytes]]
    """By hash: size and deflated bytes."""
    named: frozenset[str]
    """The hashes of all files that the action names."""


def beside(
    members: Sequence[str], attached: Iterable[Attachment], action: Mapping[str, Any]
) -> Beside:
    """Pack what belongs beside a draft of this action.

    Raises:
        Conflict: a file's name is not the hash of its bytes.
    """
    return Beside(
        targets=targets_of(members),
        members=pack(members),
        files={file.ref.sha256: _pack(file) for file in attached},
        named=frozenset(_names(action)),
    )


def _pack(file: Attachment) -> tuple[int, bytes]:
    if hashlib.sha256(file.data).hexdigest() != file.ref.sha256:
        raise Conflict(f"The file {file.ref.name} is not what its hash says; nothing was kept.")
    return len(file.data), zlib.compress(file.data, _LEVEL)


def _names(value: Any) -> Iterator[str]:
    """Yield the hash of every file reference (`gates.files.FileRef`) in JSON values."""
    if isinstance(value, Mapping):
        if value.keys() == _REF:
            yield str(value["sha256"])
        else:
            for one in value.values():
                yield from _names(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _names(one)


def keep_file(connection: sa.Connection, file: Attachment) -> None:
    """Keep a file's bytes, once for equal bytes.

    Raises:
        Conflict: its name is not the hash of its bytes.
    """
    _insert(connection, file.ref.sha256, *_pack(file))


def write_files(connection: sa.Connection, kept: Beside) -> None:
    """Keep a draft's files.

    Raises:
        BadInput: its action names one that is not kept.
    """
    there = _there(connection, {*kept.files, *kept.named})
    for sha256, (size, packed) in kept.files.items():
        if sha256 not in there:
            _insert(connection, sha256, size, packed)
    missing = kept.named - there - kept.files.keys()
    if missing:
        raise BadInput(
            f"The draft names a file that is not kept here ({min(missing)[:12]}...); draft it anew."
        )


def _there(connection: sa.Connection, hashes: Iterable[str]) -> set[str]:
    wanted = sorted(hashes)
    if not wanted:
        return set()
    return set(connection.scalars(sa.select(files.c.sha256).where(files.c.sha256.in_(wanted))))


def _insert(connection: sa.Connection, sha256: str, size: int, packed: bytes) -> None:
    row = {"sha256": sha256, "size": size, "packed": packed}
    connection.execute(insert_or_skip(connection, files), row)


def read_file(connection: sa.Connection, sha256: str) -> bytes:
    """Return the bytes behind a hash, checked.

    Raises:
        NotFound: there is no such file.
        Conflict: the bytes no longer have that hash.
    """
    packed = connection.scalar(sa.select(files.c.packed).where(files.c.sha256 == sha256))
    if packed is None:
        raise NotFound(f"The file {sha256[:12]}... is not kept here; ask for the draft again.")
    try:
        data = zlib.decompress(packed)
    except zlib.error:
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Conflict(f"The kept file {sha256[:12]}... was changed outside Placet; nothing runs.")
    return data


class SqlFiles:
    """Implements `tools.files.Files` over Placet's own database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._reader = reading(engine)

    def read(self, sha256: str) -> bytes:
        """Return the bytes, their hash checked.

        Raises:
            NotFound: there is no such file.
            Conflict: the bytes no longer have that hash.
        """
        with self._reader.connect() as connection:
            return read_file(connection, sha256)
