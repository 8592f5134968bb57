"""Quality in Slack: the alarm with its cause and its buttons, and the digest of a week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evals.quality import Cause, Figures, QualityReport
from evals.statistics import Rate
from gates.people import Person
from gates.policy import Policy
from placet.store.quality import Alarm, JudgeStanding

from .blocks import Block, actions, button, context, paragraph, part_blocks
from .messages import Message
from .names import Act
from .parts import Part, Row, Span
from .text import cut, fallback, inert, plain

__all__ = ["alarm_message", "digest_message", "figures_blocks", "said_rate", "said_time"]

_CAUSES: Final = {
    Cause.MODEL: "The model changed: under the same prompt it fails frozen cases that it passed.",
    Cause.PROMPT: "The prompt changed: frozen cases that passed before fail under this one.",
    Cause.REQUESTS: "The requests changed: other things are asked for than before.",
    Cause.REVIEWERS: "The reviewers changed: other people decide, or decide otherwise.",
    Cause.UNTOLD: "The cause is not told: nothing that is watched explains it.",
}
_MOST_REASONS = 4


def alarm_message(alarm: Alarm) -> Message:
    """Return the message that a chart left control."""
    told = f"Fewer {alarm.source.trade} drafts are approved as drafted"
    blocks: list[Block] = [
        {"type": "header", "text": plain(cut(told, 150))},
        paragraph(
            f"Approved unchanged: {said_rate(alarm.now)} since {alarm.since:%-d %b %Y}, against "
            f"{said_rate(alarm.reference)} before. Drafted by {inert(alarm.source.said(), 200)}."
        ),
        *part_blocks(Part(title=_CAUSES[alarm.diagnosis.cause], text=inert(alarm.diagnosis.why))),
    ]
    if alarm.went_back:
        blocks += part_blocks(
            Part(title="It went back by itself", text=inert(alarm.went_back), loud=True)
        )
    blocks.append(actions(f"quality:{alarm.id}", list(_buttons(alarm))))
    blocks.append(
        context(
            f"Alarm {alarm.id}: CUSUM over decisions, limit {alarm.chart.limit}; in control it "
            f"alarms about once in {alarm.chart.in_control:,.0f} decisions."
        )
    )
    return {"text": fallback(f"{told}: {said_rate(alarm.now)}"), "blocks": blocks}


def _buttons(alarm: Alarm) -> Sequence[Block]:
    made = [button(Act.QUALITY_FIGURES, "Show figures", alarm.id)]
    if alarm.source.prompt is not None and not alarm.went_back:
        ask = {
            "title": plain("Roll back the prompt?"),
            "text": plain(
                f"What was approved before {alarm.source.prompt[:12]} serves again, byte for byte, "
                "from the next request on."
            ),
            "confirm": plain("Roll back"), "deny": plain("Leave it"),
        }  # fmt: skip
        made.append(
            button(Act.QUALITY_BACK, "Roll back the prompt", alarm.id, style="danger", confirm=ask)
        )
    return [*made, button(Act.QUALITY_MUTE, "Mute a week", alarm.id)]


def digest_message(
    week: QualityReport, before: QualityReport, judges: Sequence[JudgeStanding], policy: Policy
) -> Message:
    """Return the digest of a week, each trade beside the week before."""
    told = f"Drafts in the week of {week.since:%-d %b %Y}: {week.figures.decided} decided"
    old = {one.trade: one.figures for one in before.trades}
    blocks: list[Block] = [
        {"type": "header", "text": plain(cut(told, 150))},
        paragraph(
            f"Approved: {said_rate(week.figures.approved)}. As drafted: "
            f"{said_rate(week.figures.unchanged)}."
        ),
        *part_blocks(Part(title="Trades", table=_table(week, old))),
        *figures_blocks(week, policy, judges),
    ]
    blocks.append(context("Shares in brackets are 95 % intervals; few cases say little."))
    return {"text": fallback(told), "blocks": blocks}


def _table(week: QualityReport, old: dict[str, Figures]) -> tuple[tuple[str, ...], ...]:
    rows = [("Trade", "Decided", "Approved", "As drafted", "Week before", "Edited", "Time", "Cost")]
    for one in week.trades:
        now, then = one.figures, old.get(one.trade)
        cost, edited = now.cost.value, now.distance.value
        rows.append((
            one.trade.capitalize(), f"{now.decided}", said_rate(now.approved),
            said_rate(now.unchanged), said_rate(then.unchanged) if then else "-",
            "-" if edited is None else f"{100 * edited:.0f} %", said_time(now.seconds.value),
            "-" if cost is None else f"{cost:.4g} ({now.cost.of})",
        ))  # fmt: skip
    return tuple(rows)


def figures_blocks(
    report: QualityReport, policy: Policy, judges: Sequence[JudgeStanding]
) -> list[Block]:
    """Return why drafts were rejected, which decisions say little, and what judges may do."""
    blocks: list[Block] = []
    reasons = [
        f"{name} ({count})" for name, count in list(report.figures.reasons.items())[:_MOST_REASONS]
    ]
    if reasons:
        blocks += part_blocks(Part(title="Why drafts were rejected", text=", ".join(reasons)))
    if haste := _habits(report, policy):
        blocks += part_blocks(Part(title="Approvals that say little", rows=haste, loud=True))
    if judges:
        blocks += part_blocks(Part(title="Judges", rows=tuple(_judge(one) for one in judges)))
    return blocks


def _habits(report: QualityReport, policy: Policy) -> tuple[Row, ...]:
    rows: list[Row] = []
    for one in report.habits:
        who = inert(policy.name_of(Person.from_key(one.person)), 60)
        if one.fast:
            said = f"approves within {said_time(one.seconds)}, and reading takes about "
            rows.append((Span(f"@{who} ", "bold"), Span(f"{said}{said_time(one.needed)}.")))
        if one.uniform:
            said = f"approved all {one.decided} without one change, and rejected none."
            rows.append((Span(f"@{who} ", "bold"), Span(said)))
    return tuple(rows)


def _judge(one: JudgeStanding) -> Row:
    name = f"{one.judge.about.replace('_', ' ')}, {one.power.said}: "
    return (Span(name, "bold"), Span(inert(one.power.why)))


def said_rate(rate: Rate) -> str:
    """Return a share with what it rests on: `7 of 10 (40 to 89 %)`."""
    if rate.value is None:
        return "none"
    return f"{rate.hits} of {rate.of} ({100 * rate.low:.0f} to {100 * rate.high:.0f} %)"


def said_time(seconds: float | None) -> str:
    """Return a duration in the unit that people say it in."""
    if seconds is None:
        return "-"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
