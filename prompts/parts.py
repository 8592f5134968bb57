"""The parts of a prompt text: what is shared by several, what is locked, and the sections below.

`{{> shared/data }}` is replaced by `texts/shared/data.md` when a file is read, so that the text
that is hashed, stored and served is one whole. A part between `<!-- locked: NAME -->` and
`<!-- /locked -->` is what no machine proposal may touch; the two lines are not sent to the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from placet.errors import BadInput

__all__ = ["Sections", "expand", "locked_parts", "read_shared", "split", "without_marks"]

_INCLUDE = re.compile(r"\{\{>\s*([a-z_]+(?:/[a-z_]+)*)\s*\}\}")
_OPEN = re.compile(r"^<!-- locked: ([a-z_]+) -->$")
_CLOSE = "<!-- /locked -->"
_SECTION = re.compile(r"^=== (\w+) ===$", re.MULTILINE)
_ORDER = ("user", "rules", "examples")


class Sections(NamedTuple):
    """A text after its front matter, split at the lines `=== rules ===` and `=== examples ===`."""

    body: str
    """With its `=== user ===` line, if it has one."""
    rules: str | None
    examples: str | None


@cache
def read_shared(name: str) -> str:
    """Return a shared part, `texts/<name>.md`, without its last line break.

    Raises:
        BadInput: there is none of that name.
    """
    path = files("prompts").joinpath("texts", *f"{name}.md".split("/"))
    if not name.startswith("shared/") or not path.is_file():
        raise BadInput(f"There is no shared part {name!r}; see `prompts/texts/shared`.")
    return path.read_text(encoding="utf-8").removesuffix("\n")


def expand(body: str, shared: Callable[[str], str] = read_shared) -> str:
    """Return the body with each shared part in its place; shared parts include no others."""
    return _INCLUDE.sub(lambda found: shared(found[1]), body)


def split(text: str) -> Sections:
    """Split what follows the front matter.

    Raises:
        BadInput: a section is unknown, there twice, or out of order.
    """
    marks = list(_SECTION.finditer(text))
    names = [mark[1] for mark in marks]
    if names != [name for name in _ORDER if name in names]:
        raise BadInput(
            "The sections of a prompt are, in this order and at most once each: "
            "=== user ===, === rules ===, === examples ===."
        )
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    held = {
        mark[1]: text[mark.end() : end].strip("\n") for mark, end in zip(marks, ends, strict=False)
    }
    first = next((mark.start() for mark in marks if mark[1] != "user"), len(text))
    return Sections(body=text[:first], rules=held.get("rules"), examples=held.get("examples"))


def locked_parts(body: str) -> Mapping[str, str]:
    """Return the locked parts of a body by name.

    Raises:
        BadInput: one is not closed, stands inside another, or its name is there twice.
    """
    found: dict[str, list[str]] = {}
    name: str | None = None
    for line in body.splitlines():
        opened = _OPEN.match(line)
        if opened or line == _CLOSE:
            if bool(opened) == (name is not None) or (opened and opened[1] in found):
                raise BadInput("The locked parts of the prompt do not match; mend their marks.")
            name = opened[1] if opened else None
            if name is not None:
                found[name] = []
        elif name is not None:
            found[name].append(line)
    if name is not None:
        raise BadInput(f"The locked part {name!r} is not closed; add {_CLOSE!r}.")
    return {name: "\n".join(lines) for name, lines in found.items()}


def without_marks(body: str) -> str:
    """Return the body without the lines that mark locked parts."""
    lines = body.splitlines(keepends=True)
    return "".join(one for one in lines if not (_OPEN.match(one.rstrip("\n")) or
                                                one.rstrip("\n") == _CLOSE))  # fmt: skip
