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
    r"\b(?:is|are|was|were|will|keeps?|raises?|accepts?|sends?|finds?|raise|dauert|steigen|steigt"
    r"|has|have|had|can|may|must|starts?|begins?|ends?|costs?|includes?|"
    r"takes?|gets?|comes?|offers?|shows?|speaks?|changes?|changed|ends|moves?|moved|expires?"
    r"|rises?|drops?|stays?|remains?|becomes?|needs?|joins?|leaves?|ändern|ändert|presents?|runs?"
    r"|closes?|opens?|there's|it's|we're|"
    r"we'll|ist|sind|wird|werden|hat|haben|kann|können|kostet|beginnt|endet|gibt|enthält"
    r"|spricht)\b",
    re.IGNORECASE,
)


_PRONOUN = re.compile(
    r"(?:congratulations|welcome|thank you)\b|(?:we|you|they|i|wir|sie|ihr"
    r"|du)\s+(?!two|all|three)[a-zäöü]+",
    re.IGNORECASE,
)
"""A statement that begins with who does it: "we answer questions"."""


def states(text: str) -> bool:
    """Return whether some words state something: they have a verb and are no mere fragment."""
    return len(text.split()) > 2 and bool(_VERB.search(text) or _PRONOUN.match(text))


def is_order(text: str) -> bool:
    """Return whether a sentence may be an instruction to Placet rather than words of the email."""
    return _ORDER.match(text) is not None


