"""A draft as a card: first a typed view of what it says, then blocks.

What a card may hold is limited. Where a part had to be cut the card is not `whole`, and Approve
waits until the clicker opened the full view of that digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gates.digest import short
from gates.draft import State
from gates.sections import Section, read_sections
from gates.transition import FINAL
from placet.clock import iso

from .facts import Facts
from .parts import Cutter, Part, Row, Span
from .sections import section_parts
from .text import inert, lines

__all__ = ["STATES", "Card", "read_card"]

_CELL = 60
_TOLD = ("second opinion", "refreshed")
"""Checks that have a part of their own."""
_SIGNS = {"ok": "✓", "warn": "!", "error": "✗"}
_ORDER = {"error": 0, "warn": 1, "ok": 2}
_APART = 4
"""So many good checks have a row each."""
STATES = {
    "pending": "Waits for approval",
    "revising": "Changes were asked for",
    "approved": "Approved, runs next",
    "executing": "Running",
    "executed": "Done",
    "partial": "Done in part",
    "failed": "Failed",
    "unknown": "Outcome not known yet",
    "rejected": "Rejected",
    "expired": "Expired",
    "withdrawn": "Withdrawn",
    "stale": "Stale: nothing ran",
}
_MARKS = {
    "pending": "🟡", "revising": "✏️", "approved": "🔵", "executing": "🔵", "executed": "✅",
    "partial": "🟠", "failed": "❌", "unknown": "🟠", "rejected": "⛔", "expired": "⌛",
    "withdrawn": "↩️", "stale": "🟣",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card says, before it is blocks."""

    title: str
    state: str
    status: str
    """The state in words, with who is waited for or who decided."""
    asked: str
    count: str
    outcome: tuple[str, ...]
    parts: tuple[Part, ...]
    foot: str
    whole: bool
    """Whether nothing of the draft had to be cut."""
    loud: tuple[str, ...] = field(default=())
    """Why a further approver is needed."""


def read_card(facts: Facts, *, full: bool = False) -> Card:
    """Return what the card says; `full` cuts nothing, for the view of everything."""
    view = facts.view
    cutter = Cutter(full=full)
    parts = _parts(facts, cutter)
    title = cutter.line(view["title"], 150) or "A draft without a title"
    over = facts.draft.state in FINAL and not full
    return Card(
        title=title,
        state=view["state"],
        status=f"{_mark(facts)} {_status(facts)}",
        asked=_asked(facts, cutter),
        count=_count(facts),
        outcome=tuple(_outcome(facts)),
        parts=_first(parts) if over else parts,
        foot=_foot(view),
        whole=not cutter.cut,
        loud=tuple(f"Flagged: it {inert(flag)}." for flag in view["needs"]["flags"]),
    )


