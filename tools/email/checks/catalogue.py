"""Every check there is, in the order in which people read them: one flat list."""

from __future__ import annotations

from . import (
    audience,
    claims,
    client_support,
    contrast,
    dates,
    duplicates,
    headers,
    headings,
    images,
    links,
    parity,
    placeholders,
    reading,
    size,
    spam,
    subject,
    tokens,
    unsubscribe,
    words,
)
from .port import EmailCheck

__all__ = ["CHECKS", "FAMILIES"]

CHECKS: tuple[EmailCheck, ...] = (
    *claims.CHECKS,
    *dates.CHECKS,
    *placeholders.CHECKS,
    *tokens.CHECKS,
    *links.CHECKS,
    *unsubscribe.CHECKS,
    *headers.CHECKS,
    *subject.CHECKS,
    *words.CHECKS,
    *reading.CHECKS,
    *images.CHECKS,
    *contrast.CHECKS,
    *headings.CHECKS,
    *parity.CHECKS,
    *size.CHECKS,
    *client_support.CHECKS,
    *duplicates.CHECKS,
    *audience.CHECKS,
    *spam.CHECKS,
)
"""A new check is one line in its family."""

FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(check.name.partition(".")[0] for check in CHECKS))
"""The part of the names before the dot."""
