"""The list's name: "call it ...", "name: ...", "save ... as ...", a name in quotes up front."""

from __future__ import annotations

import re

from .framing import Frame, blank, find
from .text import tokenise

__all__ = ["take_name"]

_NAMING = (
    "call it", "call the list", "call this", "name it", "name the list", "name this", "called",
    "named", "titled", "with the name", "name the segment", "call the segment", "under the name",
    "save it as", "save as", "label it", "call that", "name:", "title it", "and call it",
    "and name it", "list name", "call them",
)  # fmt: skip
_MADE = (
    r"(?:(?:please|pls|can|could|you|i|we|need|want|create|make|build|start|set|up|draft|new|me|us|"
    r"a|an|the|list|segment|audience|called|named|name|it|put|together|pull)\s+)*"
)
_QUOTED = r"""["']([^"']{1,120})["']"""
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_MADE}{_QUOTED}\s*(?::|=|-)\s",
        r"^(?:list|segment|audience)\s+(?:name|title)\s*[:=]\s*"
        r"([^.;:,\"]{2,80}?)\s*(?:\s-\s|[.;:,]\s)",
        r"^name\s*[:=]\s*([^.;:,\"]{2,80}?)\s*(?:\s-\s|\.\s)",  # "Name: Anna, ..." is a contact
        r"(?:,|;|\s-)\s*name\s*[:=]\s*[\"']?([^.;:,\"']{2,80})[\"']?(?=[,.;]|$)",
        r"\((?:(?:list|segment|audience)\s+)?name\s*[:=]\s*[\"']?([^)\"']{2,80})[\"']?\)",
        r"[=-]>\s*(?:(?:list|segment)\s+)?(?:name\s*:?\s*)?[\"']([^\"']{2,80})[\"']\.?$",
        r"(?:,|;|\.|\blist|\bsegment|\baudience)\s*(?:and )?(?:titled|entitled|labell?ed)"
        r"(?: as)? [\"']?((?-i:[A-Z\"'])[^\"',.:]{1,80})[\"']?\.?$",
        r",?\s*\b(?:and )?(?:saved?|stored?|labell?)(?: (?:it|them|this))? (?:as|under) "
        r"[\"']?((?-i:[A-Z])[^\"',.:]{1,80})[\"']?\.?$",
    )
)
_NEW_LIST = re.compile(
    rf"\b(?:create|make|build|start|new|set up|draft)\s+(?:me\s+|us\s+)?(?:a\s+|the\s+|new\s+)*"
    rf"(?:list|segment|audience)\s+{_QUOTED}(?=\s+(?:with|w/|of|for|from|containing)|\s*:)",
    re.IGNORECASE,
)
_SAVE_AS = re.compile(
    r"^(?:please |pls )?(save|store)\b (?=.*?( as [\"']?(?=[A-Z\"'])([^\"',.]{2,80})[\"']?\.?)$)"
)
_MORE = re.compile(
    r",?\s+(?:(?:and|then|but|please)\s+)*(?:exclude|excluding|except|without|leave out|"
    r"leaving out|include|including|don't|do not|who|whose|that (?:have|are|has)|only those|"
    r"only people|"
    r"put|add|with (?:a|an|no|all|the|everyone|everybody|people)|containing|for internal)\b.*$",
    re.IGNORECASE,
)
_ON_IT = re.compile(r"\s+on (?:it|there|that list)\.?$", re.IGNORECASE)


def take_name(frame: Frame) -> None:
    """Take out the name the person gave the list; at most one."""
    _by_pattern(frame)
    if not frame.name:
        _by_phrase(frame)
    if frame.name and (on_it := _ON_IT.search(frame.body)) is not None:
        blank(frame, on_it.start(), on_it.end(), "filler", "on the list that is asked for")


def _by_pattern(frame: Frame) -> None:
    if (saved := _SAVE_AS.search(frame.body)) is not None:
        _named(frame, saved.group(3), *saved.span(2))
        blank(frame, *saved.span(1), "filler", "asks for a list")
        return
    if (new := _NEW_LIST.search(frame.body)) is not None:
        _named(frame, new.group(1), *new.span())
        return
    for pattern in _PATTERNS:
        if (hit := pattern.search(frame.body)) is not None:
            _named(frame, hit.group(1), *hit.span())
            return


def _named(frame: Frame, name: str, start: int, end: int) -> None:
    """Take the name out, up to where a new condition begins: "... and exclude customers"."""
    if (more := _MORE.search(name)) is not None and '"' not in frame.body[start:end]:
        end = frame.body.index(name, start) + more.start()
        name = name[: more.start()]
    frame.name = name.strip()[:120]
    blank(frame, start, end, "name", f"the list is called {frame.name}", ",")


def _by_phrase(frame: Frame) -> None:
    tokens = tokenise(frame.body)
    keys = [t.key for t in tokens]
    for phrase in sorted(_NAMING, key=len, reverse=True):
        hit = find(tokens, phrase)
        if hit is None or hit[1] >= len(tokens):
            continue
        at, end = hit
        single = len(phrase.split()) == 1
        if phrase == "call this" and keys[end : end + 1] == ["one"]:
            end += 1
        if single and keys[max(at - 1, 0)] not in {
            "list",
            "segment",
            "audience",
            "it",
            "be",
            "and",
            "group",
        }:
            continue
        if (
            single
            and at >= 2
            and keys[at - 1] == "list"
            and keys[at - 2] == "the"
            and ("on" in keys[max(0, at - 4) : at] or "in" in keys[max(0, at - 4) : at])
        ):
            continue
        while (
            end < len(tokens)
            and tokens[end].key in {":", "the", "it"}
            and tokens[end].kind != "quote"
        ):
            if tokens[end].key == "the" and tokens[end].text[0].isupper():
                break
            end += 1
        if end >= len(tokens):
            return
        if tokens[end].kind == "quote":
            name, stop = tokens[end].text[1:-1], end + 1
        else:
            stop = end
            ends = {"with", "containing", "of", "for", "who", "that", "from"} if single else set()
            while (
                stop < len(tokens)
                and tokens[stop].text not in {".", ",", "!", "?", ";", ":"}
                and (tokens[stop].key not in ends)
            ):
                stop += 1
            if stop == end:
                return
            name = frame.body[tokens[end].start : tokens[stop - 1].end]
        begin = tokens[at].start
        if at and keys[at - 1] in {"and", ","}:
            begin = tokens[at - 1].start
        _named(frame, name, begin, tokens[stop - 1].end)
        return
