"""The model drafter: any OpenAI-compatible model, held to the schema, the catalogue, every word.

What the model returns is checked by code: the form, the tree, the fields and values of this CRM,
and that each word of the request is accounted for. What is wrong goes back to it at most twice;
then the person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from agents.exchange import ATTEMPTS, BadForm, Exchange, Talk, opened, until_read
from agents.models import ChatModel
from agents.port import Answer, Question, Refusal
from agents.versions import picked, rendered, settings_of, shown
from prompts.library import Prompt
from prompts.serving import PromptSource, ShippedPrompts
from tools.crm.port import CrmReader
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .lifting import unsaid
from .model_form import SCHEMA, filter_of, words_of_form
from .port import Ask, Count, Proposal, Reading, WordUse
from .rules import safety
from .rules.names import LONGEST, list_name
from .rules.text import clean, tokenise

__all__ = ["PROMPT", "LlmDrafter"]

PROMPT = "segments/draft"
"""The prompt that it is told to work by."""
MOST_OPTIONS = 6
_MOST_NAMES = 150
"""Lists and assets that are shown to the model; more add cost and nothing else."""


class LlmDrafter:
    """Drafts with a language model; raises `ModelError` only."""

    def __init__(
        self,
        model: ChatModel,
        crm: CrmReader,
        segments: SegmentReader,
        *,
        prompts: PromptSource | None = None,
        token_budget: int = 60_000,
    ) -> None:
        self._talk, self._crm, self._segments = Talk(model, token_budget), crm, segments
        self._prompts = prompts or ShippedPrompts()

    @property
    def name(self) -> str:
        """`llm`."""
        return "llm"

    @property
    def prompt(self) -> str | None:
        """The hash of the prompt text that serves now."""
        return self._prompts.prompt(PROMPT).sha256

    def read(self, ask: Ask) -> Reading:
        """Return what the request means, after at most two repairs."""
        return until_read(lambda said, spent: self.attempt(ask, said, spent)) or self.give_up(ask)

    def attempt(
        self, ask: Ask, exchange: Exchange, spent: int
    ) -> tuple[Reading | None, Exchange, int]:
        """Ask the model once: the reading, or None with what is wrong added to the exchange.

        `exchange` and `spent` are what the attempt before returned; both are plain JSON, so that a
        run that was killed goes on with the next attempt and pays for none twice.
        """
        text = clean(ask.text)
        if (reason := safety.refusal(text)) is not None:
            return Refusal(text=reason), exchange, spent  # what is never done needs no model
        prompt = picked(self._prompts, PROMPT, ask.prompts)
        said = exchange or self._opening(ask, prompt)
        return self._talk.attempt(
            said, SCHEMA, spent, lambda data: self._reading(ask, data), settings_of(prompt)
        )

    def give_up(self, ask: Ask) -> Question:
        """Return the question for a request the model could not put into a usable form."""
        return Question(
            text="I could not turn that into conditions this CRM has. Could you say it in other "
            "words, one condition at a time?",
            about=clean(ask.text)[:200],
        )

    # --- what the model is told -------------------------------------------------------------

    def _opening(self, ask: Ask, prompt: Prompt) -> Exchange:
        local = ask.as_of.astimezone(ZoneInfo(ask.timezone))
        rendering = rendered(
            prompt,
            today=local.date(),
            weekday=f"{local:%A}",
            timezone=ask.timezone,
            most_options=MOST_OPTIONS,
            longest_name=LONGEST,
            attempts=ATTEMPTS,
            fields=self._fields(),
            lists=_lines(one.name for one in self._crm.lists()),
            assets=_lines(self._crm.assets()),
            terms=shown(ask.terms),
            conversation=self._conversation(ask),
            request=clean(ask.text),
        )
        return opened(rendering)

    def _fields(self) -> str:
        lines = []
        for spec in self._crm.catalogue().fields:
            values = ", ".join(spec.values) if len(spec.values) <= 40 else ""
            many = "" if values or not spec.values else " (common English or ISO names)"
            lines.append(f"{spec.subject}.{spec.name} ({spec.type}): {values or spec.label}{many}")
        return "\n".join(lines)

    def _conversation(self, ask: Ask) -> str:
        lines = [f"{turn.who}: {clean(turn.text)[:1_000]}" for turn in ask.history[-10:]]
        if ask.question is not None:
            options = "; ".join(ask.question.options)
            lines.append(f"(open question: {ask.question.text} Options: {options or 'none'})")
        if ask.previous is not None:
            filter_json = ask.previous.filter.model_dump_json(by_alias=True, exclude_defaults=True)
            lines.append(
                f"(the request asks to change this segment: {ask.previous.name}: "
                f"{self._segments.describe(ask.previous.filter)} {filter_json})"
            )
        return "\n".join(lines) or "(nothing yet)"

    # --- what the model said ----------------------------------------------------------------

    def _reading(self, ask: Ask, data: dict[str, Any]) -> Reading:
        match data.get("type"):
            case "question":
                options = tuple(str(one)[:200] for one in data.get("options") or ())
                return Question(
                    text=_text(data),
                    options=options[:MOST_OPTIONS],
                    about=str(data.get("about") or "")[:200],
                )
            case "answer":
                return Answer(text=_text(data))
            case "refusal":
                return Refusal(text=_text(data))
            case "proposal" | "count" as kind:
                return self._people(ask, data, counting=kind == "count")
            case other:
                raise BadForm(f"There is no type {other!r}.")

    def _people(self, ask: Ask, data: dict[str, Any], *, counting: bool) -> Reading:
        tree = filter_of(data.get("filter"), ask.as_of.isoformat())
        problems = self._segments.check(tree)
        if problems:
            raise BadForm(" ".join(f"At {one.path}: {one.message}" for one in problems[:5]))
        words = words_of_form(data.get("words") or [])
        if ask.previous is None and ask.question is None:
            _account(clean(ask.text), words)
        name = clean(str(data.get("name") or ""))[:LONGEST] or list_name(tree)
        use = "internal" if counting else data.get("use") or "marketing"
        try:
            segment = Segment.model_validate(
                {
                    "name": name,
                    "filter": tree,
                    "as_of": ask.as_of,
                    "timezone": ask.timezone,
                    "use": use,
                    "include_anyway": tuple(data.get("include_anyway") or ()),
                }
            )
        except ValueError:
            raise BadForm(
                "`use` or `include_anyway` has a value that is not in the schema."
            ) from None
        if not counting and (problem := unsaid(segment, ask)) is not None:
            raise BadForm(problem)
        if counting:
            return Count(segment=segment, label=self._segments.describe(tree), words=words)
        return Proposal(segment=segment, words=words)


def _text(data: dict[str, Any]) -> str:
    text = clean(str(data.get("text") or ""))
    if not text:
        raise BadForm("`text` is missing: say what the person should read.")
    return text[:2_000]


def _lines(names: Any) -> str:
    every = [clean(str(name))[:200] for name in names]
    more = f"\n(and {len(every) - _MOST_NAMES} more)" if len(every) > _MOST_NAMES else ""
    return "\n".join(every[:_MOST_NAMES]) + more or "(none)"


def _account(text: str, words: Sequence[WordUse]) -> None:
    """Refuse a mapping that leaves out words of the request: what is not placed was dropped."""
    there = {token.key for one in words for token in tokenise(clean(one.words))}
    lost = [
        token.text
        for token in tokenise(text)
        if token.kind != "mark" and token.key not in there and len(token.key) > 1
    ]
    if lost:
        raise BadForm(
            f"`words` leaves out: {', '.join(lost[:8])}. Place every word, or ask about it."
        )
    if any(one.use == "question" for one in words):
        raise BadForm("A word is marked as a question: then return a question, not people.")
