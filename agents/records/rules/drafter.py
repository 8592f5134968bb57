"""The rules drafter: reads work on records, no model, no network, the same every time."""

from __future__ import annotations

import re

from agents.port import Answer, Question, Refusal
from agents.records.port import Ask, Asked, Narrow, Reading, Wish
from agents.segments.rules.safety import is_help
from agents.segments.rules.text import clean
from tools.crm.port import CrmReader

from . import safety
from .direct import read_direct, settle
from .narrowing import is_narrowing, read_narrowing
from .repairs import read_audit, read_fill, read_merge, read_repair
from .words import MANNERS, rx, trimmed

__all__ = ["HELP", "RulesRecords"]

_LONGEST = 4_000
HELP = (
    "I draft corrections of contacts and companies; a person approves each before it runs, and it "
    "can be undone. I can\n"
    "- repair what detectors find: “clean up the phone numbers of German contacts”\n"
    "- set one field: “set lifecycle to customer for everyone with a closed-won deal”\n"
    "- find and merge duplicates: “find duplicates among the webinar leads”\n"
    "- fill in what a source knows: “fill in missing industries”\n"
    "- say what is wrong: “what is wrong with our CRM?”"
)
_HELP = rx(
    r"\bwhat (?:can|could|do) you (?:fix|change|clean|correct|repair|do with (?:records|data))|"
    r"\bwhich (?:fields|flaws|detectors|problems|fixes)\b.{0,40}\b(?:can|could|do) you\b"
)
_STOP = rx(r"(?:never ?mind|cancel(?: it)?|forget it|stop|nevermind|abbrechen|lass es)\W*")
_NEGATED = rx(rf"{MANNERS}(?:don'?t|do not|never|nicht|stop)\b")


class RulesRecords:
    """The deterministic drafter: knows fields, values and flaws, asks where words fit none."""

    def __init__(self, crm: CrmReader) -> None:
        self._crm = crm

    @property
    def name(self) -> str:
        """`rules`."""
        return "rules"

    @property
    def prompt(self) -> str | None:
        """None: it sends no prompt."""
        return None

    def read(self, ask: Ask) -> Reading:
        """Return what the request means; ask where a part of it fits nothing."""
        if not clean(ask.text):
            return Question(text="The request is empty. What should I correct?")
        if (reason := safety.refusal(ask.text)) is not None:
            return Refusal(text=reason)
        if len(ask.text) > _LONGEST:
            return Question(
                text="The request is too long to be read safely. Please say in a few sentences "
                "what should change.",
                about=clean(ask.text)[:80],
            )
        text = trimmed(ask.text)
        if ask.asked is not None and (settled := self._answered(ask.asked, text)) is not None:
            return settled
        if _HELP.search(text) or is_help(text):
            return Answer(text=HELP)
        if ask.previous is not None:
            found = self._changed(text, ask)
            if found is not None:
                return found
        return self.fresh(text)

    def fresh(self, text: str) -> Reading:
        """Return what a request on its own means."""
        if _NEGATED.search(text):
            return Question(text="I read that as something I should not do. What should I correct?",
                            about=text[:120])  # fmt: skip
        for read in (read_audit, read_fill):
            if (found := read(text)) is not None:
                return found
        if (merging := read_merge(text)) is not None and not _CLEARS_FIELD.search(text):
            return merging
        if (direct := read_direct(text, self._crm)) is not None and not (
            isinstance(direct, Question) and read_repair(text) is not None
        ):
            return direct
        if (repair := read_repair(text)) is not None:
            return repair
        return Question(
            text="What should I correct, and for whom? I repair flaws, set a field, merge "
            "duplicates, fill in what a source knows, or say what is wrong.",
            options=(
                "clean up the phone numbers of German contacts",
                "set lifecycle to customer for everyone with a closed-won deal",
                "find duplicates", "fill in missing industries",
            ),
            about=text[:200],
        )  # fmt: skip

    def starts_anew(self, text: str) -> bool:
        """Return whether a text is a request of its own rather than an answer."""
        reading = self.fresh(trimmed(text))
        return isinstance(reading, Wish) and len(text.split()) >= 3

    def stops(self, text: str) -> bool:
        """Return whether a text is refused, or says to forget the question."""
        return safety.refusal(text) is not None or _STOP.fullmatch(clean(text)) is not None

    # --- the conversation -------------------------------------------------------------------

    def _answered(self, asked: Asked, text: str) -> Reading | None:
        """Settle the open question with an answer; None where it is a new request."""
        said = _picked(text, asked.question.options)
        if said is None and self.starts_anew(text):
            return None
        said = said or re.sub(r"^(?:to|the|it's|it is|i mean|as|make it|auf)\s+", "", text,
                              flags=re.IGNORECASE)  # fmt: skip
        if _STOP.fullmatch(said):
            return Answer(text="All right, nothing is drafted.")
        return self._settled(asked, said)

    def _settled(self, asked: Asked, said: str) -> Reading:
        wish, catalogue = asked.wish, self._crm.catalogue()
        if asked.slot == "who":
            return wish.model_copy(update={"who": said})
        if asked.slot == "field":
            labels = {one.label.lower(): one for one in catalogue.fields
                      if one.subject == wish.subjects[0]}  # fmt: skip
            spec = labels.get(said.lower())
            if spec is None:
                return asked
            return settle(wish.model_copy(update={"field": spec.name}), spec, wish.value, self._crm)
        spec = catalogue.field(wish.subjects[0], wish.field)
        if spec is None:
            return asked
        if asked.slot == "holds":
            stored = [one for one in self._crm.values(spec.subject, spec.name)
                      if one.casefold() == said.casefold()]  # fmt: skip
            wish = wish.model_copy(update={"holds": stored[0] if stored else said})
            return Asked(question=Question(text=f"And what should {spec.label.lower()} become?"),
                         wish=wish, slot="value")  # fmt: skip
        return settle(wish, spec, said, self._crm)

    def _changed(self, text: str, ask: Ask) -> Reading | None:
        assert ask.previous is not None  # noqa: S101 - the caller has looked
        if not is_narrowing(text) and self.starts_anew(text):
            return None
        found: Narrow | Question | Refusal | None
        found = read_narrowing(text, ask.previous, self._crm)
        if found is not None:
            return found
        if self.starts_anew(text):
            return None
        return Question(
            text="How should the draft change? For example: only the certain ones, not the "
            "customers, leave out the phone numbers.",
            about=text[:120],
        )  # fmt: skip


_CLEARS_FIELD = rx(rf"{MANNERS}(?:clear|empty|set|change)\b.{{0,30}}\b(?:field|to)\b")


def _picked(text: str, options: tuple[str, ...]) -> str | None:
    """Return the option that an answer picks, by number or by its words."""
    said = text.strip().lower().strip(" .!)(\"'“”")
    number = re.fullmatch(r"(?:option |number |the |no\.? ?)?(\d)(?:st|nd|rd|th)?(?: one)?", said)
    if number and 1 <= int(number[1]) <= len(options):
        return options[int(number[1]) - 1]
    return next((one for one in options if one.lower() == said), None)
