"""The embedded mailbox as an SMTP client sees it, on both databases."""

from __future__ import annotations

import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from placet.clock import FixedClock
from placet.errors import OperatorError
from tools.email.mailbox import EmbeddedMailbox, Mailbox, metadata
from tools.email.mailbox import kept as kept_module
from tools.email.mailbox.schema import posts
from tools.sql import create_engine

OTHER = """
import smtplib, sys
from placet.clock import SystemClock
from tools.email.mailbox import EmbeddedMailbox, Mailbox
from tools.sql import create_engine
box = EmbeddedMailbox(Mailbox(create_engine(sys.argv[1]), SystemClock()))
with smtplib.SMTP(*box.address, timeout=20) as client:
    for n in range(20):
        text = f"Message-ID: <other.{n}@x.example>\\r\\n\\r\\nhi\\r\\n"
        client.sendmail("a@b.c", ["p@q.r"], text)
box.stop()
"""


@pytest.fixture
def kept(database_url: str, clock: FixedClock) -> Iterator[Mailbox]:
    engine = create_engine(database_url)
    metadata.create_all(engine)
    yield Mailbox(engine, clock)
    engine.dispose()


@pytest.fixture
def mailbox(kept: Mailbox) -> Iterator[EmbeddedMailbox]:
    box = EmbeddedMailbox(kept, largest=50_000)
    yield box
    box.stop()


def written(to: str = "ana@example.com", number: int = 1, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Jörg Müller <news@acme.example>"
    message["To"] = to
    message["Subject"] = "Grüße aus Köln"
    message["Message-ID"] = f"<cp_abc.{number}@acme.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hallo.\n.\n..zwei Punkte\n")
    return message


def send(box: EmbeddedMailbox, *messages: EmailMessage) -> None:
    host, port = box.address
    with smtplib.SMTP(host, port, timeout=10) as client:
        for message in messages:
            client.send_message(message)


def test_it_keeps_the_bytes_and_says_what_arrived(mailbox: EmbeddedMailbox) -> None:
    assert not mailbox.seen("<cp_abc.1@acme.example>")
    send(mailbox, written())
    assert mailbox.seen("<cp_abc.1@acme.example>")
    assert mailbox.seen("cp_abc.1@acme.example")
    (envelope,) = mailbox.kept.page()
    assert envelope.subject == "Grüße aus Köln"
    assert envelope.author == "Jörg Müller <news@acme.example>"
    assert (envelope.recipient, envelope.campaign) == ("ana@example.com", "cp_abc")
    post = mailbox.kept.post(envelope.id)
    assert post is not None
    assert post.raw is not None
    assert b"\r\n.\r\n..zwei Punkte\r\n" in post.raw, "dot-stuffing is taken off again"
    assert post.size == len(post.raw)


def test_a_message_that_arrives_twice_is_two_rows(mailbox: EmbeddedMailbox) -> None:
    send(mailbox, written(), written())
    assert mailbox.kept.count() == 2


def test_what_is_being_written_down_is_neither_seen_nor_not(
    mailbox: EmbeddedMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, begun, take = threading.Event(), threading.Event(), mailbox.kept.take

    def slow(raw: bytes, **rest: object) -> None:
        begun.set()
        held.wait(10)
        take(raw, **rest)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(mailbox.kept, "take", slow)
    sock = socket.create_connection(mailbox.address, timeout=10)
    for line in (b"EHLO x", b"MAIL FROM:<a@b.c>", b"RCPT TO:<d@e.f>", b"DATA"):
        sock.recv(1_000)
        sock.sendall(line + b"\r\n")
    sock.recv(1_000)
    sock.sendall(b"Message-ID: <slow@x.example>\r\n\r\nhi\r\n.\r\n")
    assert begun.wait(10)
    sock.close()
    assert mailbox.seen("other@x.example") is False
    assert mailbox.seen("slow@x.example") is None, "False would be a promise"
    held.set()
    for _ in range(500):
        if mailbox.seen("slow@x.example"):
            break
        threading.Event().wait(0.01)
    assert mailbox.seen("slow@x.example") is True
    assert mailbox.kept.count() == 1, "a client that hung up still had its message taken"


def test_a_recipient_is_found_and_a_wildcard_is_none(mailbox: EmbeddedMailbox) -> None:
    send(mailbox, *(written(f"p{n}@{'a' if n % 2 else 'b'}.example", n) for n in range(10)))
    assert mailbox.kept.count(to="@A.example") == 5
    assert mailbox.kept.count(to="%") == mailbox.kept.count(to="_") == 0
    first = mailbox.kept.page(size=4)
    rest = mailbox.kept.page(size=100, before=first[-1].id)
    assert [one.recipient[1] for one in (*first, *rest)] == list("9876543210")
    assert mailbox.kept.count(campaign="cp_abc") == 10
    assert not mailbox.kept.page(campaign="cp_x")


def test_a_message_that_is_too_large_is_refused_and_the_next_one_taken(
    mailbox: EmbeddedMailbox,
) -> None:
    large = written()
    large.set_content("x" * 60 + "\n" + ("y" * 70 + "\n") * 1_000)
    host, port = mailbox.address
    with smtplib.SMTP(host, port, timeout=10) as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="exceeds fixed maximum message size"):
            client.send_message(large)
        client.rset()
        client.send_message(written(number=2))
    assert [one.message_id for one in mailbox.kept.page()] == ["cp_abc.2@acme.example"]


