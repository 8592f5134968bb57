"""A prompt's file taken apart and put together again, byte for byte where nothing was changed.

A file is front matter, body, then `=== user ===`, `=== rules ===` and `=== examples ===` where they
are needed. Learning changes the rules, the examples, the glossary's lines or the free text between
locked parts; everything else stays as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

import yaml

from placet.errors import BadInput

__all__ = ["PromptText", "Section", "read_text"]

Section = Literal["user", "rules", "examples"]
_SECTIONS: tuple[Section, ...] = ("user", "rules", "examples")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_MARK = re.compile(r"^=== (\w+) ===(?:\n|\Z)", re.MULTILINE)
_LOCKED = re.compile(r"^<!-- locked: [a-z_]+ -->$.*?^<!-- /locked -->$", re.DOTALL | re.MULTILINE)
_CHANGED = re.compile(r"^changed:.*(?:\n[ \t]+\S.*)*", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class PromptText:
    """One prompt's text in its parts."""

    front: str
    """The YAML between the two lines of dashes."""
    body: str
    sections: Mapping[Section, str]

    @cached_property
    def head(self) -> Mapping[str, Any]:
        """The front matter as values."""
        try:
            read = yaml.safe_load(self.front)
        except yaml.YAMLError:
            raise BadInput("The front matter of the prompt is no valid YAML; mend it.") from None
        if not isinstance(read, dict):
            raise BadInput("The front matter of a prompt is a list of keys with values; mend it.")
        return read

    @property
    def name(self) -> str:
        """The prompt's name, for example `segments/draft`."""
        return str(self.head.get("name", ""))

    @property
    def locked(self) -> tuple[str, ...]:
        """The locked parts of all of it, in order, markers included."""
        return tuple(_LOCKED.findall(self.whole()))

    @property
    def rules(self) -> tuple[Mapping[str, Any], ...]:
        """The rule cards, as their lines of JSON say."""
        return _lines(self.sections.get("rules", ""))

    @property
    def examples(self) -> tuple[Mapping[str, Any], ...]:
        """The examples, as their lines of JSON say."""
        return _lines(self.sections.get("examples", ""))

    def without_examples(self) -> str:
        """Return all of it but the examples: what may share no run of words with any case."""
        return replace(
            self, sections={key: text for key, text in self.sections.items() if key != "examples"}
        ).whole()

    def whole(self) -> str:
        """Return the file's text."""
        parts = [f"---\n{self.front}\n---\n{self.body}"]
        parts += [
            f"=== {name} ===\n{self.sections[name]}" for name in _SECTIONS if name in self.sections
        ]
        return "".join(part if part.endswith("\n") or not part else part + "\n"
                       for part in parts[:-1]) + parts[-1]  # fmt: skip

    def data(self) -> bytes:
        """Return the file's bytes: what is stored, hashed and served."""
        return self.whole().encode("utf-8")

    # --- changing ------------------------------------------------------------------------------

    def with_lines(
        self, section: Literal["rules", "examples"], values: Iterable[Mapping[str, Any]]
    ) -> PromptText:
        """Return it with these rules or examples, one line of JSON each.

        Raises:
            BadInput: it has no such section, and so no place that would show them.
        """
        if section not in self.sections:
            raise BadInput(f"The prompt {self.name} has no place for {section}.")
        lines = [json.dumps(dict(one), ensure_ascii=False, separators=(",", ":")) for one in values]
        said = "".join(f"{line}\n" for line in lines)
        return replace(self, sections={**self.sections, section: said})

    def with_body(self, body: str) -> PromptText:
        """Return it with another body."""
        return replace(self, body=body)

    def saying(self, changed: str) -> PromptText:
        """Return it with this line in its front matter: what the version changes."""
        line = f"changed: {json.dumps(' '.join(changed.split())[:200], ensure_ascii=False)}"
        if _CHANGED.search(self.front):
            return replace(self, front=_CHANGED.sub(lambda _: line, self.front, count=1))
        return replace(self, front=f"{self.front}\n{line}")

    # --- free text between what is locked ------------------------------------------------------

    def free(self) -> tuple[str, ...]:
        """Return the parts of the body that are not locked, in order; some may be blank."""
        return tuple(_LOCKED.split(self.body))

    def with_free(self, parts: Sequence[str]) -> PromptText:
        """Return it with other free parts, the locked ones between them as they were."""
        locked = _LOCKED.findall(self.body)
        if len(parts) != len(locked) + 1:
            raise BadInput(f"This prompt has {len(locked) + 1} free parts, not {len(parts)}.")
        woven = [parts[0]]
        for lock, part in zip(locked, parts[1:], strict=True):
            woven += [lock, part]
        return self.with_body("".join(woven))


@lru_cache(maxsize=64)  # a search reads the same few texts over and over
def read_text(data: bytes) -> PromptText:
    """Take a prompt's file apart.

    Raises:
        BadInput: it is no prompt.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("A prompt is UTF-8 text; this is not.") from None
    front = _FRONT.match(text)
    if front is None:
        raise BadInput("A prompt file starts with its front matter between two --- lines.")
    rest = text[front.end() :]
    marks = list(_MARK.finditer(rest))
    ends = [mark.start() for mark in marks[1:]] + [len(rest)] * bool(marks)
    names = [mark[1] for mark in marks]
    if len(set(names)) != len(names) or names != [one for one in _SECTIONS if one in names]:
        raise BadInput("A prompt's parts are user, rules and examples, in this order, once each.")
    sections: dict[Section, str] = {}
    for name, mark, end in zip(names, marks, ends, strict=True):
        key: Section = "user" if name == "user" else "rules" if name == "rules" else "examples"
        sections[key] = rest[mark.end() : end]
    return PromptText(
        front=front[1], body=rest[: marks[0].start()] if marks else rest, sections=sections
    )


def _lines(text: str) -> tuple[Mapping[str, Any], ...]:
    found = []
    for line in filter(str.strip, text.splitlines()):
        try:
            read = json.loads(line)
        except json.JSONDecodeError:
            raise BadInput("Rules and examples of a prompt are lines of JSON; mend them.") from None
        if not isinstance(read, dict):
            raise BadInput("A rule or an example of a prompt is a JSON object; mend it.")
        found.append(read)
    return tuple(found)
