"""What a conversation about records keeps: plain JSON, no record lists, nothing approved."""

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
    """The order that `text` asks to change."""
    turns: list[dict[str, str]]
    """What was said, oldest first: who and text."""
    open_from: int
    """Where in `turns` the exchange began that is still open."""
    asked: dict[str, Any] | None
    """The open question and the wish it is about, as `port.Asked`."""
    asked_people: dict[str, Any] | None
    """The segment drafter's own question, where that is the open one."""
    said_people: list[str]
    """What was said about whose records while that is open, oldest first."""
    last: dict[str, Any] | None
    """The order drafted last in this thread, for "only the certain ones" and the like."""
    reading: dict[str, Any] | None
    order: dict[str, Any] | None
    """What is drafted, counted or audited, with its scope as a segment."""
    words: list[dict[str, Any]]
    """Which words of the scope became which condition."""
    exchange: list[dict[str, str]]
    """What was said to and by the model in this run."""
    spent: int
    """Tokens of this run so far."""
    attempts: int
    drafter: str
    prompt: str | None
    """The hash of the prompt behind the draft; None where rules drafted it."""
    prompts: dict[str, str]
    """The prompt texts that this run works with: hashes by name, picked when it began."""
    fallback: str
    """Why the rules drafter stepped in for the model; empty where it did not."""
    second: dict[str, Any] | None
    """How the second drafter reads the same request, as an order."""
    second_said: str
    """What it says instead, where it would draft nothing."""
    done: bool
