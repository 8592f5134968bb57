"""Three ways of asking for JSON: by schema, as the arguments of a tool, in words.

Servers differ in what they support and say so in different ways, if at all. A model tries the best
way first, steps down where it is not supported or ignored, and stays where an answer came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .answers import NoObject, object_in
from .faults import misbehaved
from .port import Message

__all__ = ["WAYS", "Asked", "Ignored", "Way", "ask_in", "is_foreign", "read_in"]

Way = Literal["schema", "tool", "text"]
WAYS: tuple[Way, ...] = ("schema", "tool", "text")
"""The best one first."""
_TOOL = "answer"


class Ignored(Exception):
    """The answer is not of the form asked for, as if the server had not read how it was asked."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call in one way: what is sent."""

    messages: tuple[Message, ...]
    options: Mapping[str, Any]
    """What is bound to the call beside the messages."""


def ask_in(way: Way, messages: Sequence[Message], schema: Mapping[str, Any]) -> Asked:
    """Return what is sent to ask for an object of this schema."""
    match way:
        case "schema":
            form = {"name": "reading", "schema": dict(schema), "strict": True}
            options: dict[str, Any] = {
                "response_format": {"type": "json_schema", "json_schema": form}
            }
            return Asked(messages=tuple(messages), options=options)
        case "tool":
            tool = {
                "name": _TOOL, "description": "Gives the answer. Call it once.",
                "parameters": dict(schema),
            }  # fmt: skip
            options = {
                "tools": [{"type": "function", "function": tool}],
                "tool_choice": {"type": "function", "function": {"name": _TOOL}},
            }
            return Asked(messages=tuple(messages), options=options)
        case "text":
            return Asked(messages=_told(messages, schema), options={})


def _told(messages: Sequence[Message], schema: Mapping[str, Any]) -> tuple[Message, ...]:
    words = (
        "Answer with one JSON object and nothing else: no sentence around it, no code fence. It "
        f"follows this JSON schema:\n{json.dumps(schema, separators=(',', ':'))}"
    )
    if messages and messages[0].role == "system":
        first = replace(messages[0], text=f"{messages[0].text}\n\n{words}")
        return (first, *messages[1:])
    return (Message(role="system", text=words), *messages)


def read_in(way: Way, raw: Any) -> dict[str, Any]:
    """Return the object of an answer, a langchain message.

    Raises:
        ModelMisbehaved: the model refused, was filtered or cut off, or called what is no tool.
        Ignored: it is of another form.
    """
    _look(raw)
    calls = list(getattr(raw, "tool_calls", None) or ())
    broken = list(getattr(raw, "invalid_tool_calls", None) or ())
    if calls or broken:
        return _called(way, calls, broken)
    text = raw.content if isinstance(getattr(raw, "content", None), str) else ""
    if not text.strip():
        raise Ignored("The model sent an empty answer; choose another model or use the rules "
                      "drafter.")  # fmt: skip
    try:
        data = object_in(text)
    except NoObject as wrong:
        raise Ignored(
            f"The model's answer is {wrong}; choose another model or use the rules drafter."
        ) from None
    return data


def is_foreign(data: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Return whether an object has no key of the schema: then nobody had read the schema."""
    known: Mapping[str, Any] = schema.get("properties") or {}
    return bool(known) and not data.keys() & known.keys()


def _look(raw: Any) -> None:
    meta = dict(getattr(raw, "response_metadata", None) or {})
    extra = dict(getattr(raw, "additional_kwargs", None) or {})
    if extra.get("refusal"):
        raise misbehaved("refused")
    reason = meta.get("finish_reason")
    if reason == "length":
        raise misbehaved("cut off")
    if reason == "content_filter":
        raise misbehaved("filtered")


def _called(way: Way, calls: list[Any], broken: list[Any]) -> dict[str, Any]:
    """Return the arguments of the one call of our tool; anything else would go on for ever."""
    if way != "tool" or any(one.get("name") != _TOOL for one in (*calls, *broken)):
        raise misbehaved("tool")
    if not calls:
        raise Ignored("The model's answer is no JSON; choose another model or use the rules "
                      "drafter.")  # fmt: skip
    if broken or any(one["args"] != calls[0]["args"] for one in calls):
        raise misbehaved("tool")
    return dict(calls[0]["args"])