def _first(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return what stays once it is all over: who it was for, in words."""
    first = next((part for part in parts if part.name or part.title == "Who"), None)
    return (replace(first, table=(), more="", images=(), files=()),) if first else ()


# --- head and foot -------------------------------------------------------------------------------


def _mark(facts: Facts) -> str:
    return "🛑" if facts.stopped else _MARKS[facts.view["state"]]


def _status(facts: Facts) -> str:
    view, needs = facts.view, facts.view["needs"]
    words = STATES[view["state"]]
    if facts.stopped:
        ends = "; what is on its way ends first" if facts.draft.state is State.EXECUTING else ""
        return f"Stopped by @{inert(facts.stopped)}, {_stopped_at(facts)}{ends}."
    if facts.next_start and facts.draft.state in (State.APPROVED, State.EXECUTING):
        start = "runs on" if facts.draft.state is State.APPROVED else "goes on at"
        words = f"{words.partition(',')[0]}, {start} {inert(facts.next_start)}"
    if facts.draft.state is State.PENDING:
        left = [f"@{inert(one)}" for one in needs["approvers"] if one not in needs["have"]]
        said = f"; has {', '.join(f'@{inert(one)}' for one in needs['have'])}" * bool(needs["have"])
        many = f" ({needs['approvals']} needed{said})" if (needs["approvals"] or 1) > 1 else said
        by = " or ".join(left) or "nobody"
        return f"{words} by {by}{many}. Expires {minute(needs['expires_at'])}."
    if view["decided_by"]:
        return f"{words}; decided by @{inert(view['decided_by'])}, {minute(view['decided_at'])}."
    return f"{words}."


def _stopped_at(facts: Facts) -> str:
    at = facts.draft.stopped_at
    return minute(iso(at)) if at else "at some time"


def minute(at: str) -> str:
    """Return a stored moment as people read it: `2026-11-24 10:02 UTC`."""
    return f"{at[:10]} {at[11:16]} UTC"


def _asked(facts: Facts, cutter: Cutter) -> str:
    if facts.request is None:
        return f"@{inert(facts.view['requester'])} asked for it."
    return f"@{inert(facts.view['requester'])} asked: {cutter.line(facts.request, 500)}"


def _count(facts: Facts) -> str:
    if facts.headline:
        return f"{inert(facts.headline, 200)}."
    view = facts.view
    count, matching = view["action"]["targets"]["count"], view["evidence"].get("matching")
    members = "1 member" if count == 1 else f"{count:,} members"
    of = f", of {matching:,} who match" if isinstance(matching, int) else ""
    return f"{members}{of}, in {inert(view['action']['destination'], 60)}."


def _outcome(facts: Facts) -> Iterable[str]:
    view = facts.view
    if view["note"]:
        yield lines(view["note"], 500)
    if facts.receipt:
        yield f"Receipt {inert(facts.receipt)}."
    if facts.replaced_by:
        yield f"In its place waits draft {inert(facts.replaced_by)}."
    for one in facts.draft.approvals:
        if one.override:
            names = ", ".join(inert(name, 80) for name in one.override)
            yield f"@{inert(facts.called(one.by))} approved in spite of: {names}."
    if view["state"] == "approved" and view["needs"]["valid_until"]:
        yield f"The approval is valid until {minute(view['needs']['valid_until'])}."


def _foot(view: Mapping[str, Any]) -> str:
    prompt = f", prompt {inert(view['prompt'][:12])}" if view["prompt"] else ""
    return (
        f"Draft {inert(view['id'])}, revision {view['revision']}, digest {short(view['digest'])}, "
        f"drafted by {inert(view['drafter'], 40)}{prompt}"
    )


# --- parts ---------------------------------------------------------------------------------------


def _parts(facts: Facts, cutter: Cutter) -> tuple[Part, ...]:
    sections = read_sections(facts.view["evidence"])
    found = _sectioned(facts, sections, cutter) if sections else _segment(facts, cutter)
    return tuple(part for part in found if part is not None)


def _sectioned(facts: Facts, sections: Sequence[Section], cutter: Cutter) -> Iterable[Part | None]:
    """Return a draft's own sections; what is wrong with it stands before them."""
    checks, evidence = facts.view["checks"], facts.view["evidence"]
    wrong = [check for check in checks if check["status"] == "error"]
    waits = facts.draft.state in (State.PENDING, State.REVISING)
    title = "This must be put right first" if waits else "These checks said no"
    yield _list(title, _checks(wrong, cutter), cutter, loud=True)
    # The checks have a part of their own on every card; a section of that name would repeat them.
    yield from section_parts([one for one in sections if one.name != "checks"], cutter)
    yield _second(evidence.get("second_opinion"), cutter)
    yield _list("You should know", _warnings(evidence.get("warnings"), cutter), cutter)
    yield _paragraph("Made in place of a stale draft", evidence.get("refreshed"), cutter)
    rest = [check for check in checks if check["status"] != "error"]
    yield _list("Checks", _checks(rest, cutter), cutter)
    yield _list("By hand this would be", _steps(evidence.get("steps"), cutter), cutter)


def _segment(facts: Facts, cutter: Cutter) -> Iterable[Part | None]:
    view, evidence = facts.view, facts.view["evidence"]
    yield _paragraph("Who", facts.filter or view["summary"], cutter)
    yield _list("From everybody to the members", _funnel(evidence, cutter), cutter)
    yield _list("Left out by the use policy", _reasons(evidence.get("left_out")), cutter)
    yield _list(
        "Included although the use policy leaves them out",
        _reasons(evidence.get("included_anyway")),
        cutter,
        loud=True,
    )
    yield _second(evidence.get("second_opinion"), cutter)
    yield _sample(evidence.get("sample"))
    yield _list("What became of the words", _words(evidence.get("words"), cutter), cutter)
    yield _list("You should know", _warnings(evidence.get("warnings"), cutter), cutter)
    yield _paragraph("Made in place of a stale draft", evidence.get("refreshed"), cutter)
    yield _list("Checks", _checks(view["checks"], cutter), cutter)
    yield _list("By hand this would be", _steps(evidence.get("steps"), cutter), cutter)


def _paragraph(title: str, words: object, cutter: Cutter) -> Part | None:
    text = cutter.block(words or "")
    return Part(title=title, text=text) if text.strip() else None


def _list(title: str, rows: Iterable[Row], cutter: Cutter, *, loud: bool = False) -> Part | None:
    kept = cutter.rows(rows)
    return Part(title=title, rows=kept, loud=loud) if kept else None


def _funnel(evidence: Mapping[str, Any], cutter: Cutter) -> Iterable[Row]:
    for step in evidence.get("funnel") or []:
        yield Span(f"{step['remaining']:,}", "bold"), Span(f"  {cutter.line(step['words'], 200)}")


def _reasons(found: Sequence[Mapping[str, Any]] | None) -> Iterable[Row]:
    for one in found or []:
        reason = inert(str(one["reason"]).replace("_", " "))
        yield Span(f"{one['count']:,}", "bold"), Span(f"  {reason}")


def _sample(rows: Sequence[Mapping[str, Any]] | None) -> Part | None:
    if not rows:
        return None
    cells = ("name", "job_title", "company", "country", "email")
    heading = tuple(cell.replace("_", " ").capitalize() for cell in cells)
    table = tuple(tuple(inert(row.get(c) or "-", _CELL) for c in cells) for row in rows[:20])
    return Part(title="Some of them", table=(heading, *table))


def _words(uses: Sequence[Mapping[str, Any]] | None, cutter: Cutter) -> Iterable[Row]:
    filler = [inert(use["words"]) for use in uses or [] if use["use"] == "filler"]
    for use in uses or []:
        if use["use"] != "filler":
            became = use["became"] or str(use["use"]).replace("_", " ")
            yield (
                Span(cutter.line(use["words"], 200), "italic"),
                Span(f" → {cutter.line(became, 300)}"),
            )
    if filler:
        yield Span(cutter.line(" … ".join(filler), 300), "italic"), Span(" → no meaning")


def _second(opinion: Mapping[str, Any] | None, cutter: Cutter) -> Part | None:
    """Say where another drafter, reading the request on its own, agrees or differs in members."""
    if not opinion:
        return None
    drafter = f"The {inert(opinion['drafter'], 40)} drafter"
    said = cutter.line(opinion["description"])
    if opinion["agrees"]:
        words = f"{drafter}, on its own, selects exactly the same people."
        return Part(title="Second opinion", text=words)
    if opinion["agrees"] is None:
        words = f"{drafter} would rather ask or decline: {said}"
        return Part(title="Second opinion", text=words, loud=True)
    words = (
        f"{drafter} reads it differently: {opinion['only_here']:,} people only here, "
        f"{opinion['only_there']:,} only there. It read: {said}"
    )
    return Part(title="Second opinion", text=words, loud=True)


def _warnings(warnings: Sequence[str] | None, cutter: Cutter) -> Iterable[Row]:
    for one in warnings or []:
        yield (Span(cutter.line(one, 400)),)


def _checks(checks: Sequence[Mapping[str, Any]], cutter: Cutter) -> Iterable[Row]:
    """Return what was checked, errors first, each with its fix; many good ones share a row."""
    told = [check for check in checks if check["name"] not in _TOLD]
    good = [check for check in told if check["status"] == "ok"]
    together = len(good) > _APART and not cutter.full
    for check in sorted(told, key=lambda one: _ORDER[one["status"]]):
        if check["status"] != "ok" or not together:
            yield tuple(_check(check, cutter))
    if together:
        names = ", ".join(str(check["name"]).replace("_", " ") for check in good)
        sign = Span(f"{_SIGNS['ok']} {len(good)} others are fine", "bold")
        yield sign, Span(f"  {cutter.line(names, 700)}")


def _check(check: Mapping[str, Any], cutter: Cutter) -> Iterable[Span]:
    sign = f"{_SIGNS[check['status']]} {inert(check['name'], 60)}"
    yield Span(sign, "bold")
    yield Span(f"  {cutter.line(check['message'], 400)}")
    if check.get("fix") and check["status"] != "ok":
        yield Span(f"  Fix: {cutter.line(check['fix'], 300)}", "italic")


def _steps(steps: Sequence[str] | None, cutter: Cutter) -> Iterable[Row]:
    for step in steps or []:
        yield (Span(cutter.line(step, 300)),)
