"""Which prompt texts a run works with: picked once when it begins, kept by their hashes.

A prompt that is promoted or rolled back in the middle of a run does not change it; the next run of
the conversation asks again what serves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from placet.errors import BadInput, Conflict, ModelUnavailable, NotFound
from placet.log import get_logger
from prompts.glossary import GLOSSARY, Term, read_glossary
from prompts.library import Prompt, Rendering
from prompts.serving import EVERYWHERE, PromptSource

__all__ = ["GLOSSARY", "Picks", "pick", "picked", "rendered", "scope_of", "settings_of", "shown",
           "terms_of"]  # fmt: skip

Picks = Mapping[str, str]
"""Hashes of prompt texts by their names, as a run keeps them."""

_log = get_logger(__name__)


def scope_of(thread_id: str) -> str:
    """Return whose prompts serve a conversation: its workspace's, where it is in Slack."""
    place, _, rest = thread_id.partition(":")
    team = rest.partition(":")[0]
    return team if place == "slack" and team else EVERYWHERE


def pick(source: PromptSource, names: Iterable[str], thread_id: str) -> dict[str, str]:
    """Return the versions that serve a conversation now; follow-ups get the same canary."""
    scope = scope_of(thread_id)
    return {name: source.prompt(name, key=thread_id, scope=scope).sha256 for name in names}


def picked(source: PromptSource, name: str, picks: Picks) -> Prompt:
    """Return a prompt as it was picked; where that text is gone or damaged, what serves now."""
    sha256 = picks.get(name)
    if sha256 is not None:
        try:
            return source.version(name, sha256)
        except (NotFound, Conflict):
            _log.info("The prompt %s %s is gone; the run goes on with what serves now.",
                      name, sha256[:12])  # fmt: skip
    return source.prompt(name)


def terms_of(source: PromptSource, picks: Picks) -> tuple[Term, ...]:
    """Return the glossary of a run; one that cannot be read is left out, and the log says so."""
    try:
        return read_glossary(picked(source, GLOSSARY, picks))
    except BadInput as error:
        _log.warning("The glossary is left out: %s", error)
        return ()


def settings_of(prompt: Prompt) -> dict[str, Any]:
    """Return how the model is set for this prompt."""
    return prompt.model.model_dump(exclude_none=True)


def rendered(prompt: Prompt, *, today: date, request: str, **values: object) -> Rendering:
    """Return the prompt filled in; inputs that a version does not know yet are left out.

    Raises:
        ModelUnavailable: the version needs an input that nobody provides.
    """
    known = {*prompt.inputs, *prompt.untrusted}
    given: dict[str, Any] = {name: value for name, value in values.items() if name in known}
    try:
        return prompt.render(today=today, request=request, **given)
    except BadInput as error:
        raise ModelUnavailable(f"{error} Roll it back with `placet prompts rollback`.") from None


def shown(terms: Iterable[Term]) -> str:
    """Return the terms as a model reads them."""
    return "\n".join(f"{one.phrase}: {one.meaning}" for one in terms) or "(none)"
