"""Intake: what bounces and complaints say, and that only proof of a message of ours counts."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gates.permit import PermitRow, spent
from placet.clock import FixedClock
from placet.errors import BadInput
from placet.ids import DraftId, PermitId
from placet.store.files import keep_file
from tests.conftest import NOW
from tests.mails import MailWorld, address, contact_id
from tools.email.intake import Intake, read_report
from tools.email.intake.take import SOFT_DAYS, SOFT_LIMIT
from tools.email.sending import MailServer
from tools.email.sending.replies import Accepted


class Post:
    """A mail server in memory that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, bytes]] = {}

    def send(self, sender, to, message, last_look):
        with last_look() as why:
            assert why is None
            self.sent[to] = (sender, message)
        return Accepted(reply="kept")

    def close(self) -> None:
        pass


class Sent:
    """A campaign that was sent, and the intake that hears of it."""

    def __init__(self, url: str, crm_url: str, home) -> None:
        self.clock, self.post = FixedClock(NOW), Post()
        nowhere = MailServer(host="127.0.0.1", port=9, security="none")
        self.world = MailWorld(
            url, crm_url, home, self.clock, nowhere, people=6,
            bounce_address="bounces@acme.example",
        )  # fmt: skip
        object.__setattr__(self.world.office, "smtp", self.post)
        self.intake = Intake(self.world.engine, self.world.statements, self.world.links, self.clock)
        self.campaigns = 0
        self.send()

    def send(self) -> None:
        self.campaigns += 1
        row = PermitRow(
            id=PermitId("pm_1"), draft_id=DraftId(f"dr_{self.campaigns}"), revision=1, digest="d",
            issued_at=NOW, valid_until=NOW + timedelta(hours=1), spent_by="run",
        )  # fmt: skip
        permit = spent(row, by="run", digest="d")
        action, manifest = self.world.action()
        with self.world.engine.begin() as connection:
            keep_file(connection, manifest)
        self.world.handler.run(permit, action, ["campaign"], {})
        ids = [contact_id(n) for n in range(6)]
        barred = self.world.recipients.barred(ids)
        self.world.handler.run(permit, action, [one for one in ids if one not in barred], {})

    def envelope_sender(self, n: int) -> str:
        return self.post.sent[address(n)][0]

    def returned(self, n: int) -> bytes:
        return self.post.sent[address(n)][1].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"

    def barred(self) -> dict[str, str]:
        return dict(self.world.recipients.barred([contact_id(n) for n in range(6)]))


@pytest.fixture
def sent(tmp_path):
    made = Sent(f"sqlite:///{tmp_path / 'p.db'}", f"sqlite:///{tmp_path / 'c.db'}", tmp_path)
    yield made
    made.world.close()


def dsn(
    status: str = "5.1.1", diagnostic: str = "550 5.1.1 no such user", *, to: str = "",
    returned: bytes = b"", action: str = "failed", who: str = "x@y.example",
) -> bytes:  # fmt: skip
    head = (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to or 'bounces@acme.example'}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n"
        ' boundary="b1"\r\nMessage-ID: <report@mx.example>\r\n\r\n'
        "--b1\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {who}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {diagnostic}\r\n\r\n"
        "--b1\r\nContent-Type: text/rfc822-headers\r\n\r\n"
    )
    return head.encode() + returned + b"\r\n--b1--\r\n"


