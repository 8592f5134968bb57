"""Where handlers read the files that an action names by hash; the store implements it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Files"]


class Files(Protocol):
    """The bytes behind a `gates.files.FileRef`."""

    def read(self, sha256: str) -> bytes:
        """Return the bytes, their hash checked.

        Raises:
            NotFound: there is no such file.
            Conflict: the bytes no longer have that hash.
        """
        ...
