"""What a prompt has learned: rule cards and examples, one JSON object a line.

A rule card is a short instruction with a name, the words that bring it in and the day it ends. An
example is a request with the answer that was right. Both are chosen anew for each request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from placet.errors import BadInput

__all__ = [
    "MOST_EXAMPLES",
    "Example",
    "RuleCard",
    "as_lines",
    "best_examples",
    "read_examples",
    "read_rules",
    "rules_for",
    "show_examples",
    "show_rules",
]

MOST_EXAMPLES = 4
"""Examples that one request is shown."""
_NONE = "(none)"
_Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleCard(_Line):
    """One learned instruction."""

    name: str = Field(pattern=r"^[a-z0-9_-]+$", max_length=60)
    text: str = Field(min_length=1, max_length=400, pattern=r"^[^\n]+$")
    """One line, as the model reads it."""
    when: tuple[_Word, ...] | None = None
    """Any of these words in the request brings it in; None: every request."""
    until: date | None = None
    """The last day on which it counts; None: until it is retired."""

    def applies(self, today: date | None, request: str | None) -> bool:
        """Return whether it counts for this request.

        Where it ends and the day is not known, or it waits for words and the request is not known,
        it does not.
        """
        if self.until is not None and (today is None or today > self.until):
            return False
        return self.when is None or (request is not None and _has_any(request, self.when))


class Example(_Line):
    """A request, and the answer that a person approved or wrote."""

    request: str = Field(min_length=1, max_length=2_000)
    answer: Any
    """Text, or the JSON value that the model is to return."""

    def words(self) -> str:
        """Return it as the model reads it: the request on one line, the answer below."""
        said = self.answer if isinstance(self.answer, str) else _compact(self.answer)
        return f"Request: {' '.join(self.request.split())}\n{said}"


L = TypeVar("L", bound=_Line)


def read_rules(section: str) -> tuple[RuleCard, ...]:
    """Read the lines of a rules section.

    Raises:
        BadInput: a line is no rule card, or two have one name.
    """
    cards = _read(section, RuleCard, "rules")
    if len({card.name for card in cards}) < len(cards):
        raise BadInput("Two rules of the prompt have one name; rename one of them.")
    return cards


def read_examples(section: str) -> tuple[Example, ...]:
    """Read the lines of an examples section.

    Raises:
        BadInput: a line is no example.
    """
    return _read(section, Example, "examples")


def _read(section: str, kind: type[L], name: str) -> tuple[L, ...]:
    found = []
    for number, line in enumerate(section.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            one = kind.model_validate_json(line)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, wrong["loc"]))
            raise BadInput(
                f"Line {number} of the prompt's {name} is wrong: {place} {wrong['msg']}."
            ) from None
        found.append(one)
    return tuple(found)


def as_lines(values: Iterable[RuleCard | Example]) -> str:
    """Return rule cards or examples as the lines of their section."""
    return "".join(f"{_compact(one.model_dump(mode='json', exclude_none=True))}\n"
                   for one in values)  # fmt: skip


def rules_for(
    cards: Sequence[RuleCard], *, today: date | None, request: str | None
) -> tuple[RuleCard, ...]:
    """Return the cards that count for this request, in the order of the file."""
    return tuple(card for card in cards if card.applies(today, request))


def best_examples(
    examples: Sequence[Example], request: str | None, most: int = MOST_EXAMPLES
) -> tuple[Example, ...]:
    """Return the examples whose requests are most alike, in the order of the file."""
    if len(examples) <= most:
        return tuple(examples)
    if not request:
        return tuple(examples[:most])
    from rapidfuzz import fuzz, utils

    alike = [
        fuzz.token_set_ratio(one.request, request, processor=utils.default_process)
        for one in examples
    ]
    best = sorted(range(len(examples)), key=lambda at: (-alike[at], at))[:most]
    return tuple(examples[at] for at in sorted(best))


def show_rules(cards: Sequence[RuleCard]) -> str:
    """Return the cards as the model reads them."""
    return "\n".join(f"- {card.text}" for card in cards) or _NONE


def show_examples(examples: Sequence[Example]) -> str:
    """Return the examples as the model reads them."""
    return "\n".join(one.words() for one in examples) or _NONE


def _has_any(request: str, words: Iterable[str]) -> bool:
    said = " ".join(request.casefold().split())
    return any(
        re.search(rf"(?<!\w){re.escape(' '.join(word.casefold().split()))}(?!\w)", said)
        for word in words
    )


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
