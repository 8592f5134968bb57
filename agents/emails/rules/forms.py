"""The forms that briefs come in: labelled lines, forwarded mails, parts between bars, small talk.

`plain(text, reads)` returns the same brief as sentences: "To: HR directors / What: invitation to
the round table / When: ..." becomes "Invite HR directors to the round table on ...". A text in no
such form comes back as it is, without greetings, thanks and forwarding marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from agents.segments.rules.text import clean

from .when import find_times, find_when

__all__ = ["plain"]

_LABELS: dict[str, tuple[str, ...]] = {
    "who": ("to", "audience", "who", "for", "recipients", "target", "target group", "target "
            "audience", "segment", "whom", "an", "für", "zielgruppe", "empfänger", "wer"),
    "what": ("what", "goal", "objective", "ziel", "topic",
             "about", "matter", "purpose", "theme", "event", "content", "type",
             "was", "thema", "anlass", "worum"),
    "when": ("when", "date", "date and time", "time", "wann", "datum", "termin"),
    "where": ("where", "place", "location", "venue", "wo", "ort"),
    "link": ("link", "url", "cta", "registration", "anmeldung", "sign-up", "sign up", "register"),
    "send": ("send", "send at", "send on", "send date", "sending", "schedule", "versand"),
    "tone": ("tone", "style", "ton", "tonfall", "stil"),
    "length": ("length", "words", "länge"),
    "language": ("language", "sprache"),
    "sender": ("sender", "from", "signed", "sign", "absender", "unterschrift"),
    "say": ("message", "text", "say", "body", "facts", "key points", "points", "nachricht",
            "inhalt", "must say"),
}  # fmt: skip
_LONG_AGO = date(2000, 1, 1)
"""Only whether there is a date matters here, not which."""
_KEY_OF = {word: key for key, words in _LABELS.items() for word in words}
_LINE = re.compile(
    r"^(?:[-*•–]\s*|\d[.)]\s+)?(?P<key>" + "|".join(sorted(map(re.escape, _KEY_OF), key=len,
    reverse=True)) + r")\s*[:=]\s*(?P<value>.+)$", re.IGNORECASE,
)  # fmt: skip
_BULLET = re.compile(r"^[-*•–]\s+")
_FORWARDED = re.compile(r"^(?:(?:fwd?|fw|wg|re|aw)\s*:\s*)+", re.IGNORECASE)
_HELLO = re.compile(
    r"^(?:hi|hello|hey|hallo|moin|servus|dear|liebe[rs]?|good (?:morning|afternoon|evening|day)"
    r"|guten (?:tag|morgen|abend))\b(?:\s+(?!please\b|can\b|could\b)[\w@]+){0,2}\s*[,!.:–-]+\s*",
    re.IGNORECASE,
)
_BYE = re.compile(
    r"(?:^|[\s,;.!?–-]*[,;.!?\n–-])\s*(?:thank you|thanks|thx|many thanks|best regards|kind regards"
    r"|regards|best wishes|cheers|vielen dank|danke(?:\s?schön)?|viele grüße|beste grüße|lg|mfg)"
    r"(?: (?:so much|very much|a lot|a million|in advance|im voraus|und viele grüße|und grüße))*"
    r"(?:[\s,!.:;)(🙏😊]*(?-i:[A-ZÄÖÜ][\w-]+)?){0,2}[\s!.:;)(🙏😊]*$",
    re.IGNORECASE,
)
_FYI = re.compile(r"(?:^|(?<=[,.!?\n])\s*)(?:fyi|see below|for your information)\b[^.!?\n]*[.!?\n]+"
                  r"\s*", re.IGNORECASE)  # fmt: skip
_SHORT = (
    (re.compile(r"\b(?:pls|plz)\b", re.IGNORECASE), "please"),
    (re.compile(r"\b(can|could|would|will) u\b", re.IGNORECASE), r"\1 you"),
    (re.compile(r"\b(?:w/)(?=\s)", re.IGNORECASE), "with"),
)
_INVITATION = re.compile(
    r"^(?:an?\s+|eine\s+|the\s+)?(?:invitation|invite|einladung)s?\s+(?:to|for|zum|zur|zu)\s+",
    re.IGNORECASE,
)
_KIND = re.compile(r"^(?:an?\s+)?(?P<kind>invitation|invite|reminder|announcement|survey|newsletter"
                   r"|offer|follow-?up|thank-?you)$", re.IGNORECASE)  # fmt: skip
_VERB = {"invitation": "Invite {who} to {what}", "invite": "Invite {who} to {what}",
         "reminder": "Remind {who} about {what}", "survey": "Survey for {who} about {what}",
         "newsletter": "Newsletter for {who} about {what}", "offer": "Offer for {who} about {what}",
         "announcement": "Announce to {who} {what}"}  # fmt: skip


_BARRED_ANYWAY = re.compile(
    r",?\s*\b(?:and |but )?(?:not|excluding|except|without|minus)\s+"
    r"(?:(?:those|people|anyone|contacts|everyone|the ones|on|in|the|our|who are)\s+)*"
    r"(?:suppress\w*|unsubscribed)"
    r"(?:\s+(?:list|contacts|people|ones))?\b,?",
    re.IGNORECASE,
)
"""Leaving out people who get no email anyway: nothing to do."""


def plain(text: str, reads: Callable[[str], bool]) -> str:
    """Return the brief as sentences, whatever form it came in."""
    text = _FORWARDED.sub("", text.strip())
    text = _BARRED_ANYWAY.sub("", text)
    for pattern, said in _SHORT:
        text = pattern.sub(said, text)
    text = _FYI.sub("", _BYE.sub("", _HELLO.sub("", text)))
    labelled = _labelled(text) or _barred(text, reads)
    if labelled is None:
        return "\n".join(_BULLET.sub("", line) for line in text.splitlines())
    found, rest = labelled
    return _sentences(found, rest)


def _labelled(text: str) -> tuple[dict[str, str], list[str]] | None:
    """Return the values of labelled lines and the other lines; None where this is no such form."""
    found: dict[str, str] = {}
    rest: list[str] = []
    for line in map(clean, text.splitlines()):
        match = _LINE.match(line)
        key = _KEY_OF[match["key"].lower()] if match else ""
        if match and key not in found:
            found[key] = match["value"].strip(" ;,")
        elif line:
            rest.append(_BULLET.sub("", line))
    return (found, rest) if len(found) > 1 and "who" in found else None


def _barred(text: str, reads: Callable[[str], bool]) -> tuple[dict[str, str], list[str]] | None:
    """Return what stands between bars: "invitation | people | event | date | place | link"."""
    parts = [part for part in map(clean, re.split(r"\s*[|\n]\s*", text)) if part]
    if text.count("|") < 2:
        return None
    found: dict[str, str] = {}
    rest: list[str] = []
    for part in parts:
        key = _role(part, found, reads)
        if key:
            found[key] = part
        else:
            rest.append(part)
    return (found, rest) if {"who", "what"} <= set(found) else None


def _role(part: str, found: dict[str, str], reads: Callable[[str], bool]) -> str:
    if "://" in part:
        return ""
    if "kind" not in found and _KIND.match(part):
        return "kind"
    if "who" not in found and reads(part):
        return "who"
    when = find_when(part, _LONG_AGO)
    if "when" not in found and (when or find_times(part)) and len(part.split()) < 8:
        return "when"
    if "what" not in found:
        return "what"
    return "where" if "where" not in found and re.match(r"[A-ZÄÖÜ][\w ,.-]{2,40}$", part) else ""


def _sentences(found: dict[str, str], rest: list[str]) -> str:
    what = found.get("what", "")
    kind = "invitation" if _INVITATION.match(what) else found.get("kind", "").lower()
    what = _INVITATION.sub("", what)
    if when := found.get("when", ""):
        led = re.match(r"(?:on|am|at|from|next|every)\b", when, re.IGNORECASE)
        what += f" {when}" if led else f" on {when}"
    if where := found.get("where", ""):
        what += f", {where}" if where.lower() == "online" else f" at {where}"
    form = _VERB.get(kind, "Email {who} about {what}")
    said = [form.format(who=found["who"], what=what) if what else f"Email {found['who']}"]
    said += [found["say"]] if "say" in found else []
    said += [f"link {found['link']}"] if "link" in found else []
    said += [f"{found['tone']} tone"] if "tone" in found else []
    said += [found["length"]] if "length" in found else []
    said += [f"in {found['language']}"] if "language" in found else []
    said += [f"send it {found['send']}"] if "send" in found else []
    said += [f"sign as {found['sender']}"] if "sender" in found else []
    return "\n".join((*said, *rest))
