"""A real SMTP server (aiosmtpd) that counts messages: `python -m tests.mail_sink DB [OPTIONS]`.

Every message is committed to the database file before it is answered with 250. The table `program`
says what to answer instead: at a stage, to a recipient (or any), so many times.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import sys
import time
from contextlib import closing
from typing import Any

from aiosmtpd.smtp import SMTP

MESSAGE_ID = re.compile(rb"^message-id:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

TABLES = """
CREATE TABLE IF NOT EXISTS mail (id INTEGER PRIMARY KEY, at REAL, recipient TEXT, sender TEXT,
                                 message_id TEXT, raw BLOB);
CREATE INDEX IF NOT EXISTS mail_id ON mail (message_id);
CREATE TABLE IF NOT EXISTS program (id INTEGER PRIMARY KEY, stage TEXT, recipient TEXT,
                                    answer TEXT, times INTEGER);
CREATE TABLE IF NOT EXISTS connections (at REAL);
"""


class Counting:
    """What the server does at each stage."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, timeout=30, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")  # it outlives kills of others, not power cuts
        self.db.executescript(TABLES)
        self.connected = 0

    async def programmed(self, server: SMTP, stage: str, to: str) -> str | None:
        row = self.db.execute(
            "SELECT id, answer FROM program WHERE stage = ? AND times > 0"
            " AND recipient IN ('', ?) ORDER BY id LIMIT 1",
            (stage, to),
        ).fetchone()
        if row is None:
            return None
        self.db.execute("UPDATE program SET times = times - 1 WHERE id = ?", (row[0],))
        answer = str(row[1])
        if answer == "drop":
            server.transport.abort()
            await asyncio.sleep(0.05)
            return "421 gone"
        if answer.startswith("slow "):
            await asyncio.sleep(float(answer[5:]))
            return None
        return answer

    def count(self, sender: str, to: str, raw: bytes) -> None:
        found = MESSAGE_ID.search(raw)
        self.db.execute(
            "INSERT INTO mail (at, recipient, sender, message_id, raw) VALUES (?, ?, ?, ?, ?)",
            (time.time(), to, sender, found[1].decode() if found else "", raw),
        )

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options):  # noqa: N802 - aiosmtpd's name
        answer = await self.programmed(server, "mail", "")
        if answer is not None:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options):  # noqa: N802 - aiosmtpd's name
        answer = await self.programmed(server, "rcpt", address)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any):  # noqa: N802 - as above
        """The message is here whole: the dot arrived."""
        to = envelope.rcpt_tos[0]
        answer = await self.programmed(server, "dot", to)
        if answer is not None:
            return answer
        self.count(envelope.mail_from, to, envelope.original_content)
        after = await self.programmed(server, "after", to)  # taken, and then no answer
        return after or f"250 2.0.0 queued as {len(envelope.original_content)}"


class Server(SMTP):
    """An aiosmtpd server that may also answer DATA itself, and greet with something else."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - as above
        counting: Counting = self.event_handler
        to = self.envelope.rcpt_tos[0] if self.envelope.rcpt_tos else ""
        answer = await counting.programmed(self, "data", to)
        if answer is not None:
            await self.push(answer)
            return
        await super().smtp_DATA(arg)


def main(path: str, *options: str) -> None:
    counting = Counting(path)
    loop = asyncio.new_event_loop()

    def session() -> SMTP:
        counting.db.execute("INSERT INTO connections VALUES (?)", (time.time(),))
        return Server(counting, enable_SMTPUTF8="ascii" not in options, loop=loop)

    server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
    print(server.sockets[0].getsockname()[1], flush=True)
    with closing(counting.db):
        loop.run_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
