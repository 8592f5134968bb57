"""Prompts as files: front matter that names the inputs, strict rendering, identity by content.

A prompt file has front matter (`front`), a body with `{{ placeholders }}` and, after a line
`=== user ===`, the part that is sent as the person's message; then, where it learns, the sections
`=== rules ===` and `=== examples ===` (`cards`), which fill the slots `{{ rules }}` and
`{{ examples }}`. Untrusted text is fenced between markers with a random boundary, so that nothing
in it can close the fence.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

from placet.errors import BadInput, NotFound

from .cards import (
    Example,
    RuleCard,
    best_examples,
    read_examples,
    read_rules,
    rules_for,
    show_examples,
    show_rules,
)
from .front import Front, ModelSettings, Role, read_front
from .parts import expand, locked_parts, split, without_marks

__all__ = [
    "LONGEST_TEXT",
    "Prompt",
    "Rendering",
    "load_prompt",
    "parse_prompt",
    "placeholders",
    "prompt_names",
]

LONGEST_TEXT = 60_000
"""Bytes of one prompt text with everything it has learned."""
_SLOT = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_LEARNED = frozenset({"rules", "examples"})
_USER = "\n=== user ===\n"
_FENCE = re.compile(r"<<\s*(?:data|end)\b", re.IGNORECASE)
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Zl", "Zp"})
"""Characters that nobody sees in a diff: controls, zero-width, bidirectional, tags."""


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A prompt filled in: what is sent as the system's and as the person's message."""

    system: str
    user: str
    prompt: str
    """The hash of the prompt text it was made from."""
    rules: tuple[str, ...] = ()
    """The names of the rule cards that counted."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One prompt text; its identity is the sha256 of its bytes."""

    name: str
    sha256: str
    data: bytes = field(repr=False, compare=False)
    """The text, shared parts in their places: what is hashed, stored and served."""
    front: Front = field(repr=False, compare=False)
    body: str = field(repr=False, compare=False)
    """With its `=== user ===` line and the marks of locked parts, without the learned sections."""
    locked: Mapping[str, str] = field(repr=False, compare=False)
    """What no machine proposal may change, by name."""
    rules: tuple[RuleCard, ...] = field(default=(), repr=False, compare=False)
    examples: tuple[Example, ...] = field(default=(), repr=False, compare=False)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Values our code provides: numbers it enforces, field lists."""
        return self.front.inputs

    @property
    def untrusted(self) -> tuple[str, ...]:
        """Text that is data and never an instruction; fenced when rendered."""
        return self.front.untrusted

    @property
    def role(self) -> Role:
        """Which of the models in the settings it is for."""
        return self.front.role

    @property
    def changed(self) -> str:
        """What this version changed, in one line."""
        return self.front.changed

    @property
    def model(self) -> ModelSettings:
        """How the model is asked."""
        return self.front.model

    def render(
        self,
        *,
        boundary: Callable[[], str] = lambda: secrets.token_hex(8),
        today: date | str | None = None,
        request: str | None = None,
        **values: object,
    ) -> Rendering:
        """Return the prompt with every placeholder filled.

        Args:
            boundary: makes the marks of the fences around untrusted text.
            today: the person's day, as a date or in ISO 8601: rule cards that end need it.
            request: what the person asked: rule cards and examples are chosen for it.
            values: the other inputs. `today` and `request` fill placeholders of these names too,
                where the prompt has them.

        Raises:
            BadInput: an input is missing, or one is given that the prompt does not know.
        """
        known = {*self.inputs, *self.untrusted}
        beside = {"today": today, "request": request}
        given = values | {k: v for k, v in beside.items() if v is not None and k in known}
        self._check(known, given.keys())
        cards = rules_for(self.rules, today=_day(today), request=request)
        texts = {name: str(value) for name, value in given.items()}
        mark = _fresh(boundary, [self.body, *texts.values()])
        for name in self.untrusted:
            texts[name] = f"<<data {mark}>>\n{texts[name]}\n<<end {mark}>>"
        texts["rules"] = show_rules(cards)
        texts["examples"] = show_examples(best_examples(self.examples, request))
        # The split is found in the body, before data is filled in: data cannot move it.
        system, _, user = without_marks(self.body).partition(_USER)
        parts = [_SLOT.sub(lambda slot: texts[slot[1]], part).strip() for part in (system, user)]
        return Rendering(
            system=parts[0],
            user=parts[1],
            prompt=self.sha256,
            rules=tuple(card.name for card in cards),
        )

    def _check(self, known: set[str], given: Iterable[str]) -> None:
        missing, unknown = sorted(known - set(given)), sorted(set(given) - known)
        if missing or unknown:
            lacks = f"lacks {', '.join(missing)}" if missing else ""
            extra = f"does not know {', '.join(unknown)}" if unknown else ""
            said = " and ".join(filter(None, (lacks, extra)))
            raise BadInput(
                f"The prompt {self.name} {said}; pass exactly {', '.join(sorted(known))}."
            )


def _day(today: date | str | None) -> date | None:
    if today is None or isinstance(today, date):
        return today
    try:
        return date.fromisoformat(today)
    except (TypeError, ValueError):
        return None


def _fresh(boundary: Callable[[], str], texts: list[str]) -> str:
    for _ in range(100):
        mark = boundary()
        if not any(mark in text for text in texts):
            return mark
    raise BadInput("The text holds every boundary that was tried; it cannot be fenced.")


def placeholders(body: str) -> frozenset[str]:
    """Return the names of the placeholders in a prompt's body, `rules` and `examples` included."""
    return frozenset(_SLOT.findall(body))


