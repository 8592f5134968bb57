"""Changes to a segment that was drafted: "only Germany", "also Austria", "last 60 days instead"."""

from __future__ import annotations

import re
from typing import Any

from tools.segments.tree import All, Filter, Not, Segment

from .change_parts import (
    Reader,
    add_exclusion,
    ask_change,
    kinds_of,
    lift_exclusion,
    parts_named,
    parts_of,
    same_kind,
    without_values,
)
from .change_windows import new_window, rewindow
from .doubts import Unclear
from .frame import read_frame
from .logic import all_of, any_of
from .text import clean, fold

__all__ = ["Reader", "change"]


_REMOVE = re.compile(
    r"^(?:please |can you |could you )*(?:drop|remove|delete|take out|take away|lose|leave "
    r"out|forget|get rid of|without)\s+(?:the\s+|any\s+)?(.*?)(?:\s+(?:condition|filter|"
    r"clause|restriction|part|requirement|criterion|limit|bit)s?)?(?:\s+please)?$"
)

_ONLY = re.compile(
    r"^(?:please |make it |make that |keep |limit (?:it |this )?to |restrict (?:it |this "
    r")?to |narrow (?:it |this )?(?:down )?to |change (?:it |that |this )?to |switch (?:it "
    r")?to )*(?:(?:only|just)\s+)?(.*?)(?:\s+(?:only|instead|please))*$"
)

_SWAP = re.compile(
    r"^(?:please )?(?:replace|swap|change)\s+(.+?)\s+(?:with|by|for|to|into)\s+(.+?)(?:\s+please)?$"
)

_INSTEAD_OF = re.compile(
    r"^(?:please )?(?:use |take |make it )?(.+?)\s+(?:instead of|rather than|"
    r"not)\s+(.+?)(?:\s+please)?$"
)

_ALSO = re.compile(
    r"^(?:please |can you |could you )*(?:(?:and\s+)?also(?:\s+(?:add|include))?|add|include|"
    r"plus|and)\s+(.*?)(?:\s+(?:too|as well|also|please))*$"
)

_EXCEPT = re.compile(
    r"^(?:please |but |and )*(?:exclude|excluding|except(?: for)?|but not|not|no|leave out|"
    r"filter out|minus|without)\s+(.*?)(?:\s+please)?$"
)


def change(reader: Reader, previous: Segment, text: str) -> Segment:
    """Return the previous segment with the change; raise `Unclear` where it is not clear."""
    frame = read_frame(clean(text))
    body = clean(frame.body).strip(" .,!?;")
    updated: dict[str, Any] = {}
    if frame.name:
        updated["name"] = frame.name
    if frame.use == "internal" and not frame.counting:
        updated["use"] = "internal"
    if frame.anyway:
        updated["include_anyway"] = tuple(dict.fromkeys((*previous.include_anyway, *frame.anyway)))
    renamed = re.match(r"^(?:please )?rename (?:it |the list |this )?to (.+)$", body, re.IGNORECASE)
    if renamed:
        return previous.model_copy(update={**updated, "name": renamed[1].strip('"')[:120]})
    if fold(body) in {"", "please", "and", "but", "include", "also"}:
        if not updated:
            raise ask_change(text)
        return previous.model_copy(update=updated)
    tree = _edit(reader, previous.filter, body)
    return previous.model_copy(update={**updated, "filter": tree})


def _edit(reader: Reader, tree: Filter, body: str) -> Filter:
    said = fold(body)
    original = body
    parts = parts_of(tree)
    if (window := new_window(reader, said)) is not None:
        return rewindow(parts, window, original)
    if match := _SWAP.match(body.lower()) or _INSTEAD_OF.match(body.lower()):
        first, second = (match[1], match[2])
        old, new = (first, second) if _SWAP.match(body.lower()) else (second, first)
        return _swap(reader, parts, old, new, original)
    leaving = body.lower().startswith(("without", "leave out", "please leave out"))
    if (match := re.match(_REMOVE, body.lower())) and (not leaving or parts_named(parts, match[1])):
        return _remove(reader, parts, match[1], original)
    if match := re.match(_EXCEPT, body.lower()):
        rest = body[match.start(1) : match.end(1)]
        found = _condition(reader, rest)
        return add_exclusion(parts, found)
    if match := re.match(_ALSO, body.lower()):
        rest = body[match.start(1) : match.end(1)]
        return _add(reader, parts, rest, original)
    match = re.match(_ONLY, body.lower())
    rest = body[match.start(1) : match.end(1)] if match else body
    explicit = bool(
        re.search(r"\b(?:only|just|instead|limit|restrict|narrow|change|switch|make it)\b", said)
    )
    found = _condition(reader, rest)
    return _replace(parts, found, original, explicit=explicit)


