"""Faults: what is wrong in a payload, each with the JSON pointer to the place, as Slack says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["Faults", "Objects"]

Objects = Mapping[str, Any]


class Faults:
    """Collects faults; the checks walk down with `path` and never raise."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, path: str, words: str) -> None:
        """Note a fault at a place."""
        self.found.append(f"{words} [json-pointer:{path}]")

    def held(self, path: str, value: object) -> Objects | None:
        """Return `value` where it is an object."""
        if isinstance(value, Mapping):
            return value
        self.add(path, "must be an object")
        return None

    def string(
        self, path: str, held: Objects, key: str, *, most: int, needed: bool = False
    ) -> str | None:
        """Check a string field: there where it is needed, not empty, not too long."""
        value = held.get(key)
        if value is None:
            if needed:
                self.add(path, f"missing required field: {key}")
            return None
        if not isinstance(value, str):
            self.add(f"{path}/{key}", "must be a string")
        elif needed and not value:
            self.add(f"{path}/{key}", "must be more than 0 characters")
        elif len(value) > most:
            self.add(f"{path}/{key}", f"must be less than {most + 1} characters")
        else:
            return value
        return None

    def items(
        self, path: str, held: Objects, key: str, *, most: int, least: int = 1
    ) -> Iterator[tuple[str, Any]]:
        """Check a list field and walk over it."""
        value = held.get(key)
        if value is None:
            if least:
                self.add(path, f"missing required field: {key}")
            return
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.add(f"{path}/{key}", "must be an array")
            return
        if len(value) < least:
            self.add(f"{path}/{key}", f"no fewer than {least} items required")
        if len(value) > most:
            self.add(f"{path}/{key}", f"no more than {most} items allowed [{key}]")
            return
        for index, item in enumerate(value):
            yield f"{path}/{key}/{index}", item

    def text(
        self,
        path: str,
        held: Objects,
        key: str,
        *,
        most: int,
        plain: bool = False,
        needed: bool = True,
    ) -> None:
        """Check a text object: plain_text, or mrkdwn where that is allowed."""
        value = held.get(key)
        if value is None:
            if needed:
                self.add(path, f"missing required field: {key}")
            return
        self.text_object(f"{path}/{key}", value, most=most, plain=plain)

    def text_object(self, path: str, value: object, *, most: int, plain: bool = False) -> None:
        """Check a text object that stands alone."""
        text = self.held(path, value)
        if text is None:
            return
        allowed = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if text.get("type") not in allowed:
            self.add(f"{path}/type", f"must be one of: {', '.join(allowed)}")
            return
        self.string(path, text, "text", most=most, needed=True)

    def one_of(self, path: str, held: Objects, key: str, allowed: Sequence[str]) -> None:
        """Check a field whose values are known."""
        value = held.get(key)
        if value is not None and value not in allowed:
            self.add(f"{path}/{key}", f"must be one of: {', '.join(allowed)}")

    def keys(self, path: str, held: Objects, allowed: Sequence[str]) -> None:
        """Refuse fields that Slack does not know there."""
        for key in held:
            if key not in allowed:
                self.add(path, f"invalid additional property: {key}")

    def kind(
        self, path: str, value: object, known: Mapping[str, Callable[[Faults, str, Objects], None]]
    ) -> None:
        """Check an object by its `type`."""
        held = self.held(path, value)
        if held is None:
            return
        check = known.get(str(held.get("type")))
        if check is None:
            self.add(f"{path}/type", f"unsupported type: {held.get('type')}")
            return
        check(self, path, held)
