"""Moments as the journal stores them: epoch microseconds in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["micros", "moment"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Return an aware moment as epoch microseconds."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """Return what `micros` was given, in UTC."""
    return _EPOCH + timedelta(microseconds=at)
