"""Personalisation: every token resolves or falls back, for every member, and reads well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case, Sample
from .port import EmailCheck, Hit

__all__ = ["CHECKS"]

_MANY = 0.3
"""Share of fallbacks from which on the personal touch is mostly the fallback."""
_DANGLING = re.compile(
    r"(?im)^\s*(?:hi|hello|hallo|hey|dear|liebe[r]?|guten (?:tag|morgen)|sehr geehrte[r]?|"
    r"bonjour|hola)"
    r"\s*[,!.:]?\s*$|(?<=\w)[ \u00a0]+[,!?.;:](?=\s|$)(?![.)])"
)


def _syntax(case: Case) -> Iterator[Hit]:
    for said in case.broken:
        yield Hit(message="Personalisation cannot be read.", evidence=said)


def _refused(case: Case) -> Iterator[Hit]:
    for said in case.refused:
        if said not in case.broken:
            yield Hit(message=f"The email cannot be built: {said}", evidence=said)


def _no_fallback(case: Case) -> Iterator[Hit]:
    seen: set[tuple[str, str]] = set()
    for token in case.tokens:
        needed = token.name != "contact.email"  # no message goes to a member without one
        if needed and not token.has_fallback and (token.name, token.place) not in seen:
            seen.add((token.name, token.place))
            missing = case.tally.missing[token.name]
            yield Hit(
                message=f"{token.name} has no fallback; {missing} of {case.tally.members} members "
                "lack it.",
                evidence=token.place,
                fix=f'Write {{{{ {token.name} | default: "there" }}}}, with words that fit there.',
            )


def _blank_fallback(case: Case) -> Iterator[Hit]:
    for token in case.tokens:
        if token.fallback is not None and not token.fallback.strip():
            yield Hit(message=f"The fallback of {token.name} is blank.", evidence=token.place)


def _raw(case: Case) -> Iterator[Hit]:
    if case.tally.raw.count:
        yield Hit(
            message=f"{case.tally.raw.count} of {case.tally.members} messages show Liquid as it is "
            "written.",
            evidence=f"contact {case.tally.raw.example}",
        )


def _dangling(case: Case) -> Iterator[Hit]:
    # What is there with every value filled in as well is how the author writes.
    whole = {
        hole
        for sample in case.samples
        if not sample.rendered.fallbacks
        for hole, _ in _holes(sample)
    }
    for sample in case.samples:
        holes = _holes(sample) if sample.rendered.fallbacks else ()
        for hole, around in holes:
            if hole not in whole:
                yield Hit(
                    message="Where a value is missing, the sentence has a hole "
                    f"({sample.who}, without {', '.join(sample.rendered.fallbacks)}).",
                    evidence=around,
                )
                return


def _holes(sample: Sample) -> Iterator[tuple[str, str]]:
    for text in (sample.rendered.subject, sample.rendered.preheader, sample.page.text):
        for found in _DANGLING.finditer(text):
            around = text[max(0, found.start() - 30) : found.end() + 20]
            yield text[max(0, found.start() - 12) : found.end()].strip(), around


def _fallback_share(case: Case) -> Iterator[Hit]:
    members = case.tally.members or 1
    for name, count in case.tally.fallbacks.most_common():
        many = count / members > _MANY
        yield Hit(
            message=f"{name} falls back for {count} of {members} members ({count / members:.0%}).",
            severity="warn" if many else "info",
        )


def _junk(case: Case) -> Iterator[Hit]:
    for name, worst in sorted(case.tally.junk.items()):
        yield Hit(
            message=f"{name} of {worst.count} members is no real value, and they would read it.",
            evidence=worst.example,
        )
    if (shouted := case.tally.shouted).count:
        yield Hit(
            message=f"The names of {shouted.count} members are all in capitals or all small.",
            evidence=shouted.example,
            severity="info",
        )


def _in_host(case: Case) -> Iterator[Hit]:
    for token in case.tokens:
        if token.place.endswith((".url", ".src")) and token.name == "contact.email":
            yield Hit(
                message="A link carries the member's email address.",
                evidence=f"{token.place}: {token.name}",
            )


CHECKS = (
    EmailCheck(
        name="tokens.syntax",
        severity="error",
        look=_syntax,
        about="Liquid that can be read, with fields and filters that exist",
        fix="Correct it as the message says; `placet email render` shows the same.",
    ),
    EmailCheck(
        name="tokens.not_built",
        severity="error",
        look=_refused,
        about="an email that the build refuses, for everybody or for one member",
        fix="Correct it as the message says.",
    ),
    EmailCheck(
        name="tokens.no_fallback",
        severity="error",
        look=_no_fallback,
        about="a fallback for every printed token, with how many members need it",
        fix="Give the token a fallback.",
    ),
    EmailCheck(
        name="tokens.blank_fallback",
        severity="warn",
        look=_blank_fallback,
        about="fallbacks that say nothing",
        fix="Say something neutral, or put the whole phrase into an {% if %}.",
    ),
    EmailCheck(
        name="tokens.raw",
        severity="error",
        look=_raw,
        about="Liquid left over in any member's message",
        fix="Close the token, or write it in a place where the build reads Liquid.",
    ),
    EmailCheck(
        name="tokens.dangling",
        severity="error",
        look=_dangling,
        about="holes such as `Hi ,` where a value is missing",
        fix='Choose a fallback that fits the sentence: `default: "there"`.',
    ),
    EmailCheck(
        name="tokens.fallback_share",
        severity="info",
        look=_fallback_share,
        about="how many members get each fallback; a warning above 30 %",
        fix="Leave the token out, or have the field filled in first.",
    ),
    EmailCheck(
        name="tokens.junk_value",
        severity="warn",
        look=_junk,
        about="CRM values that should not be printed: `n/a`, `TEST`, addresses, capitals",
        fix="Have the records fixed (`placet audit crm`), or leave the token out.",
    ),
    EmailCheck(
        name="tokens.personal_data_in_link",
        severity="error",
        look=_in_host,
        about="email addresses in links, where every server on the way logs them",
        fix="Leave the address out of the link; clicks are recorded by ours.",
    ),
)
