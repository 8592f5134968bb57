"""The judge: one model with one prompt, pass or fail with a reason, or no score at all.

A judge that crashed, was cut off or sent something else leaves a case unscored and says why; that
is never a low score.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.models import Budget, ChatModel, Message
from placet.errors import ModelError
from prompts import Prompt

from .guard import speaks_to_its_judge
from .subject import CRITERIA, PROMPTS, About, Subject

__all__ = ["SCHEMA", "Judge", "JudgeId", "Verdict"]

_LONGEST = 24_000
"""Characters of a draft that a judge is shown; a longer one is not judged in part."""
_LONGEST_REASON = 600

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["reason", "injection", "verdict"],
    "properties": {
        "reason": {"type": "string"},
        "injection": {"type": "boolean"},
        "verdict": {"type": "string", "enum": ["pass", "fail"]},
    },
}
"""The reason comes before the verdict, so that it is thought before it is said."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class JudgeId(_Value):
    """Which judge: the same prompt with another model is another one."""

    about: About
    prompt: str
    """The hash of the prompt text."""
    model: str


class Verdict(_Value):
    """What a judge says of one subject; exactly one of `verdict` and `unscored` is set."""

    verdict: Literal["pass", "fail"] | None = None
    reason: str = ""
    """Untrusted: a model wrote it."""
    injection: bool = False
    """Whether the material spoke to its judge; then it fails."""
    unscored: str | None = None
    """Why there is no verdict."""
    read: int = 0
    written: int = 0
    """Tokens."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str
    injection: bool
    verdict: Literal["pass", "fail"]


class Judge:
    """Judges subjects of one kind."""

    def __init__(
        self, model: ChatModel, prompt: Prompt, about: About, *, token_budget: int = 20_000,
        boundary: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:  # fmt: skip
        """Take the model, the prompt `PROMPTS[about]`, and what gives a fence its mark."""
        self._model, self._prompt = model, prompt
        self._about: About = about
        self._token_budget, self._boundary = token_budget, boundary
        if prompt.name != PROMPTS[about]:
            raise ValueError(f"{prompt.name} does not judge {about}")

    @property
    def id(self) -> JudgeId:
        """Which judge this is."""
        return JudgeId(about=self._about, prompt=self._prompt.sha256, model=self._model.name)

    def judge(self, subject: Subject) -> Verdict:
        """Return what the judge says; every failure of the model is an unscored verdict."""
        if subject.about != self._about:
            return Verdict(unscored=f"This judge is for {self._about}, not {subject.about}.")
        for text in (subject.draft, subject.request):
            if words := speaks_to_its_judge(text):
                said = f"It speaks to its judge: “{words}”."
                return Verdict(verdict="fail", reason=said, injection=True)
        if len(subject.draft) + len(subject.request) > _LONGEST:
            return Verdict(unscored=f"It is longer than the {_LONGEST:,} characters a judge reads.")
        return self._ask(subject)

    def _ask(self, subject: Subject) -> Verdict:
        said = self._prompt.render(
            boundary=self._boundary,
            criteria="\n".join(f"- {one}" for one in CRITERIA[self._about]),
            request=subject.request,
            draft=subject.draft,
        )
        messages = [
            Message(role="system", text=said.system, prompt=self._prompt.sha256),
            Message(role="user", text=said.user, prompt=self._prompt.sha256),
        ]
        try:
            found = self._model.complete(
                messages, SCHEMA, budget=Budget(self._token_budget),
                settings=self._prompt.model.model_dump(exclude_none=True),
            )  # fmt: skip
        except ModelError as error:
            return Verdict(unscored=str(error))
        try:
            answer = _Answer.model_validate(found.data)
        except ValidationError:
            return Verdict(
                unscored="The judge's answer is not of the form it was asked for.",
                read=found.usage.read, written=found.usage.written,
            )  # fmt: skip
        return Verdict(
            verdict="fail" if answer.injection else answer.verdict,
            reason=_one_line(answer.reason), injection=answer.injection,
            read=found.usage.read, written=found.usage.written,
        )  # fmt: skip


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:_LONGEST_REASON]
