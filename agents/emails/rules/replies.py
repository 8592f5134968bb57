"""Replies to the one question: each point gets the part of the reply that speaks of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from agents.emails.port import Brief, Link, Point, Proposal
from agents.segments.rules.answers import chosen
from tools.email.model import Schedule

from .heads import Reads
from .pieces import Pieces, take_all
from .reader import flat, occasion_in
from .when import find_when
from .words import is_order

__all__ = ["apply_reply", "is_cancelled"]

_NUMBERED = re.compile(r"(?:^|(?<=\s)|(?<=[,;]))\(?(\d)[.):]\s+")
_CANCEL = re.compile(
    r"^\W*(?:please )?(?:forget (?:it|that|this)|never ?mind|cancel(?: it| that| this)?|stop|drop "
    r"it|"
    r"leave it|vergiss es|abbrechen|egal)\W*$",
    re.IGNORECASE,
)
_NO_LINK = re.compile(
    r"\b(?:no link|none|without|reply|repl(?:y|ies)|answer(?:ing)?|antworten|kein(?:en)?|ohne)\b",
    re.IGNORECASE,
)


def is_cancelled(text: str) -> bool:
    """Return whether the person gives the request up."""
    return bool(_CANCEL.match(text))


def apply_reply(
    brief: Brief, points: Sequence[Point], text: str, *, as_of: datetime, zone: str, reads: Reads
) -> Proposal:
    """Return the brief with what the reply says, and the words that answer about the audience."""
    today = as_of.astimezone(ZoneInfo(zone)).date()
    brief = brief.model_copy(update={"said": f"{brief.said}\n{text.strip()}".strip()})
    parts = _parts(flat(text) if "\n" not in text.strip() else text, points)
    reach = ""
    if parts is None:
        parts = _sorted(flat(text), points, today, zone, reads)
    for point, said in parts:
        brief, more = _answer(brief, point, said.strip(" ,;"), today, zone)
        reach = more or reach
    return Proposal(brief=brief, reach=reach)


def _parts(text: str, points: Sequence[Point]) -> list[tuple[Point, str]] | None:
    """Return the reply's parts by point where it numbers them, or has one line for each."""
    if len(points) == 1:
        return [(points[0], text)]
    marks = [m for m in _NUMBERED.finditer(text) if 1 <= int(m[1]) <= len(points)]
    if marks:
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        return [
            (points[int(mark[1]) - 1], text[mark.end() : end])
            for mark, end in zip(marks, ends, strict=True)
        ]
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) == len(points):
        return list(zip(points, lines, strict=True))
    return None


def _sorted(
    text: str, points: Sequence[Point], today: date, zone: str, reads: Reads
) -> list[tuple[Point, str]]:
    """Return the reply's parts by what they look like: links, dates, and the rest."""
    pieces = Pieces(text=text, today=today, zone=zone)
    take_all(pieces)
    keys = {point.key: point for point in points}
    found: list[tuple[Point, str]] = []
    if "link" in keys and (pieces.got.get("links") or pieces.got.get("reply_instead")):
        links = " ".join(link.url for link in pieces.got.get("links", ()))
        found.append((keys.pop("link"), links or "reply"))
    left = [one.strip() for one in re.split(r"[,;]|\.\s", pieces.text) if one.strip(" .")]
    for key in ("date", "weekday", "send_day"):
        hits = [one for one in left if find_when(one, today)]
        if key in keys and hits:
            found.append((keys.pop(key), ", ".join(hits)))
            left = [one for one in left if one not in hits]
    rest = ", ".join(re.sub(r"^(?:and|to|for|it is for|it's for|an"
        r"|für)\s+", "", one, flags=re.IGNORECASE)
                     for one in left)  # fmt: skip
    for key in ("audience", "reach", "about", "link"):
        if rest and key in keys and (key != "audience" or reads(rest) or len(keys) == 1):
            found.append((keys.pop(key), rest))
            rest = ""
    if rest and keys:
        found.append((next(iter(keys.values())), rest))
    return found


