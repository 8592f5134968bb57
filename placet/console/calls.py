"""One call of the Web API: arguments as Slack reads them, errors as Slack words them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Call", "Refused", "read_arguments"]

_JSON = frozenset(
    {"attachments", "blocks", "channel_ids", "chunks", "files", "message", "metadata", "prompts",
     "view", "loading_messages"}
)  # fmt: skip
"""Arguments that a form carries as JSON text."""


class Refused(Exception):
    """The call is refused; the text is Slack's code."""

    def __init__(self, code: str, messages: Sequence[str] = (), **more: Any) -> None:
        super().__init__(code)
        self.code, self.messages, self.more = code, list(messages), more

    def as_json(self) -> dict[str, Any]:
        """Return the answer."""
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            said = [f"[ERROR] {message}" for message in self.messages]
            answer["response_metadata"] = {"messages": said}
        return answer


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was called, with what."""

    method: str
    args: Mapping[str, Any]
    base: str
    """The address of this console, as the caller reached it."""

    def text(self, name: str) -> str:
        """Return a needed argument as text.

        Raises:
            Refused: it is missing.
        """
        value = self.args.get(name)
        if value is None or value == "":
            raise Refused("invalid_arguments", [f"missing required field: {name}"])
        return str(value)

    def maybe(self, name: str) -> str | None:
        """Return an argument as text, or None where it is missing or empty."""
        value = self.args.get(name)
        return None if value is None or value == "" else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self.args.get(name)
        return default if value is None else value is True or str(value).lower() in ("true", "1")

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = str(self.args.get(name, default))
        return int(value) if value.isascii() and value.isdigit() else default


def read_arguments(body: bytes, content_type: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Read the arguments of a call, from a form or from JSON.

    Raises:
        Refused: they cannot be read.
    """
    if content_type == "application/json":
        try:
            value = json.loads(body or b"{}")
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(value, dict):
            raise Refused("json_not_object")
        return {name: _read(name, one) for name, one in value.items()}
    return {name: _read(name, one) for name, one in form.items()}


def _read(name: str, value: Any) -> Any:
    if name not in _JSON or not isinstance(value, str) or (name == "files" and not value):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        codes = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
        raise Refused(codes.get(name, "invalid_arguments"), [f"{name} is no valid JSON"]) from None
