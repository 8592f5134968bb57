"""Names for things: typed, short enough to read aloud, sortable by age.

An id is a prefix, ten characters of time and eight of chance in Crockford's base 32 (no i, l, o,
u), so `dr_01kq3v8z5e7h2m9p4x` can be typed from a screen and sorts as it was made. Source: the ULID
layout, shortened.
"""

import secrets
import time
from typing import NewType

__all__ = [
    "DraftId",
    "ListId",
    "PermitId",
    "ReceiptId",
    "RequestId",
    "ThreadId",
    "TicketId",
    "new_id",
]

RequestId = NewType("RequestId", str)
ThreadId = NewType("ThreadId", str)
DraftId = NewType("DraftId", str)
PermitId = NewType("PermitId", str)
ReceiptId = NewType("ReceiptId", str)
TicketId = NewType("TicketId", str)
ListId = NewType("ListId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def new_id(prefix: str) -> str:
    """Return a fresh id such as `dr_01kq3v8z5e7h2m9p4x`; `prefix` is two or three letters."""
    return f"{prefix}_{_base32(time.time_ns() // 1_000_000, 10)}{_base32(secrets.randbits(40), 8)}"
