"""What is judged: the few things where only judgement helps, each with its prompt and criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["ABOUT", "CRITERIA", "PROMPTS", "About", "Subject", "subject_of"]

About = Literal["email", "segment_name"]
ABOUT: Final[tuple[About, ...]] = ("email", "segment_name")

PROMPTS: Final[Mapping[About, str]] = {
    "email": "judge/email",
    "segment_name": "judge/segment_name",
}
"""The prompt that judges each."""

CRITERIA: Final[Mapping[About, tuple[str, ...]]] = {
    "email": (
        "Faithful: it says what was asked, to whom it was asked, and invents no fact, no deadline "
        "and no promise.",
        "Clear: a reader knows within one paragraph what it is about and what to do next.",
        "Tone: it sounds as the request wants it, else polite and plain; no pressure, no hype.",
        "Whole: nothing that was asked for is missing, nothing is half-done, no placeholder is "
        "left over.",
    ),
    "segment_name": (
        "It names who is in the list, as the request has it, with no condition that is not there.",
        "The conditions that set it apart are in it; the ones that go without saying need not be.",
        "A colleague who sees it among a hundred lists knows which one it is.",
    ),
}

_KINDS: Final[Mapping[str, About]] = {"send_email": "email", "build_segment": "segment_name"}


class Subject(BaseModel):
    """One draft as a judge sees it: all of it is text from outside."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: About
    draft_id: str = ""
    """Empty for what is no draft, for example an eval case."""
    request: str
    """What was asked, in the person's words."""
    draft: str
    """What was drafted, as a person reads it."""


def subject_of(
    kind: str, action: Mapping[str, Any], *, draft_id: str, request: str, described: str = ""
) -> Subject | None:
    """Return what a judge sees of a draft, or None where no judge is for its kind.

    `described` is the segment's filter in words.
    """
    about = _KINDS.get(kind)
    if about is None:
        return None
    if about == "email":
        draft = _email_text(action)
    else:
        name = str((action.get("segment") or {}).get("name") or "")
        draft = f"Name: {name}\nFilter: {described}"
    return Subject(about=about, draft_id=draft_id, request=request, draft=draft)


def _email_text(action: Mapping[str, Any]) -> str:
    """Return an email's words: subject, preheader, then every text of its body in order."""
    email: Mapping[str, Any] = action.get("email") or {}
    lines = [
        f"{name.capitalize()}: {email[name]}"
        for name in ("subject", "preheader")
        if email.get(name)
    ]
    return "\n\n".join([*lines, *_texts(email.get("body") or ())])


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [line for key, held in value.items() if key not in _MARKS for line in _texts(held)]
    if isinstance(value, list | tuple):
        return [line for held in value for line in _texts(held)]
    return []


_MARKS: Final = frozenset({"type", "align", "level", "style", "id", "sha256", "width", "height"})
