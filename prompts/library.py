"""Prompts as files: front matter that names the inputs, strict rendering, identity by content.

A prompt file starts with YAML between `---` lines: `name`, `inputs` (values we make ourselves) and
`untrusted` (text from people, the CRM or a model). Its body has `{{ placeholders }}` and, after a
line `=== user ===`, the part that is sent as the person's message. Untrusted text is fenced between
markers with a random boundary, so that nothing in it can close the fence.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from placet.errors import BadInput, NotFound

__all__ = ["Prompt", "Rendering", "load_prompt", "parse_prompt", "placeholders"]

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SLOT = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_USER = "\n=== user ===\n"


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A prompt filled in: what is sent as the system's and as the person's message."""

    system: str
    user: str
    prompt: str
    """The hash of the prompt text it was made from."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One prompt text; its identity is the sha256 of its bytes."""

    name: str
    sha256: str
    inputs: tuple[str, ...]
    """Values our code provides: numbers it enforces, field lists, examples."""
    untrusted: tuple[str, ...]
    """Text that is data and never an instruction; fenced when rendered."""
    body: str

    def render(
        self, *, boundary: Callable[[], str] = lambda: secrets.token_hex(8), **values: object
    ) -> Rendering:
        """Return the prompt with every placeholder filled.

        Raises:
            BadInput: an input is missing, or one is given that the prompt does not know.
        """
        known = {*self.inputs, *self.untrusted}
        missing, unknown = sorted(known - values.keys()), sorted(values.keys() - known)
        if missing or unknown:
            lacks = f"lacks {', '.join(missing)}" if missing else ""
            extra = f"does not know {', '.join(unknown)}" if unknown else ""
            said = " and ".join(filter(None, (lacks, extra)))
            raise BadInput(
                f"The prompt {self.name} {said}; pass exactly {', '.join(sorted(known))}."
            )
        texts = {name: str(value) for name, value in values.items()}
        mark = _fresh(boundary, [texts[name] for name in self.untrusted])
        for name in self.untrusted:
            texts[name] = f"<<data {mark}>>\n{texts[name]}\n<<end {mark}>>"
        filled = _SLOT.sub(lambda slot: texts[slot[1]], self.body)
        # The split is found in the body, before data is filled in: data cannot move it.
        system, split, user = self.body.partition(_USER)
        parts = [_SLOT.sub(lambda slot: texts[slot[1]], part) for part in (system, user)]
        return Rendering(
            system=parts[0].strip() if split else filled.strip(),
            user=parts[1].strip(),
            prompt=self.sha256,
        )


def _fresh(boundary: Callable[[], str], texts: list[str]) -> str:
    for _ in range(100):
        mark = boundary()
        if not any(mark in text for text in texts):
            return mark
    raise BadInput("The text holds every boundary that was tried; it cannot be fenced.")


def placeholders(body: str) -> frozenset[str]:
    """Return the names of the placeholders in a prompt's body."""
    return frozenset(_SLOT.findall(body))


def parse_prompt(data: bytes) -> Prompt:
    """Read a prompt file.

    Raises:
        BadInput: its front matter is missing or wrong, or does not match its placeholders.
    """
    text = data.decode("utf-8")
    front = _FRONT.match(text)
    if front is None:
        raise BadInput("A prompt file starts with its front matter between two --- lines.")
    try:
        head = yaml.safe_load(front[1])
    except yaml.YAMLError:
        raise BadInput("The front matter of the prompt is no valid YAML; mend it.") from None
    if not isinstance(head, dict) or set(head) - {"name", "about", "inputs", "untrusted"}:
        raise BadInput("The front matter of a prompt has name, about, inputs and untrusted only.")
    inputs, untrusted = tuple(head.get("inputs") or ()), tuple(head.get("untrusted") or ())
    body = text[front.end() :]
    if placeholders(body) != {*inputs, *untrusted}:
        odd = sorted(placeholders(body) ^ {*inputs, *untrusted})
        raise BadInput(f"The prompt's inputs and its placeholders differ: {', '.join(odd)}.")
    return Prompt(
        name=str(head.get("name", "")),
        sha256=hashlib.sha256(data).hexdigest(),
        inputs=inputs,
        untrusted=untrusted,
        body=body,
    )


@cache
def load_prompt(name: str) -> Prompt:
    """Return the prompt in `texts/<name>.md`, for example `segments/draft`.

    Raises:
        NotFound: there is no such prompt.
    """
    if not re.fullmatch(r"[a-z_]+(?:/[a-z_]+)*", name):
        raise NotFound(f"There is no prompt called {name!r}.")
    path = files("prompts").joinpath("texts", *f"{name}.md".split("/"))
    if not path.is_file():
        raise NotFound(f"There is no prompt called {name!r}; see `prompts/texts`.")
    return parse_prompt(path.read_bytes())
