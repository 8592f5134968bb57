"""The fact guard: what the copy states stands in the brief, in the CRM or in the brand file.

It reads the copy as written, with the words inside Liquid, and every kept message as rendered, with
what is hidden. What a member's own fields say is theirs to be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tools.email.model import Quote

from .case import Case
from .copytext import links_in, without_liquid
from .facts import Facts, Unsupported, facts_of, normal_link, stands_in, unsupported
from .port import EmailCheck, Hit

__all__ = ["CHECKS", "inventions"]

_SAID = {
    "number": "The figure", "date": "The date", "time": "The time", "link": "The link",
    "address": "The address", "phone": "The telephone number", "name": "The name",
    "quote": "The quotation",
}  # fmt: skip
_CLAIMS = {
    "urgency": "hurries the reader", "superlative": "is a superlative",
    "guarantee": "guarantees something", "free": "says that something is free",
    "discount": "offers a discount or reward", "exclusive": "claims exclusivity",
    "proof": "claims proof", "legal": "makes a legal claim",
    "familiar": "claims an earlier contact", "extra": "offers something more",
}  # fmt: skip


def inventions(case: Case) -> tuple[tuple[str, Unsupported], ...]:
    """Return what the copy states beyond its sources, each once, with where."""
    if "inventions" not in case._cache:
        found: dict[tuple[str, str], tuple[str, Unsupported]] = {}
        for where, one in _inventions(case):
            found.setdefault((one.kind, one.text.casefold()), (where, one))
        case._cache["inventions"] = tuple(found.values())
    return case._cache["inventions"]  # type: ignore[return-value]


def _inventions(case: Case) -> Iterator[tuple[str, Unsupported]]:
    language, today = case.email.language, case.today
    known = case.known | _home(case)
    for piece in case.pieces:
        facts = facts_of(piece.text, language)
        yield from ((piece.where, one) for one in unsupported(facts, known, today=today))
    for where, _, href in links_in(case.email):
        if href.startswith(("http://", "https://")) and "{" not in href:
            there = Facts(links=(normal_link(href),))
            yield from ((where, one) for one in unsupported(there, known))
        elif href.startswith("mailto:"):
            facts = facts_of(href.removeprefix("mailto:").partition("?")[0])
            yield from ((where, one) for one in unsupported(facts, known))
    for sample in case.samples:
        text = f"{sample.rendered.subject}\n{sample.page.all_text}"
        theirs = case.known_to(sample) | _home(case)
        facts = facts_of(text, language).model_copy(update={"links": ()})
        for one in unsupported(facts, theirs, today=today):
            yield f"as {sample.who} gets it", one


def _home(case: Case) -> Facts:
    """Return the brand's front door: a link there is no invention."""
    hosts = (f"https://{domain}" for domain in case.brand.link_domains)
    return Facts(links=tuple(map(normal_link, (case.brand.website, *hosts))))


def _fact(kinds: tuple[str, ...], case: Case) -> Iterator[Hit]:
    if not case.brief.strip():
        return
    for where, one in inventions(case):
        if one.kind in kinds:
            yield Hit(
                message=f"{_SAID[one.kind]} {one.text!r} stands neither in the brief nor in "
                "the CRM or the "
                f"brand file ({where}).",
                evidence=one.text,
            )


def _quote(case: Case) -> Iterator[Hit]:
    yield from _fact(("quote",), case)
    for number, block in enumerate(case.email.body, start=1):
        if (
            case.brief.strip()
            and isinstance(block, Quote)
            and not stands_in(without_liquid(block.text), case.known)
        ):
            yield Hit(
                message="The words of a quotation stand in no source as they are (block "
                f"{number}).",
                evidence=block.text,
            )


def _claim(case: Case) -> Iterator[Hit]:
    if not case.brief.strip():
        return
    for where, one in inventions(case):
        kind = one.kind.removeprefix("claim:")
        if kind != one.kind:
            yield Hit(
                message=f"{one.text!r} {_CLAIMS[kind]}, and the brief does not ({where}).",
                evidence=one.text,
            )


def _no_brief(case: Case) -> Iterator[Hit]:
    if not case.brief.strip():
        yield Hit(
            message="There is no brief, so nobody can tell whether the copy invents anything."
        )


def _missing(case: Case) -> Iterator[Hit]:
    copy = Facts()
    for piece in case.pieces:
        copy |= facts_of(piece.text, case.email.language)
    links = {normal_link(href) for _, _, href in links_in(case.email)} | set(copy.links)
    wanted = [link for link in case.brief_facts.links if "." in link and "@" not in link]
    if wanted and not set(wanted) & links:
        yield Hit(message="No link of the brief is in the email.", evidence=", ".join(wanted))
    asked = [day for day in case.brief_facts.days if day.text and not day.text[:4].isdigit()]
    if asked and not any(day.same(other) for day in asked for other in copy.days):
        yield Hit(
            message="No date of the brief is in the email.",
            evidence=", ".join(day.text for day in asked),
        )


CHECKS = (
    EmailCheck(
        name="facts.number",
        severity="error",
        look=partial(_fact, ("number", "phone")),
        about="figures and number words that no source holds",
        fix="Take it out, or add its source to the brief.",
    ),
    EmailCheck(
        name="facts.date",
        severity="error",
        look=partial(_fact, ("date", "time")),
        about="dates, weekdays and times that no source holds",
        fix="Use the date and time of the brief.",
    ),
    EmailCheck(
        name="facts.link",
        severity="error",
        look=partial(_fact, ("link", "address")),
        about="links and addresses that no source holds",
        fix="Use the link of the brief.",
    ),
    EmailCheck(
        name="facts.name",
        severity="error",
        look=partial(_fact, ("name",)),
        about="people, companies, products and places that no source holds",
        fix="Take the name out, or add it to the brief.",
    ),
    EmailCheck(
        name="facts.quote",
        severity="error",
        look=_quote,
        about="quotations that are not word for word in a source",
        fix="Quote the brief word for word, or not at all.",
    ),
    EmailCheck(
        name="facts.claim",
        severity="error",
        look=_claim,
        about="urgency, superlatives, guarantees, gifts, proof that no source makes",
        fix="Say only what the brief says.",
    ),
    EmailCheck(
        name="facts.no_brief",
        severity="warn",
        look=_no_brief,
        about="a brief to hold the copy against",
        fix="Check it with its brief: `--brief TEXT`.",
    ),
    EmailCheck(
        name="facts.missing",
        severity="warn",
        look=_missing,
        about="the brief's link and date, in the email",
        fix="Add what the brief asks for.",
    ),
)
