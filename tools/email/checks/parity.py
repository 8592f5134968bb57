"""The text part says what the HTML says: same links, same facts, no markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case, Sample
from .facts import facts_of, normal_link
from .port import EmailCheck, Hit

__all__ = ["CHECKS"]

_TAG = re.compile(
    r"</?(?:a|p|div|span|table|td|tr|br|img|strong|b|h[1-6]|mj-\w+|style|ul|"
    r"li)(?:\s[^<>]*)?/?>|&(?:nbsp|amp|lt|gt|quot|#\d+);",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"']+")
_ENOUGH = 0.6


def _empty(case: Case) -> Iterator[Hit]:
    if (none := case.tally.no_text).count:
        yield Hit(
            message=f"{none.count} messages have an empty text part.",
            evidence=f"contact {none.example}",
        )


def _words(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        there, wanted = _bag(sample.rendered.text), _bag(sample.page.text)
        if wanted and there and len(wanted & there) / len(wanted) < _ENOUGH:
            lost = sorted(wanted - there, key=len, reverse=True)[:6]
            yield Hit(
                message=f"The text part lacks {1 - len(wanted & there) / len(wanted):.0%} of "
                f"the HTML's words ({sample.who}).",
                evidence=", ".join(lost),
            )
            return


def _bag(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W_]{3,}", _URL.sub("", text))}


def _links(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        html = {
            normal_link(one.href)
            for one in sample.page.links
            if one.href.startswith("http") and not one.hidden and not sample.ours(one.href)
        }
        tracked = {
            normal_link(one.href)
            for one in sample.page.links
            if sample.ours(one.href) and "/c/" in one.href
        }
        text = {normal_link(url.rstrip(").,>]")) for url in _URL.findall(sample.rendered.text)}
        for link in sorted((html | tracked) - text - _furniture(case, sample)):
            yield Hit(
                message=f"A link of the HTML is not in the text part ({sample.who}).", evidence=link
            )
        ours = {
            link
            for link in text
            if sample.home and sample.ours(f"{sample.home}/{link.partition('/')[2]}")
        }
        for link in sorted(text - html - tracked - ours - _furniture(case, sample)):
            yield Hit(
                message=f"A link of the text part is not in the HTML ({sample.who}).", evidence=link
            )
        return


def _furniture(case: Case, sample: Sample) -> set[str]:
    """Return the logo's link: nobody misses it in the text."""
    logos = {
        image.link
        for image in sample.page.images
        if case.brand.logo and image.src == case.brand.logo.src
    }
    return {normal_link(one) for one in (case.brand.website, *logos) if one}


def _facts(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        # The text part says what pictures show.
        spoken = "\n".join(image.alt or "" for image in sample.page.images)
        html = facts_of(f"{sample.page.text}\n{spoken}", case.email.language)
        text = facts_of(sample.rendered.text, case.email.language)
        for one, other, place in ((html, text, "text part"), (text, html, "HTML")):
            for day in one.days:
                if not any(day.same(d) for d in other.days):
                    yield Hit(
                        message=f"The date {day.text!r} is not in the {place} ({sample.who}).",
                        evidence=day.text,
                    )
            for amount in one.quantities:
                if amount.text and not any(amount.agrees(q) for q in other.quantities):
                    yield Hit(
                        message=f"The figure {amount.text!r} is not in the {place} ({sample.who}).",
                        evidence=amount.text,
                    )
            for clock in one.clocks:
                if clock.minute not in {c.minute for c in other.clocks}:
                    yield Hit(
                        message=f"The time {clock.text!r} is not in the {place} ({sample.who}).",
                        evidence=clock.text,
                    )
        return


def _markup(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        if found := _TAG.search(sample.rendered.text):
            yield Hit(message=f"The text part holds markup ({sample.who}).", evidence=found.group())
            return


CHECKS = (
    EmailCheck(
        name="parity.empty",
        severity="error",
        look=_empty,
        about="a text part for every member",
        fix="Have the text part built by Placet.",
    ),
    EmailCheck(
        name="parity.words",
        severity="error",
        look=_words,
        about="the HTML's words in the text part",
        fix="Use blocks, or text instead of pictures, in designed parts.",
    ),
    EmailCheck(
        name="parity.links",
        severity="error",
        look=_links,
        about="the same links in both parts",
        fix="Say the link in both parts.",
    ),
    EmailCheck(
        name="parity.facts",
        severity="error",
        look=_facts,
        about="the same dates, times and figures in both parts",
        fix="Say the same in both parts.",
    ),
    EmailCheck(
        name="parity.markup",
        severity="error",
        look=_markup,
        about="HTML in the text part",
        fix="Write it without markup.",
    ),
)
