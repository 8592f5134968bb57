"""Sessions: what the app says about a conversation: its status, title, state and prompts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from placet.store.console_schema import sessions
from tools.sql import reading

from .hub import Hub
from .room import micros

__all__ = ["Session", "Sessions"]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One conversation: a thread, or a channel outside its threads."""

    status: str = ""
    """What the app is at, in a few words that follow its name: "is drafting ..."."""
    title: str = ""
    lifecycle: str = ""
    """`active`, `suspended` (it waits for a person), `closed`."""
    prompts: tuple[tuple[str, str], ...] = ()
    """Suggested prompts: title and message."""
    prompts_title: str = ""


class Sessions:
    """Keeps them; tells the hub after each commit."""

    def __init__(self, engine: sa.Engine, hub: Hub) -> None:
        self._engine, self._reader, self._hub = engine, reading(engine), hub

    def set(self, channel: str, thread_ts: str | None, **values: Any) -> None:
        """Change some of what is said about a conversation."""
        if "prompts" in values:
            values["prompts"] = json.dumps(values["prompts"], ensure_ascii=False)
        key = _key(channel, thread_ts)
        with self._engine.begin() as connection:
            touched = connection.execute(sessions.update().where(*key).values(**values))
            if touched.rowcount == 0:
                row = {"status": "", "title": "", "lifecycle": "", "prompts": "{}", **values}
                where = {"channel": channel, "thread_ts": micros(thread_ts) or 0}
                connection.execute(sessions.insert().values(**where, **row))
        self._hub.publish("session", channel=channel, thread_ts=thread_ts)

    def quiet(self, channel: str, thread_ts: str | None) -> None:
        """Clear the status: Slack does so when the app posts into the conversation."""
        if self.get(channel, thread_ts).status:
            self.set(channel, thread_ts, status="")

    def get(self, channel: str, thread_ts: str | None) -> Session:
        """Return what is said about a conversation."""
        query = sa.select(sessions).where(*_key(channel, thread_ts))
        with self._reader.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return Session()
        said = json.loads(row.prompts)
        return Session(
            status=row.status,
            title=row.title,
            lifecycle=row.lifecycle,
            prompts=tuple((one["title"], one["message"]) for one in said.get("prompts", [])),
            prompts_title=said.get("title") or "",
        )


def _key(channel: str, thread_ts: str | None) -> tuple[sa.ColumnElement[bool], ...]:
    return (sessions.c.channel == channel, sessions.c.thread_ts == (micros(thread_ts) or 0))
