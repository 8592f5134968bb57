"""Whether much the same was sent to much the same people not long ago."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from tools.email.model import Email

from .case import Case
from .copytext import links_in, pieces_of, without_liquid
from .facts import normal_link, plain
from .port import EmailCheck, Hit, SentBefore
from .tally import overlap

__all__ = ["CHECKS", "content_of"]

_ALIKE = 88
"""Likeness of two subjects from which on people take them for one (0 to 100)."""
_SHARED = 0.3
"""Share of the smaller audience that must be in both."""


def content_of(email: Email) -> str:
    """Return the sha256 of what an email says: words and links, whatever their case and marks."""
    words = (plain(piece.text).casefold() for piece in pieces_of(email) if piece.kind != "subject")
    links = (normal_link(href) for _, _, href in links_in(email))
    calm = " ".join(re.findall(r"\w+", " ".join(words))) + "\n" + "\n".join(sorted(set(links)))
    return hashlib.sha256(calm.encode()).hexdigest()


def _same(case: Case) -> Iterator[Hit]:
    content = content_of(case.email)
    for sent in case.recent:
        shared = _overlap(case, sent)
        if sent.content == content and (shared >= _SHARED or not sent.sketch):
            yield Hit(
                message=f"The same email went out as {sent.name!r} on "
                f"{sent.sent_at:%d %B %Y}{_share(shared, sent)}.",
                evidence=sent.campaign,
            )


def _near(case: Case) -> Iterator[Hit]:
    content = content_of(case.email)
    for sent in case.recent:
        shared = _overlap(case, sent)
        if sent.content == content or shared < _SHARED:
            continue
        for where, subject in case.subjects:
            likeness = fuzz.token_sort_ratio(_calm(subject), _calm(sent.subject))
            if likeness >= _ALIKE:
                yield Hit(
                    message=f"{sent.name!r} of {sent.sent_at:%d %B %Y} had nearly this "
                    f"{where}{_share(shared, sent)}.",
                    evidence=sent.subject,
                )


def _overlap(case: Case, sent: SentBefore) -> float:
    return overlap(
        case.tally.sketch, case.tally.members, sent.sketch, sent.members or len(sent.sketch)
    )


def _share(shared: float, sent: SentBefore) -> str:
    return f", and {shared:.0%} of the smaller audience gets both" if sent.sketch else ""


def _calm(subject: str) -> str:
    return " ".join(re.findall(r"\w+", without_liquid(plain(subject)).casefold()))


CHECKS = (
    EmailCheck(
        name="duplicates.same",
        severity="error",
        look=_same,
        about="the same content to overlapping members",
        fix="Leave out who had it, or say something new.",
    ),
    EmailCheck(
        name="duplicates.near",
        severity="warn",
        look=_near,
        about="nearly the same subject to overlapping members",
        fix="Leave out who had it, or say what is new.",
    ),
)
