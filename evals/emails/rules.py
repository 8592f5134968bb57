"""The rules that an email of a case must meet, each a pure function of the case and the email."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from placet.clock import iso
from tools.email.action import SendEmail
from tools.email.model import Bullets, Button, Email, Heading, Image, Quote, Text

from .case import EmailCase

__all__ = ["broken_rules", "copy_of", "links_of"]

_LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
_BARE = re.compile(r"https?://[^\s)\]>\"']+")
_STRAY = re.compile(r"[,;:]\s*[.!?,;:]|\(\s*\)|\s[.,;!?](?:\s|$)|\.{2}(?!\.)")
_NEVER_LAST = frozenset({
    "a", "an", "and", "are", "at", "for", "from", "in", "is", "of", "on", "or", "that", "the",
    "their", "to", "with", "am", "auf", "das", "der", "die", "für", "im", "ist", "mit", "und",
    "von", "zu", "zum", "zur",
})  # fmt: skip
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


def copy_of(email: Email) -> str:
    """Return the words that people read in the body, links' labels included, tokens left out."""
    return _LIQUID.sub("", _LINK.sub(r"\1", "\n".join(_parts(email))))


def links_of(email: Email) -> tuple[str, ...]:
    """Return every address the body links to, without campaign tags, sorted."""
    found = [block.url for block in email.body if isinstance(block, Button | Image) and block.url]
    for part in _parts(email):
        found += [match.group(2) for match in _LINK.finditer(part)]
        found += _BARE.findall(_LINK.sub(" ", part))
    return tuple(sorted({_plain(url) for url in found}))


def broken_rules(case: EmailCase, action: SendEmail) -> tuple[str, ...]:
    """Return what the email gets wrong, in words; empty is good."""
    return tuple(_broken(case, action))


def _broken(case: EmailCase, action: SendEmail) -> Iterator[str]:
    email = action.email
    said = _squeeze(f"{email.subject}\n{copy_of(email)}")
    yield from _facts(case.facts, case.absent, said)
    yield from _broken_prose(email)
    wanted = tuple(sorted({_plain(link) for link in case.links}))
    if links_of(email) != wanted:
        yield f"links are {_list(links_of(email))}, not {_list(wanted)}"
    count = len(re.findall(r"\w+", copy_of(email)))
    if case.words and not case.words[0] <= count <= case.words[1]:
        yield f"{count} words, not {case.words[0]} to {case.words[1]}"
    if email.language.partition("-")[0] != case.language:
        yield f"language is {email.language}, not {case.language}"
    if action.schedule.send_at != case.send_at:
        yield f"leaves {_when(action.schedule.send_at)}, not {_when(case.send_at)}"
    if len(email.variants) != case.variants:
        yield f"{len(email.variants)} subject variants, not {case.variants}"
    if case.subject and _squeeze(email.subject) != _squeeze(case.subject):
        yield f"subject is {email.subject!r}, not {case.subject!r}"
    if set(action.segment.include_anyway) != set(case.include_anyway):
        lifted = _list(sorted(action.segment.include_anyway))
        yield f"lifts {lifted}, not {_list(case.include_anyway)}"


def _facts(facts: Sequence[str], absent: Sequence[str], said: str) -> Iterator[str]:
    for fact in facts:
        if not _says(fact, said):
            yield f"does not say {fact!r}"
    for words in absent:
        if _says(words, said):
            yield f"says {words!r}"


def _broken_prose(email: Email) -> Iterator[str]:
    """Yield what no careful writer lets stand: cut sentences, doubled or stray punctuation."""
    for line in (email.subject, *(_LIQUID.sub("x", part) for part in _parts(email))):
        if found := _STRAY.search(line):
            yield f"stray punctuation in {line[max(0, found.start() - 20) : found.end() + 20]!r}"
    for line in (email.subject, *(b.text for b in email.body if isinstance(b, Heading))):
        last = line.rstrip(" .!?").rpartition(" ")[2].casefold()
        if last in _NEVER_LAST:
            yield f"{line!r} ends in the middle"


def _says(spellings: str, said: str) -> bool:
    return any(_squeeze(one) in said for one in spellings.split("|"))


def _parts(email: Email) -> Iterable[str]:
    for block in email.body:
        match block:
            case Heading() | Text():
                yield block.text
            case Bullets():
                yield from block.items
            case Button():
                yield block.label
            case Quote():
                yield f"{block.text} {block.by}"
            case _:
                pass


def _plain(url: str) -> str:
    parts = urlsplit(url.strip().rstrip(".,;"))
    query = [(k, v) for k, v in parse_qsl(parts.query) if not k.startswith("utm_")]
    return urlunsplit(parts._replace(query=urlencode(query), path=parts.path or "/", fragment=""))


def _squeeze(text: str) -> str:
    return " ".join(re.sub(r"[*_\u00a0\u202f]", " ", text).casefold().split())


def _list(values: Sequence[str]) -> str:
    return ", ".join(values) or "none"


def _when(moment: object) -> str:
    return "at once" if moment is None else iso(moment)  # type: ignore[arg-type]
