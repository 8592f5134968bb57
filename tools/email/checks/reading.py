"""How hard it is to read: Flesch by language, long sentences and paragraphs, the length asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case
from .facts import TOKEN
from .port import EmailCheck, Hit

__all__ = ["CHECKS", "flesch", "word_count"]

_VOWELS = {"en": "aeiouy", "de": "aeiouyäöü"}
_HARD = 30
"""Below this, a text reads like a statute (Flesch 1948; for German Amstad 1978)."""
_LONG_SENTENCE, _LONG_PARAGRAPH = 40, 110
_LENGTH = re.compile(
    r"(?i)(?:about|around|ca\.?|etwa|rund|max(?:imum|imal)?\.?|at most|up to|under|"
    r"no more than|höchstens|bis zu)?\s*(\d{2,4})[ -]*(?:words?|wörter|worte|wörtern|mots|"
    r"palabras)"
)
_MOST = re.compile(r"(?i)max|at most|up to|under|no more|höchstens|bis zu")


def _prose(case: Case) -> str:
    return "\n".join(
        piece.text.replace(TOKEN, "Alex")
        for piece in case.pieces
        if piece.kind in {"text", "quote", "mjml", "heading"}
    )


def word_count(case: Case) -> int:
    """Return how many words the author wrote into the body."""
    bodies = (
        piece.text
        for piece in case.pieces
        if piece.kind in {"text", "quote", "mjml", "heading", "button"}
    )
    return sum(len(re.findall(r"[\w\ufffc][\w'’\ufffc.-]*", text)) for text in bodies)


def flesch(text: str, language: str) -> float | None:
    """Return the reading ease from 0 (hard) to 100 (easy); None: no formula for this language.

    English: 206.835 - 1.015 * words/sentence - 84.6 * syllables/word. German: 180 -
    words/sentence - 58.5 * syllables/word.
    """
    if language not in _VOWELS:
        return None
    sentences = [part for part in re.split(r"[.!?:;]+(?=\s|$)|\n+", text) if re.search(r"\w", part)]
    words = re.findall(r"[^\W\d_]+", text)
    if not sentences or not words:
        return None
    length = len(words) / len(sentences)
    weight = sum(_syllables(word, language) for word in words) / len(words)
    if language == "de":
        return 180 - length - 58.5 * weight
    return 206.835 - 1.015 * length - 84.6 * weight


def _syllables(word: str, language: str) -> int:
    calm = word.casefold()
    groups = len(re.findall(f"[{_VOWELS[language]}]+", calm))
    if language == "en" and calm.endswith("e") and not calm.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    return max(1, groups)


def _level(case: Case) -> Iterator[Hit]:
    text = _prose(case)
    if len(text.split()) < 30:
        return
    ease = flesch(text, case.language)
    if ease is not None and ease < _HARD:
        yield Hit(message=f"The text is hard to read: Flesch {ease:.0f} of 100, below {_HARD}.")


def _sentences(case: Case) -> Iterator[Hit]:
    for piece in case.pieces:
        for sentence in re.split(r"(?<=[.!?])\s+|\n+", piece.text):
            if (words := len(sentence.split())) > _LONG_SENTENCE:
                yield Hit(
                    message=f"A sentence has {words} words ({piece.where}).", evidence=sentence
                )
                return


def _paragraphs(case: Case) -> Iterator[Hit]:
    for piece in case.pieces:
        for paragraph in re.split(r"\n\s*\n", piece.text):
            if piece.kind == "text" and (words := len(paragraph.split())) > _LONG_PARAGRAPH:
                yield Hit(
                    message=f"A paragraph has {words} words ({piece.where}).", evidence=paragraph
                )
                return


def _length(case: Case) -> Iterator[Hit]:
    asked = _LENGTH.search(case.brief)
    if not asked:
        return
    wanted, there = int(asked[1]), word_count(case)
    most = _MOST.search(asked.group()) is not None
    if there > wanted * 1.25 or (there < wanted * 0.6 and not most):
        yield Hit(
            message=f"The brief asks for {wanted} words; the email has {there}.",
            evidence=asked.group().strip(),
        )


CHECKS = (
    EmailCheck(
        name="reading.level",
        severity="warn",
        look=_level,
        about="Flesch reading ease, English and German",
        fix="Use shorter sentences and words.",
    ),
    EmailCheck(
        name="reading.long_sentence",
        severity="warn",
        look=_sentences,
        about=f"sentences above {_LONG_SENTENCE} words",
        fix="Make two of it.",
    ),
    EmailCheck(
        name="reading.long_paragraph",
        severity="warn",
        look=_paragraphs,
        about=f"paragraphs above {_LONG_PARAGRAPH} words",
        fix="Break it up; phones show few lines.",
    ),
    EmailCheck(
        name="reading.length",
        severity="warn",
        look=_length,
        about="the length that the brief asks for",
        fix="Shorten or fill it to what was asked for.",
    ),
)
