"""`placet drafts` and `placet show`: what waits, what ran, and everything about one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .files import write_files
from .options import json_option
from .output import emit, say, table
from .session import opened

if TYPE_CHECKING:
    from gates.draft import Draft
    from placet.wiring import Placet

__all__ = ["drafts", "members_of", "show"]

_STATES = [
    "pending",
    "approved",
    "executing",
    "executed",
    "partial",
    "failed",
    "unknown",
    "rejected",
    "revising",
    "expired",
    "withdrawn",
    "stale",
]  # fmt: skip - the members of gates.draft.State, which would cost pydantic at `--help`


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice(_STATES), help="Only drafts in this state.")
@json_option
@click.pass_context
def drafts(context: click.Context, *, state: str | None, as_json: bool) -> None:
    """List drafts, oldest first; `placet drafts show ID` shows one."""
    if context.invoked_subcommand is not None:
        return
    from gates.draft import State
    from placet.store.views import draft_view

    with opened() as placet:
        found = placet.desk.drafts(state=State(state) if state else None)
        views = [draft_view(draft, placet.policy) for draft in found]
    if as_json:
        emit(views)
    else:
        _print(views, state)


def _print(views: list[dict[str, Any]], state: str | None) -> None:
    table(
        ["id", "state", "title", "members", "asked by", "approvals"],
        [
            [
                view["id"],
                view["state"],
                view["title"],
                f"{view['action']['targets']['count']:,}",
                view["requester"],
                f"{len(view['needs']['have'])} of {view['needs']['approvals'] or '-'}",
            ]
            for view in views
        ],
        empty=f"There are no {state} drafts." if state else "There are no drafts; `placet ask`.",
        right=["members"],
        whole=["id", "state"],
    )


@click.command(short_help="Show one draft whole: who, who not and why, what was checked.")
@click.argument("draft_id", metavar="ID")
@click.option("--members", is_flag=True, help="List every member's email address.")
@click.option(
    "--files", "folder", metavar="DIR", help="Write out its pictures and files into this folder."
)
@json_option
def show(*, draft_id: str, members: bool, folder: str | None, as_json: bool) -> None:
    """Show one draft whole: who is in it, who is left out and why, and what was checked."""
    from placet.store.views import draft_view

    with opened() as placet:
        draft = placet.desk.draft(draft_id)
        emails = members_of(placet, draft) if members else []
        written = write_files(placet, draft, Path(folder)) if folder is not None else []
        if as_json:
            listed: dict[str, Any] = {"members": emails} if members else {}
            if folder is not None:
                listed["files"] = [str(file) for file in written]
            emit(draft_view(draft, placet.policy) | listed)
            return
        from .card import draw_card

        draw_card(placet, draft)
    for line in (*emails, *(f"Wrote {file}" for file in written)):
        say(line)


drafts.add_command(show)


def members_of(placet: Placet, draft: Draft) -> list[str]:
    """Return the email addresses of the draft's members, in the order of their contact ids."""
    return [row.email for row in placet.segments.rows(placet.desk.members(draft))]
