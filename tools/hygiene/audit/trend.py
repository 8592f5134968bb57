"""What changed since the last audit."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from .report import Audit

__all__ = ["Move", "Trend", "trend_of"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Move(_Value):
    """One score or detector, before and now."""

    name: str
    before: float
    now: float

    @property
    def by(self) -> float:
        """By how much it rose; negative where it fell."""
        return self.now - self.before


class Trend(_Value):
    """Two audits beside each other."""

    since: AwareDatetime
    scores: tuple[Move, ...]
    """All scores, whether they moved or not, in points."""
    findings: tuple[Move, ...]
    """Detectors whose number of findings changed, the largest change first."""


def trend_of(before: Audit, now: Audit) -> Trend:
    """Return what changed from one audit to a later one."""
    held = {one.name: one.value for one in before.scores}
    scores = [
        Move(name=one.name, before=held[one.name], now=one.value)
        for one in now.scores
        if one.name in held
    ]
    return Trend(since=before.at, scores=tuple(scores), findings=_findings(before, now))


def _findings(before: Audit, now: Audit) -> tuple[Move, ...]:
    old = {one.name: one.findings for one in before.detectors}
    new = {one.name: one.findings for one in now.detectors}
    moves = (
        Move(name=name, before=old.get(name, 0), now=new.get(name, 0)) for name in {**old, **new}
    )
    return tuple(sorted((one for one in moves if one.by), key=lambda one: (-abs(one.by), one.name)))
