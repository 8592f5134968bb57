"""The model drafter: reads the brief and writes the email; code checks every fact of both.

What the model returns is held to the form, to the person's own words (links, addresses, numbers,
dates) and to the brand file. What is wrong goes back to it a bounded number of times; then the
person is asked, or the sentence is taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from agents.exchange import ATTEMPTS, BadForm, Exchange, Talk, opened, sent_back, until_read
from agents.models import ChatModel
from agents.port import Answer, Question, Refusal
from agents.segments.rules.text import clean
from agents.versions import picked, rendered, settings_of, shown
from placet.errors import ModelMisbehaved
from prompts.library import Prompt
from prompts.serving import PromptSource, ShippedPrompts
from tools.email.brand import Brand
from tools.email.checks.facts import facts_of, unsupported
from tools.email.fields import TOKENS
from tools.segments.port import SegmentReader

from .envelope import campaign_name, reply_to_of, sender_of, topic_of, utm_of
from .model_form import BRIEF, EMAIL, brief_of, email_of
from .port import Ask, Brief, Point, Proposal, Reading, Setting
from .rules import RulesEmails, safety
from .rules.when import find_when, long_date
from .rules.writer import LONGEST_PREHEADER, LONGEST_SUBJECT, USUAL_WORDS, split_evenly

__all__ = ["READING", "WRITING", "LlmEmails"]

READING, WRITING = "emails/brief", "emails/draft"
"""The prompts that it reads briefs and writes emails by."""
WRITINGS = 2
"""How often the form of one email may come back wrong before the rules write it."""
MOST_OPTIONS = 6


class LlmEmails:
    """Drafts with a language model; raises `ModelError` only."""

    def __init__(
        self, model: ChatModel, rules: RulesEmails, segments: SegmentReader,
        brand: Callable[[], Brand], *, prompts: PromptSource | None = None,
        token_budget: int = 30_000,
    ) -> None:  # fmt: skip
        self._talk = Talk(model, token_budget)
        self._rules, self._segments, self._brand = rules, segments, brand
        self._prompts = prompts or ShippedPrompts()

    @property
    def name(self) -> str:
        """`llm`."""
        return "llm"

    @property
    def prompt(self) -> str | None:
        """The hash of the prompt that the words are written with now."""
        return self._prompts.prompt(WRITING).sha256

    def read(self, ask: Ask) -> Reading:
        """Return what the request means, after at most two repairs."""
        return until_read(lambda said, spent: self.attempt(ask, said, spent)) or self.give_up(ask)

    def write(self, setting: Setting, problems: Sequence[str] = ()) -> dict[str, Any]:
        """Return the email as the model writes it."""
        return self.compose(setting, problems, None, 0)[0]

    def attempt(
        self, ask: Ask, exchange: Exchange, spent: int
    ) -> tuple[Reading | None, Exchange, int]:
        """Ask the model once for the brief: the reading, or None with what is wrong added.

        `exchange` and `spent` are what the attempt before returned; both are plain JSON, so that a
        run that was killed goes on with the next attempt and pays for none twice.
        """
        if (reason := safety.refusal(ask.text)) is not None:
            return Refusal(text=reason), exchange, spent  # what is never done needs no model
        if not exchange and (plain := self._plain_change(ask)) is not None:
            return plain, exchange, spent
        prompt = picked(self._prompts, READING, ask.prompts)
        said = exchange or self._opening(ask, prompt)
        return self._talk.attempt(
            said, BRIEF, spent, lambda data: self._reading(ask, data), settings_of(prompt)
        )

    def give_up(self, ask: Ask) -> Question:
        """Return the question for a request the model could not put into a usable form."""
        return Question(
            text="I could not turn that into an email. Could you say again who it is for, what it "
            "is about, and the facts and the link?",
            about=clean(ask.text)[:200],
        )

    def compose(
        self, setting: Setting, problems: Sequence[str], before: dict[str, Any] | None, spent: int
    ) -> tuple[dict[str, Any], int]:
        """Return the email as JSON values, and the tokens of the run so far.

        Raises:
            ModelError: no answer, no usable answer, or the budget is used up.
        """
        prompt = picked(self._prompts, WRITING, setting.prompts)
        said = self._writing(setting, prompt)
        if problems and before is not None:
            shown = {key: before.get(key) for key in ("subject", "preheader", "body", "variants")}
            said = sent_back(said, shown, " ".join(problems[:8]))
        for attempt in range(WRITINGS):
            data, spent = self._talk.complete(said, EMAIL, spent, settings_of(prompt))
            try:
                return self._email(setting, email_of(data)), spent
            except BadForm as wrong:
                said = sent_back(said, data, str(wrong))
                if attempt == WRITINGS - 1:
                    break
        raise ModelMisbehaved("The model did not write an email in the form that was asked for.")

    # --- calls ------------------------------------------------------------------------------

    def _opening(self, ask: Ask, prompt: Prompt) -> Exchange:
        local = ask.as_of.astimezone(ZoneInfo(ask.timezone))
        rendering = rendered(
            prompt, today=local.date(), weekday=f"{local:%A}", timezone=ask.timezone,
            most_options=MOST_OPTIONS, attempts=ATTEMPTS, terms=shown(ask.terms),
            conversation=self._conversation(ask), request=clean(ask.text),
        )  # fmt: skip
        return opened(rendering)

    def _conversation(self, ask: Ask) -> str:
        lines = [f"{turn.who}: {clean(turn.text)[:1_000]}" for turn in ask.history[-10:]]
        if ask.question is not None:
            lines.append(f"(open question: {ask.question.text})")
        if ask.brief is not None:
            lines.append(f"(understood so far: {_shown(ask.brief)})")
        if ask.previous is not None:
            lines.append(f"(the request asks to change this brief: {_shown(ask.previous.brief)})")
            lines.append(f"(its audience: {self._segments.describe(ask.previous.segment.filter)})")
        return "\n".join(lines) or "(nothing yet)"

    def _writing(self, setting: Setting, prompt: Prompt) -> Exchange:
        brief, brand = setting.brief, self._brand()
        rendering = rendered(
            prompt, today=setting.as_of.astimezone(ZoneInfo(setting.timezone)).date(),
            request=brief.said,
            language=setting.language, words=brief.words or USUAL_WORDS,
            tone=brief.tone or "as the brand speaks", subject_length=LONGEST_SUBJECT,
            preheader_length=LONGEST_PREHEADER, variants=brief.variants,
            tokens=", ".join(TOKENS), brand=_brand(brand, topic_of(brief, brand), setting.language),
            brief=_facts(setting), audience=setting.audience,
            previous=_previous(setting), change=clean(setting.change) or "(none: write it anew)",
        )  # fmt: skip
        return opened(rendering)

    # --- what the model said ----------------------------------------------------------------

    def _reading(self, ask: Ask, data: dict[str, Any]) -> Reading:
        match data.get("type"):
            case "question":
                options = tuple(str(one)[:200] for one in data.get("options") or ())
                return Question(text=_text(data), options=options[:MOST_OPTIONS])
            case "answer":
                return Answer(text=_text(data))
            case "refusal":
                return Refusal(text=_text(data))
            case "proposal":
                return self._proposal(ask, data)
            case other:
                raise BadForm(f"There is no type {other!r}.")

    def _proposal(self, ask: Ask, data: dict[str, Any]) -> Proposal:
        said = _said(ask)
        brief = brief_of(data, said=said, zone=ask.timezone)
        self._hold(brief, said, ask)
        reach = " ".join(str(data.get("reach") or "").split())[:600]
        kept = ask.brief or (ask.previous.brief if ask.previous else None)
        if kept is not None and not brief.audience:
            brief = brief.model_copy(update={"audience": kept.audience})
        return Proposal(brief=brief, open=_doubts(ask), reach=reach)

    def _hold(self, brief: Brief, said: str, ask: Ask) -> None:
        """Refuse a brief with numbers, dates or names that the person did not say."""
        today = ask.as_of.astimezone(ZoneInfo(ask.timezone)).date()
        stated = " \n".join((brief.about, *brief.must_say, brief.occasion.place))
        if brief.occasion.on is not None:
            stated += f"\n{long_date(brief.occasion.on, 'en')}"
        known = facts_of(said, today=today)
        wrong = unsupported(facts_of(stated, today=today), known, today=today)
        if wrong:
            raise BadForm(
                "; ".join(f"“{one.text}” was not said by the person" for one in wrong[:5]) + "."
            )
        lost = [url for url in facts_of(ask.text).links if not any(url in one.url or one.url.rstrip(
            "/").endswith(url) for one in brief.links)]  # fmt: skip
        if lost:
            raise BadForm(f"`links` leaves out {', '.join(lost)}.")

    def _plain_change(self, ask: Ask) -> Proposal | None:
        """Return a change that needs no new words ("subject: ...", "send it on Friday at 10")."""
        if ask.previous is None or ask.question is not None:
            return None
        reading = self._rules.read(ask)
        if isinstance(reading, Proposal) and reading.keep is not None:
            return reading
        return None

    def _email(self, setting: Setting, written: dict[str, Any]) -> dict[str, Any]:
        brief, brand = setting.brief, self._brand()
        reply_to = reply_to_of(brief, brand)
        subject = brief.subject or written["subject"]
        subjects = list(dict.fromkeys([subject, *written["variants"]]))[: brief.variants]
        return {
            "name": campaign_name(brief), "language": setting.language, "subject": subject,
            "preheader": brief.preheader or written["preheader"],
            "sender": sender_of(brief, brand).model_dump(),
            "reply_to": reply_to.model_dump() if reply_to else None,
            "body": written["body"], "utm": utm_of(brief).model_dump(),
            "topic": topic_of(brief, brand),
            "variants": split_evenly(subjects) if len(subjects) > 1 else [],
        }  # fmt: skip


def _said(ask: Ask) -> str:
    """Return everything the person said that bears on this brief."""
    before = ask.brief or (ask.previous.brief if ask.previous else None)
    return f"{before.said}\n{ask.text.strip()}" if before is not None else ask.text.strip()


def _doubts(ask: Ask) -> tuple[Point, ...]:
    """Return the dates of the request that contradict themselves, as the rules read them."""
    today = ask.as_of.astimezone(ZoneInfo(ask.timezone)).date()
    return tuple(
        Point(key="weekday", text=one.doubt[0], options=one.doubt[1])
        for one in find_when(clean(ask.text), today)
        if one.doubt
    )


def _shown(brief: Brief) -> str:
    return brief.model_dump_json(exclude_defaults=True, exclude={"said"})


def _text(data: dict[str, Any]) -> str:
    text = clean(str(data.get("text") or ""))
    if not text:
        raise BadForm("`text` is missing: say what the person should read.")
    return text[:2_000]


def _facts(setting: Setting) -> str:
    brief, lines = setting.brief, [f"purpose: {setting.brief.purpose}"]
    one = brief.occasion
    lines += [f"about: {brief.about}"] if brief.about else []
    if one.on is not None:
        lines.append(f"date: {long_date(one.on, setting.language)}")
    if one.until is not None:
        lines.append(f"until: {long_date(one.until, setting.language)}")
    lines += [f"starts at: {one.at:%H:%M}"] if one.at else []
    lines += [f"ends at: {one.end:%H:%M}"] if one.end else []
    lines += [f"place: {one.place}"] if one.place else []
    lines += [f"link: {link.url} {link.label}".strip() for link in brief.links]
    lines += ["people answer by replying to this email"] if brief.reply_instead else []
    lines += [f"every recipient attended: {setting.attended}"] if setting.attended else []
    lines += [f"must say: {fact}" for fact in brief.must_say]
    lines += [f"must not mention: {what}" for what in brief.must_not]
    lines += [f"subject (use it as it is): {brief.subject}"] if brief.subject else []
    lines.append(f"the person's own words: {brief.said}")
    return "\n".join(lines)


def _brand(brand: Brand, topic: str, language: str) -> str:
    lines = [f"name: {brand.name}", f"tone: {brand.tone.voice}"]
    lines += [f"say {said!r}, not {word!r}" for word, said in brand.tone.prefer.items()]
    if brand.banned_words:
        lines.append(f"never say: {', '.join(brand.banned_words)}")
    lines += [f"fact: {fact}" for fact in brand.facts]
    lines += [f"must be in the body: {one}" for one in brand.required_for(topic, language)]
    return "\n".join(lines)


def _previous(setting: Setting) -> str:
    if setting.previous is None:
        return "(none)"
    return setting.previous.model_dump_json(include={"subject", "preheader", "body", "variants"})
