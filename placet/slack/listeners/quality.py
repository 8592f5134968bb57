"""The alarm's buttons: roll the prompt back, show the figures, mute a week."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from placet.errors import Conflict
from placet.slack.blocks import Block, context, paragraph, part_blocks
from placet.slack.modals import View, modal
from placet.slack.names import Form
from placet.slack.parts import Part, Row, Span
from placet.slack.payloads import Click
from placet.slack.quality_card import figures_blocks, said_rate, said_time
from placet.slack.room import Room
from placet.slack.text import inert
from prompts import EVERYWHERE

__all__ = ["back", "figures", "mute"]

_SOURCES = 6


async def back(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Let what was approved before the alarm's prompt serve again; the store checks who may."""
    await room.whisper(click, await room.sql(_back, room, click))


def _back(room: Room, click: Click) -> str:
    alarm, prompts = room.placet.quality.alarm(click.value), room.placet.prompts
    wanted = alarm.source.prompt
    for standing, _ in prompts.standings():
        if wanted in (standing.stable, standing.canary) and standing.scope in (
            EVERYWHERE, click.team,
        ):  # fmt: skip
            turned = prompts.rollback(
                standing.name, standing.scope, person=click.person, why=f"Alarm {alarm.id}."
            )
            return f"Rolled back {standing.name}: {turned.after.words}."
    raise Conflict(
        f"The prompt {(wanted or 'none')[:12]} does not serve any more; there is nothing to roll "
        "back."
    )


async def mute(room: Room, _client: AsyncWebClient, click: Click) -> None:
    """Keep the trade's alarms to the page for a week."""
    await room.whisper(click, await room.sql(_mute, room, click))


def _mute(room: Room, click: Click) -> str:
    watch = room.placet.quality
    trade = watch.alarm(click.value).source.trade
    until = watch.mute(trade, person=click.person)
    return (
        f"Alarms about {trade} are not posted until {until:%-d %b %Y, %H:%M} UTC; the page and "
        "`placet quality` still show them."
    )


async def figures(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Show the figures behind an alarm."""
    await room.show(client, click, lambda: _figures(room, click))


def _figures(room: Room, click: Click) -> View:
    watch = room.placet.quality
    alarm, report = watch.alarm(click.value), watch.report()
    trade = next((one for one in report.trades if one.trade == alarm.source.trade), None)
    blocks: list[Block] = [paragraph(f"{alarm.source.trade.capitalize()}, the last twelve weeks.")]
    if trade is not None:
        weeks: tuple[Row, ...] = tuple(
            (
                Span(f"{one.start:%-d %b}: ", "bold"),
                Span(
                    f"as drafted {said_rate(one.figures.unchanged)}, approved "
                    f"{said_rate(one.figures.approved)}, decided in "
                    f"{said_time(one.figures.seconds.value)}"
                ),
            )
            for one in trade.weeks
        )
        sources: tuple[Row, ...] = tuple(
            (
                Span(f"{inert(one.source.said(), 120)}: ", "bold"),
                Span(f"as drafted {said_rate(one.figures.unchanged)}"),
            )
            for one in trade.sources[:_SOURCES]
        )
        blocks += part_blocks(Part(title="Weeks", rows=weeks))
        blocks += part_blocks(Part(title="Prompts and models", rows=sources))
    blocks += figures_blocks(report, room.placet.policy, watch.judges())
    blocks.append(context(f"Alarm {alarm.id}. {inert(alarm.diagnosis.why)}"))
    return modal("Quality", blocks, form=Form.WORDS)
