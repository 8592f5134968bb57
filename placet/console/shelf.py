"""The shelf: files that the app shares, in SQL. Text and PNG pictures are taken, nothing else."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from placet.store.console_schema import files
from tools.sql import reading

__all__ = ["File", "NotTaken", "Shelf"]

_PNG = b"\x89PNG\r\n\x1a\n"


class NotTaken(Exception):
    """The bytes are not of the kind that the file's name says."""


@dataclass(frozen=True, kw_only=True)
class File:
    """One file."""

    id: str
    name: str
    title: str
    content: str | None
    size: int
    channel: str | None
    """Where it was shared; empty where its upload was completed without a channel."""

    @property
    def is_picture(self) -> bool:
        """Whether it is a PNG, kept in base64; anything else is text."""
        return _is_picture(self.name)

    @property
    def data(self) -> bytes:
        """The bytes as they were uploaded."""
        content = self.content or ""
        return base64.b64decode(content) if self.is_picture else content.encode()


class Shelf:
    """Keeps files between the three calls of an upload, and afterwards."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._reader = engine, reading(engine)

    def reserve(self, name: str, size: int) -> str:
        """Take an id for a file that will be uploaded; the id is what lets one upload to it."""
        file_id = "F" + secrets.token_hex(12).upper()
        with self._engine.begin() as connection:
            connection.execute(
                files.insert().values(id=file_id, name=name[:255], title=name, size=size)
            )
        return file_id

    def fill(self, file_id: str, data: bytes) -> bool:
        """Keep the content, once; False where there is nothing to fill.

        Raises:
            NotTaken: it is neither UTF-8 text nor, where the name says so, a PNG.
        """
        file = self.file(file_id)
        if file is None:
            return False
        content = _as_text(file.name, data)
        statement = files.update().where(files.c.id == file_id, files.c.content.is_(None))
        with self._engine.begin() as connection:
            return connection.execute(statement.values(content=content)).rowcount == 1

    def share(self, file_id: str, title: str, channel: str) -> None:
        """Complete an upload: the file belongs to a channel now."""
        statement = files.update().where(files.c.id == file_id)
        with self._engine.begin() as connection:
            connection.execute(statement.values(title=title, channel=channel))

    def file(self, file_id: str) -> File | None:
        """Return a file."""
        with self._reader.connect() as connection:
            row = connection.execute(sa.select(files).where(files.c.id == file_id)).one_or_none()
        return None if row is None else File(**row._mapping)


def _is_picture(name: str) -> bool:
    return name.lower().endswith(".png")


def _as_text(name: str, data: bytes) -> str:
    if _is_picture(name):
        if not data.startswith(_PNG):
            raise NotTaken("this is no PNG, whatever its name says")
        return base64.b64encode(data).decode()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotTaken("only UTF-8 text and PNG pictures are taken here") from None
    if "\0" in text:
        raise NotTaken("this holds a NUL character, so it is no text")
    return text
