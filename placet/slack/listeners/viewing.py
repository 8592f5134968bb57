"""View all: the whole draft in a modal, and its members as a file."""

from __future__ import annotations

import csv
import io

from slack_sdk.web.async_client import AsyncWebClient

from placet.slack import modals
from placet.slack.answers import told
from placet.slack.facts import Facts
from placet.slack.names import Seen
from placet.slack.payloads import Click
from placet.slack.room import Room
from placet.store.cards import write_opened
from tools.segments.action import BuildSegment
from tools.segments.port import Row

__all__ = ["members", "view_all"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def view_all(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Show everything about the draft as it stands, and note that this person opened it."""
    seen = click.seen
    digests: list[str] = []

    def build() -> modals.View:
        facts = room.facts(seen.draft_id)
        digests.append(facts.draft.digest)
        rows, total = _rows(room, facts, modals.MEMBERS_SHOWN)
        back = modals.Back(
            seen=Seen.of(facts.draft), channel=click.channel, thread_ts=click.thread_ts
        )
        return modals.full_view(facts, rows, total, back=back)

    if await room.show(client, click, build):
        await room.sql(_note, room, click, digests[0])


async def members(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Send every member as a file, to this person alone."""
    facts = await room.sql(room.facts, click.seen.draft_id)
    rows, total = await room.sql(_rows, room, facts, None)
    opened = await client.conversations_open(users=click.person.user)
    await client.files_upload_v2(
        channel=told(opened, "channel", "id"),
        filename=f"{facts.draft.revision.draft_id}-members.csv",
        content=_csv(rows),
        request_file_info=False,
    )
    await room.whisper(click, f"All {total:,} members are in your direct messages, as a file.")


def _note(room: Room, click: Click, digest: str) -> None:
    with room.placet.book.engine.begin() as connection:
        write_opened(connection, click.person, digest, at=room.placet.clock.now())


def _rows(room: Room, facts: Facts, most: int | None) -> tuple[list[Row], int]:
    """Return the members as people know them, at most so many, and how many there are."""
    placet, revision = room.placet, facts.draft.revision
    action = placet.gate.read_action(revision.kind, revision.action)
    if not isinstance(action, BuildSegment):
        return [], 0
    ids = placet.desk.members(facts.draft)
    return list(placet.segments.rows(ids[:most])), len(ids)


def _csv(rows: list[Row]) -> str:
    """Return the members as CSV; no cell is a formula where a spreadsheet opens it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["contact_id", "email", "name", "job_title", "company", "country"])
    for row in rows:
        cells = (row.contact_id, row.email, row.name, row.job_title, row.company, row.country)
        writer.writerow([_cell(cell or "") for cell in cells])
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
