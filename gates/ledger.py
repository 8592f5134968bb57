"""The ledger: an append-only record in which every row seals the one before it.

Each row's hash is an HMAC-SHA256, with a key kept outside the database, over the row's canonical
JSON and the hash of the row before. Whoever can write the database but does not hold the key can
neither change, remove nor insert a row unnoticed; a cut-off end shows against any head noted
elsewhere. Verifying needs the rows and the key only: it works offline, from an export.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from placet.clock import iso
from placet.errors import LedgerBroken

from .digest import canonical

__all__ = ["GENESIS", "Entry", "Event", "Head", "is_genuine", "seal", "verify"]

GENESIS = "0" * 64


class Event(BaseModel):
    """One thing that happened, before it is sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    """For example `draft.approved`."""
    draft_id: str | None = None
    revision: int | None = None
    digest: str | None = None
    person: str | None = None
    """`team/user` of who did it; None for Placet itself."""
    body: dict[str, Any] = {}


class Entry(Event):
    """One sealed row."""

    seq: int
    at: AwareDatetime
    prev: str
    hash: str

    def sealed(self) -> dict[str, Any]:
        """Return what the hash covers."""
        return {
            "seq": self.seq,
            "at": iso(self.at),
            "event": self.event,
            "draft_id": self.draft_id,
            "revision": self.revision,
            "digest": self.digest,
            "person": self.person,
            "body": self.body,
            "prev": self.prev,
        }


class Head(BaseModel):
    """The end of the chain: note it elsewhere, and a cut-off end shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int = 0
    hash: str = GENESIS


def seal(event: Event, *, head: Head, at: AwareDatetime, key: bytes) -> Entry:
    """Return the event as the row that follows `head`."""
    entry = Entry(**event.model_dump(), seq=head.seq + 1, at=at, prev=head.hash, hash="")
    return entry.model_copy(update={"hash": _mac(entry, key)})


def _mac(entry: Entry, key: bytes) -> str:
    message = canonical(entry.sealed()).encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def is_genuine(entry: Entry, *, key: bytes) -> bool:
    """Return whether this one row was sealed with the key, whatever stands around it."""
    return hmac.compare_digest(entry.hash, _mac(entry, key))


def verify(entries: Iterable[Entry], *, key: bytes, expect: Head | None = None) -> Head:
    """Check every row against the one before it and return the head.

    Args:
        entries: the rows in order of `seq`, from the first.
        key: the ledger key.
        expect: a head noted elsewhere, which must be in the chain as it was noted.

    Raises:
        LedgerBroken: a row was changed, removed, inserted or cut off; the message names it.
    """
    head, met = Head(), expect is None or expect.seq == 0
    for entry in entries:
        if entry.seq != head.seq + 1:
            raise LedgerBroken(
                f"Ledger row {head.seq + 1} is missing; the next one is {entry.seq}."
            )
        if entry.prev != head.hash:
            raise LedgerBroken(f"Ledger row {entry.seq} does not follow row {head.seq}.")
        if not is_genuine(entry, key=key):
            raise LedgerBroken(
                f"Ledger row {entry.seq} ({entry.event}) was changed, or the key is another one."
            )
        head = Head(seq=entry.seq, hash=entry.hash)
        if expect is not None and expect.seq == head.seq:
            met = expect.hash == head.hash
    if not met and expect is not None:
        raise LedgerBroken(
            f"The ledger ends at row {head.seq} and does not hold the noted head of row "
            f"{expect.seq}; rows were cut off or rewritten."
        )
    return head
