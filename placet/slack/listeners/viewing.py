"""View all: the whole draft in a modal, its members as a file, and the files it names."""

from __future__ import annotations

import csv
import io

from slack_sdk.web.async_client import AsyncWebClient

from gates.files import FileRef
from gates.sections import files_in
from placet.errors import Conflict, NotAllowed
from placet.slack import modals
from placet.slack.answers import told
from placet.slack.blocks import Pictures
from placet.slack.cards import read_card
from placet.slack.facts import Facts, has_say
from placet.slack.names import Seen
from placet.slack.payloads import Click
from placet.slack.pictures import with_pictures
from placet.slack.room import Room
from placet.slack.sections import size_of
from placet.slack.text import inert
from placet.store.cards import write_opened
from placet.store.files import SqlFiles
from tools.email.action import SendEmail
from tools.segments.action import BuildSegment
from tools.segments.port import Row

__all__ = ["files", "members", "view_all"]

_LARGEST_FILE, _MOST_FILES = 30_000_000, 20
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def view_all(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Show everything about the draft as it stands, and note that this person opened it.

    The words are there at once; pictures follow when Slack has them.
    """
    seen = click.seen
    held: list[tuple[Facts, list[Row], int]] = []

    def build(pictures: Pictures) -> modals.View:
        if not held:
            facts = room.facts(seen.draft_id)
            held.append((facts, *_rows(room, facts, modals.MEMBERS_SHOWN)))
        facts, rows, total = held[0]
        back = modals.Back(
            seen=Seen.of(facts.draft), channel=click.channel, thread_ts=click.thread_ts
        )
        return modals.full_view(facts, rows, total, back=back, pictures=pictures)

    view_id = await room.show(client, click, lambda: build({}))
    if view_id is None:
        return
    await room.sql(_note, room, click, held[0][0].draft.digest)
    pictures = await room.uploads.of(client, click.team, read_card(held[0][0], full=True))
    if pictures:
        await with_pictures(pictures, lambda them: room.update(client, view_id, build(them)))


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


async def files(room: Room, client: AsyncWebClient, click: Click) -> None:
    """Send what the draft of this very digest names, to a person who has a say in it alone."""
    sent, left = await room.sql(_files, room, click)
    if sent:
        opened = await client.conversations_open(users=click.person.user)
        uploads = [{"filename": ref.name, "content": data, "title": ref.name} for ref, data in sent]
        await client.files_upload_v2(
            channel=told(opened, "channel", "id"), file_uploads=uploads, request_file_info=False
        )
    words = [f"{len(sent)} of its files are in your direct messages."] if sent else []
    if left:
        names = ", ".join(f"{inert(ref.name)} ({size_of(ref)})" for ref in left)
        where = f"placet show {click.seen.draft_id} --files DIR"
        words.append(f"Too large to be sent: {names}. `{where}` writes them out.")
    await room.whisper(click, " ".join(words) or "This draft has no files.")


def _files(room: Room, click: Click) -> tuple[list[tuple[FileRef, bytes]], list[FileRef]]:
    """Return the files to send, and those that are too large.

    Raises:
        Conflict: there is another revision.
        NotAllowed: the person has no say in it.
    """
    draft, seen, policy = room.draft(click.seen.draft_id), click.seen, room.placet.policy
    if draft.digest != seen.digest:
        raise Conflict(f"This is revision {seen.revision}; see revision {draft.revision.revision}.")
    if not has_say(policy, draft.revision, click.person):
        raise NotAllowed(
            "Its files name people; only who asked for it, its approvers and admins get them."
        )
    kept = SqlFiles(room.placet.engine)
    refs = files_in(draft.revision.evidence, draft.revision.action)
    small = [ref for ref in refs if 0 < ref.size <= _LARGEST_FILE][:_MOST_FILES]
    return [(ref, kept.read(ref.sha256)) for ref in small], [r for r in refs if r not in small]


def _note(room: Room, click: Click, digest: str) -> None:
    with room.placet.book.engine.begin() as connection:
        write_opened(connection, click.person, digest, at=room.placet.clock.now())


def _rows(room: Room, facts: Facts, most: int | None) -> tuple[list[Row], int]:
    """Return the members as people know them, at most so many, and how many there are."""
    placet, revision = room.placet, facts.draft.revision
    action = placet.gate.read_action(revision.kind, revision.action)
    if not isinstance(action, BuildSegment | SendEmail):
        return [], 0  # its targets are no contacts
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
