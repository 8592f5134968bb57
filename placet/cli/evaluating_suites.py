"""Which suite a word on the command line means: one that ships, or a folder of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evals import Suite

__all__ = ["suite_of"]


def suite_of(word: str) -> Suite:
    """Return the suite of that name, or the one in that folder (it holds `suite.yaml`).

    Raises:
        NotFound: there is neither.
        BadInput: a file of it is not valid; the message names the file and the line.
    """
    from evals import load_suite

    folder = Path(word)
    if "/" in word and (folder / "suite.yaml").is_file():
        folder = folder.resolve()
        return load_suite(folder.name, root=folder.parent)
    return load_suite(word)
