"""How people get out, and who writes to them: in the HTML, in the text, in the headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .case import Case, Sample
from .port import EmailCheck, Hit
from .style import contrast
from .urls import host_of, is_local

__all__ = ["CHECKS"]

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def _header(case: Case) -> Iterator[Hit]:
    if (none := case.tally.no_header).count:
        yield Hit(
            message=f"{none.count} of {case.tally.members} messages have no List-Unsubscribe.",
            evidence=f"contact {none.example}",
        )


def _one_click(case: Case) -> Iterator[Hit]:
    if (none := case.tally.no_one_click).count:
        yield Hit(
            message=f"{none.count} of {case.tally.members} messages lack the one-click header that "
            "Gmail and Yahoo require of bulk senders (RFC 8058).",
            evidence=f"contact {none.example}",
        )
    for sample in case.samples[:1]:
        if sample.mime.get("List-Unsubscribe") and not sample.unsubscribe:
            yield Hit(
                message="List-Unsubscribe has no https address, so one click cannot work.",
                evidence=str(sample.mime["List-Unsubscribe"]),
            )


def _https(case: Case) -> Iterator[Hit]:
    for sample in case.samples[:1]:
        url = sample.unsubscribe
        if not url.startswith("http:"):
            return
        if is_local(host_of(url)):
            yield Hit(
                message="The unsubscribe page is on this machine: it works here, and for "
                "nobody else.",
                evidence=url,
                severity="warn",
                fix="Set PLACET_PUBLIC_URL to where recipients reach it, before real mail leaves.",
            )
        else:
            yield Hit(
                message="The unsubscribe page is not https, so mail programs show no button.",
                evidence=url,
            )


def _in_html(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        found = [one for one in sample.page.links if _leads_out(sample, one.href)]
        seen = [one for one in found if not one.hidden and _UNSEEN.sub("", one.label).strip()]
        if not found:
            yield Hit(message=f"The HTML has no unsubscribe link ({sample.who}).")
        elif not seen:
            yield Hit(
                message=f"The unsubscribe link cannot be seen ({sample.who}).",
                evidence=found[0].hidden or "it has no words",
            )
        else:
            yield from _faint(sample)
            continue
        return


def _leads_out(sample: Sample, href: str) -> bool:
    return bool(sample.unsubscribe) and (
        href == sample.unsubscribe or href.startswith((f"{sample.home}/u/", f"{sample.home}/p/"))
    )


def _faint(sample: Sample) -> Iterator[Hit]:
    for run in sample.page.runs:
        if run.text.strip() and _leads_out(sample, run.link) and run.look.known_paper:
            ratio = contrast(run.look.ink, run.look.paper)
            if ratio < 2 or run.look.size < 8:
                yield Hit(
                    message=f"The unsubscribe link can hardly be seen ({sample.who}).",
                    evidence=f"contrast {ratio:.1f}:1, {run.look.size:g} px",
                )
                return


def _obscured(case: Case) -> Iterator[Hit]:
    words = {
        word.casefold() for footer in case.brand.footer.values() for word in (footer.unsubscribe,)
    }
    for sample in case.samples:
        for link in sample.page.links:
            label = link.label
            # The joiners belong to Persian and Indic words; within Latin ones they only hide.
            if _leads_out(sample, link.href) and _UNSEEN.search(label) and _latin(label):
                yield Hit(
                    message="The unsubscribe link's words hold signs that nobody sees.",
                    evidence=ascii(label),
                )
                return
        text = sample.page.all_text + sample.rendered.text
        for found in re.finditer(
            r"[^\W\d_](?:[^\W\d_]|[\u00ad\u200b-\u200f\u2060\ufeff]){4,30}", text
        ):
            word = found.group()
            if _UNSEEN.search(word) and _UNSEEN.sub("", word).casefold() in words | {
                "unsubscribe",
                "abmelden",
                "abbestellen",
                "austragen",
            }:
                yield Hit(
                    message="The word to unsubscribe holds signs that nobody sees.",
                    evidence=ascii(word),
                )
                return


def _latin(text: str) -> bool:
    return any(unicodedata.name(c, "").startswith("LATIN") for c in text)


def _in_text(case: Case) -> Iterator[Hit]:
    for sample in case.samples:
        text = "".join(sample.rendered.text.split())
        home = sample.home
        if not sample.unsubscribe or (
            sample.unsubscribe not in text and f"{home}/u/" not in text and f"{home}/p/" not in text
        ):
            yield Hit(message=f"The text part has no unsubscribe link ({sample.who}).")
            return


def _address(case: Case) -> Iterator[Hit]:
    wanted = _letters(case.brand.postal_address)
    for sample in case.samples:
        for part, text in (("HTML", sample.page.text), ("text part", sample.rendered.text)):
            if wanted not in _letters(text):
                yield Hit(
                    message=f"The postal address is not in the {part} ({sample.who}).",
                    evidence=case.brand.postal_address,
                )
                return


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))


CHECKS = (
    EmailCheck(
        name="unsubscribe.header",
        severity="error",
        look=_header,
        about="`List-Unsubscribe` on every member's message",
        fix="Have the message built by Placet, which adds it; a designed part cannot replace it.",
    ),
    EmailCheck(
        name="unsubscribe.one_click",
        severity="error",
        look=_one_click,
        about="`List-Unsubscribe-Post: List-Unsubscribe=One-Click` (RFC 8058)",
        fix="Have the message built by Placet, which adds it.",
    ),
    EmailCheck(
        name="unsubscribe.not_https",
        severity="error",
        look=_https,
        about="an https address recipients can reach",
        fix="Set PLACET_PUBLIC_URL to an https address.",
    ),
    EmailCheck(
        name="unsubscribe.html",
        severity="error",
        look=_in_html,
        about="a link out of it in the HTML, that can be seen",
        fix="Leave the footer to the build, and its colours readable.",
    ),
    EmailCheck(
        name="unsubscribe.obscured",
        severity="error",
        look=_obscured,
        about="zero-width signs in the word to unsubscribe",
        fix="Type the word anew.",
    ),
    EmailCheck(
        name="unsubscribe.text",
        severity="error",
        look=_in_text,
        about="the link out of it in the text part",
        fix="Leave the text part's footer to the build.",
    ),
    EmailCheck(
        name="unsubscribe.postal_address",
        severity="error",
        look=_address,
        about="the brand's postal address in both parts, as the law of most countries asks",
        fix="Leave the footer to the build, and keep it visible.",
    ),
)
