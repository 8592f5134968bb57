"""Small turns of phrase: a person's statement as a sentence to the reader, titles, articles."""

from __future__ import annotations

import re
from datetime import date

from .when import find_when, long_date, long_time

__all__ = [
    "count_words",
    "dated",
    "headline",
    "is_german",
    "is_order",
    "sentence",
    "title",
    "to_reader",
    "trimmed",
]

_TO_READER = tuple(
    (re.compile(rf"\b{they}\b", re.IGNORECASE), you)
    for they, you in (
        ("they are", "you are"),
        ("they're", "you are"),
        ("they have", "you have"),
        ("they", "you"),
        ("them(?:selves)?", "you"),
        ("theirs", "yours"),
        ("their", "your"),
    )
)
_ARTICLE = re.compile(r"^(?:the|an?|my)\s+", re.IGNORECASE)
_GERMAN = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "und",
        "oder",
        "nicht",
        "wir",
        "ihr",
        "sie",
        "ihnen",
        "ist",
        "sind",
        "wird",
        "werden",
        "ein",
        "eine",
        "einen",
        "einer",
        "eines",
        "zum",
        "zur",
        "für",
        "mit",
        "über",
        "auf",
        "von",
        "bei",
        "nach",
        "unser",
        "unsere",
        "unseren",
        "unserem",
        "am",
        "im",
        "um",
        "uhr",
        "bitte",
        "lade",
        "schreibe",
        "sende",
        "schicke",
        "informiere",
        "kunden",
        "kundinnen",
        "deutsche",
        "deutschen",
        "einladung",
        "dass",
        "auch",
        "noch",
        "nur",
        "ab",
        "bis",
        "alle",
        "an",
        "kürzer",
        "länger",
        "förmlicher",
        "freundlicher",
        "betreff",
        "wörter",
    ]
)
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "or",
        "not",
        "we",
        "you",
        "they",
        "is",
        "are",
        "will",
        "be",
        "to",
        "for",
        "with",
        "about",
        "on",
        "of",
        "our",
        "at",
        "from",
        "in",
        "by",
        "that",
        "this",
        "it",
        "please",
        "send",
        "write",
        "invite",
        "email",
        "who",
        "have",
        "has",
        "their",
        "all",
        "people",
        "customers",
        "link",
        "words",
    ]
)


_ORDER = re.compile(
    r"^(?:please |bitte |and )*(?:sign|send|keep|make|use|write|add|include|mention|don't|do not"
    r"|avoid|set|put|"
    r"schedule|attach|cc|bcc|target|exclude|call it|name it|translate|check|ask me|show me|nutze"
    r"|verwende|"
    r"halte)\b(?! (?:us|you)\b)",
    re.IGNORECASE,
)


_VERB = re.compile(
    r"\b(?:is|are|was|were|will|has|have|had|can|may|must|starts?|begins?|ends?|costs?|includes?|"
    r"takes?|gets?|comes?|offers?|shows?|speaks?|changes?|changed|ends|moves?|moved|expires?"
    r"|rises?|drops?|stays?|remains?|becomes?|needs?|joins?|leaves?|ändern|ändert|presents?|runs?"
    r"|closes?|opens?|there's|it's|we're|"
    r"we'll|ist|sind|wird|werden|hat|haben|kann|können|kostet|beginnt|endet|gibt|enthält"
    r"|spricht)\b",
    re.IGNORECASE,
)


def states(text: str) -> bool:
    """Return whether some words state something: they have a verb and are no mere fragment."""
    return len(text.split()) > 2 and _VERB.search(text) is not None


def is_order(text: str) -> bool:
    """Return whether a sentence may be an instruction to Placet rather than words of the email."""
    return _ORDER.match(text) is not None


