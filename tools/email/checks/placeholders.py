"""What was meant to be replaced: lorem ipsum, TODO, [NAME], other systems' tokens, examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case
from .facts import plain
from .links import every_link
from .port import EmailCheck, Hit
from .urls import host_of

__all__ = ["CHECKS"]

_FORMS: tuple[tuple[str, str], ...] = (
    ("blind text", r"(?i)lorem\s+ipsum|dolor sit amet|consectetur adipiscing|blindtext|"
     r"dummy text|sample text|"
     r"(?:your|insert|add|enter) (?:text|copy|content|headline|title|link|url|logo|image|name|"
     r"date) (?:here|goes here)|"
     r"text (?:goes )?here|hier (?:steht|kommt|folgt) (?:der |ihr |ein )?text|"
     r"text (?:hier )?einfügen|qwerty|asdfgh"),
    ("a note to oneself", r"(?<![\w-])(?:TODO|FIXME|TBD|TBC|TBA|XXX+|TK TK|TKTK|PLACEHOLDER|"
     r"PLATZHALTER|DRAFT ONLY|"
     r"ENTWURF|WIP)(?![\w-])|(?<!\w)(?:to be (?:confirmed|announced|determined)|"
     r"folgt noch)(?!\w)|\?\?\?|(?<!\w)_{3,}(?!\w)"),
    ("another system's token", r"%%[\w .-]{1,40}%%|\*\|[\w:. -]{1,40}\|\*|\{\{[^{}]*\}\}|"
     r"\{%[^%]*%\}|"
     r"(?<![\w{])\{[A-Za-z_][\w. -]{0,30}\}(?!\})|\[\[[^\]]{1,40}\]\]|\$\{[^}]{1,40}\}|"
     r"<%[^%]*%>|%[A-Z][A-Z_]{2,}%|"
     r"\[%[^%\]]*%\]|##[A-Za-z_]{2,30}##|@@\w{2,30}@@|\{!\w[^}]{0,40}\}|<<[\w ]{1,40}>>|"
     r"-{2}[A-Z_]{3,30}-{2}"),
    ("a gap to fill in", r"\[(?:[A-Z][A-Z0-9 _/-]{1,40}|(?:[Ff]irst|[Ll]ast|[Ff]ull|[Yy]our|"
     r"[Ii]nsert|[Nn]ame|[Cc]ompany|"
     r"[Dd]ate|[Tt]ime|[Ll]ink|[Uu][Rr][Ll]|[Cc]ity|[Pp]roduct|[Ee]vent|[Tt]itle|[Vv]orname|"
     r"[Nn]achname|[Ff]irma|[Dd]atum|"
     r"[Hh]ier|[Ii]hr|[Pp]latzhalter|[Tt]opic|contact\.|company\.)[^\]]{0,40})\]|"
     r"<(?:first ?name|last ?name|name|company|date|"
     r"link|vorname|firma|datum)>|［[^］]{1,20}］|(?<!\w)(?:FNAME|LNAME|FIRSTNAME|LASTNAME|"
     r"VORNAME|NACHNAME)(?!\w)"),
    ("code in place of a value", r"(?<!\w)(?:undefined|NaN|\[object Object\]|#REF!|#N/A|"
     r"None None|null null)(?!\w)|"
     r"(?i:(?:hi|hello|dear|hallo|liebe[r]?) (?:null|none|undefined|nan|n/a|name)\b)"),
)  # fmt: skip
_COMPILED = tuple((what, re.compile(form)) for what, form in _FORMS)
_EXAMPLE = re.compile(
    r"(?<![\w-])(?:example\.(?:com|org|net)|test\.com|yourdomain\.\w+|yoursite\.\w+|domain\.com|"
    r"your-?company\.\w+|mustermann\.de|beispiel\.de|website\.com|company\.com|foo\.bar|"
    r"[\w-]+\.(?:invalid|test))(?![\w-])",
    re.IGNORECASE,
)
_EXAMPLE_PERSON = re.compile(
    r"(?<!\w)(?:John Doe|Jane Doe|Max Mustermann|Erika Mustermann|Acme Corp(?:oration)?|"
    r"Firma XY|Musterfirma|(?:\+1 )?\(?555\)?[- ]\d{3}[- ]?\d{4}|123 Main St(?:reet)?|"
    r"Musterstraße|Musterstadt)(?!\w)"
)


def _texts(case: Case) -> Iterator[tuple[str, str]]:
    for piece in case.pieces:
        # `contact.first_name | default: "[NAME]"`: what is quoted in Liquid is a piece, too.
        yield piece.where, piece.text
    for sample in case.samples:
        yield "subject as rendered", sample.rendered.subject
        yield f"HTML as {sample.who} gets it", sample.page.all_text
        yield f"text part as {sample.who} gets it", sample.rendered.text


def _left_over(case: Case) -> Iterator[Hit]:
    seen: set[str] = set()
    for where, text in _texts(case):
        for what, form in _COMPILED:
            for found in form.finditer(plain(text)):
                said = found.group()
                if said not in seen and not _ours(case, said):
                    seen.add(said)
                    yield Hit(message=f"The {where} still holds {what}.", evidence=said)


def _ours(case: Case, said: str) -> bool:
    """Return whether it is the brand's own word, `[WIP] GmbH`, or an author's own footnote."""
    return said.casefold() in f"{case.brand.name} {case.brand.legal_name}".casefold()


def _example(case: Case) -> Iterator[Hit]:
    seen: set[str] = set()
    own = (*case.brand.from_domains, *case.brand.link_domains, *case.brand.other_link_domains)
    hosts = ((where, host_of(href)) for where, _, href in every_link(case))
    named = (
        (where, found.group())
        for where, text in _texts(case)
        for found in _EXAMPLE.finditer(plain(text))
    )
    people = (
        (where, found.group())
        for where, text in _texts(case)
        for found in _EXAMPLE_PERSON.finditer(plain(text))
    )
    for where, name in (
        *((w, h) for w, h in hosts if _EXAMPLE.fullmatch(h.removeprefix("www."))),
        *named,
        *people,
    ):
        mine = any(name.casefold().endswith(domain) for domain in own)
        if name.casefold() not in seen and not mine and not _known(case, name):
            seen.add(name.casefold())
            yield Hit(message=f"{name} is an example, not a real one ({where}).", evidence=name)


def _known(case: Case, name: str) -> bool:
    return name in case.brand.postal_address or name.casefold() in case.brand.name.casefold()


CHECKS = (
    EmailCheck(
        name="placeholders.left_over",
        severity="error",
        look=_left_over,
        about="blind text, notes, gaps and other systems' tokens",
        fix="Replace it with what was meant, or delete it.",
    ),
    EmailCheck(
        name="placeholders.example",
        severity="error",
        look=_example,
        about="example.com, John Doe and their kin",
        fix="Use the real one.",
    ),
)