def test_it_listens_on_loopback_only_and_lets_go_of_its_port(mailbox: EmbeddedMailbox) -> None:
    host, port = mailbox.address
    assert host == "127.0.0.1"
    assert mailbox.start() == (host, port), "a second start is the same server"
    client = smtplib.SMTP(host, port, timeout=10)
    with pytest.raises(OperatorError, match=f"Port {port} is taken"):
        EmbeddedMailbox(mailbox.kept, port=port).start()
    mailbox.stop()
    mailbox.stop()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=5).close()
    send(mailbox, written())
    assert mailbox.kept.count() == 1, "it can be started again"


def test_a_web_page_cannot_slip_in_a_message_by_a_form(mailbox: EmbeddedMailbox) -> None:
    inside = b"EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\nAccept: c\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(mailbox.address, timeout=10) as client:
        client.sendall(head + inside)
        answer = b"".join(iter(lambda: client.recv(4_096), b""))
    assert b"Too many unrecognized commands" in answer
    assert mailbox.kept.count() == 0


def test_strange_headers_are_kept_and_shown(mailbox: EmbeddedMailbox) -> None:
    raws = [
        b"Subject: =?utf-8?q?caf=C3?=\r\nFrom: <<>>,,;\r\nMessage-ID: <broken\r\n\r\nx\r\n",
        b"no header at all\r\n\r\n\xff\xfe\x00\r\n",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        b"",
    ]
    host, port = mailbox.address
    with smtplib.SMTP(host, port, timeout=10) as client:
        for raw in raws:
            client.sendmail("a@b.example", ["C@D.example"], raw)
    from tools.email.mailbox.parts import parts_of

    assert mailbox.kept.count(to="c@d.example") == len(raws)
    for envelope in mailbox.kept.page():
        post = mailbox.kept.post(envelope.id)
        assert post is not None
        assert post.raw is not None
        parts_of(post.raw)


def test_old_messages_lose_their_bytes_and_then_their_row(
    kept: Mailbox, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_module, "WHOLE", 3)
    monkeypatch.setattr(kept_module, "_PRUNE_EVERY", 5)
    for number in range(1, 11):
        kept.take(bytes(written(number=number)), sender="a@b.c", recipients=["x@y.z"])
    shown = [kept.post(one.id) for one in kept.page()]
    assert [one is not None and one.raw is not None for one in shown] == [True] * 3 + [False] * 7
    assert kept.seen("<cp_abc.1@acme.example>"), "what is not kept whole is still known"


def test_threads_and_processes_share_one_table(kept: Mailbox, database_url: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", OTHER, database_url])
    box = EmbeddedMailbox(kept)

    def some(start: int) -> None:
        send(box, *(written(number=n) for n in range(start, start + 10)))

    threads = [threading.Thread(target=some, args=(n * 10,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert process.wait(60) == 0
    box.stop()
    with kept._reader.connect() as connection:
        ids = set(connection.scalars(sa.select(posts.c.message_id)))
    assert kept.count() == len(ids) == 60
