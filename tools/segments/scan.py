"""The two questions put to the database: who is in, and how many fall out at which step.

`waterfall` is one statement over one pass: each contact gets the number of the first step it fails
at, the steps are counted and the members gathered by the same aggregate.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from placet.errors import OperatorError
from tools.crm.local import schema

from .compile import Compiler, Condition, Scope
from .portable import joined
from .tree import All, Filter, Segment, UseExclusion
from .use import SUPPRESSION_REASONS, UsePolicy

Outcome = sa.ColumnElement[str]

__all__ = ["Counted", "clauses", "exclusions", "members", "read", "waterfall"]


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
    reason: UseExclusion, compiler: Compiler, scope: Scope, policy: UsePolicy, *, few: bool = False
) -> Condition:
    """Return whether the use policy has this reason to leave the contact out.

    `few` contacts are looked up one by one, where all of them are asked of a set built once.
    """
    consent = scope.table.c.consent
    match reason:
        case "no_consent":
            refused = "denied" if policy.require_consent == "not_denied" else "granted"
            same = sa.and_(consent.is_not(None), sa.func.lower(consent) == refused)
            return same if policy.require_consent == "not_denied" else sa.not_(same)
        case "frequency_cap":
            over = compiler.condition(policy.over_cap(), scope, negated=few)
            return sa.not_(over) if few else over
        case "suppressed":
            named = [one for reasons in SUPPRESSION_REASONS.values() for one in reasons]
            return _suppressed(scope, lambda reason: reason.not_in(named))
        case _:
            return _suppressed(scope, lambda stored: stored.in_(SUPPRESSION_REASONS[reason]))


def _suppressed(
    scope: Scope, having: Callable[[sa.ColumnElement[str]], Condition] | None = None
) -> Condition:
    """Return whether the contact's address is suppressed (for such a reason, where one is given).

    Addresses are stored lower-cased.
    """
    suppressed = schema.suppressions.alias()
    found = sa.select(suppressed.c.email).where(
        suppressed.c.email == sa.func.lower(scope.table.c.email)
    )
    if having is not None:
        found = found.where(having(suppressed.c.reason))
    return found.correlate(scope.table).exists()


def members(
    compiler: Compiler, segment: Segment, policy: UsePolicy, *, count: bool = False
) -> sa.Select[*tuple[Any, ...]]:
    """Return the statement for the members' ids, or for their number."""
    scope = compiler.scope("contact")
    tests = [compiler.condition(one, scope) for one in clauses(segment.filter)]
    reasons = policy.applied(segment)
    tests += [sa.not_(_excluded(one, compiler, scope, policy)) for one in reasons]
    what = sa.func.count() if count else scope.table.c.id
    return sa.select(what).select_from(scope.table).where(*tests)


def exclusions(
    compiler: Compiler,
    segment: Segment,
    policy: UsePolicy,
    chosen: Callable[[sa.ColumnElement[str]], Condition],
) -> sa.Select[str, str]:
    """Return the statement for why the use policy leaves each of some contacts out: "" for not.

    Args:
        compiler: for the moment that is asked about.
        segment: says by its use and `include_anyway` what applies; its filter is not read.
        policy: the limits.
        chosen: the condition on a contact's id that says who is asked about.
    """
    scope = compiler.scope("contact")
    reasons: dict[UseExclusion, Outcome] = {
        one: sa.literal(one, sa.Text()) for one in policy.applied(segment)
    }
    reason = _use(reasons, sa.literal("", sa.Text()), compiler, scope, policy, few=True)
    return sa.select(scope.table.c.id, reason.label("reason")).where(chosen(scope.table.c.id))


_BY_ADDRESS = {"unsubscribed", "complained", "bounced", "suppressed"}


