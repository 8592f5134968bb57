"""How each kind of outbox row is said: cards, replies, whispers, and how a conversation stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from gates.people import Person
from placet.log import get_logger
from placet.store import outbox
from placet.store.announce import Thread
from placet.store.book import read_draft
from placet.store.cards import Copy, forget_card, read_copy, show_card, thread_states
from placet.store.outbox import Post
from placet.store.views import list_drafts, read_request
from placet.wiring.audits import auditor_of

from .answers import code_of, is_passing, retry_after, told
from .audit_card import audit_message
from .blocks import Pictures
from .cards import read_card
from .check import faults
from .facts import Facts, read_facts
from .messages import QUIET, Message, card_message, plain_card, reply_message, words_message
from .pictures import Uploads, with_pictures
from .quality_card import alarm_message, digest_message
from .text import fallback

if TYPE_CHECKING:
    from placet.wiring import Placet

__all__ = ["Gone", "Poster"]

_log = get_logger(__name__)
_EVENT = "placet_post"
_LOST = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_NOT_THERE = frozenset(
    {
        "not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived",
        "cannot_reply_to_message",
    }
)  # fmt: skip
_WORKING = "is working on it …"


class Gone(Exception):
    """There is nothing to say any more, or nobody to say it to."""


class Poster:
    """Says one row; raises what Slack and the network raise."""

    def __init__(self, placet: Placet, client_for: Callable[[str], AsyncWebClient]) -> None:
        self._placet, self._client_for = placet, client_for
        self._direct: dict[tuple[str, str], str] = {}
        self._uploads = Uploads(placet)
        self._kinds = {
            "card": self._card,
            "reply": self._reply,
            "whisper": self._whisper,
            "session": self._session,
            "head": self._head,
            "audit": self._audit,
            "quality_alarm": self._alarm,
            "quality_digest": self._digest,
        }

    async def post(self, post: Post) -> None:
        """Say it.

        Raises:
            Gone: it needs no saying any more.
            SlackApiError: Slack refused.
        """
        kind = self._kinds.get(post.kind)
        if kind is None:
            raise Gone(f"this version does not know what a {post.kind} is")
        await kind(post)

    # --- cards ---------------------------------------------------------------------------------

    async def _card(self, post: Post) -> None:
        copy, facts = await asyncio.to_thread(self._read_card, post)
        if copy is None or copy.shown >= post.body["turn"]:
            raise Gone("a later card shows it already")
        team = copy.place.split("/")[0]
        client = self._client_for(team)
        viewer = Person.from_key(copy.viewer) if copy.viewer else None

        async def put(pictures: Pictures) -> tuple[str, str]:
            shown = card_message(facts, self._placet.policy, viewer, pictures=pictures)
            return await self._put_card(client, post, copy, self._checked(shown, facts))

        pictures = await self._uploads.of(client, team, read_card(facts))
        channel, ts = await with_pictures(pictures, put)
        await asyncio.to_thread(self._shown, copy, channel, ts)

    def _read_card(self, post: Post) -> tuple[Copy | None, Facts]:
        with self._placet.book.reader.connect() as connection:
            copy = read_copy(connection, post.body["draft"], post.body["place"])
            draft = read_draft(connection, post.body["draft"])
            return copy, read_facts(self._placet, connection, draft)

    def _checked(self, message: Message, facts: Facts) -> Message:
        wrong = faults(message["blocks"], "message")
        if not wrong:
            return message
        _log.error("a card cannot be shown: %s", "; ".join(wrong[:3]))
        return plain_card(facts)

    async def _put_card(
        self, client: AsyncWebClient, post: Post, copy: Copy, message: Message
    ) -> tuple[str, str]:
        """Update the copy where it stands; post it where it does not stand yet, or was deleted."""
        if copy.channel and copy.ts:
            try:
                await client.chat_update(channel=copy.channel, ts=copy.ts, **message)
            except SlackApiError as error:
                if code_of(error) not in _LOST:
                    raise
                await asyncio.to_thread(self._forget, copy)
            else:
                return copy.channel, copy.ts
        team, channel, *ts = copy.place.split("/")
        try:
            where = await self._channel(client, team, channel)
            return await self._say(client, post, where, ts[0] if ts else None, message)
        except SlackApiError as error:
            if code_of(error) not in _NOT_THERE or channel.startswith("@"):
                raise
            facts = await asyncio.to_thread(self._read_card, post)
            user = facts[1].draft.revision.requester.user
            where = await self._channel(client, team, f"@{user}")
            return await self._say(client, post, where, None, message)

    def _shown(self, copy: Copy, channel: str, ts: str) -> None:
        with self._placet.book.engine.begin() as connection:
            show_card(connection, copy, channel=channel, ts=ts)

    def _forget(self, copy: Copy) -> None:
        with self._placet.book.engine.begin() as connection:
            forget_card(connection, copy)

    # --- replies -------------------------------------------------------------------------------

    async def _reply(self, post: Post) -> None:
        request, drafted = await asyncio.to_thread(self._read_reply, post.body["request"])
        if drafted or not request["reply"]:
            raise Gone("its card says it")
        thread = Thread.read(request["thread_id"])
        if thread is None:
            raise Gone("it was not asked in a channel")
        client = self._client_for(thread.team)
        message = reply_message(
            request["reply"], request["clarification"], request_id=request["id"]
        )
        try:
            await self._say(client, post, thread.channel, thread.ts, message)
        except SlackApiError as error:
            if code_of(error) not in _NOT_THERE:
                raise
            user = Person.from_key(request["person"]).user
            where = await self._channel(client, thread.team, f"@{user}")
            await self._say(client, post, where, None, message)

    def _read_reply(self, request_id: str) -> tuple[dict[str, Any], bool]:
        with self._placet.book.reader.connect() as connection:
            request = read_request(connection, request_id)
            return request, bool(list_drafts(connection, request_id=request_id))

    # --- whispers ------------------------------------------------------------------------------

    async def _whisper(self, post: Post) -> None:
        body = post.body
        client = self._client_for(body["team"])
        message = words_message(body["words"])
        if body["channel"]:
            try:
                await client.chat_postEphemeral(
                    channel=body["channel"], user=body["user"], thread_ts=body["thread"], **message
                )
            except SlackApiError as error:
                if code_of(error) not in _NOT_THERE:
                    raise
            else:
                return
        where = await self._channel(client, body["team"], f"@{body['user']}")
        await self._say(client, post, where, None, message)

    async def _head(self, post: Post) -> None:
        """Note the ledger's head where the database's owner cannot rewrite it."""
        team, _, channel = post.body["place"].partition("/")
        client = self._client_for(team)
        seq, sealed = post.body["seq"], post.body["hash"]
        words = (
            f"The ledger's head today: row {seq}, {sealed}\n"
            f"A cut-off end would show with: placet ledger verify --head {seq}:{sealed}"
        )
        where = await self._channel(client, team, channel)
        await self._say(client, post, where, None, words_message(words))

    async def _audit(self, post: Post) -> None:
        """Tell what an audit found and how it moved."""
        team, _, channel = post.body["place"].partition("/")
        client = self._client_for(team)
        kept = await asyncio.to_thread(auditor_of(self._placet).audits.read, post.body["audit"])
        message = audit_message(kept, drafted=post.body["drafted"])
        try:
            where = await self._channel(client, team, channel)
            await self._say(client, post, where, None, message)
        except SlackApiError as error:
            if code_of(error) not in _NOT_THERE or channel.startswith("@"):
                raise
            where = await self._channel(client, team, f"@{post.body['user']}")
            await self._say(client, post, where, None, message)

    async def _alarm(self, post: Post) -> None:
        """Tell that a chart left control, and what may be done."""
        alarm = await asyncio.to_thread(self._placet.quality.alarm, post.body["alarm"])
        await self._notice(post, alarm_message(alarm))

    async def _digest(self, post: Post) -> None:
        """Tell how a week went."""
        watch = self._placet.quality
        week = datetime.fromisoformat(post.body["week"])
        this, last, judges = await asyncio.to_thread(
            lambda: (watch.week(week), watch.week(week - timedelta(days=7)), watch.judges())
        )
        await self._notice(post, digest_message(this, last, judges, self._placet.policy))

    async def _notice(self, post: Post, message: Message) -> None:
        """Post what belongs to no conversation; a channel that is not there any more is left."""
        team, _, channel = post.body["place"].partition("/")
        client = self._client_for(team)
        try:
            where = await self._channel(client, team, channel)
            await self._say(client, post, where, None, message)
        except SlackApiError as error:
            if code_of(error) not in _NOT_THERE or channel.startswith("@"):
                raise
            raise Gone(f"Slack says {code_of(error)}; the admins were told") from None

    # --- how a conversation stands -------------------------------------------------------------

    async def _session(self, post: Post) -> None:
        """Tell Slack whether Placet works, waits for a person, or is done; best effort.

        Source: agents.sessions.setStatus; apps that are not declared as agents are refused, and
        then the older status line is all there is.
        """
        states = await asyncio.to_thread(self._read_session, post)
        thread = Thread.read(post.body["thread"])
        if states is None or thread is None:
            raise Gone("it is said once more later")
        status, title, person = states
        client = self._client_for(thread.team)
        channel, ts = thread.channel, thread.ts
        try:
            await client.agents_sessions_setStatus(
                channel_id=channel,
                thread_ts=ts,
                status=status,
                title=title,
                initiator_user_id=person,
            )
            if status == "processing":
                await client.assistant_threads_setStatus(
                    channel_id=channel, thread_ts=ts, status=_WORKING
                )
        except SlackApiError as error:
            if retry_after(error) is not None:
                raise
            raise Gone(f"Slack says {error.response.get('error')}") from None

    def _read_session(self, post: Post) -> tuple[str, str, str] | None:
        with self._placet.book.reader.connect() as connection:
            if outbox.later(connection, post):
                return None
            stands = thread_states(connection, post.body["thread"])
        return stands.session, fallback(stands.title, 180), stands.user

    # --- the one way to post -------------------------------------------------------------------

    async def _channel(self, client: AsyncWebClient, team: str, channel: str) -> str:
        """Return a channel's id; `@user` is that person's direct messages."""
        if not channel.startswith("@"):
            return channel
        known = self._direct.get((team, channel))
        if known is None:
            opened = await client.conversations_open(users=channel[1:])
            known = self._direct[team, channel] = told(opened, "channel", "id")
        return known

    async def _say(
        self,
        client: AsyncWebClient,
        post: Post,
        channel: str,
        thread_ts: str | None,
        message: Message,
    ) -> tuple[str, str]:
        if post.tries:
            there = await self._find(client, post, channel, thread_ts)
            if there is not None:
                return channel, there
        posted = await client.chat_postMessage(
            channel=channel,
            thread_ts=thread_ts,
            metadata={"event_type": _EVENT, "event_payload": {"key": post.key}},
            **message,
            **QUIET,
        )
        return told(posted, "channel"), told(posted, "ts")

    async def _find(
        self, client: AsyncWebClient, post: Post, channel: str, thread_ts: str | None
    ) -> str | None:
        """Return where this row was said already, or None: an earlier try may have arrived."""
        oldest = f"{post.at.timestamp() - 60:.6f}"
        try:
            if thread_ts:
                found = await client.conversations_replies(
                    channel=channel,
                    ts=thread_ts,
                    oldest=oldest,
                    include_all_metadata=True,
                    limit=200,
                )
            else:
                found = await client.conversations_history(
                    channel=channel, oldest=oldest, include_all_metadata=True, limit=200
                )
        except SlackApiError as error:
            if is_passing(error):
                raise
            _log.warning("outbox %s: cannot look back: %s", post.key, code_of(error))
            return None
        for said in found.get("messages") or ():
            held = said.get("metadata") or {}
            if held.get("event_type") == _EVENT and held["event_payload"].get("key") == post.key:
                return str(said["ts"])
        return None
