"""What surrounds a message: the envelope's addresses, the Date, and the tag that proves a bounce.

Envelope senders carry a tag of ours (`bounces+TAG@...`): who reports a bounce must know it, and it
names the message. It is a MAC, so that nobody can take others' addresses out of sending.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from email.utils import format_datetime

from placet.errors import BadInput

__all__ = [
    "dated",
    "domain_of",
    "envelope_sender",
    "message_id_of",
    "on_the_wire",
    "tag_of",
    "wire_address",
]

_TAG_BYTES = 15  # 120 bits, 24 characters of base 32
_MESSAGE_ID = re.compile(rb"^Message-ID:[ \t\r\n]*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_NO_ADDRESS = re.compile(r"[\s<>\x00-\x1f\x7f]")
_STRAY = re.compile(rb"(?<!\r)\n|\r(?!\n)")


def domain_of(address: str) -> str:
    """Return the part after the last `@`, in lower case."""
    return address.rpartition("@")[2].lower()


def tag_of(key: bytes, message_key: str) -> str:
    """Return the tag of one message: 24 lower-case characters that only we can make."""
    mac = hmac.new(key, b"bounce\x00" + message_key.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac[:_TAG_BYTES]).decode().lower()


def envelope_sender(bounce_address: str | None, sender: str, tag: str) -> str:
    """Return where bounces go: the bounce address with the tag, or the sender's own address."""
    if bounce_address is None:
        return sender
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def message_id_of(message: bytes) -> str:
    """Return the Message-ID without its angle brackets; empty where there is none."""
    headers = (b"\r\n" + message).partition(b"\r\n\r\n")[0]
    found = _MESSAGE_ID.search(headers)
    return found[1].decode("ascii", "replace") if found else ""


def dated(message: bytes, at: datetime) -> bytes:
    """Return the message with its Date, the one header that is not approved, in front."""
    return b"Date: " + format_datetime(at).encode() + b"\r\n" + message


def wire_address(address: str) -> str:
    """Return an address as the envelope may carry it, its domain in ASCII.

    Raises:
        BadInput: it is none; whoever wrote it might have meant a second command.
    """
    local, _, domain = address.rpartition("@")
    if not local or not domain or _NO_ADDRESS.search(address):
        raise BadInput("The address cannot be written to: it is no email address.")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise BadInput("The address cannot be written to: its domain is no host name.") from None


def on_the_wire(message: bytes) -> bytes:
    """Return the message as DATA carries it, without the final dot.

    Raises:
        BadInput: a line does not end with CRLF, so that two servers could read two messages in it.
    """
    if _STRAY.search(message):
        raise BadInput("The message holds a line that does not end with CRLF; it was not sent.")
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
