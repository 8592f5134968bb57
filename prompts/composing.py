"""New versions of a prompt text: other rules, examples or remark, every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence

from placet.errors import BadInput

from .cards import Example, RuleCard, as_lines
from .library import Prompt

__all__ = ["composed"]

_CHANGED = re.compile(r"^changed:.*$", re.MULTILINE)


def composed(
    prompt: Prompt,
    *,
    changed: str,
    rules: Sequence[RuleCard] | None = None,
    examples: Sequence[Example] | None = None,
) -> bytes:
    """Return the prompt's text with these rules and examples in place of its own.

    Args:
        prompt: the version to start from.
        changed: what the new version changes, in one line.
        rules: the new rule cards, whole; None keeps those there are.
        examples: the new examples, whole; None keeps those there are.

    Raises:
        BadInput: the prompt has no such section.
    """
    text = prompt.data.decode()
    for name, values in (("rules", rules), ("examples", examples)):
        if values is not None:
            text = _replaced(text, name, as_lines(values))
    front, mark, rest = text.partition("\n---\n")
    line = f"changed: {_quoted(changed)}"
    if _CHANGED.search(front):
        front = _CHANGED.sub(lambda _: line, front, count=1)
    else:
        front = f"{front}\n{line}"
    return f"{front}{mark}{rest}".encode()


def _replaced(text: str, name: str, lines: str) -> str:
    section = re.compile(rf"^(=== {name} ===\n).*?(?=^=== |\Z)", re.MULTILINE | re.DOTALL)
    found = section.search(text)
    if found is None:
        raise BadInput(f"The prompt has no section === {name} ===, so it takes no {name}.")
    return f"{text[: found.start()]}{found[1]}{lines}{text[found.end() :]}"


def _quoted(words: str) -> str:
    """Return one line as a YAML string in double quotes."""
    plain = " ".join(words.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
