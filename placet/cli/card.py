"""A draft as its approver reads it in a terminal: who is in, who is not and why, what was checked.

Everything on it comes from the sealed revision and the engine; all of it is treated as untrusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gates.people import Person

from .inert import plain
from .output import draw, indented, text

if TYPE_CHECKING:
    from gates.draft import Draft
    from placet.wiring import Placet

__all__ = ["Facts", "card", "draw_card"]

_STATE = {
    "pending": "bold yellow", "revising": "yellow", "approved": "bold cyan", "executing": "cyan",
    "executed": "bold green", "partial": "bold red", "failed": "bold red", "unknown": "bold red",
    "rejected": "red", "stale": "bold magenta",
}  # fmt: skip
_CHECK = {"ok": ("ok", "green"), "warn": ("warn", "yellow"), "error": ("ERROR", "bold red")}
_PAST = {
    "approve": "approved", "reject": "rejected", "revise": "asked for changes to",
    "edit": "edited it into", "withdraw": "withdrew",
}  # fmt: skip
_TOLD = ("second opinion", "refreshed")
"""Checks that have a section of their own."""
_LONG = 2_000
_SHORT = 12
_WIDEST = 120  # columns; wider, and numbers stand far from what they count
_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a card shows: the draft as JSON values, and what is kept beside it."""

    draft: Mapping[str, Any]
    """As `placet.store.views.draft_view` returns it."""
    said: Sequence[str] = ()
    """The conversation in the person's own words, oldest first; empty where it was asked by id."""
    decisions: Sequence[Mapping[str, Any]] = ()
    """What people did with it, oldest first: verb, by, reason, revision, at."""
    filter: str | None = None
    """The filter in plain words, described anew from the sealed action."""
    replaced_by: str | None = None
    """The draft that was made in place of this one, where it went stale."""


def draw_card(placet: Placet, draft: Draft) -> None:
    """Print a draft's card and what can be done with it."""
    facts = read_facts(placet, draft)
    draw(card(facts))
    steps = next_steps(facts)
    if steps is not None:
        draw(steps)


def read_facts(placet: Placet, draft: Draft) -> Facts:
    """Return everything that the card of a draft shows."""
    from placet.clock import iso
    from placet.store.views import (
        draft_view,
        read_conversation,
        read_decisions,
        read_replacement,
    )

    revision, policy = draft.revision, placet.policy
    with placet.book.reader.connect() as connection:
        decided = read_decisions(connection, revision.draft_id)
        return Facts(
            draft=draft_view(draft, policy),
            said=read_conversation(connection, revision.request_id),
            decisions=[
                {**one, "by": policy.name_of(Person.from_key(one["person"])), "at": iso(one["at"])}
                for one in decided
            ],
            filter=_describe(placet, draft),
            replaced_by=read_replacement(connection, revision.draft_id),
        )


def _describe(placet: Placet, draft: Draft) -> str | None:
    from tools.segments.action import BuildSegment

    action = placet.gate.read_action(draft.revision.kind, draft.revision.action)
    if not isinstance(action, BuildSegment):
        return None
    return placet.segments.describe(action.segment.filter)


def card(facts: Facts) -> RenderableType:
    """Return the card."""
    draft, evidence = facts.draft, facts.draft["evidence"]
    parts: list[RenderableType] = [_head(facts)]
    sections = (
        _section("Who", _block(facts.filter)),
        _section("From everybody to the members", _funnel(evidence)),
        _section("Left out by the use policy", _reasons(evidence.get("left_out"))),
        _section(
            "INCLUDED ALTHOUGH THE USE POLICY LEAVES THEM OUT",
            _reasons(evidence.get("included_anyway"), "bold red"),
            "bold red",
        ),
        _section("Second opinion", _second(evidence.get("second_opinion"))),
        _section("Some of them", _sample(evidence.get("sample"))),
        _section("What became of the words", _words(evidence.get("words"))),
        _section("You should know", _warnings(evidence.get("warnings"))),
        _section("Made in place of a stale draft", _block(evidence.get("refreshed"), "yellow")),
        _section("Checks", _checks([one for one in draft["checks"] if one["name"] not in _TOLD])),
        _section("By hand this would be", _steps(evidence.get("steps"))),
    )
    parts += [section for section in sections if section is not None]
    parts.append(_foot(facts))
    panel = Panel(
        Group(*parts),
        title=_title(draft),
        title_align="left",
        box=box.ROUNDED,
        border_style="red" if draft["needs"]["flags"] else "dim",
        padding=(0, 1),
    )
    return Constrain(panel, _WIDEST)