def _condition(reader: Reader, text: str) -> Filter:
    return reader.read(text)[0]


def _replace(parts: list[Filter], found: Filter, said: str, *, explicit: bool) -> Filter:
    for new in parts_of(found):
        hits = same_kind(parts, new)
        if len(hits) > 1:
            positive = [n for n in hits if isinstance(parts[n], Not) == isinstance(new, Not)]
            if len(positive) != 1:
                raise ask_change(said)
            hits = positive
        if hits:
            parts[hits[0]] = new
        elif explicit or any(":" in kind for kind in kinds_of(new)) or isinstance(new, Not):
            parts.append(new)
        else:
            raise Unclear(
                f"change:{fold(said)}",
                f'Should "{said}" narrow the segment down, or add people to it?',
                ("narrow it down", "add those people"),
                about=said,
                rewrites=(f"only {said}", f"also all {said}"),
            )
    return all_of(parts)


def _add(reader: Reader, parts: list[Filter], rest: str, said: str) -> Filter:
    narrowing = re.match(
        r"^(?:a |the )?(?:condition|filter|require|must|they must|only those|who|with|"
        r"without|that|a filter)\b",
        rest.lower(),
    )
    found = _condition(
        reader, re.sub(r"^(?:a |the )?(?:condition|filter)(?: that| for| on)?\s+", "", rest)
    )
    hits = [n for n in same_kind(parts, found) if not isinstance(parts[n], Not)]
    excluded = [n for n in same_kind(parts, found) if isinstance(parts[n], Not)]
    if len(hits) == 1 and not narrowing:
        joined = any_of([parts[hits[0]], found])
        parts[hits[0]] = joined
        return all_of(parts)
    if narrowing or isinstance(found, Not):
        return all_of([*parts, found])
    if len(excluded) == 1:
        return lift_exclusion(parts, excluded[0], found, said)
    raise Unclear(
        f"change:{fold(said)}",
        f'Should "{rest}" be one more condition, or add people to the segment?',
        ("one more condition", "add those people"),
        about=said,
        rewrites=(f"only {rest}", ""),
    )


def _remove(reader: Reader, parts: list[Filter], words: str, said: str) -> Filter:
    hits = parts_named(parts, words)
    if not hits:
        window = new_window(reader, fold(words))
        if window is not None or fold(words) in {"window", "time", "time window", "date", "dates"}:
            return rewindow(parts, None, said)
        found = _condition(reader, words)
        for n, part in enumerate(parts):
            rest = without_values(part, found)
            if rest is None:
                hits = [n]
                break
            if not isinstance(rest, bool):
                parts[n] = rest
                return all_of(parts)
        if not hits:
            inner = [
                n
                for n, part in enumerate(parts)
                if isinstance(part, Not)
                and (part.of == found or without_values(part.of, found) is None)
            ]
            hits = inner or same_kind(parts, found)
    if len(hits) != 1:
        options = tuple(f"drop: {reader.describe(part)}" for part in parts)
        raise Unclear(
            f"change:{fold(said)}",
            f'Which condition should go? I could not tell from "{words}".',
            options[:6],
            about=said,
        )
    del parts[hits[0]]
    return all_of(parts) if parts else All(of=())


def _swap(reader: Reader, parts: list[Filter], old: str, new: str, said: str) -> Filter:
    window = new_window(reader, fold(new))
    if window is not None:
        return rewindow(parts, window, said)
    gone, found = _condition(reader, old), _condition(reader, new)
    for n, part in enumerate(parts):
        rest = without_values(part, gone)
        if rest is None:
            parts[n] = found
            return all_of(parts)
        if not isinstance(rest, bool):
            parts[n] = any_of([rest, found])
            return all_of(parts)
    raise ask_change(said)