def is_german(text: str) -> bool:
    """Return whether a text reads as German rather than as English."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    german = sum(word in _GERMAN for word in words) + 2 * sum("ß" in w or "ü" in w for w in words)
    english = sum(word in _ENGLISH for word in words)
    return german > english


_FOR_READERS = re.compile(
    r"they(?:'re|'ll)?\b(?= (?:can|could|may|might|must|should|need|have to|do not|don't|get"
    r"|receive|"
    r"will|want|are (?:invited|welcome|asked|entitled)|register|sign|join|save|find|book|only|just|"
    r"always|also|already|still|then|no longer|who)\b)",
    re.IGNORECASE,
)
"""What recipients do; anything else that "they" do, things do: "the terms ... They take effect"."""
_THINGS = re.compile(
    r"^(?:(?:the|all|our|existing|new|old|current|these|those|both)\s+)*[a-z-]+s\b(?! (?:is|has"
    r"|was)\b)"
    r"[^,;:]*\bthey?(?:ir)?\b",
    re.IGNORECASE,
)


def to_reader(text: str) -> str:
    """Return a statement about recipients as one to them: "they get lunch" -> "you get lunch"."""
    things = _THINGS.match(text) and not re.match(r"(?:they|their|customers|people)\b", text,
                                                  re.IGNORECASE)  # fmt: skip
    if things:
        return text
    other = re.search(r"\bthey\b", _FOR_READERS.sub("", text), re.IGNORECASE)
    for pattern, said in _TO_READER[3 if other else 0 :]:
        if other and pattern.pattern in {r"\btheir\b", r"\bthey\b"}:
            continue
        text = pattern.sub(said, text)
    return text if not other else _FOR_READERS.sub("you", text)


def sentence(text: str, *, today: date, zone: str, language: str) -> str:
    """Return a statement as a sentence: dates written out, a capital first, a full stop last."""
    said = text.strip(" ,;")
    if not language.startswith("de"):
        said = to_reader(said)
    said = _bare_verb(said, language)
    said = dated(said, today=today, zone=zone, language=language)
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "!", "?", "…")) else said + "."


def _bare_verb(said: str, language: str) -> str:
    """Return "takes 4 minutes" as "it takes 4 minutes"."""
    verbs, it = (_VERBS_DE, "es ") if language.startswith("de") else (_VERBS_EN, "it ")
    return it + said if verbs.match(said) else said


_VERBS_DE = re.compile(r"(?:dauert|kostet|beginnt|endet|enthält|läuft)\b", re.IGNORECASE)
_VERBS_EN = re.compile(
    r"(?:takes|costs|lasts|starts|begins|ends|includes|covers|runs)\b", re.IGNORECASE
)


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
            if found.end is not None:
                glue = " von " if language.startswith("de") else " from "
            shown = long_time(found.at, found.end, found.timezone, language, found.on)
            written += glue + shown
        text = text[: found.start] + written + text[found.stop :]
    return text


_JOINED = re.compile(
    r"(?:\b(?:to|until|till|before|after|since|by|from|of|for|than|and|or|bis|vor|nach|seit|zum"
    r"|vom|"
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
    plain = about.strip() if states(about) else _ARTICLE.sub("", about).strip()
    said = re.sub(r"\b(from .+) on$", r"\1", plain)
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
    for pattern in (_WEEKDAY, _CLOCK, _YEAR):
        if (text := pattern.sub(r"\g<keep>", text)) and len(text) <= most + 4:
            return text
    if (led := _LED_IN.match(text)) is not None:
        return headline(led["rest"][:1].upper() + led["rest"][1:], most)
    ends = _ends(text, _STOP, most) if states(text) else _ends(text, _BREAK, most)
    if not ends and states(text) and not is_german(text):
        ends = [one for one in _ends(text, _BREAK, most) if states(text[:one])]
    cut = text[: ends[-1]] if ends else trimmed(text, most).removesuffix("…")
    while _HANGING.search(cut):
        cut = _HANGING.sub("", cut)
    cut = cut.rstrip(" ,:;.-–")
    return cut if ends or not cut else f"{cut}…"


def _ends(text: str, marks: re.Pattern[str], most: int) -> list[int]:
    return [m.start() for m in marks.finditer(text) if 18 <= m.start() <= most
            and not _HANGING.search(text[: m.start()])]  # fmt: skip


_STOP = re.compile(r"[,;.]\s(?!\d)|\s(?:-|–)\s|\s(?=(?:because|until|which|so that|weil|damit)\s)")
"""Where a whole statement may be cut and still be one."""
_CLOCK = re.compile(
    r"(?P<keep>)(?:,? (?:at|from|um|von) \d\d:\d\d(?: (?:to|bis) "
    r"\d\d:\d\d)?(?: Uhr)?(?: \([A-Z]{3,4}\))?)"
)
_YEAR = re.compile(r"(?P<keep>\d{1,2}\.? [A-ZÄ][a-zä]+) 20\d\d\b")
_WEEKDAY = re.compile(
    r"(?P<keep>)\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Diens|Donners|Frei|Sams"
    r"|Sonn)tag"
    r"|Mittwoch), (?=\d)"
)
_LED_IN = re.compile(r"(?:from|on|as of|since|in|until|ab|am|seit|vom)\b[^,]*(?:, \d[^,]*)?, "
                     r"(?P<rest>"
                     r"[^\d].*)$", re.IGNORECASE)  # fmt: skip
"""A statement with its date first; as a headline the rest stands alone."""
_HANGING = re.compile(
    r"\b(?:an?|and|are|at|be|by|for|from|has|have|in|is|it|of|on|or|that|the|their|to|was|were"
    r"|will|"
    r"with|your|our|we|you|am|auf|das|der|die|für|hat|im|ist|mit|sind|und|von|werden|wir|wird|zu"
    r"|zum|"
    r"zur|valid|dr|mr|mrs|prof|starting|\w+day|\w+tag|\d{1,2}\.?|until|before|after|bis|whether"
    r"|please|bitte|can|may|must)[\s,.:]*$",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[,;.]\s(?!\d)|\s(?:-|–)\s|:\s|\s(?=(?:with|until|from|on|at|and|which|that|because|since"
    r"|before|"
    r"after|in|for|valid|von|bis|am|mit|und|auf|für|ab|dass|die|der|um|zum|zur)\s)",
)


def count_words(text: str) -> int:
    """Return how many words a text has; a Liquid token counts as one."""
    plain = re.sub(r"\{\{.*?\}\}", "X", text)
    return len(re.findall(r"[^\W_][\w'’.:/@-]*", plain))
