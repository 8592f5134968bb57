"""`placet stop`: an approved run that must not start, or must not go on."""

from __future__ import annotations

import click

from .options import as_option, json_option
from .output import emit, say
from .session import opened

__all__ = ["stop"]


@click.command(short_help="Stop an approved or running draft.")
@click.argument("draft_id", metavar="ID")
@as_option(required=True)
@click.option("--reason", help="Why.")
@json_option
def stop(*, draft_id: str, person: str, reason: str | None, as_json: bool) -> None:
    """Stop an approved draft before it runs, or a running one where it is.

    Whoever asked for it, its approvers and admins may. What was carried out already stays, and the
    receipt counts it; nothing more starts. A stop is not taken back: ask for the rest again.
    """
    from gates.decision import Verb
    from placet.store.views import draft_view

    with opened() as placet:
        decided = placet.desk.decide(
            draft_id, Verb.STOP, person=placet.person(person), reason=reason
        )
        if as_json:
            emit(draft_view(decided.draft, placet.policy) | {"words": decided.words})
            return
        say(decided.words)
        if decided.draft.state == "executing":
            say(f"`placet show {draft_id}` says what was done once the running step has ended.")
