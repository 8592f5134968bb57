"""The book of drafts in SQL: every transition is one compare-and-swap in one transaction.

The `UPDATE ... WHERE id AND state AND revision AND digest AND version` comes first: where it
touches no row, someone else was first and nothing is written. Then follow the decision, the permit,
the job, the ticket and, last, the ledger row, whose lock is thus held for the shortest time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gates.digest import canonical
from gates.draft import Approval, Draft, Revision, State
from gates.files import Attachment
from gates.ledger import Event
from gates.people import Person
from gates.permit import PermitRow
from gates.targets import Targets, pack, unpack
from gates.transition import Opening, Transition
from placet.clock import Clock
from placet.errors import Conflict, NotFound
from placet.ids import DraftId
from tools.line import Line
from tools.portable import insert_or_skip
from tools.sql import reading
from tools.tickets.local import LocalTracker
from tools.tickets.port import NewTicket

from .files import Beside, keep_file, write_files
from .ledger import append
from .port import Announcer, Jobs, Silence
from .schema import drafts, permits, revisions, snapshots

__all__ = [
    "DRAFT_ROWS",
    "SqlBook",
    "SqlPage",
    "draft_of",
    "read_draft",
    "read_members",
    "read_permit",
]

_AT_ONCE = 4
"""Pages open at once in this process: more only wait for each other, holding the ledger's head."""
_LONGEST_WAIT_SECONDS = 30

# The statements of the hot path, built once: building one anew costs as much as running it.
DRAFT_ROWS = sa.select(drafts, revisions.c.body).join(
    revisions,
    (revisions.c.draft_id == drafts.c.id) & (revisions.c.revision == drafts.c.revision),
)
_READ = DRAFT_ROWS.where(drafts.c.id == sa.bindparam("the_id"))
_SWAP = (
    drafts.update()
    .where(
        drafts.c.id == sa.bindparam("the_id"),
        drafts.c.state == sa.bindparam("old_state"),
        drafts.c.revision == sa.bindparam("old_revision"),
        drafts.c.digest == sa.bindparam("old_digest"),
        drafts.c.version == sa.bindparam("old_version"),
    )
    .values(
        {
            name: sa.bindparam(name)
            for name in (
                "state", "revision", "digest", "version", "expires_at", "valid_until",
                "approvals", "decided_by", "decided_at", "note", "next_at",
                "stopped_by", "stopped_at",
            )
        }
    )
)  # fmt: skip

TicketFor = Callable[[sa.Connection, Draft, State, str | None], NewTicket]
"""Words a ticket for a draft that ended in a state, with a note: injected, since it needs tools."""


