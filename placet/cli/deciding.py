"""`placet decide`: the buttons of a card, pressed from the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput

from .options import as_option, json_option
from .output import emit, say
from .session import opened

if TYPE_CHECKING:
    from gates.draft import Draft
    from placet.store.desk import Decided

__all__ = ["decide"]

_VERBS = ["approve", "reject", "revise", "edit", "withdraw", "stop"]
_SHORTEST = 8


@click.command()
@click.argument("draft_id", metavar="ID")
@click.argument("verb", type=click.Choice(_VERBS))
@as_option(required=True)
@click.option("--reason", help="Why; for `revise`, what to change.")
@click.option(
    "--edit",
    "file",
    metavar="FILE.json",
    help="For `edit`: the changed parts of the action, as a JSON merge patch; - reads it from "
    "standard input.",
)
@click.option("--no-ticket", is_flag=True, help="For `reject`: log no ticket.")
@click.option(
    "--override",
    "overrides",
    metavar="CHECK",
    multiple=True,
    help="For `approve`: the name of a check whose error you answer for, with a --reason; may be "
    "given again.",
)
@click.option("--seen", metavar="DIGEST", help="The digest on the card you read, or its start.")
@json_option
def decide(
    *,
    draft_id: str,
    verb: str,
    person: str,
    reason: str | None,
    file: str | None,
    no_ticket: bool,
    overrides: tuple[str, ...],
    seen: str | None,
    as_json: bool,
) -> None:
    """Approve, reject, revise, edit, withdraw or stop a draft.

    Exits 1, with the reason in words, where the decision did not count: somebody was first, the
    policy says no, the draft is stale or has expired.
    """
    patch = _read_edit(verb, file)
    from gates.decision import Verb
    from placet.store.views import draft_view

    with opened() as placet:
        decided = placet.desk.decide(
            draft_id,
            Verb(verb),
            person=placet.person(person),
            reason=reason,
            seen=_seen(placet.desk.draft(draft_id), seen) if seen else None,
            edit=patch,
            follow_up=not no_ticket,
            override=overrides,
        )
        if as_json:
            emit(draft_view(decided.draft, placet.policy) | {"words": decided.words})
            return
        _print(decided)
        if verb == "edit" and decided.draft.state == "pending":
            from .card import draw_card

            draw_card(placet, decided.draft)


def _print(decided: Decided) -> None:
    say(decided.words)
    if decided.draft.state == "approved" and decided.draft.next_at is not None:
        say("A worker must be there then: `placet work`. `placet stop ID` cancels it.")
    elif decided.draft.state in ("approved", "revising"):
        say("A worker does it: `placet work`, or once with `placet work --drain`.")


def _read_edit(verb: str, file: str | None) -> dict[str, Any] | None:
    """Read the edit, before anything is opened.

    Raises:
        BadInput: there is none where there must be one, or it is no JSON object.
    """
    if (verb == "edit") != (file is not None):
        raise BadInput("`edit` needs --edit FILE.json, and only `edit` takes it.")
    if file is None:
        return None
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        value = json.loads(raw)
    except FileNotFoundError:
        raise BadInput(f"There is no file {file}.") from None
    except ValueError as error:
        raise BadInput(f"{file} is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise BadInput(f"{file} must hold a JSON object with the changed parts of the action.")
    return value


def _seen(draft: Draft, digest: str) -> tuple[int, str]:
    """Return what the person saw: a digest may be given by its start, as the card prints it."""
    if len(digest) < _SHORTEST:
        raise BadInput(f"--seen needs at least the first {_SHORTEST} digits of the digest.")
    whole = draft.digest if draft.digest.startswith(digest.lower()) else digest
    return draft.revision.revision, whole