def arf(returned: bytes, kind: str = "abuse") -> bytes:
    head = (
        "From: <feedback@isp.example>\r\nTo: abuse@acme.example\r\nSubject: FW: hello\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report;\r\n"
        ' boundary="b2"\r\n\r\n'
        "--b2\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--b2\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {kind}\r\nUser-Agent: SomeISP/1.0\r\nVersion: 1\r\n"
        "Original-Rcpt-To: <redacted@isp.example>\r\n\r\n"
        "--b2\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return head.encode() + returned + b"hello\r\n\r\n--b2--\r\n"


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "diagnostic", "weight"),
    [
        ("5.1.1", "550 5.1.1 unknown user", "hard"),
        ("5.1.2", "bad destination system", "hard"),
        ("5.4.4", "host not found", "hard"),
        ("5.0.0", "550 5.1.1 user unknown", "hard"),
        ("5.0.0", "550 no such user", "hard"),
        ("5.2.2", "552 mailbox full", "soft"),
        ("5.0.0", "552 quota exceeded", "soft"),
        ("4.4.7", "delivery time expired", "soft"),
        ("5.0.0", "something went wrong", "soft"),
        ("5.7.1", "550 blocked using a list", "blocked"),
        ("5.7.26", "unauthenticated mail", "blocked"),
    ],
)
def test_delivery_reports_are_weighed_by_their_code(status, diagnostic, weight) -> None:
    report = read_report(dsn(status, diagnostic))
    assert (report.kind, report.weight) == ("bounce", weight)
    assert report.recipients == ("x@y.example",)


@pytest.mark.parametrize(
    ("action", "kind"),
    [("delayed", "delayed"), ("delivered", "delivered"), ("relayed", "delivered")],
)
def test_other_delivery_reports_are_no_bounces(action, kind) -> None:
    assert read_report(dsn("4.4.1", "later", action=action)).kind == kind


EXIM = b"""From: Mail Delivery System <Mailer-Daemon@mx.example>
To: bounces@acme.example
X-Failed-Recipients: gone@y.example
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients.

  gone@y.example
    host mx.y.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<gone@y.example>:
    550 5.1.1 <gone@y.example>: Recipient address rejected: User unknown
"""
QMAIL = b"""Return-Path: <>
From: MAILER-DAEMON@mx.example
To: bounces@acme.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<gone@y.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""
FULL_BOX = QMAIL.replace(b"Sorry, no mailbox here by that name. (#5.1.1)", b"The mailbox is full.")
VACATION = b"""From: Ana <ana@y.example>
To: events@acme.example
Subject: Out of office: Re: hello
Auto-Submitted: auto-replied

I am away; messages to me are not delivered to anybody else. 550 5.1.1
"""
BARE = b"Content-Type: message/delivery-status\r\n\r\n\r\n\r\nAction: failed\r\n"
REPLY = b"""From: Ana <ana@y.example>
To: events@acme.example
Subject: Re: the user unknown error

