"""The one JSON object in a model's answer: found and mended, never completed.

Models wrap JSON in fences and sentences and leave commas behind. What is taken away here is only
what stands around the object or cannot mean anything; a value that is missing stays missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["NoObject", "object_in"]

_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```[\w-]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)


class NoObject(Exception):
    """There is no such object; the message says what there is instead, after "is"."""


def object_in(text: str) -> dict[str, Any]:
    """Return the one JSON object of an answer.

    Raises:
        NoObject: there is none, it is cut off or malformed, or there are several different ones.
    """
    said = _THOUGHT.sub("", text).strip()
    whole = _read(said)
    if whole is not None:
        return _only([whole])
    fenced = [_read(inside.strip()) for inside in _FENCE.findall(said)]
    if found := [one for one in fenced if one is not None]:
        return _only(found)
    return _only([one for piece in _outer(said) if (one := _read(piece)) is not None])


def _only(found: list[Any]) -> dict[str, Any]:
    if not found:
        raise NoObject("no JSON")
    if any(one != found[0] for one in found):
        raise NoObject("several JSON objects instead of one")
    if not isinstance(found[0], dict):
        raise NoObject("no JSON object")
    return found[0]


def _read(text: str) -> Any | None:
    """Return the JSON value that a text is, with commas before a closing bracket taken out."""
    if not text.startswith(("{", "[")):
        return None
    for attempt in (text, _without_trailing_commas(text)):
        try:
            return json.loads(attempt, parse_constant=_refuse, object_pairs_hook=_unambiguous)
        except (ValueError, RecursionError):
            continue
    return None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise ValueError(f"{key} has two values")
        found[key] = value
    return found


def _outer(text: str) -> Iterator[str]:
    """Return the texts of the outermost objects that stand in a text."""
    depth, start = 0, 0
    for at, mark in _marks(text):
        if mark == "{":
            start = at if depth == 0 else start
            depth += 1
        elif mark == "}" and depth:
            depth -= 1
            if depth == 0:
                yield text[start : at + 1]


def _without_trailing_commas(text: str) -> str:
    gone, comma = set[int](), -1
    for at, mark in _marks(text):
        if mark in "}]" and comma >= 0:
            gone.add(comma)
        comma = at if mark == "," else -1
    return "".join(one for at, one in enumerate(text) if at not in gone)


def _marks(text: str) -> Iterator[tuple[int, str]]:
    """Return what is no blank and stands in no JSON string, with its place.

    Before the first bracket a quotation mark is one of a sentence and opens no string.
    """
    inside, escaped, begun = False, False, False
    for at, one in enumerate(text):
        if inside:
            inside = escaped or one != '"'
            escaped = one == "\\" and not escaped
            if not inside:
                yield at, one
            continue
        begun = begun or one in "{["
        if one == '"' and begun:
            inside = True
        elif not one.isspace():
            yield at, one
