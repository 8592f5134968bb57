"""The rules drafter: reads a brief with patterns, composes from approved sentences. No model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from agents.emails.port import Ask, Brief, Point, Proposal, Reading, Setting
from agents.port import Answer, Question, Refusal
from agents.segments.port import Ask as SegmentAsk
from agents.segments.port import Drafter as SegmentDrafter
from agents.segments.port import Proposal as Found
from agents.segments.rules.text import clean
from tools.email.brand import Brand

from . import safety
from .changes import change
from .german import translatable
from .heads import read_head
from .reader import LONGEST, flat, read_brief
from .replies import apply_reply, is_cancelled
from .words import is_german, is_order
from .writer import LANGUAGES, compose

__all__ = ["RulesEmails"]


class RulesEmails:
    """The deterministic drafter: English and German, no facts of its own, the same every time."""

    def __init__(self, people: SegmentDrafter, brand: Callable[[], Brand]) -> None:
        self._people, self._brand = people, brand

    @property
    def name(self) -> str:
        """`rules`."""
        return "rules"

    @property
    def prompt(self) -> str | None:
        """None: it sends no prompt."""
        return None

    def read(self, ask: Ask) -> Reading:
        """Return what the request means."""
        text = clean(ask.text)
        if not text:
            return Question(text="The request is empty. Who should get an email, and what about?")
        if (reason := safety.refusal(text)) is not None:
            return Refusal(text=reason)
        if len(text) > LONGEST:
            return Question(text="That is too long to be read safely. Please say in a few "
                "sentences who "
                            "the email is for, what it is about, and the facts.")  # fmt: skip
        if ask.question is None and safety.is_help(text):
            return Answer(text=safety.HELP)
        return self._replied(ask) or self._changed(ask) or self._fresh(ask)

    def write(self, setting: Setting, problems: Sequence[str] = ()) -> dict[str, Any]:
        """Return the email composed from the brief."""
        return compose(setting, self._brand())

    # --- one request ------------------------------------------------------------------------

    def _reads(self, ask: Ask) -> Callable[[str], bool]:
        known: dict[str, bool] = {}

        def reads(words: str) -> bool:
            if words not in known:
                one = SegmentAsk(
                    text=words, as_of=ask.as_of, timezone=ask.timezone, terms=ask.terms
                )
                known[words] = bool(words) and isinstance(self._people.read(one), Found)
            return known[words]

        return reads

    def _fresh(self, ask: Ask) -> Reading:
        read = read_brief(ask.text, as_of=ask.as_of, zone=ask.timezone, reads=self._reads(ask))
        brief = _in_one_language(read.brief)
        doubts = (*read.doubts, *_unclear(brief), *self._language(brief))
        return Proposal(brief=brief, open=doubts)

    def _replied(self, ask: Ask) -> Reading | None:
        if ask.question is None or not ask.points or ask.brief is None:
            return None
        if is_cancelled(ask.text):
            return Answer(text="All right, I dropped it. Nothing was drafted.")
        if self._starts_anew(ask):
            return None
        if ask.points[0].key == "anew":
            return self._anew(ask)
        proposal = apply_reply(
            ask.brief, ask.points, ask.text, as_of=ask.as_of, zone=ask.timezone,
            reads=self._reads(ask),
        )  # fmt: skip
        # What was asked to be put into German is taken as it was answered: asked once, not twice.
        settled = {"about", "must_say"} & {point.key for point in ask.points}
        open_points = tuple(p for p in self._language(proposal.brief) if p.key not in settled)
        return proposal.model_copy(update={"open": open_points})

    def _anew(self, ask: Ask) -> Reading:
        assert ask.brief is not None  # noqa: S101 - the caller has looked
        said = clean(ask.text).lower()
        yes = said.startswith(("1", "a", "yes", "ja", "ok", "sure", "write", "do it", "please"))
        if yes or ask.previous is None:
            return Proposal(brief=ask.brief)
        return Answer(text="All right, the words stay as they are.")

    def _starts_anew(self, ask: Ask) -> bool:
        text = flat(ask.text)
        head = read_head(text, self._reads(ask))
        if head is None or len(text.split()) < 6:
            return False
        return bool(head.audience and head.about)

    def _changed(self, ask: Ask) -> Reading | None:
        last = ask.previous
        if last is None:
            return None
        suggest: list[str] = []
        if last.brief.about or last.brief.must_say:
            setting = _setting_of(ask, last.brief.model_copy(update={"variants": 5, "subject": ""}))
            suggest = [one["subject"] for one in compose(setting, self._brand())["variants"]]
        proposal = change(last, ask.text, as_of=ask.as_of, zone=ask.timezone, suggest=suggest)
        if isinstance(proposal, Question):
            return proposal
        more = (*proposal.open, *self._language(proposal.brief))
        return proposal.model_copy(update={"open": more})

    def _language(self, brief: Brief) -> tuple[Point, ...]:
        """Return what stands in the way of writing in the language that was asked for."""
        wanted = brief.language.partition("-")[0]
        if not wanted:
            return ()
        if wanted not in LANGUAGES:
            text = ("The built-in drafter writes English and German; other languages need a model "
                    "(PLACET_MODEL). Which of the two shall it be?")  # fmt: skip
            return (Point(key="language", text=text, options=("English", "German")),)
        if wanted == "de" and not is_german(brief.said):
            return _untranslated(brief)
        return ()


_STRAY = re.compile(r"[,;:]\s*[.!?,;:]|\(\s*\)|\s[.,;!?](?:\s|$)|\.{2}")
_CUT = re.compile(
    r"\b(?:an?|and|are|at|for|from|in|is|of|on|or|that|the|their|to|with|if|they|because|when|am|auf|das|der|die|für"
    r"|im|ist|"
    r"mit|und|von|zu|zum|zur|see|via|as|by|than)\W*$",
    re.IGNORECASE,
)


def _unclear(brief: Brief) -> tuple[Point, ...]:
    """Ask about words that would not stand in an email as they are: nothing odd is ever sent."""
    for said in (brief.about, *brief.must_say):
        if said.startswith("dass ") or re.search(r"\b(?:from|ab)\b.*\bon$", said):
            continue
        if said and (_STRAY.search(said) or _CUT.search(said)):
            odd = f"I could not make sense of “{said[:120]}”."
            text = f"{odd} What should the email say, in a sentence?"
            return (Point(key="about", text=text),)
    for said in brief.must_say:
        if is_order(said):
            text = (f"Is “{said[:120]}” something the email should say, or something I should do? "
                    "I did not understand it as an instruction. Say it again in other words, or "
                    "leave "
                    "it out.")  # fmt: skip
            return (
                Point(key="told", text=text, options=("leave it out", "the email should say it")),
            )
    return ()


def _in_one_language(brief: Brief) -> Brief:
    """Drop an English matter where the German words of the email were given as well."""
    german = [one for one in brief.must_say if is_german(one)]
    if brief.language.startswith("de") and german and not translatable(brief.about):
        if brief.about in brief.must_say or is_german(brief.about):
            return brief
        return brief.model_copy(update={"about": german[0]})
    return brief


def _untranslated(brief: Brief) -> tuple[Point, ...]:
    """Ask for German words: the rules drafter does not translate, and says so."""
    found = []
    stated = brief.about in brief.must_say
    if brief.about and not stated and not translatable(brief.about) and not is_german(brief.about):
        found.append(Point(key="about", text=f"How do you say “{brief.about}” in German? I write "
                           "German but do not translate."))  # fmt: skip
    if brief.must_say and not all(is_german(one) for one in brief.must_say):
        said = "; ".join(brief.must_say)
        found.append(Point(key="must_say", text=f"How do you say this in German: “{said}”?"))
    return tuple(found)


def _setting_of(ask: Ask, brief: Brief) -> Setting:
    language = brief.language or ("de" if is_german(brief.said) else "en")
    return Setting(
        brief=brief, language=language if language[:2] in LANGUAGES else "en", audience="",
        as_of=ask.as_of.astimezone(ZoneInfo("UTC")), timezone=ask.timezone,
    )  # fmt: skip
