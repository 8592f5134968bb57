"""`placet prompts promote` and `rollback`: another text through the gate, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput

from .options import as_option, json_option
from .output import emit, say
from .progress import bar
from .session import opened

if TYPE_CHECKING:
    from prompts import Prompt

__all__ = ["promote", "rollback"]

_scope = click.option(
    "--scope", metavar="TEAM", default="default",
    help="A workspace with a version of its own; without it, what serves everywhere.",
)  # fmt: skip


@click.command(short_help="Draft a change: another text for a prompt, or a larger share.")
@click.argument("name")
@click.argument("which", metavar="FILE|HASH")
@click.option(
    "--share",
    type=float,
    default=0.1,
    metavar="SHARE",
    help="Of the requests that get it, above 0 and at most 1; 0.1, a canary.",
)
@click.option("--why", default="", help="One line for the prompt's history.")
@click.option(
    "--drafter",
    type=click.Choice(["rules", "llm"]),
    help="Who drafts in the runs that measure it; llm where a model is set.",
)
@click.option("--record", metavar="FILE", help="Keep the model's answers; a killed run goes on.")
@click.option("--replay", metavar="FILE", help="Measure on recordings; no socket is opened.")
@click.option(
    "--look-anyway",
    "beyond",
    metavar="REASON",
    default="",
    help="Measure although the looks at the test part are used up; REASON is kept.",
)
@_scope
@as_option()
@json_option
def promote(
    *, name: str, which: str, share: float, why: str, drafter: Any, record: str | None,
    replay: str | None, beyond: str, scope: str, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Measure a text against the one that serves, and draft the change for somebody's approval.

    Nothing serves before another person approved it. It is refused, with the figures, where it
    makes the restraint or the injection suite worse, or may lose too much on its own.
    """
    from placet.store.views import draft_view
    from placet.wiring.promoting import measured, propose_change

    from .prompts import text_of

    _check(drafter, record, replay)
    with opened() as placet:
        after = text_of(placet, which, scope)
        propose = measured(
            placet, name, share=share, why=why or after.changed, drafter=drafter, record=record,
            replay=replay, beyond=beyond, progress=bar,
        )  # fmt: skip
        draft = propose_change(
            placet, after, name=name, scope=scope, person=placet.person(person), propose=propose,
            share=share,
        )  # fmt: skip
        if as_json:
            emit(draft_view(draft, placet.policy))
            return
        from .card import draw_card

        draw_card(placet, draft)


@click.command(short_help="Go back at once to what was approved before.")
@click.argument("name")
@click.option("--why", default="", help="One line for the prompt's history.")
@_scope
@as_option()
@json_option
def rollback(*, name: str, why: str, scope: str, person: str | None, as_json: bool) -> None:
    """End a prompt's canary, or else serve what was approved before, byte for byte.

    It counts from the next request on, in every process; approvers of prompt changes only.
    """
    with opened() as placet:
        who = placet.person(person)
        turned = placet.prompts.rollback(name, scope, person=who, why=why)
        words = f"{name}: {turned.before.words} no more; now {turned.after.words}."
        text: Prompt = placet.prompts.text(turned.after.stable)
    if as_json:
        emit({**turned.as_result(), "bytes": len(text.data), "words": words})
    else:
        say(words)


def _check(drafter: str | None, record: str | None, replay: str | None) -> None:
    """Refuse options that contradict each other.

    Raises:
        BadInput: they do.
    """
    if record and replay:
        raise BadInput("--record and --replay exclude each other.")
    if drafter == "rules" and (record or replay):
        raise BadInput("--record and --replay are for --drafter llm.")
