"""What Slack said when it refused, whatever came back."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

__all__ = ["code_of", "retry_after"]


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
