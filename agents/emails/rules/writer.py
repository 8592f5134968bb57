"""The composer: parts of one language put together to the length that was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from agents.emails.envelope import campaign_name, reply_to_of, sender_of, topic_of, utm_of
from agents.emails.port import Brief, Setting
from tools.email.brand import Brand

from .english import english
from .german import german
from .lines import Known, Lines
from .words import count_words, headline, is_german, sentence, states

__all__ = ["LANGUAGES", "USUAL_WORDS", "compose", "split_evenly"]

LANGUAGES = ("en", "de")
USUAL_WORDS = 90
"""How long an email is where nobody said it."""
LONGEST_SUBJECT = 60
LONGEST_PREHEADER = 110
_LONG = 95
"""From so many words on, when and where are repeated as points."""


def compose(setting: Setting, brand: Brand) -> dict[str, Any]:
    """Return the email as JSON values, in English or German."""
    brief, language = setting.brief, setting.language
    known = _known(setting, brand)
    lines = german(known) if language.startswith("de") else english(known)
    target = brief.words or USUAL_WORDS
    required = brand.required_for(topic_of(brief, brand), language)
    spare = _spare_facts(brief, brand, language) if brief.words and brief.words > 100 else ()
    body = _body(brief, known, lines, target, required, spare)
    subjects = [headline(one, LONGEST_SUBJECT) for one in lines.subjects]
    subject = brief.subject or subjects[0]
    reply_to = reply_to_of(brief, brand)
    return {
        "name": campaign_name(brief),
        "language": language,
        "subject": subject,
        "preheader": brief.preheader or headline(lines.preheader, LONGEST_PREHEADER),
        "sender": sender_of(brief, brand).model_dump(),
        "reply_to": reply_to.model_dump() if reply_to else None,
        "body": body,
        "utm": utm_of(brief).model_dump(),
        "topic": topic_of(brief, brand),
        "variants": _variants(brief, subject, subjects),
    }


def _known(setting: Setting, brand: Brand) -> Known:
    brief = setting.brief
    today = setting.as_of.astimezone(ZoneInfo(setting.timezone)).date()
    zone = brief.occasion.timezone or ("" if setting.timezone == "UTC" else setting.timezone)
    facts = tuple(
        sentence(one, today=today, zone=zone, language=setting.language)
        for one in (
            brief.must_say
            if brief.purpose == "newsletter"
            else _joined(brief.must_say, setting.language, brief.about)
        )
    )
    return Known(
        brief=brief, today=today, zone=zone, brand=brand.name,
        sender=sender_of(brief, brand).name or brand.name,
        attended=setting.attended, facts=facts,
    )  # fmt: skip


def _is_whole(said: str) -> bool:
    """Return whether some words stand as a sentence of their own."""
    asks = said.lower().startswith(("please", "bitte", "here ", "hier "))
    words = len(said.split())
    return asks or states(said) or words > 6 or (said[:1].isupper() and words > 1)


def _joined(said: Sequence[str], language: str, about: str) -> list[str]:
    """Return the statements, with fragments ("5 questions", "3 minutes") said in one breath."""
    whole = [one for one in said if _is_whole(one)]
    parts = [one.strip(" .") for one in said if one not in whole and one != about]
    if len(parts) < 2 and not (parts and parts[0][:1].isdigit()):
        return list(said)
    lead = "Kurz gesagt" if language.startswith("de") else "In short"
    whole = [about, *whole] if about in said and about not in whole else whole
    return [*whole, f"{lead}: {', '.join(parts)}"]


def _spare_facts(brief: Brief, brand: Brand, language: str) -> tuple[str, ...]:
    """Return the brand's own statements about the same matter, where their language fits."""
    about = {word.rstrip("s") for word in re.findall(r"[^\W\d_]{5,}", brief.about.lower())}
    fitting = []
    for fact in brand.facts:
        words = {word.rstrip("s") for word in re.findall(r"[^\W\d_]{5,}", fact.lower())}
        if is_german(fact) == language.startswith("de") and words & about:
            fitting.append(fact)
    return tuple(fitting[:3])