def waterfall(
    compiler: Compiler,
    segment: Segment,
    policy: UsePolicy,
    *,
    sqlite: bool,
    unknown: Sequence[str] = (),
) -> sa.Select[*tuple[Any, ...]]:
    """Return the one statement behind a preview; `read` makes sense of its single row."""
    scope = compiler.scope("contact")
    # Not the pushed-down complement: SQLite asks a set it built once faster than an index a
    # million times over (0.3 s against 0.9 s for "opened in the last 30 days").
    branches = [sa.not_(compiler.condition(one, scope)) for one in clauses(segment.filter)]
    applied, lifted = policy.applied(segment), policy.lifted(segment)
    letters = _letters(len(branches) + len(applied) + len(lifted) + 1)
    *outcomes, last = [sa.literal(letter, sa.Text()) for letter in letters]
    tested = list(zip(branches, outcomes, strict=False))
    reasons = dict(zip((*applied, *lifted), outcomes[len(branches) :], strict=True))
    step = _case(tested, _use(reasons, last, compiler, scope, policy))
    asked = [scope.table.c[name].label(f"u{i}") for i, name in enumerate(unknown)]
    steps = sa.select(scope.table.c.id, step.label("step"), *asked).select_from(scope.table)
    # A fence, which both engines need: they would merge the two SELECTs and work the CASE out once
    # per use (and PostgreSQL, taking it for one row, would not hash the sets it asks).
    steps = steps.limit(-1) if sqlite else steps.offset(0)
    inner = steps.subquery()
    first = len(branches) + len(applied)
    inside = inner.c.step.in_(list(letters[first:]))
    missing = (
        sa.func.count().filter(sa.and_(inside, inner.c[f"u{i}"].is_(None)))
        for i in range(len(unknown))
    )
    tally = joined(inner.c.step, sa.literal("", sa.Text()))
    ids = joined(sa.case((inside, inner.c.id)), sa.literal("\n", sa.Text()))
    columns: list[Any] = [tally, ids, *missing]
    return sa.select(*columns)


def _use(
    reasons: Mapping[UseExclusion, Outcome],
    last: Outcome,
    compiler: Compiler,
    scope: Scope,
    policy: UsePolicy,
    *,
    few: bool = False,
) -> Outcome:
    """Return the outcome of the use policy: the first reason that applies, or `last`."""
    if not reasons:
        return last
    tests = {
        one: (_excluded(one, compiler, scope, policy, few=few), reasons[one]) for one in reasons
    }
    others = [tests[one] for one in tests if one not in _BY_ADDRESS]
    # One look-up settles the four reasons by address for whoever has no suppression at all.
    free = (sa.not_(_suppressed(scope)), _case(others, last))
    return _case([free, *tests.values()], last)


def _case(pairs: Sequence[tuple[Condition, Outcome]], last: Outcome) -> Outcome:
    return sa.case(*pairs, else_=last) if pairs else last


def _letters(count: int) -> str:
    """Return one character for each outcome.

    All outcomes together make one text, whose letters Python counts: a second aggregate per
    outcome would cost SQLite more than the whole scan.
    """
    letters = string.ascii_letters + string.digits
    return letters[:count] + "".join(chr(0x4E00 + more) for more in range(count - len(letters)))


def read(row: Sequence[Any], segment: Segment, policy: UsePolicy) -> Counted:
    """Return the row of `waterfall` as numbers with names.

    Raises:
        OperatorError: an id holds a line break, so that members could not be told apart.

    """
    applied, lifted = policy.applied(segment), policy.lifted(segment)
    tally, ids, *unknown = row
    first = len(clauses(segment.filter))
    second, third = first + len(applied), first + len(applied) + len(lifted)
    steps = [(tally or "").count(letter) for letter in _letters(third + 1)]
    found = ids.split("\n") if ids else []
    if len(found) != sum(steps[second:]):
        raise OperatorError("A contact id holds a line break; give that contact another id.")
    return Counted(
        total=len(tally or ""),
        failed=tuple(steps[:first]),
        left_out=dict(zip(applied, steps[first:second], strict=True)),
        lifted=dict(zip(lifted, steps[second:third], strict=True)),
        members=tuple(sorted(found)),
        unknown=tuple(unknown),
    )
