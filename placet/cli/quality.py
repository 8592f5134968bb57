"""`placet quality`: what people do with drafts over time, and when that drifts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput

from .judging import moment
from .options import as_option, json_option
from .output import draw, emit, say, table, text
from .session import opened

if TYPE_CHECKING:
    from evals.quality import QualityReport, TradeReport
    from evals.statistics import Rate
    from placet.store.quality import Alarm, JudgeStanding
    from placet.wiring import Placet

__all__ = ["quality"]

_ALARMS = 5


@click.command(short_help="Show how good drafts are over time, with limits and alarms.")
@click.option("--since", metavar="DATE", help="From then on (YYYY-MM-DD); default: twelve weeks.")
@click.option("--prompt", metavar="HASH", help="Only drafts of this prompt; the start is enough.")
@click.option("--mute", "trade", type=click.Choice(["segments", "emails", "records"]),
              help="Post no alarm about this trade for a week; admins.")  # fmt: skip
@click.option("--post-to", "channel", metavar="CHANNEL",
              help="A channel that alarms and digests go to besides; - for none.")  # fmt: skip
@as_option()
@json_option
def quality(
    *, since: str | None, prompt: str | None, trade: str | None, channel: str | None,
    person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Show approvals, edits, reasons, time and cost by week, by prompt and by model.

    Shares stand with 95 % intervals and the number of cases. A control chart alarms once drafts
    approved as drafted become fewer; the alarm says whether the model, the requests or the
    reviewers changed.
    """
    if prompt is not None and prompt.strip("0123456789abcdef"):
        raise BadInput(f"{prompt!r} is no hash; `placet prompts list` shows them.")
    with opened() as placet:
        watch = placet.quality
        if trade is not None or channel is not None:
            _set(placet, watch, trade, channel, person, as_json=as_json)
            return
        report = watch.report(since=moment(since), prompt=prompt)
        alarms, judges = watch.alarms(limit=_ALARMS), watch.judges()
        drafts, replies = watch.thumbs(since=report.since)
        names = {one.person: _name(placet, one.person) for one in report.habits}
    if as_json:
        emit({
            **report.model_dump(mode="json"), "alarms": alarms, "judges": judges,
            "thumbs": {"drafts": asdict(drafts), "replies": asdict(replies)},
        })  # fmt: skip
    else:
        _print(report, alarms, judges, names)


def _set(
    placet: Placet, watch: Any, trade: str | None, channel: str | None, person: str | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    who, done = placet.person(person), dict[str, Any]()
    if trade is not None:
        done["muted_until"] = watch.mute(trade, person=who)
    if channel is not None:
        watch.check_may(who, "say where alarms are posted")
        place = None if channel == "-" else f"{who.team}/{channel}"
        watch.turns.post_to(place, placet.clock.now())
        done["post_to"] = place
    if as_json:
        emit(done)
        return
    if trade is not None:
        say(f"No alarm about {trade} is posted until {done['muted_until']:%Y-%m-%d %H:%M} UTC.")
    if channel is not None:
        say(f"Alarms and the digest go to {done['post_to'] or 'the admins alone'}.")


def _name(placet: Placet, key: str) -> str:
    from gates.people import Person

    return placet.policy.name_of(Person.from_key(key))


# --- for people ----------------------------------------------------------------------------------


def _print(
    report: QualityReport, alarms: list[Alarm], judges: list[JudgeStanding], names: dict[str, str]
) -> None:
    say(
        f"{report.figures.decided} drafts decided since {report.since:%Y-%m-%d}; approved as "
        f"drafted: {_rate(report.figures.unchanged)}."
    )
    for one in report.trades:
        say()
        _print_trade(one)
    for habit in report.habits:
        if habit.fast or habit.uniform:
            say()
            what = "approves faster than the drafts can be read" if habit.fast else (
                f"approved all {habit.decided} drafts without one change"
            )  # fmt: skip
            draw(text(f"@{names[habit.person]} {what} (median {habit.seconds:.0f} s, reading takes "
                      f"about {habit.needed:.0f} s).", "yellow"))  # fmt: skip
    if alarms:
        say()
        draw(text("Alarms", "bold"))
    for alarm in alarms:
        say(
            f"  {alarm.at:%Y-%m-%d} {alarm.source.said()}: {_rate(alarm.now)}, against "
            f"{_rate(alarm.reference)} before. {alarm.diagnosis.cause}: {alarm.diagnosis.why}"
            + (f" {alarm.went_back}" if alarm.went_back else "")
        )
    for judge in judges:
        say()
        say(f"Judge of {judge.judge.about}, {judge.power.said}: {judge.power.why}")


def _print_trade(one: TradeReport) -> None:
    draw(text(one.trade.capitalize(), "bold"))
    table(
        ["week", "decided", "approved", "as drafted", "edited", "time", "cost"],
        [[f"{week.start:%Y-%m-%d}", *_row(week.figures)] for week in one.weeks],
        empty="", right=["decided"], whole=["week"],
    )  # fmt: skip
    table(
        ["prompt", "model", "decided", "approved", "as drafted", "edited", "time", "cost"],
        [
            [(s.source.prompt or s.source.drafter)[:12], s.source.model or "-", *_row(s.figures)]
            for s in one.sources
        ],
        empty="", right=["decided"], whole=["prompt"],
    )  # fmt: skip
    for chart in one.charts:
        if chart.chart is None:
            say(f"{chart.source.said()}: limits come after 50 decisions ({chart.reference.of}).")
        else:
            score = chart.scores[-1] if chart.scores else 0
            say(
                f"{chart.source.said()}: control chart at {score} of {chart.chart.limit}, "
                f"{len(chart.alarms)} alarms; in control {_rate(chart.reference)}."
            )
    if one.figures.reasons:
        told = ", ".join(f"{name} ({count})" for name, count in one.figures.reasons.items())
        say(f"Rejected for: {told}.")


def _row(figures: Any) -> list[str]:
    edited, seconds, cost = figures.distance.value, figures.seconds.value, figures.cost.value
    return [
        str(figures.decided), _rate(figures.approved), _rate(figures.unchanged),
        "-" if edited is None else f"{100 * edited:.0f} %",
        "-" if seconds is None else f"{seconds / 60:,.0f} min",
        "-" if cost is None else f"{cost:.4g}",
    ]  # fmt: skip


def _rate(rate: Rate) -> str:
    if rate.value is None:
        return "-"
    return f"{rate.hits} of {rate.of} ({100 * rate.low:.0f}-{100 * rate.high:.0f} %)"
