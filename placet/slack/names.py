"""Names that travel through Slack and come back: action ids, callback ids, and what a button says.

They are a contract with every card that was ever posted: old copies keep their names for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gates.draft import Draft

__all__ = ["Act", "Asked", "Form", "Seen"]


class Act(StrEnum):
    """What a button does."""

    APPROVE = "placet_approve"
    EDIT = "placet_edit"
    REVISE = "placet_revise"
    REJECT = "placet_reject"
    WITHDRAW = "placet_withdraw"
    UNDO = "placet_undo"
    VIEW = "placet_view"
    MEMBERS = "placet_members"
    FILES = "placet_files"
    TEST = "placet_test"
    STOP = "placet_stop"
    OVERRIDE = "placet_override"
    FEEDBACK = "placet_feedback"
    ASK = "placet_audit_ask"
    QUALITY_BACK = "placet_quality_back"
    QUALITY_FIGURES = "placet_quality_figures"
    QUALITY_MUTE = "placet_quality_mute"


class Form(StrEnum):
    """What a modal is for."""

    EDIT = "placet_edit_form"
    REVISE = "placet_revise_form"
    REJECT = "placet_reject_form"
    OVERRIDE = "placet_override_form"
    FEEDBACK = "placet_feedback_form"
    VIEW = "placet_full_view"
    WORDS = "placet_words"


COMMAND = "/placet"
SHORTCUT = "placet_draft_from_message"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a button carries: the draft, and the revision and digest of the card it stands on."""

    draft_id: str
    revision: int
    digest: str

    def pack(self) -> str:
        """Return it as a button's value."""
        return f"{self.draft_id}:{self.revision}:{self.digest}"

    @classmethod
    def unpack(cls, value: str) -> Seen | None:
        """Read what `pack` gave; None where it is something else. Nothing in it is trusted."""
        draft_id, _, rest = value.partition(":")
        revision, _, digest = rest.partition(":")
        if not (draft_id and digest and revision.isascii() and revision.isdigit()):
            return None
        if len(value) > 200 or len(revision) > 9:
            return None
        return cls(draft_id=draft_id, revision=int(revision), digest=digest)

    @classmethod
    def of(cls, draft: Draft) -> Seen:
        """Return what a card of the draft carries as it stands now."""
        revision = draft.revision
        return cls(draft_id=revision.draft_id, revision=revision.revision, digest=draft.digest)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a button on an audit carries: the audit, and which of its drafts, from 1."""

    audit_id: str
    number: int

    def pack(self) -> str:
        """Return it as a button's value."""
        return f"{self.audit_id}:{self.number}"

    @classmethod
    def unpack(cls, value: str) -> Asked | None:
        """Read what `pack` gave; None where it is something else. Nothing in it is trusted."""
        audit_id, _, number = value.partition(":")
        if not audit_id or len(value) > 60 or not (number.isascii() and number.isdigit()):
            return None
        return cls(audit_id=audit_id, number=int(number))
