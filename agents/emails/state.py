"""What an email conversation's thread keeps: plain JSON, no member lists, nothing approved."""

from __future__ import annotations

from typing import Any, TypedDict

__all__ = ["MOST_PAST", "MOST_TURNS", "State"]

MOST_PAST = 5
"""Emails of one conversation whose briefs are kept."""

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
    """The email that `text` asks to change, as `port.Last`."""
    turns: list[dict[str, str]]
    """What was said, oldest first: who and text."""
    open_from: int
    """Where in `turns` the exchange began that is still open."""
    question: dict[str, Any] | None
    """The question that waits for an answer."""
    points: list[dict[str, Any]]
    """Its points."""
    brief: dict[str, Any] | None
    """What was understood before the question."""
    last: dict[str, Any] | None
    """The email drafted last in this thread, for "shorter" and the like."""
    past: list[dict[str, Any]]
    """The emails drafted before it, the newest last: an approver may ask to change any of them."""
    reading: dict[str, Any] | None
    exchange: list[dict[str, str]]
    """What was said to and by the model about the brief in this run."""
    spent: int
    """Tokens of this run so far."""
    attempts: int
    people_said: list[str]
    """What was said about the audience while its question is open, oldest first."""
    people_asked: dict[str, Any] | None
    """The segment agent's open question about the audience."""
    segment: dict[str, Any] | None
    words: list[dict[str, Any]]
    """Which words of the audience became which condition."""
    people_fallback: str
    """Why the rules drafter read the audience in the model's place."""
    email: dict[str, Any] | None
    """As the drafter wrote it; code has not believed it yet."""
    campaign: str
    repairs: int
    problems: list[str]
    """What was wrong with the email as it stands."""
    mended: list[str]
    """What code took out of it because it stands nowhere in the brief."""
    drafter: str
    prompt: str | None
    """The hash of the prompt behind the draft; None where rules drafted it."""
    prompts: dict[str, str]
    """The prompt texts that this run works with: hashes by name, picked when it began."""
    fallback: str
    """Why the rules drafter stepped in for the model; empty where it did not."""
    second: dict[str, Any] | None
    """How the second drafter read the audience."""
    done: bool