def _title(draft: Mapping[str, Any]) -> Text:
    state = text(draft["state"], _STATE.get(draft["state"], ""))
    return Text.assemble(" draft ", text(draft["id"]), ", ", state, " ")


# --- head and foot -------------------------------------------------------------------------------


def _head(facts: Facts) -> RenderableType:
    draft = facts.draft
    lines = [text(draft["title"], "bold", _LONG)]
    for number, words in enumerate(facts.said):
        how = "then" if number else f"@{plain(draft['requester'])} asked"
        lines.append(Text.assemble(f"{how}: ", text(words, "italic", _LONG)))
    if facts.filter is None:  # else every word of the summary has its own place below
        lines.append(text(draft["summary"], limit=_LONG))
    lines.append(_how_many(draft))
    lines += [_decision(one) for one in facts.decisions]
    if draft["note"] and draft["note"] not in [one["reason"] for one in facts.decisions]:
        lines.append(text(draft["note"], "yellow", _LONG))
    if facts.replaced_by:
        lines.append(Text.assemble("In its place waits draft ", text(facts.replaced_by, "bold")))
    return Group(*lines)


def _decision(one: Mapping[str, Any]) -> Text:
    why = f": {one['reason']}" if one["reason"] else ""
    words = f"@{one['by']} {_PAST[one['verb']]} revision {one['revision']} at {_minute(one['at'])}"
    return text(words + why, "dim", _LONG)


def _how_many(draft: Mapping[str, Any]) -> Text:
    count, matching = draft["action"]["targets"]["count"], draft["evidence"].get("matching")
    line = Text.assemble((f"{count:,} member{'' if count == 1 else 's'}", "bold"))
    if isinstance(matching, int):
        line.append(f", of {matching:,} who match")
    return Text.assemble(line, ", in ", text(draft["action"]["destination"]), ".")


def _foot(facts: Facts) -> RenderableType:
    draft, needs = facts.draft, facts.draft["needs"]
    prompt = f", prompt {draft['prompt'][:_SHORT]}" if draft["prompt"] else ""
    lines = [
        Text.assemble(
            "\n", "revision ", str(draft["revision"]), ", digest ", text(draft["digest"][:_SHORT]),
            ", drafted by ", text(draft["drafter"] + prompt), style="dim",
        )
    ]  # fmt: skip
    lines += [text(f"Flagged: it {flag}.", "bold red") for flag in needs["flags"]]
    if draft["state"] == "pending":
        lines.append(_waits_for(needs))
    elif needs["valid_until"] and draft["state"] == "approved":
        lines.append(text(f"The approval is valid until {_minute(needs['valid_until'])}.", "dim"))
    return Group(*lines)


def _waits_for(needs: Mapping[str, Any]) -> Text:
    left = [f"@{name}" for name in needs["approvers"] if name not in needs["have"]]
    said = ", ".join(f"@{name}" for name in needs["have"])
    return Text.assemble(
        f"Needs {needs['approvals']} approval{'' if needs['approvals'] == 1 else 's'}",
        text(f", has {said}" if said else ""),
        "; may approve: ",
        text(", ".join(left) or "nobody", "bold"),
        f". Expires {_minute(needs['expires_at'])}.",
    )


def _minute(at: str) -> str:
    return f"{at[:10]} {at[11:16]} UTC"


def next_steps(facts: Facts) -> RenderableType | None:
    """Return the exact commands that come next, or None where there are none."""
    draft = facts.draft
    commands = _commands(draft)
    if not commands:
        return None
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, overflow="ignore")  # a command that is folded cannot be copied
    for command in commands:
        grid.add_row(text(command, "cyan"))
    return indented(grid)