def _answer(brief: Brief, point: Point, said: str, today: date, zone: str) -> tuple[Brief, str]:
    number = chosen(_lettered(said, point.options), point.options) if point.options else None
    picked = point.options[number] if number is not None else said
    match point.key:
        case "reach":
            return brief, _lettered(said, point.options)
        case "audience":
            who = re.sub(
                r"^(?:it(?:'s| is) for|to|for|send it to|an|für)\s+", "", said, flags=re.IGNORECASE
            )
            return brief.model_copy(update={"audience": who}), ""
        case "date" | "weekday":
            occasion, _, _ = occasion_in(picked, today)
            kept = brief.occasion.model_dump()
            new = {k: v for k, v in occasion.model_dump().items() if v} | (
                {"on": occasion.on} if occasion.on else {})  # fmt: skip
            merged = type(brief.occasion)(**{**kept, **new})
            return brief.model_copy(update={"occasion": merged}), ""
        case "send_day":
            return _send_day(brief, picked, today, zone), ""
        case "link":
            return _link(brief, said), ""
        case "language":
            german = picked.lower().startswith(("german", "deutsch", "de"))
            return brief.model_copy(update={"language": "de" if german else "en"}), ""
        case "told":
            return _told(brief, number, said), ""
        case _:
            return _matter(brief, picked, point.key), ""


def _told(brief: Brief, number: int | None, said: str) -> Brief:
    """Settle a sentence that may have been an instruction: keep it, drop it, or say another."""
    if number == 1:
        return brief
    odd = next((one for one in brief.must_say if is_order(one)), "")
    others = tuple(one for one in brief.must_say if one != odd)
    return brief.model_copy(update={"must_say": others if number == 0 else (*others, said)})


def _lettered(said: str, options: Sequence[str]) -> str:
    letter = re.fullmatch(r"\(?([a-h])\)?\.?", said.strip(), re.IGNORECASE)
    if letter and "abcdefgh".index(letter[1].lower()) < len(options):
        return str("abcdefgh".index(letter[1].lower()) + 1)
    return said


def _send_day(brief: Brief, said: str, today: date, zone: str) -> Brief:
    when = next(iter(find_when(said, today)), None)
    if when is None or when.on is None:
        return brief
    old = brief.schedule.send_at
    at = when.at or (old.astimezone(ZoneInfo(zone)).time() if old else time(9))
    moment = datetime.combine(when.on, at, ZoneInfo(when.timezone or zone))
    schedule = Schedule(**{**brief.schedule.model_dump(), "send_at": moment})
    return brief.model_copy(update={"schedule": schedule})


def _link(brief: Brief, said: str) -> Brief:
    urls = re.findall(
        r"(?:https?://|www\.)[^\s,;]+[^\s,;.!?)]|\b[\w-]+(?:\.[\w-]+)+/[^\s,;]*", said
    )
    if urls:
        links = tuple(Link(url=u if "://" in u else f"https://{u}") for u in urls)
        return brief.model_copy(update={"links": links})
    if _NO_LINK.search(said):
        return brief.model_copy(update={"reply_instead": True})
    return brief


def _matter(brief: Brief, said: str, key: str) -> Brief:
    if key == "must_say":
        whole = {"about": said} if brief.about in brief.must_say else {}
        return brief.model_copy(update={"must_say": (said,), **whole})
    parts = re.split(r"(?<=[^\W\d])\.\s+(?=[^\W\d_])|;\s*", said)
    statements = [one.strip() for one in parts if one.strip()] or [said]
    about = re.sub(
        r"^(?:it(?:'s| is) about|about|über|that)\s+", "", statements[0], flags=re.IGNORECASE
    )
    update: dict[str, Any] = {"about": about.rstrip(".")}
    if key == "about" and len(statements) > 1:
        update["must_say"] = (*brief.must_say, *statements[1:])
    return brief.model_copy(update=update)
