"""Figures over time: each says how many cases it rests on, and a share comes with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from pydantic import AwareDatetime, BaseModel, ConfigDict

from evals.statistics import Rate, wilson

from .outcome import Ending, Outcome, Source

__all__ = ["Figures", "Mean", "Prices", "SourceFigures", "Week", "by_source", "figures", "weekly"]

_WEEK = timedelta(days=7)
_MILLION = 1_000_000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mean(_Value):
    """A mean or a median, and how many cases it rests on; None where there are none."""

    value: float | None
    of: int


class Prices(_Value):
    """What a million tokens cost."""

    read: float = 0.0
    written: float = 0.0

    @property
    def known(self) -> bool:
        """Whether anybody set them."""
        return self.read > 0 or self.written > 0


class Figures(_Value):
    """What is known of some decided drafts."""

    decided: int
    approved: Rate
    unchanged: Rate
    """Approved as drafted, of all decided: what the control chart watches."""
    distance: Mean
    """Mean share of an approved draft that was changed."""
    reasons: dict[str, int]
    """Rejections by the group of their reason, the commonest first."""
    seconds: Mean
    """Median seconds from the card to the decision."""
    judged: Rate
    """What the judge passed, of what it judged."""
    tokens: Mean
    """Tokens of all drafts for each approved one."""
    cost: Mean
    """The same in money; None where no price is set."""


class Week(_Value):
    """One week, from Monday 00:00 UTC."""

    start: AwareDatetime
    figures: Figures


class SourceFigures(_Value):
    """What one prompt with one model did."""

    source: Source
    first: AwareDatetime
    last: AwareDatetime
    figures: Figures


def figures(outcomes: Sequence[Outcome], prices: Prices = Prices()) -> Figures:  # noqa: B008 - frozen
    """Return the figures of these drafts."""
    decided = len(outcomes)
    approved = [one for one in outcomes if one.approved]
    judged = [one.judged for one in outcomes if one.judged is not None]
    return Figures(
        decided=decided,
        approved=wilson(len(approved), decided),
        unchanged=wilson(sum(one.ending is Ending.UNCHANGED for one in outcomes), decided),
        distance=_mean([one.distance for one in approved if one.distance is not None]),
        reasons=_reasons(outcomes),
        seconds=Mean(value=median(s) if (s := [o.seconds for o in outcomes]) else None, of=decided),
        judged=wilson(sum(judged), len(judged)),
        tokens=_per_approved(outcomes, len(approved), 1.0, 1.0),
        cost=_per_approved(
            outcomes if prices.known else (), len(approved), prices.read / _MILLION,
            prices.written / _MILLION,
        ),
    )  # fmt: skip


def _mean(values: Sequence[float]) -> Mean:
    return Mean(value=sum(values) / len(values) if values else None, of=len(values))


def _reasons(outcomes: Iterable[Outcome]) -> dict[str, int]:
    found = Counter(one.group for one in outcomes if one.ending is Ending.REJECTED)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _per_approved(outcomes: Sequence[Outcome], approved: int, read: float, written: float) -> Mean:
    """Return what all drafts cost for each approved one, over those whose tokens were kept."""
    counted = [one for one in outcomes if one.read or one.written]
    if not counted or not approved:
        return Mean(value=None, of=len(counted))
    spent = sum(one.read * read + one.written * written for one in counted)
    good = sum(one.approved for one in counted)
    return Mean(value=spent / good if good else None, of=len(counted))


def weekly(outcomes: Sequence[Outcome], prices: Prices = Prices()) -> list[Week]:  # noqa: B008 - as above
    """Return every week from the first to the last decision, those without one included."""
    weeks: dict[datetime, list[Outcome]] = {}
    for one in outcomes:
        weeks.setdefault(monday(one.decided_at), []).append(one)
    if not weeks:
        return []
    start, last, found = min(weeks), max(weeks), []
    while start <= last:
        found.append(Week(start=start, figures=figures(weeks.get(start, []), prices)))
        start += _WEEK
    return found


def monday(at: datetime) -> datetime:
    """Return the Monday 00:00 at or before a moment, in its own zone."""
    return (at - timedelta(days=at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


def by_source(outcomes: Sequence[Outcome], prices: Prices = Prices()) -> list[SourceFigures]:  # noqa: B008 - as above
    """Return the figures of each prompt with each model, the latest used first."""
    groups: Mapping[Source, list[Outcome]] = {
        source: [one for one in outcomes if one.source == source]
        for source in dict.fromkeys(one.source for one in outcomes)
    }
    found = [
        SourceFigures(
            source=source, first=min(one.decided_at for one in some),
            last=max(one.decided_at for one in some), figures=figures(some, prices),
        )
        for source, some in groups.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.last, one.source.key), reverse=True)
