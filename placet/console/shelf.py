"""The shelf: text files that the app shares, in SQL. Only text is taken; it is served as text."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from placet.store.console_schema import files
from tools.sql import reading

__all__ = ["File", "Shelf"]


@dataclass(frozen=True, kw_only=True)
class File:
    """One file."""

    id: str
    name: str
    title: str
    content: str | None
    size: int
    channel: str | None


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

    def fill(self, file_id: str, content: str) -> bool:
        """Keep the content, once; False where there is nothing to fill."""
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
