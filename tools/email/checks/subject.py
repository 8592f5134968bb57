"""Subject and preheader: length, tone, and tricks that inboxes and readers punish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .case import Case
from .copytext import without_liquid
from .facts import TOKEN
from .port import EmailCheck, Hit
from .tally import SUBJECT_LONGEST

__all__ = ["CHECKS"]

_SHORT, _LONG_PREHEADER, _SHORT_PREHEADER = 10, 140, 30
_TRICK = re.compile(r"(?i)^\s*(?:re|fwd?|aw|wg|antw|tr|rv)\s*(?:\[\d+\])?\s*[:：]")
_RUN = re.compile(r"[!?！？]{2,}|\.{4,}|[$€£]{2,}|[*=~_#-]{3,}|!.*!")


def _words(text: str) -> str:
    return without_liquid(text).replace(TOKEN, "").strip()


def _empty(case: Case) -> Iterator[Hit]:
    for where, text in case.subjects:
        if not text.strip():
            yield Hit(message=f"The {where} is empty.")
    if (bad := case.tally.bad_subjects).count:
        yield Hit(
            message=f"{bad.count} members get a subject that is empty or has a hole.",
            evidence=bad.example,
        )


def _long(case: Case) -> Iterator[Hit]:
    long = case.tally.long_subjects
    if long.count:
        yield Hit(
            message=f"{long.count} of {case.tally.members} members get a subject of more than "
            f"{SUBJECT_LONGEST} characters, the longest {long.size}.",
            evidence=long.example,
        )
        return
    for where, text in case.subjects:
        if len(_words(text)) > SUBJECT_LONGEST:
            yield Hit(message=f"The {where} has {len(_words(text))} characters.", evidence=text)


def _short(case: Case) -> Iterator[Hit]:
    for where, text in case.subjects:
        wide = any(unicodedata.east_asian_width(c) in "WF" for c in text)
        if text.strip() and len(without_liquid(text).strip()) < (5 if wide else _SHORT):
            yield Hit(message=f"The {where} says next to nothing.", evidence=text)


def _capitals(case: Case) -> Iterator[Hit]:
    for where, text in case.subjects:
        words = [
            word
            for word in re.findall(r"[^\W\d_]{2,}", _words(text))
            if word.upper() != word.lower()
        ]
        loud = [word for word in words if word.isupper()]
        shouted = [word for word in loud if len(word) > 4]
        if (
            (len(words) > 1 and len(loud) > len(words) / 2)
            or len(shouted) > 1
            or (words and shouted == words)
        ):
            yield Hit(message=f"The {where} shouts in capitals.", evidence=text)


def _runs(case: Case) -> Iterator[Hit]:
    for where, text in case.subjects:
        if found := _RUN.search(_words(text)):
            yield Hit(message=f"The {where} has a run of signs.", evidence=found.group())


def _emoji(case: Case) -> Iterator[Hit]:
    for where, text in (*case.subjects, ("preheader", case.email.preheader)):
        found = [c for c in _words(text) if _pictorial(c)]
        if len(found) > 1:
            yield Hit(message=f"The {where} has {len(found)} emoji.", evidence=text)


def _pictorial(char: str) -> bool:
    return unicodedata.category(char) == "So" or "\U0001f000" <= char <= "\U0001faff"


def _trick(case: Case) -> Iterator[Hit]:
    for where, text in case.subjects:
        if _TRICK.match(_words(text)):
            yield Hit(message=f"The {where} pretends to be an answer or a forward.", evidence=text)


def _unseen(case: Case) -> Iterator[Hit]:
    for where, text in (
        *case.subjects,
        ("preheader", case.email.preheader),
        ("sender", case.email.sender.name),
    ):
        if found := re.search(
            "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]", text
        ):
            yield Hit(
                message=f"The {where} holds a sign that nobody sees (U+{ord(found.group()):04X}).",
                evidence=ascii(text),
            )


def _no_preheader(case: Case) -> Iterator[Hit]:
    shown = case.email.preheader or any(one.preheader for one in case.email.variants)
    if not shown:
        yield Hit(
            message="There is no preheader: inboxes show the first words of the body instead."
        )


def _preheader(case: Case) -> Iterator[Hit]:
    text = case.email.preheader
    words = _words(text)
    if len(words) > _LONG_PREHEADER:
        yield Hit(
            message=f"The preheader has {len(words)} characters; inboxes show about 100.",
            evidence=text,
        )
    elif words and len(words) < _SHORT_PREHEADER:
        wide = any(unicodedata.east_asian_width(c) in "WF" for c in words)
        if not wide:
            yield Hit(
                message=f"The preheader has {len(words)} characters; the inbox has room for more.",
                evidence=text,
                severity="info",
            )
    for where, subject in case.subjects:
        if words and _calm(words) == _calm(_words(subject)):
            yield Hit(message=f"The preheader repeats the {where}.", evidence=text)


def _calm(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))


def _variants(case: Case) -> Iterator[Hit]:
    varied = case.email.variants
    if len({_calm(one.subject) for one in varied}) < len(varied):
        yield Hit(message="Two variants have the same subject.")


CHECKS = (
    EmailCheck(
        name="subject.empty",
        severity="error",
        look=_empty,
        about="a whole subject for every member",
        fix="Write a subject whose fallback reads well.",
    ),
    EmailCheck(
        name="subject.long",
        severity="warn",
        look=_long,
        about=f"subjects above {SUBJECT_LONGEST} characters, on the real members",
        fix="Put what matters into the first 40 characters.",
    ),
    EmailCheck(
        name="subject.short",
        severity="warn",
        look=_short,
        about="subjects that say nothing",
        fix="Say what the email is about.",
    ),
    EmailCheck(
        name="subject.capitals",
        severity="error",
        look=_capitals,
        about="shouting",
        fix="Write it in ordinary letters.",
    ),
    EmailCheck(
        name="subject.signs",
        severity="error",
        look=_runs,
        about="`!!!`, `???`, `$$$`",
        fix="One sign is enough.",
    ),
    EmailCheck(
        name="subject.emoji",
        severity="warn",
        look=_emoji,
        about="more than one emoji",
        fix="Use one, or none.",
    ),
    EmailCheck(
        name="subject.fake_reply",
        severity="error",
        look=_trick,
        about="`Re:` and `Fwd:` where nobody wrote before",
        fix="Leave it out: it is deceit by law in several countries.",
    ),
    EmailCheck(
        name="subject.unseen",
        severity="error",
        look=_unseen,
        about="zero-width and direction signs",
        fix="Type the line anew.",
    ),
    EmailCheck(
        name="subject.no_preheader",
        severity="warn",
        look=_no_preheader,
        about="a preheader",
        fix="Write one line that goes on where the subject ends.",
    ),
    EmailCheck(
        name="subject.preheader",
        severity="warn",
        look=_preheader,
        about="a preheader of a useful length that does not repeat the subject",
        fix="Go on where the subject ends, in 40 to 100 characters.",
    ),
    EmailCheck(
        name="subject.variants",
        severity="error",
        look=_variants,
        about="an A/B test that can tell something",
        fix="Give them different subjects.",
    ),
)
