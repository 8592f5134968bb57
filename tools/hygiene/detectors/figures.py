"""Numbers and dates that cannot be right. Nothing here knows the right one: nothing is repaired."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tools.hygiene.column import Value
from tools.hygiene.columns import Columns
from tools.hygiene.rule import Judge, Rule, Target, Verdict

__all__ = ["DATES", "NUMBERS", "ORDER"]

_RANGES: dict[str, tuple[float, float, str]] = {
    "lead_score": (0, 1_000, "scores run from 0 to at most 1,000"),
    "employees": (1, 3_000_000, "the largest employers have 2.5 million"),
    "annual_revenue": (0, 2e12, "the largest companies earn 0.7 trillion a year"),
}
_DAY = 86_400_000_000
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_EPOCHS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC))


def _open_numbers(_table: Columns, target: Target) -> Judge:
    low, high, why = _RANGES[target.field]

    def judge(value: Value) -> Sequence[Verdict]:
        if not isinstance(value, (int, float)) or low <= value <= high:
            return ()
        message = f"{value:,g} cannot be right."
        return (Verdict(message, f"{why[0].upper()}{why[1:]}.", 0.95),)

    return judge


NUMBERS = Rule(
    name="number_range",
    title="Numbers out of range",
    dimension="validity",
    severity="warn",
    finds="Negative or impossible scores, head counts and revenues.",
    never="Unusual but possible numbers. It never says which number is right.",
    source="The largest employers and revenues on record, with room above.",
    targets=(
        Target("contact", "lead_score"),
        Target("company", "employees"),
        Target("company", "annual_revenue"),
    ),
    open=_open_numbers,
)


def _shown(micros: int) -> str:
    try:
        return datetime.fromtimestamp(micros / 1e6, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return f"{micros} microseconds"


def _open_dates(table: Columns, _target: Target) -> Judge:
    latest = table.now + _DAY  # a day's grace for clocks and zones
    earliest = int(_FIRST.timestamp() * 1e6)
    epochs = {int(one.timestamp() * 1e6) // _DAY for one in _EPOCHS}

    def judge(value: Any) -> Sequence[Verdict]:
        if not isinstance(value, int) or earliest <= value <= latest:
            return ()
        shown = _shown(value)
        if value > latest:
            evidence = f"The audit ran on {table.as_of.date().isoformat()}."
            return (Verdict(f"{shown} is in the future.", evidence, 0.99),)
        if value // _DAY in epochs:
            evidence = "It is the zero of a computer's calendar."
            return (Verdict(f"{shown} stands for no date.", evidence, 0.99),)
        evidence = "Contacts were not kept in systems like this before 1990."
        return (Verdict(f"{shown} is too early.", evidence, 0.95),)

    return judge


DATES = Rule(
    name="date_range",
    title="Dates in the future or before all records",
    dimension="validity",
    severity="warn",
    finds="Create and modification dates after the audit, before 1990, or at a calendar's zero.",
    never="It never says which date is right.",
    source="The moment of the audit; the epochs of Unix and of spreadsheets.",
    targets=tuple(
        Target(subject, field)
        for subject in ("contact", "company")
        for field in ("created_at", "updated_at")
    ),
    open=_open_dates,
)


def _open_order(_table: Columns, _target: Target) -> Judge:
    def judge(updated: Any, created: Any) -> Sequence[Verdict]:
        if not (isinstance(updated, int) and isinstance(created, int)):
            return ()
        if updated >= created - _DAY:
            return ()
        evidence = f"Created {_shown(created)}, changed {_shown(updated)}."
        return (Verdict("It was changed before it was created.", evidence, 0.95),)

    return judge


ORDER = Rule(
    name="date_order",
    title="Changed before created",
    dimension="consistency",
    severity="warn",
    finds="Records whose last change lies before their creation.",
    never="A day's difference, which zones explain. It never says which date is right.",
    source="The record's own two dates.",
    targets=(
        Target("contact", "updated_at", ("created_at",)),
        Target("company", "updated_at", ("created_at",)),
    ),
    open=_open_order,
)
