"""What Slack answered: a value out of an answer, or why it refused, whatever came back."""

from __future__ import annotations

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

__all__ = ["code_of", "is_passing", "retry_after", "told"]

_PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)


def told(answer: AsyncSlackResponse, *path: str) -> str:
    """Return a text from an answer, by its path: `told(opened, "channel", "id")`."""
    held: Any = answer.data
    for step in path:
        held = held[step]
    return str(held)


def code_of(error: SlackApiError) -> str:
    """Return Slack's error code; where the answer was no JSON, `http_` and the status."""
    data = error.response.data
    said = data.get("error") if isinstance(data, dict) else None
    return str(said or f"http_{error.response.status_code}")


def retry_after(error: SlackApiError) -> float | None:
    """Return how many seconds Slack wants to be left alone; None where it says no such thing."""
    if error.response.status_code != 429 and code_of(error) not in ("ratelimited", "rate_limited"):
        return None
    headers = {key.lower(): value for key, value in dict(error.response.headers).items()}
    try:
        return max(0.0, float(headers.get("retry-after", "30")))
    except ValueError:
        return 30.0


def is_passing(error: SlackApiError) -> bool:
    """Return whether it is Slack's own trouble and worth another try later."""
    return (
        code_of(error) in _PASSING
        or error.response.status_code >= 500
        or retry_after(error) is not None
    )