def _body(
    brief: Brief, known: Known, lines: Lines, target: int, required: tuple[str, ...],
    spare: tuple[str, ...],
) -> list[dict[str, Any]]:  # fmt: skip
    fixed = " ".join((lines.heading, lines.greeting, *lines.opening, *known.facts, *required,
                      lines.regards, lines.button if brief.links else ""))  # fmt: skip
    room = target - count_words(fixed)
    details = lines.details if target >= _LONG else ()
    room -= count_words(" ".join(details))
    chosen: dict[str, bool] = {}
    for one in (*lines.closing, *spare, *lines.more):
        fits = count_words(one) <= room + 4
        must = brief.reply_instead and one == lines.more[0]
        if fits or must:
            chosen[one] = True
            room -= count_words(one)
    return _blocks(brief, known, lines, details, required, chosen)


def _joined_up(text: str, known: Known) -> str:
    """Return the paragraph with a small letter after its first colon, as English has it."""
    if is_german(known.facts[0]):
        return text
    return _AFTER_COLON.sub(lambda match: match[0].lower(), text, count=1)


_AFTER_COLON = re.compile(r"(?<=: )(?:The|Our|We|You|Your|A|"
                          r"An|Please|It|There|This|These|Free|New)\b")  # fmt: skip


def _blocks(
    brief: Brief, known: Known, lines: Lines, details: tuple[str, ...],
    required: tuple[str, ...], chosen: dict[str, bool],
) -> list[dict[str, Any]]:  # fmt: skip
    def text(*parts: str) -> dict[str, Any]:
        return {"type": "text", "text": "\n\n".join(part for part in parts if part)}

    spare = [one for one in chosen if one not in lines.more and one not in lines.closing]
    first = [" ".join(lines.opening)]
    listed = len(known.facts) >= (2 if brief.purpose == "newsletter" else 3)
    if known.facts and not listed:
        first = [_joined_up(" ".join(filter(None, (*first, *known.facts))), known)]
    blocks: list[dict[str, Any]] = [{"type": "heading", "text": lines.heading, "level": 1}]
    blocks.append(text(lines.greeting, *first))
    if listed:
        blocks.append({"type": "bullets", "items": list(known.facts)})
    if spare or required:
        blocks.append(text(" ".join((*spare, *required))))
    if details:
        blocks.append({"type": "bullets", "items": list(details)})
    for number, link in enumerate(brief.links):
        label = link.label or (lines.button if number == 0 else _label(link.url))
        blocks.append({"type": "button", "label": label, "url": link.url})
    more = " ".join(one for one in lines.more if one in chosen)
    close = " ".join(one for one in lines.closing if one in chosen)
    blocks.append(text(more, close, lines.regards.replace("\n", "\n\n")))
    return blocks


def _label(url: str) -> str:
    """Return what a further button says: the last part of its address in words."""
    last = url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    said = re.sub(r"[-_]+", " ", last).strip()
    return (said[:1].upper() + said[1:])[:40] or url


def _variants(brief: Brief, subject: str, subjects: list[str]) -> list[dict[str, Any]]:
    if brief.variants < 2:
        return []
    every = list(dict.fromkeys([subject, *brief.subjects, *subjects]))[: brief.variants]
    return split_evenly(every)


def split_evenly(subjects: list[str]) -> list[dict[str, Any]]:
    """Return the subject lines as variants A, B, ... with equal shares that sum to 1."""
    share = round(1 / len(subjects), 4)
    shares = [share] * (len(subjects) - 1)
    shares.append(round(1 - sum(shares), 4))
    return [
        {"key": "ABCDEFGH"[number], "subject": one, "preheader": None, "share": shares[number]}
        for number, one in enumerate(subjects)
    ]
