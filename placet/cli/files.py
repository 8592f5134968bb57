"""The files beside a draft, written out into a folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from placet.errors import BadInput

if TYPE_CHECKING:
    from gates.draft import Draft
    from placet.wiring import Placet

__all__ = ["write_files"]

_UNSAFE = re.compile(r"[^\w.+ -]+")
_LONGEST = 120


def write_files(placet: Placet, draft: Draft, folder: Path) -> list[Path]:
    """Write every file that a draft's action and evidence name; returns where they are.

    Names come from outside: only their harmless characters are used, and a name that is taken by
    other bytes gets the beginning of its hash.

    Raises:
        BadInput: the folder cannot be written to.
        Conflict: kept bytes are no longer what their hash says.
    """
    from gates.sections import files_in

    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ref in files_in(draft.revision.evidence, draft.revision.action):
            data = placet.files.read(ref.sha256)
            path = folder / _name(ref.name)
            if path in written or (path.exists() and path.read_bytes() != data):
                path = path.with_name(f"{path.stem}-{ref.sha256[:8]}{path.suffix}")
            path.write_bytes(data)
            written.append(path)
    except OSError as error:
        raise BadInput(f"--files: {folder} cannot be written to: {error.strerror}.") from None
    return written


def _name(name: str) -> str:
    """Return a name that stays in its folder, is not hidden and is no option of a command."""
    clean = _UNSAFE.sub("_", name)[-_LONGEST:].lstrip(".- ")
    return clean or "file"