My mail to you was returned: 550 5.1.1 user unknown. What shall I do?
"""


@pytest.mark.parametrize(
    ("data", "kind", "weight"),
    [
        (QMAIL, "bounce", "hard"), (FULL_BOX, "bounce", "soft"),
        (VACATION, "auto_reply", "soft"), (REPLY, "other", "soft"), (b"", "other", "soft"),
        (b"\xff\xfe\x00garbage\r\n\r\n" * 50, "other", "soft"),
        (b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n", "other", "soft"),
        (BARE, "bounce", "soft"),
    ],
)  # fmt: skip
def test_what_is_in_words(data, kind, weight) -> None:
    report = read_report(data)
    assert (report.kind, report.weight) == (kind, weight)


def test_exims_words_are_a_bounce_although_they_say_auto_replied() -> None:
    report = read_report(EXIM)
    assert (report.kind, report.weight, report.recipients) == (
        "bounce", "hard", ("gone@y.example",),
    )  # fmt: skip


def test_feedback_reports() -> None:
    assert read_report(arf(b"Subject: x\r\n\r\n")).kind == "complaint"
    assert read_report(arf(b"Subject: x\r\n\r\n", "not-spam")).kind == "other"


# --- believing -----------------------------------------------------------------------------------


def test_a_hard_bounce_to_the_tag_suppresses_whom_we_wrote_to(sent) -> None:
    taken = sent.intake.take(dsn(to=sent.envelope_sender(2)))
    assert (taken.kind, taken.address, taken.changed) == ("bounce", address(2), True)
    assert "no such mailbox; the address is not written to any more" in taken.words
    assert sent.barred() == {contact_id(2): "bounced"}
    again = sent.intake.take(dsn(to=sent.envelope_sender(2).upper()))
    assert not again.changed
    assert "that was known already" in again.words
    assert sent.world.events("bounced") == {contact_id(2): 1}


def test_the_returned_headers_prove_it_too(sent) -> None:
    taken = sent.intake.take(dsn(returned=sent.returned(3)))
    assert (taken.address, taken.changed) == (address(3), True)


def test_a_complaint_counts_for_good(sent) -> None:
    taken = sent.intake.take(arf(sent.returned(1)))
    assert (taken.kind, taken.address, taken.changed) == ("complaint", address(1), True)
    assert taken.campaign.startswith("cp_")
    assert sent.barred() == {contact_id(1): "complained"}
    assert sent.world.events("complaint") == {contact_id(1): 1}


def test_forged_reports_change_nothing(sent) -> None:
    message_id = next(
        line for line in sent.returned(4).split(b"\r\n") if line.startswith(b"Message-ID")
    )
    tag = sent.envelope_sender(4).partition("+")[2]
    wrong = ("a" if tag[0] != "a" else "b") + tag[1:]
    forged = [
        dsn(who=address(4)),  # just names the address
        dsn(who=address(4), returned=message_id + b"\r\n\r\n"),  # guessed the Message-ID
        dsn(to=f"bounces+{wrong}"),
        arf(b"To: " + address(4).encode() + b"\r\n\r\n"),
        dsn(returned=b"List-Unsubscribe: <https://x.example/u/1u" + b"A" * 80 + b">\r\n\r\n"),
    ]
    for data in forged:
        taken = sent.intake.take(data)
        assert not taken.changed
        assert taken.address == ""
        assert "not believed" in taken.words
    assert "proves nothing" in sent.intake.take(forged[1]).words
    assert sent.barred() == {}


def test_a_policy_block_says_nothing_about_the_address(sent) -> None:
    for _ in range(SOFT_LIMIT + 1):
        taken = sent.intake.take(dsn("5.7.1", "blocked", to=sent.envelope_sender(2)))
    assert "reputation" in taken.words
    assert sent.barred() == {}


def test_soft_bounces_of_different_messages_add_up(sent) -> None:
    for number in range(1, SOFT_LIMIT + 1):
        assert sent.barred() == {}
        for _ in range(2):  # a message that is reported twice counts once
            taken = sent.intake.take(dsn("4.2.2", "mailbox full", to=sent.envelope_sender(2)))
        if number < SOFT_LIMIT:
            assert f"bounced softly ({number} of {SOFT_LIMIT}" in taken.words
        sent.send()
    assert sent.barred() == {contact_id(2): "bounced"}


def test_old_soft_bounces_are_forgotten(sent) -> None:
    for _ in range(SOFT_LIMIT + 1):
        sent.intake.take(dsn("4.2.2", "mailbox full", to=sent.envelope_sender(2)))
        sent.clock.move(timedelta(days=SOFT_DAYS // 2 + 1))
        sent.send()
    assert sent.barred() == {}


def test_auto_replies_to_the_tag_are_nothing(sent) -> None:
    data = VACATION.replace(b"events@acme.example", sent.envelope_sender(0).encode())
    assert sent.intake.take(data).kind == "auto_reply"
    assert sent.barred() == {}


def test_a_message_too_large_is_refused(sent) -> None:
    with pytest.raises(BadInput, match="30 MB"):
        sent.intake.take(b"x" * (30 * 1024 * 1024 + 1))


def test_a_bounce_counts_although_the_contact_is_gone(sent) -> None:
    with sent.world.crm.begin() as connection:
        connection.execute(sa.text("DELETE FROM crm_events"))
        connection.execute(
            sa.text("DELETE FROM crm_contacts WHERE id = :id"), {"id": contact_id(2)}
        )
    assert sent.intake.take(dsn(to=sent.envelope_sender(2))).changed
    assert sent.world.statements.topics(address(2)) == {"": False}
