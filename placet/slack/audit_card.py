"""The audit as a message: scores and how they moved, what is worst, and the drafts to ask for."""

from __future__ import annotations

from collections.abc import Sequence

from placet.store.audits import Kept
from tools.hygiene.audit import Help, headline
from tools.hygiene.audit.words import moved

from .blocks import Block, actions, button, context, paragraph
from .messages import Message
from .names import Act, Asked
from .text import cut, fallback, inert, plain

__all__ = ["audit_message"]

_BAR, _FIELDS, _MOVES = 10, 5, 5


def audit_message(kept: Kept) -> Message:
    """Return an audit's message; every draft it names has a button that asks for it."""
    told = headline(kept.audit)
    blocks: list[Block] = [
        {"type": "header", "text": plain("What is wrong in the CRM")},
        paragraph(inert(told, 600)),
        paragraph("\n".join(_scores(kept))),
    ]
    if fields := _fields(kept):
        blocks.append(paragraph("\n".join(["Worst fields", *fields])))
    if moves := _moves(kept):
        blocks.append(context(moves))
    blocks += _helps(kept)
    blocks.append(
        context(f"Audit {kept.id}. Nothing was changed; what is asked for waits for a person.")
    )
    return {"text": fallback(f"CRM audit: {told}"), "blocks": blocks}


def _scores(kept: Kept) -> Sequence[str]:
    lines = []
    for score in kept.audit.scores:
        full = round(score.value / 100 * _BAR)
        by = moved(kept.trend, score.name)
        bar = "▓" * full + "░" * (_BAR - full)
        lines.append(f"{bar} {score.value:.1f} {score.name}{f' ({by})' if by else ''}")
    return lines


def _fields(kept: Kept) -> Sequence[str]:
    return [
        f"{one.subject.capitalize()} {inert(one.field, 60).replace('_', ' ')}: {one.records:,} of "
        f"{one.of:,} ({100 * one.share:.0f} %)"
        for one in kept.audit.fields[:_FIELDS]
    ]


def _moves(kept: Kept) -> str:
    if kept.trend is None or not kept.trend.findings:
        return ""
    told = ", ".join(
        f"{one.name.replace('_', ' ')} {one.by:+,.0f}" for one in kept.trend.findings[:_MOVES]
    )
    return f"Findings since {kept.trend.since:%-d %b %Y}: {told}."


def _helps(kept: Kept) -> list[Block]:
    if not kept.audit.helps:
        return [paragraph("There is nothing that a draft could repair.")]
    blocks = [paragraph("What would help most")]
    for number, one in enumerate(kept.audit.helps, 1):
        value = Asked(audit_id=kept.id, number=number).pack()
        ask = button(Act.ASK, "Draft it", value)
        blocks += [
            paragraph(f"{number}. {cut(inert(one.request, 300), 300)}\n{_why(one)}"),
            actions(f"audit:{kept.id}:{number}", [ask]),
        ]
    return blocks


def _why(one: Help) -> str:
    return (
        f"{one.marketable:,} of {one.records:,} can be mailed; "
        f"{100 * one.confidence:.0f} % sure on average."
    )
