"""A draft as its approver reads it in a terminal: who is in, who is not and why, what was checked.

Everything on it comes from the sealed revision and the engine; all of it is treated as untrusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gates.people import Person

from . import sections
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
_PAST = {
    "approve": "approved", "reject": "rejected", "revise": "asked for changes to",
    "edit": "edited it into", "withdraw": "withdrew", "stop": "stopped",
}  # fmt: skip
_AGENTS = ("build_segment", "send_email")
"""What an agent drafts anew where changes are asked for."""
_TOLD = ("second opinion", "refreshed")
"""Checks that have a section of their own."""
_LONG = 2_000
_SHORT = 12
_WIDEST = 120  # columns; wider, and numbers stand far from what they count


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
    headline: str | None = None
    """What Approve does, in one line, for kinds that say more than a count."""
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
            headline=_headline(placet, draft),
            replaced_by=read_replacement(connection, revision.draft_id),
        )


def _describe(placet: Placet, draft: Draft) -> str | None:
    from tools.segments.action import BuildSegment

    action = placet.gate.read_action(draft.revision.kind, draft.revision.action)
    if not isinstance(action, BuildSegment):
        return None
    return placet.segments.describe(action.segment.filter)


def _headline(placet: Placet, draft: Draft) -> str | None:
    from tools.email.action import SendEmail, SendTest
    from tools.email.headline import headline
    from tools.prompts.action import ChangePrompt
    from tools.prompts.drafting import headline as of_prompt

    action = placet.gate.read_action(draft.revision.kind, draft.revision.action)
    if isinstance(action, ChangePrompt):
        return of_prompt(action)
    if not isinstance(action, SendEmail | SendTest):
        return None
    return headline(action, ZoneInfo(placet.settings.timezone))


def card(facts: Facts) -> RenderableType:
    """Return the card."""
    draft = facts.draft
    body = _sectioned(draft) if draft["evidence"].get("sections") else _segment(facts)
    panel = Panel(
        Group(_head(facts), *body, _foot(facts)),
        title=_title(draft),
        title_align="left",
        box=box.ROUNDED,
        border_style="red" if draft["needs"]["flags"] else "dim",
        padding=(0, 1),
    )
    return Constrain(panel, _WIDEST)


def _sectioned(draft: Mapping[str, Any]) -> list[RenderableType]:
    """Return a draft's own sections; what is wrong with it stands before them."""
    from gates.sections import read_sections

    from .parts import drawn

    evidence, checks = draft["evidence"], _untold(draft["checks"])
    wrong = [check for check in checks if check["status"] == "error"]
    rest = [check for check in checks if check["status"] != "error"]
    first = sections.section("This must be put right first", sections.checks(wrong), "bold red")
    # The checks have a part of their own on every card; a section of that name would repeat them.
    shown = [one for one in read_sections(evidence) if one.name != "checks"]
    found = [
        first,
        *drawn(shown),
        sections.section("Second opinion", sections.second_opinion(evidence.get("second_opinion"))),
        sections.section("You should know", sections.warnings(evidence.get("warnings"))),
        sections.section(
            "Made in place of a stale draft", sections.block(evidence.get("refreshed"), "yellow")
        ),
        sections.section("Checks", sections.checks(rest)),
        sections.section("By hand this would be", sections.steps(evidence.get("steps"))),
    ]
    return [one for one in found if one is not None]


def _segment(facts: Facts) -> list[RenderableType]:
    draft, evidence = facts.draft, facts.draft["evidence"]
    found = (
        sections.section("Who", sections.block(facts.filter)),
        sections.section("From everybody to the members", sections.funnel(evidence)),
        sections.section("Left out by the use policy", sections.reasons(evidence.get("left_out"))),
        sections.section(
            "INCLUDED ALTHOUGH THE USE POLICY LEAVES THEM OUT",
            sections.reasons(evidence.get("included_anyway"), "bold red"),
            "bold red",
        ),
        sections.section("Second opinion", sections.second_opinion(evidence.get("second_opinion"))),
        sections.section("Some of them", sections.sample(evidence.get("sample"))),
        sections.section("What became of the words", sections.words_used(evidence.get("words"))),
        sections.section("You should know", sections.warnings(evidence.get("warnings"))),
        sections.section(
            "Made in place of a stale draft", sections.block(evidence.get("refreshed"), "yellow")
        ),
        sections.section("Checks", sections.checks(_untold(draft["checks"]))),
        sections.section("By hand this would be", sections.steps(evidence.get("steps"))),
    )
    return [section for section in found if section is not None]


def _untold(checks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the checks that have no section of their own."""
    return [check for check in checks if check["name"] not in _TOLD]


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
    if (
        facts.filter is None and not facts.headline
    ):  # else every word of the summary has its own place below
        lines.append(text(draft["summary"], limit=_LONG))
    lines.append(_how_many(facts))
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


def _how_many(facts: Facts) -> Text:
    if facts.headline:
        return text(f"{facts.headline}.", "bold")
    draft = facts.draft
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
            *([revise] if draft["kind"] in _AGENTS else []),
            *([f"placet test {one} --as {who}"] if draft["kind"] == "send_email" else []),
            f"placet show {one} --members",
        ]
    if draft["state"] in ("approved", "executing") and draft["kind"] == "send_email":
        return ["placet work --drain", f"placet stop {one} --as {draft['requester']}"]
    if draft["state"] in ("approved", "revising"):
        return ["placet work --drain"]
    return []
