"""`placet audit crm`: what is wrong in the CRM, how it moved, and what would help most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput, NotFound

from .options import as_option, json_option
from .output import emit, say, table
from .session import opened

if TYPE_CHECKING:
    from placet.store.audits import Kept, Schedule
    from placet.wiring import Placet

__all__ = ["audit"]

_BAR = 20
_FLAWS = 3


@click.group(short_help="Find what is wrong in the CRM.")
def audit() -> None:
    """Find what is wrong, and what would help most."""


@audit.command(short_help="Score the CRM, and show the worst fields and records.")
@click.option("--last", is_flag=True, help="Show the last audit instead of making one.")
@click.option("--schedule", "every", type=click.Choice(["daily", "weekly", "off"]),
              help="Audit at 06:00 every day, or on Mondays; off ends it.")  # fmt: skip
@click.option("--post-to", "channel", metavar="CHANNEL",
              help="With --schedule: the id of a channel that hears of it besides.")  # fmt: skip
@as_option()
@json_option
def crm(
    *, last: bool, every: str | None, channel: str | None, person: str | None, as_json: bool
) -> None:
    """Look at every contact and company once: scores, trend, what is worst, what would help.

    It changes nothing. --schedule sets when it runs by itself: it then tells the person who set
    it and the admins what changed, and asks for the drafts that would help; they wait for approval.
    """
    if channel and every is None:
        raise BadInput("--post-to belongs to --schedule daily or --schedule weekly.")
    if last and every is not None:
        raise BadInput("--last shows an audit and --schedule sets the clock; give one of them.")
    with opened() as placet:
        if every is not None:
            _schedule(placet, every, channel, person, as_json=as_json)
            return
        kept = _last(placet) if last else _run(placet)
        schedule = _auditor(placet).audits.schedule()
    if as_json:
        emit(_document(kept, schedule))
    else:
        _print(kept, schedule)


def _auditor(placet: Placet) -> Any:
    from placet.wiring.audits import auditor_of

    return auditor_of(placet)


def _run(placet: Placet) -> Kept:
    kept: Kept = _auditor(placet).run()
    return kept


def _last(placet: Placet) -> Kept:
    kept: Kept | None = _auditor(placet).audits.last()
    if kept is None:
        raise NotFound("There was no audit yet; run `placet audit crm`.")
    return kept


def _schedule(
    placet: Placet, every: str, channel: str | None, name: str | None, *, as_json: bool
) -> None:
    from typing import cast

    from placet.store.audits import Every

    person = placet.person(name)
    schedule = _auditor(placet).audits.set_schedule(
        cast("Every", every), person=person, place=f"{person.team}/{channel}" if channel else None,
        now=placet.clock.now(), timezone=placet.settings.timezone,
    )  # fmt: skip
    if as_json:
        emit({"schedule": _scheduled(schedule)})
    else:
        say(_next(schedule))


def _next(schedule: Schedule) -> str:
    if schedule.next_at is None:
        return "No audit is scheduled."
    return (
        f"Audited {schedule.every}; next on {schedule.next_at:%Y-%m-%d at %H:%M} UTC, by a worker "
        "that runs then (`placet serve` or `placet work`)."
    )


# --- as JSON -------------------------------------------------------------------------------------


def _scheduled(schedule: Schedule | None) -> dict[str, Any] | None:
    if schedule is None:
        return None
    return {
        "every": schedule.every, "next_at": schedule.next_at, "person": schedule.person.key,
        "place": schedule.place,
    }  # fmt: skip


def _document(kept: Kept, schedule: Schedule | None) -> dict[str, Any]:
    body = kept.audit.model_dump(mode="json")
    for one, score in zip(body["scores"], kept.audit.scores, strict=True):
        one["value"] = round(score.value, 2)
    for one, help_ in zip(body["helps"], kept.audit.helps, strict=True):
        one["weight"] = round(help_.weight, 2)
    trend = None
    if kept.trend is not None:
        trend = {
            "since": kept.trend.since,
            "scores": {one.name: round(one.by, 2) for one in kept.trend.scores},
            "findings": {one.name: int(one.by) for one in kept.trend.findings},
        }
    return {"id": kept.id, **body, "trend": trend, "schedule": _scheduled(schedule)}


# --- for people ----------------------------------------------------------------------------------


def _print(kept: Kept, schedule: Schedule | None) -> None:
    from tools.hygiene.audit import headline

    audited, trend = kept.audit, kept.trend
    say(f"Audit of {audited.at:%Y-%m-%d %H:%M} UTC, {audited.seconds:.1f} s. {headline(audited)}")
    say()
    _print_scores(kept)
    say()
    _print_fields(kept)
    say()
    _print_records(kept)
    if trend is not None and trend.findings:
        say()
        moves = ", ".join(f"{one.name} {one.by:+,.0f}" for one in trend.findings[:5])
        say(f"Findings since {trend.since:%Y-%m-%d}: {moves}.")
    say()
    for line in _helps(kept):
        say(line)
    if schedule is not None:
        say()
        say(_next(schedule))


def _print_scores(kept: Kept) -> None:
    from tools.hygiene.audit.words import moved

    rows = [
        (
            one.name, f"{one.value:.1f}", moved(kept.trend, one.name), _bar(one.value),
            one.definition,
        )
        for one in kept.audit.scores
    ]  # fmt: skip
    headings = ("score", "of 100", "since", "", "what it means")
    table(headings, rows, empty="No scores.", right=("of 100", "since"), whole=("score", ""))


def _bar(value: float) -> str:
    full = round(value / 100 * _BAR)
    return "█" * full + "░" * (_BAR - full)


def _print_fields(kept: Kept) -> None:
    rows = [
        (f"{one.subject} {one.field}", f"{one.records:,}", f"{100 * one.share:.1f} %",
         ", ".join(one.detectors[:3]))
        for one in kept.audit.fields
    ]  # fmt: skip
    headings = ("worst fields", "records", "share", "found by")
    table(headings, rows, empty="No field has anything wrong.", right=("records", "share"))


def _print_records(kept: Kept) -> None:
    rows = [(one.record, one.label, _flaws(one.flaws)) for one in kept.audit.records[:5]]
    headings = ("worst records", "who", "what is wrong")
    table(headings, rows, empty="No record has anything wrong.", whole=("worst records",))


def _flaws(flaws: Any) -> str:
    told = "; ".join(f"{one.field}: {one.message.rstrip('.')}" for one in flaws[:_FLAWS])
    more = f"; and {len(flaws) - _FLAWS} more" if len(flaws) > _FLAWS else ""
    return told + more


def _helps(kept: Kept) -> Iterator[str]:
    from tools.hygiene.audit.words import help_line

    if not kept.audit.helps:
        yield "There is nothing that a draft could repair."
        return
    yield "What would help most:"
    for one in kept.audit.helps:
        yield f'  placet ask "{one.request}"'
        yield f"    {help_line(one).partition(' (')[2].rstrip(')')}"