def _commands(draft: Mapping[str, Any]) -> list[str]:
    one, needs = draft["id"], draft["needs"]
    who = next((name for name in needs["approvers"] if name not in needs["have"]), "PERSON")
    if draft["state"] == "pending":
        blocked = any(check["status"] == "error" for check in draft["checks"])
        approve = f"placet decide {one} approve --as {who} --seen {draft['digest'][:_SHORT]}"
        revise = f'placet decide {one} revise --as {who} --reason "what to change"'
        return [
            *([] if blocked else [approve]),
            f'placet decide {one} reject --as {who} --reason "why"',
            *([revise] if draft["kind"] == "build_segment" else []),
            f"placet show {one} --members",
        ]
    if draft["state"] in ("approved", "revising"):
        return ["placet work --drain"]
    return []


# --- sections ------------------------------------------------------------------------------------


def _section(title: str, body: RenderableType | None, style: str = "bold") -> RenderableType | None:
    if body is None:
        return None
    return Group(Text(f"\n{title}", style=style), indented(body))


def _block(words: str | None, style: str = "") -> RenderableType | None:
    return text(words, style, _LONG) if words else None


def _two_columns(rows: Sequence[tuple[Text, Text]]) -> RenderableType | None:
    if not rows:
        return None
    grid = Table.grid(padding=(0, 3))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for row in rows:
        grid.add_row(*row)
    return grid


def _funnel(evidence: Mapping[str, Any]) -> RenderableType | None:
    steps = evidence.get("funnel") or []
    return _two_columns([(text(s["words"]), Text(f"{s['remaining']:,}")) for s in steps])


def _reasons(found: Sequence[Mapping[str, Any]] | None, style: str = "") -> RenderableType | None:
    return _two_columns(
        [
            (text(str(one["reason"]).replace("_", " "), style), Text(f"{one['count']:,}", style))
            for one in found or []
        ]
    )


def _sample(rows: Sequence[Mapping[str, Any]] | None) -> RenderableType | None:
    if not rows:
        return None
    grid = Table.grid(padding=(0, 2))
    cells = ("name", "job_title", "company", "country", "email")
    for _ in cells:
        grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*(text(row.get(cell) or "-", limit=_NAME) for cell in cells))
    return grid


def _words(uses: Sequence[Mapping[str, Any]] | None) -> RenderableType | None:
    if not uses:
        return None
    grid = Table.grid(padding=(0, 2))
    filler = [use["words"] for use in uses if use["use"] == "filler"]
    for use in uses:
        if use["use"] != "filler":
            became = use["became"] or str(use["use"]).replace("_", " ")
            grid.add_row(text(use["words"], "italic"), text("->", "dim"), text(became))
    if filler:
        grid.add_row(text(" … ".join(filler), "dim"), text("->", "dim"), text("no meaning", "dim"))
    return grid


def _second(opinion: Mapping[str, Any] | None) -> RenderableType | None:
    """Say where another drafter, reading the request on its own, agrees or differs in members."""
    if not opinion:
        return None
    who, said = f"The {opinion['drafter']} drafter", opinion["description"]
    if opinion["agrees"]:
        return text(f"{who}, on its own, selects exactly the same people.", "green")
    if opinion["agrees"] is None:
        return text(f"{who} would rather ask or decline: {said}", "bold yellow", _LONG)
    differs = f"{opinion['only_here']:,} people only here, {opinion['only_there']:,} only there"
    return Group(
        text(f"{who} reads it differently: {differs}.", "bold yellow"),
        text(f"It read: {said}", limit=_LONG),
    )


def _warnings(warnings: Sequence[str] | None) -> RenderableType | None:
    return Group(*(text(f"! {one}", "yellow", _LONG) for one in warnings)) if warnings else None


def _checks(checks: Sequence[Mapping[str, Any]]) -> RenderableType | None:
    if not checks:
        return None
    grid = Table.grid(padding=(0, 2))
    for check in checks:
        sign, style = _CHECK[check["status"]]
        grid.add_row(text(sign, style), text(check["name"]), text(check["message"], limit=_LONG))
    return grid


def _steps(steps: Sequence[str] | None) -> RenderableType | None:
    if not steps:
        return None
    return Group(*(text(f"{n}. {step}", limit=_LONG) for n, step in enumerate(steps, start=1)))
