"""The two questions put to the database: who is in, and how many fall out at which step.

`waterfall` is one statement over one pass: each contact gets the number of the first step it fails
at, the steps are counted and the members gathered by the same aggregate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from placet.errors import OperatorError
from tools.crm.local import schema

from .compile import Compiler, Condition, Scope
from .portable import joined
from .tree import (
    All,
    Company,
    CompanyContacts,
    Deals,
    Event,
    Filter,
    InList,
    Not,
    Segment,
    UseExclusion,
)
from .use import SUPPRESSION_REASONS, UsePolicy

__all__ = ["Counted", "clauses", "members", "read", "waterfall"]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What one pass over the contacts found."""

    total: int
    failed: tuple[int, ...]
    """How many fall out at each top-level clause, in order."""
    left_out: dict[UseExclusion, int]
    lifted: dict[UseExclusion, int]
    """Members by the first lifted exclusion that applies to them."""
    members: tuple[str, ...]
    """Sorted."""
    unknown: tuple[int, ...] = ()
    """How many members lack a value, for each of the columns asked for."""


def clauses(tree: Filter) -> Sequence[Filter]:
    """Return the top-level clauses: what the funnel counts one by one."""
    return tree.of if isinstance(tree, All) else (tree,)


def _excluded(
    reason: UseExclusion, compiler: Compiler, scope: Scope, policy: UsePolicy, stored: Any
) -> Condition:
    """Return whether the use policy has this reason to leave the contact out."""
    consent = scope.table.c.consent
    match reason:
        case "no_consent":
            refused = "denied" if policy.require_consent == "not_denied" else "granted"
            same = sa.and_(consent.is_not(None), sa.func.lower(consent) == refused)
            return same if policy.require_consent == "not_denied" else sa.not_(same)
        case "frequency_cap":
            return compiler.condition(policy.over_cap(), scope)
        case "suppressed":
            named = [one for reasons in SUPPRESSION_REASONS.values() for one in reasons]
            return sa.and_(stored.is_not(None), stored.not_in(named))
        case _:
            return sa.and_(stored.is_not(None), stored.in_(SUPPRESSION_REASONS[reason]))


def _stored_reason(scope: Scope) -> Any:
    """Join the contact's suppression, by address; addresses are stored lower-cased."""
    suppressed = schema.suppressions.alias()
    email = scope.table.c.email
    scope.joins.append((suppressed, suppressed.c.email == sa.func.lower(email)))
    return suppressed.c.reason


def members(
    compiler: Compiler, segment: Segment, policy: UsePolicy, *, sqlite: bool, count: bool = False
) -> sa.Select[Any]:
    """Return the statement for the members' ids, or for their number."""
    joining = compiler.scope("contact", joining=not sqlite)
    probing = replace(joining, joining=False)
    tests = [
        compiler.condition(one, probing if sqlite or _simple(one) else joining)
        for one in clauses(segment.filter)
    ]
    reasons = policy.applied(segment)
    stored = _stored_reason(joining) if set(reasons) & _BY_ADDRESS else None
    tests += [sa.not_(_excluded(one, compiler, joining, policy, stored)) for one in reasons]
    what = sa.func.count() if count else joining.table.c.id
    return sa.select(what).select_from(joining.source()).where(*tests)


_BY_ADDRESS = {"unsubscribed", "complained", "bounced", "suppressed"}


def _simple(clause: Filter) -> bool:
    """Return whether PostgreSQL plans the probe as one semi- or anti-join."""
    node = clause.of if isinstance(clause, Not) else clause
    if isinstance(node, InList):
        return True
    counted = isinstance(node, Event | CompanyContacts | Deals)
    if counted and node.at_least == 1 and node.at_most is None:
        return True
    if isinstance(node, Company) and node.unknown == "exclude":
        return True
    return counted and node.at_least == 0 and node.at_most == 0 and node is clause


def waterfall(
    compiler: Compiler,
    segment: Segment,
    policy: UsePolicy,
    *,
    sqlite: bool,
    unknown: Sequence[str] = (),
) -> sa.Select[Any]:
    """Return the one statement behind a preview; `read` makes sense of its single row."""
    scope = compiler.scope("contact", joining=not sqlite)
    branches = [compiler.condition(one, scope, negated=True) for one in clauses(segment.filter)]
    stored = None if segment.use == "internal" else _stored_reason(scope)
    for reason in (*policy.applied(segment), *policy.lifted(segment)):
        branches.append(_excluded(reason, compiler, scope, policy, stored))  # noqa: PERF401
    step = (
        sa.case(
            *((branch, sa.literal_column(str(number))) for number, branch in enumerate(branches)),
            else_=sa.literal_column(str(len(branches))),
        )
        if branches
        else sa.literal_column("0")
    )
    columns = [scope.table.c[name].label(f"u{i}") for i, name in enumerate(unknown)]
    steps = sa.select(scope.table.c.id, step.label("step"), *columns).select_from(scope.source())
    if sqlite:
        # LIMIT keeps SQLite from merging the two SELECTs and working the CASE out once per count.
        steps = steps.limit(-1)
    inner = steps.subquery()
    first = len(clauses(segment.filter)) + len(policy.applied(segment))
    inside = inner.c.step >= sa.literal_column(str(first))
    return sa.select(
        sa.func.count().label("total"),
        *(
            sa.func.count().filter(inner.c.step == sa.literal_column(str(number)))
            for number in range(len(branches))
        ),
        *(
            sa.func.count().filter(sa.and_(inside, inner.c[f"u{i}"].is_(None)))
            for i in range(len(unknown))
        ),
        sa.func.count().filter(inside),
        _gathered(inner.c.id, inside),
    )


def _gathered(column: sa.ColumnElement[Any], inside: Condition) -> sa.ColumnElement[Any]:
    return joined(sa.case((inside, column)))


def read(row: Sequence[Any], segment: Segment, policy: UsePolicy) -> Counted:
    """Return the row of `waterfall` as numbers with names.

    Raises:
        OperatorError: an id holds a line break, so that members could not be told apart.

    """
    applied, lifted = policy.applied(segment), policy.lifted(segment)
    *numbers, inside, ids = row
    total, steps = numbers[0], numbers[1:]
    first = len(clauses(segment.filter))
    second, third = first + len(applied), first + len(applied) + len(lifted)
    found = ids.split("\n") if ids else []
    if len(found) != inside:
        raise OperatorError("A contact id holds a line break; give that contact another id.")
    return Counted(
        total=total,
        failed=tuple(steps[:first]),
        left_out=dict(zip(applied, steps[first:second], strict=True)),
        lifted=dict(zip(lifted, steps[second:third], strict=True)),
        members=tuple(sorted(found)),
        unknown=tuple(steps[third:]),
    )