class SqlBook:
    """Opens pages: one page, one transaction, committed when its block ends without an error."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        clock: Clock,
        key: bytes,
        jobs: Jobs,
        ticket_for: TicketFor,
        announcer: Announcer | None = None,
    ) -> None:
        self.engine, self.announcer = engine, announcer or Silence()
        self.reader = reading(engine)
        self._line = Line(_AT_ONCE)
        self._clock, self._key, self._jobs, self._ticket_for = clock, key, jobs, ticket_for

    @contextmanager
    def begin(self) -> Iterator[SqlPage]:
        """Open a page for reading and writing."""
        with self._line.turn(_LONGEST_WAIT_SECONDS), self.engine.begin() as connection:
            yield SqlPage(
                connection,
                clock=self._clock,
                key=self._key,
                jobs=self._jobs,
                ticket_for=self._ticket_for,
                announcer=self.announcer,
            )


class SqlPage:
    """Implements `gates.port.Page` inside one transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        *,
        clock: Clock,
        key: bytes,
        jobs: Jobs,
        ticket_for: TicketFor,
        announcer: Announcer,
    ) -> None:
        self.connection, self.announcer = connection, announcer
        self._clock, self._key, self._jobs, self._ticket_for = clock, key, jobs, ticket_for

    # --- reading -------------------------------------------------------------------------------

    def read(self, draft_id: DraftId) -> Draft:
        """Return the draft as it stands."""
        return read_draft(self.connection, draft_id)

    def permit(self, draft_id: DraftId, revision: int) -> PermitRow | None:
        """Return the permit that was issued for this revision, if any."""
        return read_permit(self.connection, draft_id, revision)

    # --- writing -------------------------------------------------------------------------------

    def open(self, opening: Opening, *, source: str | None = None) -> None:
        """Write a new draft with its ledger row; `source` (run and ordinal) may open only once."""
        revision = opening.revision
        self.connection.execute(
            drafts.insert().values(
                id=revision.draft_id,
                request_id=revision.request_id,
                source=source or revision.draft_id,
                kind=revision.kind,
                state=State.PENDING.value,
                revision=revision.revision,
                digest=opening.digest,
                version=1,
                opened_at=revision.created_at,
                expires_at=revision.expires_at,
            )
        )
        self._write_revision(revision, opening.digest)
        draft = Draft(revision=revision, digest=opening.digest, state=State.PENDING, version=1)
        self.announcer.opened(self.connection, draft, source or revision.draft_id)
        self.record(opening)

    def apply(self, transition: Transition) -> bool:
        """Carry a transition out, whole; False, and nothing written, where someone was first."""
        after = transition.after()
        if not self._swap(transition.draft, after):
            return False
        if transition.spend is not None:
            self._spend(transition.spend)
        if transition.revision is not None:
            self._write_revision(after.revision, after.digest)
        if transition.permit is not None:
            self._issue(transition.permit)
        if transition.job is not None:
            self._jobs.enqueue_for(self.connection, transition, after.revision)
        if transition.ticket:
            ticket = self._ticket_for(
                self.connection, transition.draft, transition.to, transition.note
            )
            self.tracker.log(ticket)
        self.announcer.changed(self.connection, after)
        self.record(transition)
        return True

    @property
    def tracker(self) -> LocalTracker:
        """The embedded ticket tracker, in this transaction."""
        return LocalTracker(self.connection, self._clock)

    def record(self, step: Opening | Transition) -> None:
        """Append the step's ledger row."""
        append(self.connection, step.event, at=self._clock.now(), key=self._key)

    def append(self, event: Event) -> None:
        """Append a ledger row that no transition brings."""
        append(self.connection, event, at=self._clock.now(), key=self._key)

    def keep(self, ids: Sequence[str], targets: Targets) -> None:
        """Keep the ids behind `targets`, once for equal contents."""
        there = sa.select(snapshots.c.count).where(snapshots.c.sha256 == targets.sha256)
        if self.connection.scalar(there) is None:
            row = {"sha256": targets.sha256, "count": targets.count, "packed": pack(ids)}
            self.connection.execute(insert_or_skip(self.connection, snapshots), row)

    def keep_file(self, file: Attachment) -> None:
        """Keep a file's bytes, once for equal bytes.

        Raises:
            Conflict: its name is not the hash of its bytes.
        """
        keep_file(self.connection, file)

    def keep_beside(self, beside: Beside) -> None:
        """Keep everything that belongs beside a draft: its members and its files.

        Raises:
            BadInput: its action names a file that is not kept.
        """
        there = sa.select(snapshots.c.count).where(snapshots.c.sha256 == beside.targets.sha256)
        if self.connection.scalar(there) is None:
            row = {
                "sha256": beside.targets.sha256,
                "count": beside.targets.count,
                "packed": beside.members,
            }
            self.connection.execute(insert_or_skip(self.connection, snapshots), row)
        write_files(self.connection, beside)

    def _swap(self, read: Draft, after: Draft) -> bool:
        swapped = self.connection.execute(
            _SWAP,
            {
                "the_id": read.revision.draft_id,
                "old_state": read.state.value,
                "old_revision": read.revision.revision,
                "old_digest": read.digest,
                "old_version": read.version,
                "state": after.state.value,
                "revision": after.revision.revision,
                "digest": after.digest,
                "version": after.version,
                "expires_at": _row_expires_at(after),
                "valid_until": after.valid_until,
                "approvals": canonical([a.model_dump(mode="json") for a in after.approvals]),
                "decided_by": after.decided_by.key if after.decided_by else None,
                "decided_at": after.decided_at,
                "note": after.note,
                "next_at": after.next_at,
                "stopped_by": after.stopped_by.key if after.stopped_by else None,
                "stopped_at": after.stopped_at,
            },
        )
        return swapped.rowcount == 1

    def _spend(self, permit: PermitRow) -> None:
        spent = self.connection.execute(
            permits.update()
            .where(
                permits.c.id == permit.id,
                permits.c.digest == permit.digest,
                permits.c.spent_by.is_(None),
            )
            .values(spent_by=permit.spent_by, spent_at=self._clock.now())
        )
        if spent.rowcount != 1:
            raise Conflict(f"Permit {permit.id} is spent or for another digest; nothing runs.")

    def _issue(self, permit: PermitRow) -> None:
        self.connection.execute(
            permits.insert(),
            {
                "id": permit.id,
                "draft_id": permit.draft_id,
                "revision": permit.revision,
                "digest": permit.digest,
                "issued_at": permit.issued_at,
                "valid_until": permit.valid_until,
            },
        )

    def _write_revision(self, revision: Revision, digest: str) -> None:
        self.connection.execute(
            revisions.insert().values(
                draft_id=revision.draft_id,
                revision=revision.revision,
                digest=digest,
                body=canonical(revision.model_dump(mode="json")),
            )
        )


