"""Headings: what screen readers jump between, in order, and the document's language."""

from __future__ import annotations

from collections.abc import Iterator

from .case import Case
from .port import EmailCheck, Hit

__all__ = ["CHECKS"]


def _order(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        before = 0
        for level, words in sample.page.headings:
            if level > before + 1:
                start = f"after level {before}" if before else "first"
                yield Hit(message=f"A heading of level {level} comes {start}.", evidence=words)
                return
            before = level


def _title(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        titles = [words for level, words in sample.page.headings if level == 1]
        if len(titles) > 1:
            yield Hit(
                message=f"There are {len(titles)} headings of level 1.", evidence=" | ".join(titles)
            )
            return


def _empty(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        for level, words in sample.page.headings:
            if not words.strip():
                yield Hit(message=f"A heading of level {level} is empty.", evidence=sample.who)
                return


def _language(case: Case) -> Iterator[Hit]:
    for sample in case.samples[:1]:
        said = sample.page.language
        if not said:
            yield Hit(message="The HTML does not say its language: screen readers guess.")
        elif said.partition("-")[0].casefold() != case.language.casefold():
            yield Hit(
                message=f"The HTML says it is in {said!r}, the email in {case.email.language!r}."
            )


CHECKS = (
    EmailCheck(
        name="headings.order",
        severity="warn",
        look=_order,
        about="levels that follow each other",
        fix="Begin with level 1 and go down by one.",
    ),
    EmailCheck(
        name="headings.one_title",
        severity="warn",
        look=_title,
        about="one heading of level 1",
        fix="Make the others level 2.",
    ),
    EmailCheck(
        name="headings.empty",
        severity="error",
        look=_empty,
        about="headings that say nothing",
        fix="Fill or remove the heading.",
    ),
    EmailCheck(
        name="headings.language",
        severity="warn",
        look=_language,
        about="the language the HTML names",
        fix="Set the email's language; designed parts must not change it.",
    ),
)
