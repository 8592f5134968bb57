"""The audit as a message: scores and how they moved, what is worst, and the drafts to ask for."""

from __future__ import annotations

from placet.store.audits import Kept
from tools.hygiene.audit import Help, headline
from tools.hygiene.audit.words import moved

from .blocks import Block, button, context, paragraph, part_blocks
from .messages import Message
from .names import Act, Asked
from .parts import Part, Row, Span
from .text import cut, fallback, inert, plain

__all__ = ["audit_message"]

_BAR, _FIELDS, _MOVES = 10, 5, 5


def audit_message(kept: Kept, *, drafted: bool = False) -> Message:
    """Return an audit's message.

    Each draft that it names has a button that asks for it, unless they were `drafted` already: a
    scheduled audit asks for them itself.
    """
    told = headline(kept.audit)
    blocks: list[Block] = [
        {"type": "header", "text": plain("What is wrong in the CRM")},
        paragraph(inert(told, 600)),
        *part_blocks(Part(title="Scores", table=_scores(kept))),
    ]
    if fields := _fields(kept):
        blocks += part_blocks(Part(title="Worst fields", rows=fields))
    if moves := _moves(kept):
        blocks.append(context(moves))
    blocks += _helps(kept, drafted=drafted)
    end = "The drafts were asked for and wait for those who may approve." if drafted else ""
    blocks.append(context(f"Audit {kept.id}. Nothing was changed. {end}".strip()))
    return {"text": fallback(f"CRM audit: {told}"), "blocks": blocks}


def _scores(kept: Kept) -> tuple[tuple[str, ...], ...]:
    rows = []
    for score in kept.audit.scores:
        full = round(score.value / 100 * _BAR)
        by = moved(kept.trend, score.name) or "unchanged"
        bar = "█" * full + "░" * (_BAR - full)
        since = by if kept.trend else "first audit"
        rows.append((score.name.capitalize(), f"{score.value:.1f}", since, bar))
    return (("Score", "Of 100", "Since the last", "█ = 10"), *rows)


def _fields(kept: Kept) -> tuple[Row, ...]:
    return tuple(
        (
            Span(f"{one.subject.capitalize()} {inert(one.field, 60).replace('_', ' ')}: ", "bold"),
            Span(f"{one.records:,} of {one.of:,} ({100 * one.share:.0f} %)"),
        )
        for one in kept.audit.fields[:_FIELDS]
    )


def _moves(kept: Kept) -> str:
    if kept.trend is None or not kept.trend.findings:
        return ""
    told = ", ".join(
        f"{one.name.replace('_', ' ')} {one.by:+,.0f}" for one in kept.trend.findings[:_MOVES]
    )
    return f"Findings since {kept.trend.since:%-d %b %Y}: {told}."


def _helps(kept: Kept, *, drafted: bool) -> list[Block]:
    if not kept.audit.helps:
        return [paragraph("There is nothing that a draft could repair.")]
    if drafted:
        rows = tuple((Span(f"{_said(one)}: ", "bold"), Span(_why(one))) for one in kept.audit.helps)
        return part_blocks(Part(title="What would help most", rows=rows))
    blocks = part_blocks(Part(title="What would help most"))
    for number, one in enumerate(kept.audit.helps, 1):
        value = Asked(audit_id=kept.id, number=number).pack()
        line = paragraph(f"{number}. {_said(one)}\n{_why(one)}")
        blocks.append(line | {"accessory": button(Act.ASK, "Draft it", value)})
    return blocks


def _said(one: Help) -> str:
    return cut(inert(one.request, 300), 300)


def _why(one: Help) -> str:
    return (
        f"{one.marketable:,} of {one.records:,} can be mailed; "
        f"{100 * one.confidence:.0f} % sure on average."
    )
