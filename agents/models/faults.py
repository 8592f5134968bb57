"""What goes wrong between us and a model's server, as one clear error each.

The key is in no error; neither is what the server wrote, which may repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from placet.errors import ModelMisbehaved, ModelUnavailable

__all__ = ["MOST_BYTES", "TooLarge", "TryAgain", "Unsupported", "misbehaved", "of_status"]

MOST_BYTES = 4_000_000
"""The largest answer that is read; no form of ours needs a tenth of it."""

_ODD = {
    "refused": "The model refused to answer; rephrase or use the rules drafter.",
    "cut off": "The model's answer was cut off; ask for less at once.",
    "filtered": "The model's answer was filtered; rephrase the request.",
    "tool": "The model called a tool instead of answering; choose another model or use the rules "
    "drafter.",
    "no completion": "The model's server sent no chat completion; check PLACET_MODEL_BASE_URL.",
    "too large": f"The model's server sent more than {MOST_BYTES // 1_000_000} MB; check "
    "PLACET_MODEL_BASE_URL and the model.",
    "too long": "The request is too long for this model; say it shorter or choose a model with a "
    "larger context.",
}  # fmt: skip
_TOO_LONG = ("context_length_exceeded", "exceed_context_size", "context length", "context size",
             "context window")  # fmt: skip


class TryAgain(Exception):
    """The server may answer later; `after` is how many seconds it asked for."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why, self.after = why, after


class Unsupported(Exception):
    """The server did not accept how it was asked; another way may do."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status

    def error(self) -> ModelMisbehaved:
        """Return what is said where no way was left."""
        return ModelMisbehaved(
            f"The model's server did not accept the request ({self.status}) in any form; check "
            "PLACET_MODEL and the server's log."
        )


class TooLarge(Exception):
    """The server sent more than anybody asked for."""


def misbehaved(
    what: Literal["refused", "cut off", "filtered", "tool", "no completion", "too large",
                  "too long"],
) -> ModelMisbehaved:  # fmt: skip
    """Return the error for what was odd about an answer."""
    return ModelMisbehaved(_ODD[what])


def of_status(error: Any) -> Exception:
    """Sort an HTTP status by who must act: wait and try again, ask otherwise, or a person."""
    status = int(error.status_code)
    after = _retry_after(error.response.headers)
    if status == 429:
        return TryAgain("the server is busy, 429", after)
    if status in {400, 413, 422, 501}:
        said = str(getattr(error, "body", "") or "").lower()
        if status == 413 or any(one in said for one in _TOO_LONG):
            return misbehaved("too long")
        return Unsupported(status)
    if status >= 500 or status in {408, 409}:
        return TryAgain(f"the server failed, {status}", after)
    if status in {401, 403}:
        return ModelUnavailable(
            f"The model's server refused the key ({status}); check PLACET_MODEL_API_KEY."
        )
    if status == 404:
        return ModelUnavailable(
            "The model's server knows no such model or address (404); check PLACET_MODEL and "
            "PLACET_MODEL_BASE_URL."
        )
    return Unsupported(status)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None