def is_german(text: str) -> bool:
    """Return whether a text reads as German rather than as English."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    german = sum(word in _GERMAN for word in words) + 2 * sum("ß" in w or "ü" in w for w in words)
    english = sum(word in _ENGLISH for word in words)
    return german > english


def to_reader(text: str) -> str:
    """Return a statement about recipients as one to them: "they get lunch" -> "you get lunch"."""
    for pattern, said in _TO_READER:
        text = pattern.sub(said, text)
    return text


def sentence(text: str, *, today: date, zone: str, language: str) -> str:
    """Return a statement as a sentence: dates written out, a capital first, a full stop last."""
    said = text.strip(" ,;")
    if not language.startswith("de"):
        said = to_reader(said)
    said = dated(said, today=today, zone=zone, language=language)
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?", "…")) else said + "."


def dated(text: str, *, today: date, zone: str, language: str) -> str:
    """Return the text with its dates written out, the weekday that fits included."""
    for found in reversed(find_when(text, today)):
        if found.on is None or found.until is not None or found.doubt:
            continue
        there = text[found.start : found.stop]
        led = re.match(
            r"(?:on|am|by|until|bis|from|vom|den|at|um|in)\s+(?=\S)", there, re.IGNORECASE
        )
        lead = led[0] if led and not re.match(r"(?:at|um|in)\s", led[0], re.IGNORECASE) else (
            _lead(text[: found.start], text[found.stop :], language))  # fmt: skip
        written = lead + long_date(found.on, language)
        if found.at is not None:
            glue = " um " if language.startswith("de") else " at "
            shown = long_time(found.at, found.end, found.timezone, language, found.on)
            written += glue + shown
        text = text[: found.start] + written + text[found.stop :]
    return text


_JOINED = re.compile(
    r"(?:\b(?:to|until|till|before|after|since|by|from|of|for|than|and|or|bis|vor|nach|seit|zum|vom|"
    r"und|oder|ab)|[-–(:])\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:to|until|till|bis|-|–)\s+(?:\w+,?\s)?\d", re.IGNORECASE)


def _lead(before: str, after: str, language: str) -> str:
    """Return the word that leads in a bare date, where one is needed."""
    if _JOINED.search(before) or not before.strip():
        return ""
    german = language.startswith("de")
    if _RANGE.match(after):
        return "von " if german else "from "
    return "am " if german else "on "


def title(about: str) -> str:
    """Return a matter as a title: "the follow-up" -> "Follow-up"."""
    said = re.sub(r"\b(from .+) on$", r"\1", _ARTICLE.sub("", about).strip())
    return said[:1].upper() + said[1:]


def trimmed(text: str, most: int) -> str:
    """Return at most so many characters, cut at a word."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,:;") + "…"


def headline(text: str, most: int) -> str:
    """Return a text as short as a subject line: cut where a part of the sentence ends.

    A cut inside a part would leave half a date or half a figure, which says something else.
    """
    if len(text) <= most:
        return text
    shorter = _WEEKDAY.sub("", text)
    if shorter != text:
        return headline(shorter, most)
    if (led := _LED_IN.match(text)) is not None:
        return headline(led["rest"][:1].upper() + led["rest"][1:], most)
    ends = [m.start() for m in _BREAK.finditer(text) if 18 <= m.start() <= most
            and not _HANGING.search(text[: m.start()])]  # fmt: skip
    cut = text[: ends[-1]] if ends else trimmed(text, most)
    while ends and _HANGING.search(cut):
        cut = _HANGING.sub("", cut)
    return cut.rstrip(" ,:;.-–")


_WEEKDAY = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag"
    r"|Mittwoch), (?=\d)"
)
_LED_IN = re.compile(r"(?:from|on|as of|since|in|until|ab|am|seit|vom)\b[^,]*(?:, \d[^,]*)?, (?P<rest>"
                     r"[^\d].*)$", re.IGNORECASE)  # fmt: skip
"""A statement with its date first; as a headline the rest stands alone."""
_HANGING = re.compile(
    r"\b(?:an?|and|are|at|be|by|for|from|has|have|in|is|it|of|on|or|that|the|their|to|was|were|will|"
    r"with|your|our|we|you|am|auf|das|der|die|für|hat|im|ist|mit|sind|und|von|werden|wir|wird|zu|zum|"
    r"zur|\w+day|\w+tag|\d{1,2}\.?|until|before|after|bis|whether|please|bitte|can|may|must)[\s,.:]*$",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[,;.]\s(?!\d)|\s(?:-|–)\s|:\s|\s(?=(?:with|until|from|on|at|and|which|that|because|since|before|"
    r"after|in|for|valid|von|bis|am|mit|und|auf|für|ab|dass|die|der|um|zum|zur)\s)",
)


def count_words(text: str) -> int:
    """Return how many words a text has; a Liquid token counts as one."""
    plain = re.sub(r"\{\{.*?\}\}", "X", text)
    return len(re.findall(r"[^\W_][\w'’.:/@-]*", plain))
