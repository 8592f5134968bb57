"""Every string of an email that may hold Liquid, marked: the first step of the build."""

from __future__ import annotations

from typing import Any

from .model import Block, Email
from .personal import Pieces

__all__ = ["marked"]

_STRINGS = ("text", "label", "url", "src", "alt", "by", "source")


def marked(email: Email, pieces: Pieces) -> Email:
    """Return the email with marks in the place of Liquid; `pieces` learns what they stand for.

    Raises:
        BadInput: something is no Liquid, or not allowed; with its place.
    """
    variants = tuple(
        one.model_copy(
            update={
                "subject": pieces.mark(one.subject, f"variants[{one.key}].subject"),
                "preheader": None
                if one.preheader is None
                else pieces.mark(one.preheader, f"variants[{one.key}].preheader"),
            }
        )
        for one in email.variants
    )
    return email.model_copy(
        update={
            "subject": pieces.mark(email.subject, "subject"),
            "preheader": pieces.mark(email.preheader, "preheader"),
            "variants": variants,
            "body": tuple(_block(one, f"body[{i}]", pieces) for i, one in enumerate(email.body)),
        }
    )


def _block(block: Block, place: str, pieces: Pieces) -> Block:
    update: dict[str, Any] = {
        name: pieces.mark(value, f"{place}.{name}")
        for name in _STRINGS
        if isinstance(value := getattr(block, name, None), str)
    }
    items: tuple[str, ...] | None = getattr(block, "items", None)
    if items is not None:
        update["items"] = tuple(
            pieces.mark(one, f"{place}.items[{i}]") for i, one in enumerate(items)
        )
    return block.model_copy(update=update)