def read_draft(connection: sa.Connection, draft_id: str) -> Draft:
    """Return the draft as it stands.

    Raises:
        NotFound: there is none with that id.
    """
    row = connection.execute(_READ, {"the_id": draft_id}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no draft {draft_id}; `placet drafts` lists them.")
    return draft_of(row)


def read_permit(connection: sa.Connection, draft_id: str, revision: int) -> PermitRow | None:
    """Return the permit that was issued for this revision, if any."""
    query = sa.select(permits).where(permits.c.draft_id == draft_id, permits.c.revision == revision)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _permit(row)


def read_members(connection: sa.Connection, targets: Targets) -> Sequence[str]:
    """Return the ids behind `targets`.

    Raises:
        NotFound: they are not kept here.
    """
    query = sa.select(snapshots.c.packed).where(snapshots.c.sha256 == targets.sha256)
    packed = connection.scalar(query)
    if packed is None:
        raise NotFound("The members of this draft are not kept any more; ask for it again.")
    return unpack(packed)


def draft_of(row: Any) -> Draft:
    """Return one of `DRAFT_ROWS` as a draft."""
    decided_by, stopped_by = row["decided_by"], row["stopped_by"]
    return Draft(
        revision=Revision.model_validate(json.loads(row["body"])),
        digest=row["digest"],
        state=State(row["state"]),
        version=row["version"],
        approvals=tuple(Approval.model_validate(one) for one in json.loads(row["approvals"])),
        decided_by=Person.from_key(decided_by) if decided_by else None,
        decided_at=row["decided_at"],
        valid_until=row["valid_until"],
        next_at=row["next_at"],
        stopped_by=Person.from_key(stopped_by) if stopped_by else None,
        stopped_at=row["stopped_at"],
        note=row["note"],
    )


def _row_expires_at(draft: Draft) -> datetime:
    """Return when the sweep looks at the draft again: a booked start outlives the request."""
    expires_at = draft.revision.expires_at
    booked = draft.state is State.APPROVED and draft.next_at is not None
    return max(expires_at, draft.valid_until) if booked and draft.valid_until else expires_at


def _permit(row: Any) -> PermitRow:
    return PermitRow(
        id=row["id"],
        draft_id=row["draft_id"],
        revision=row["revision"],
        digest=row["digest"],
        issued_at=row["issued_at"],
        valid_until=row["valid_until"],
        spent_by=row["spent_by"],
    )
