"""`placet test`: a draft tried out on the person who asks for it, and on nobody else."""

from __future__ import annotations

import click

from .options import as_option, json_option
from .output import emit, say
from .session import opened

__all__ = ["test"]


@click.command(short_help="Try a draft out on yourself.")
@click.argument("draft_id", metavar="ID")
@as_option(required=True)
@json_option
def test(*, draft_id: str, person: str, as_json: bool) -> None:
    """Send yourself a test of a draft: it goes to your own address in policy.toml alone.

    It needs nobody's approval, because it reaches nobody else; the ledger keeps it all the same.
    """
    from placet.store.views import draft_view

    with opened() as placet:
        draft = placet.desk.test(draft_id, person=placet.person(person))
        words = f"A test of {draft_id} is on its way to you: draft {draft.revision.draft_id}."
        if as_json:
            emit(draft_view(draft, placet.policy) | {"words": words})
            return
        say(words)
        say("A worker does it: `placet work`, or once with `placet work --drain`.")
