"""What a conversation's thread keeps: plain JSON, no member lists, nothing that was approved."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["MOST_TURNS", "State"]

MOST_TURNS = 40
"""Turns of one conversation that are kept; older ones no longer help to understand it."""


class State(TypedDict, total=False):
    """The checkpointed state of one thread. Every value is a JSON value."""

    run_id: str
    """The run this state belongs to: the same id again continues it and pays for nothing twice."""
    text: str
    as_of: str
    """The moment of the run, ISO 8601 in UTC; relative dates count from it."""
    previous: dict[str, Any] | None
    """The segment that `text` asks to change."""
    turns: list[dict[str, str]]
    """What was said, oldest first: who and text."""
    open_from: int
    """Where in `turns` the exchange began that is still open."""
    question: dict[str, Any] | None
    """The clarifying question that waits for an answer."""
    last_segment: dict[str, Any] | None
    """The segment proposed last in this thread, for "only Germany" and the like."""
    exchange: list[dict[str, str]]
    spent: int
    attempts: int
    reading: dict[str, Any] | None
    problems: list[str]
    drafter: str
    prompt: str | None
    """The hash of the prompt behind the draft; None where rules drafted it."""
    prompts: dict[str, str]
    """The prompt texts that this run works with: hashes by name, picked when it began."""
    fallback: str
    """Why the rules drafter answered in the model's place; empty where it did not."""
    second: dict[str, Any] | None
    """How the second drafter read the same request."""
    done: bool
