"""The MIME message: plain text and HTML side by side, with the headers that bulk senders owe.

What does not differ between recipients is written once. There is no Date header: it is added when
the message leaves, and the approved hash covers all the rest. The boundary cannot occur in a part,
because both parts are quoted-printable, where no `=` is followed by an underscore.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from .brand import Brand
from .headers import field, mailbox, one_line, phrase, unstructured
from .model import Email, Mailbox
from .surface import Filled

__all__ = ["Envelope", "message_id"]


def message_id(campaign: str, contact_id: str, domain: str) -> str:
    """Return the Message-ID of one contact's message in a campaign, the same every time."""
    return f"<{_identity(campaign, contact_id)}@{domain}>"


def _identity(campaign: str, contact_id: str) -> str:
    seen = hashlib.sha256(f"{campaign}\x00{contact_id}".encode("utf-8", "surrogatepass"))
    return f"{campaign}.{seen.hexdigest()[:24]}"


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What all messages of one campaign share."""

    campaign: str
    domain: str
    """The sender's domain, in ASCII."""
    before: bytes
    """`From`, `Reply-To`."""
    after: bytes
    """What follows the recipient's own headers."""
    mailto: str
    """Where `List-Unsubscribe` may be mailed to, or empty."""

    @classmethod
    def of(cls, email: Email, brand: Brand, campaign: str) -> Envelope:
        """Write down what is the same for everybody.

        Raises:
            BadInput: the sender or reply-to is no address.
        """
        sender = mailbox(email.sender)
        domain = sender.rpartition("@")[2].rstrip(">").lower()
        reply_to = email.reply_to or brand.reply_to
        before = field("From", sender)
        if reply_to is not None:
            before += field("Reply-To", mailbox(reply_to))
        label = phrase(one_line(brand.topic_label(email.topic)))
        topic = email.topic.replace("_", "-")
        after = (
            field("List-ID", f"{label}\r\n <{topic}.{domain}>")
            # Google's feedback loop: campaign, topic, kind of mail, sender (5 to 15 characters).
            + field("Feedback-ID", f"{campaign}:{topic}:{_kind(email)}:placetmail")
            + field("Content-Language", email.language)
            + field("MIME-Version", "1.0")
        )
        return cls(
            campaign=campaign,
            domain=domain,
            before=before,
            after=after,
            mailto=brand.unsubscribe_mailbox,
        )

    def message(
        self, *, contact_id: str, to: Mailbox, subject: str, unsubscribe: str, text: Filled,
        html: Filled,
    ) -> bytes:  # fmt: skip
        """Return one whole message with CRLF line ends.

        Args:
            contact_id: whose it is.
            to: their name and address.
            subject: one line.
            unsubscribe: the https address that takes the one-click POST (RFC 8058).
            text: the plain part.
            html: the HTML part.
        """
        identity = _identity(self.campaign, contact_id)
        boundary = f"=_{identity.replace('.', '_')}"
        edge = f"--{boundary}".encode()
        ways = f"<{unsubscribe}>"
        if self.mailto:
            token = unsubscribe.rpartition("/")[2]
            ways += f",\r\n <mailto:{self.mailto}?subject=unsubscribe%20{token}>"
        return b"".join((
            self.before,
            field("To", mailbox(to)),
            field("Subject", unstructured(subject, indent=9)),
            field("Message-ID", f"<{identity}@{self.domain}>"),
            field("List-Unsubscribe", ways),
            _ONE_CLICK,
            self.after,
            field("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
            b"\r\n", edge, _PLAIN, text.encoded(),
            b"\r\n", edge, _HTML, html.encoded(),
            b"\r\n", edge, b"--\r\n",
        ))  # fmt: skip


_ONE_CLICK = field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
_PLAIN = (
    b"\r\n" + field("Content-Type", 'text/plain; charset="utf-8"')
    + field("Content-Transfer-Encoding", "quoted-printable") + b"\r\n"
)  # fmt: skip
_HTML = _PLAIN.replace(b"text/plain", b"text/html")


def _kind(email: Email) -> str:
    return "test" if email.variants else "mail"
