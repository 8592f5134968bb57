"""The book of drafts in memory: the gate's embedded adapter, for tests and for trying policies."""

from __future__ import annotations

from placet.clock import Clock
from placet.errors import NotFound
from placet.ids import DraftId

from .draft import Draft, State
from .ledger import Entry, Event, Head, seal
from .permit import PermitRow
from .transition import Opening, Transition

__all__ = ["MemoryBook"]


class MemoryBook:
    """Implements `gates.port.Page` over dictionaries; one thread at a time."""

    def __init__(self, *, clock: Clock, key: bytes) -> None:
        self.drafts: dict[DraftId, Draft] = {}
        self.permits: dict[tuple[DraftId, int], PermitRow] = {}
        self.ledger: list[Entry] = []
        self.jobs: list[tuple[str, DraftId, int]] = []
        self.tickets: list[tuple[DraftId, int, State]] = []
        self._clock, self._key = clock, key

    def read(self, draft_id: DraftId) -> Draft:
        """Return the draft as it stands."""
        if draft_id not in self.drafts:
            raise NotFound(f"There is no draft {draft_id}.")
        return self.drafts[draft_id]

    def open(self, opening: Opening) -> None:
        """Write a new draft with its ledger row."""
        revision = opening.revision
        self.drafts[revision.draft_id] = Draft(
            revision=revision, digest=opening.digest, state=State.PENDING, version=1
        )
        self._record(opening.event)

    def apply(self, transition: Transition) -> bool:
        """Carry a transition out, whole; False, and nothing written, where someone was first."""
        read, now = transition.draft, self.drafts[transition.draft.revision.draft_id]
        if (now.state, now.digest, now.version) != (read.state, read.digest, read.version):
            return False
        key = (transition.current.draft_id, transition.current.revision)
        if transition.spend is not None:
            if self.permits[key].spent_by is not None:
                return False
            self.permits[key] = transition.spend
        if transition.permit is not None:
            self.permits[key] = transition.permit
        self.drafts[transition.current.draft_id] = transition.after()
        if transition.job is not None:
            self.jobs.append((transition.job, *key))
        if transition.ticket:
            self.tickets.append((*key, transition.to))
        self._record(transition.event)
        return True

    def permit(self, draft_id: DraftId, revision: int) -> PermitRow | None:
        """Return the permit that was issued for this revision, if any."""
        return self.permits.get((draft_id, revision))

    def _record(self, event: Event) -> None:
        last = self.ledger[-1] if self.ledger else None
        head = Head(seq=last.seq, hash=last.hash) if last else Head()
        self.ledger.append(seal(event, head=head, at=self._clock.now(), key=self._key))