def parse_prompt(data: bytes) -> Prompt:
    """Read a prompt file; shared parts are put in their places first.

    Raises:
        BadInput: it is no prompt, or its front matter does not match its placeholders.
    """
    text = _text(data)
    front, start = read_front(text)
    head, held = text[:start], split(text[start:])
    body = expand(held.body)
    whole = head + body + text[start + len(held.body) :]
    _check_slots(front, body, {"rules": held.rules, "examples": held.examples})
    _check_learned(held.rules, held.examples)
    kept = whole.encode()
    if len(kept) > LONGEST_TEXT:
        raise BadInput(
            f"The prompt is {len(kept):,} bytes long; the most is {LONGEST_TEXT:,}: shorten it."
        )
    return Prompt(
        name=front.name,
        sha256=hashlib.sha256(kept).hexdigest(),
        data=kept,
        front=front,
        body=body,
        locked=locked_parts(body),
        rules=read_rules(held.rules or ""),
        examples=read_examples(held.examples or ""),
    )


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput("The prompt is no UTF-8 text; save it as UTF-8.") from None
    hidden = next((c for c in text if c not in "\n\t" and unicodedata.category(c) in _HIDDEN), None)
    if hidden is not None:
        raise BadInput(
            f"The prompt holds a character that nobody sees (U+{ord(hidden):04X}); take it out."
        )
    return text


def _check_slots(front: Front, body: str, learned: Mapping[str, str | None]) -> None:
    slots = placeholders(body)
    named = {*front.inputs, *front.untrusted}
    if slots - _LEARNED != named:
        odd = sorted((slots - _LEARNED) ^ named)
        raise BadInput(f"The prompt's inputs and its placeholders differ: {', '.join(odd)}.")
    for name, section in learned.items():
        if (section is not None) != (name in slots):
            lacks = (
                f"the section === {name} ===" if section is None else f"the slot {{{{ {name} }}}}"
            )
            raise BadInput(f"The prompt lacks {lacks}; a slot and its section go together.")


def _check_learned(*sections: str | None) -> None:
    if any(_FENCE.search(section) for section in sections if section):
        raise BadInput("A rule or an example of the prompt imitates the fence around data.")


def prompt_names() -> tuple[str, ...]:
    """Return the names of the prompts that ship, sorted."""
    root = files("prompts").joinpath("texts")
    found = []
    for folder in (root, *(one for one in root.iterdir() if one.is_dir())):
        if folder.name == "shared":
            continue
        prefix = "" if folder is root else f"{folder.name}/"
        found += [
            f"{prefix}{one.name.removesuffix('.md')}"
            for one in folder.iterdir()
            if one.name.endswith(".md")
        ]
    return tuple(sorted(found))


@cache
def load_prompt(name: str) -> Prompt:
    """Return the prompt in `texts/<name>.md`, for example `segments/draft`.

    Raises:
        NotFound: there is no such prompt.
    """
    path = files("prompts").joinpath("texts", *f"{name}.md".split("/"))
    shaped = re.fullmatch(r"[a-z_]+(?:/[a-z_]+)*", name)
    if not shaped or name.startswith("shared/") or not path.is_file():
        raise NotFound(f"There is no prompt called {name!r}; `placet prompts list` names them.")
    return parse_prompt(path.read_bytes())
