"""Overrides: an error of a check blocks Approve, unless a person with the right answers for it.

An override names the checks, carries a reason, and stands in the approval: it binds that revision's
digest, and a later approver of the same revision need not repeat it.
"""

from __future__ import annotations

from placet.errors import BadInput, NotAllowed

from .decision import Decision
from .draft import Approval, Draft
from .quorum import Quorum

__all__ = ["check_not_blocked"]


def check_not_blocked(
    draft: Draft, decision: Decision, before: tuple[Approval, ...], quorum: Quorum
) -> None:
    """Refuse an approval that an error blocks and nobody with the right has answered for.

    Raises:
        NotAllowed: a check blocks it, or this person may not override one.
        BadInput: the override has no reason, or names a check that blocks nothing.
    """
    failed = {check.name: check for check in draft.revision.checks if check.status == "error"}
    if decision.override:
        _check_override(draft, decision, set(failed), quorum)
    answered = {*decision.override, *(name for one in before for name in one.override)}
    left = [check for name, check in failed.items() if name not in answered]
    if left:
        others = f" (and by {len(left) - 1} more)" if len(left) > 1 else ""
        raise NotAllowed(
            f"Approve is blocked by the check {left[0].name!r}{others}: {left[0].message}"
        )


def _check_override(draft: Draft, decision: Decision, failed: set[str], quorum: Quorum) -> None:
    quorum.check_may_override(draft, decision.by)
    if not (decision.reason or "").strip():
        raise BadInput("An override needs a reason; give it with --reason.")
    idle = [name for name in decision.override if name not in failed]
    if idle:
        names = ", ".join(sorted(failed)) or "none"
        raise BadInput(f"The check {idle[0]!r} blocks nothing here; these do: {names}.")
