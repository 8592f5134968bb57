"""`placet learn propose`: a search for a better text, and the draft that it ends in."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput, NotAllowed

from .options import as_option, json_option
from .output import emit, say, table
from .progress import bar
from .session import opened

if TYPE_CHECKING:
    from evals.learning import Improved
    from gates.draft import Draft
    from placet.wiring import Placet
    from placet.wiring.searching import Search

__all__ = ["propose"]

_EVALUATIONS, _TOKENS = 2_000, 2_000_000


@click.command(short_help="Search for a better text of a prompt, and draft the change.")
@click.argument("name")
@click.option(
    "--optimizer",
    type=click.Choice(["built-in", "gepa"]),
    default="built-in",
    help="built-in chooses cards, examples and terms; gepa evolves the free text.",
)
@click.option("--evaluations", type=click.IntRange(1), default=_EVALUATIONS, metavar="N",
              help="Runs of a case at most; 2,000.")  # fmt: skip
@click.option("--tokens", type=click.IntRange(1), default=_TOKENS, metavar="N",
              help="Tokens at most, the proposer's included; 2,000,000.")  # fmt: skip
@click.option("--money", type=click.FloatRange(0, min_open=True), metavar="AMOUNT",
              help="Money at most, at the prices in the settings; needs them.")  # fmt: skip
@click.option("--worded", is_flag=True, help="Let the proposer's model word the rule cards.")
@click.option("--dry-run", is_flag=True, help="Search and show; measure nothing held out, draft "
              "nothing.")  # fmt: skip
@click.option("--share", type=float, default=0.1, metavar="SHARE",
              help="Of the requests that are to get it; 0.1, a canary.")  # fmt: skip
@click.option("--drafter", type=click.Choice(["rules", "llm"]),
              help="Who drafts in the runs; llm where a model is set.")  # fmt: skip
@click.option("--record", metavar="FILE", help="Keep the model's answers; a killed run goes on.")
@click.option("--replay", metavar="FILE", help="Measure on recordings; no socket is opened.")
@click.option("--look-anyway", "beyond", metavar="REASON", default="",
              help="Measure although the looks at the test part are used up.")  # fmt: skip
@as_option()
@json_option
def propose(
    *, name: str, optimizer: Any, evaluations: int, tokens: int, money: float | None, worded: bool,
    dry_run: bool, share: float, drafter: Any, record: str | None, replay: str | None,
    beyond: str, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Search on train and dev for a better text of a prompt, within a hard budget.

    What is found and passes the guards is measured on the held-out part, on restraint and on
    injection; then it waits at the gate for somebody else's approval. Nothing serves before that.
    """
    from evals.learning import Allowance
    from placet.store.learning import SqlLearning
    from placet.wiring.searching import Calls, HomeSearch, Search

    if record and replay:
        raise BadInput("--record and --replay exclude each other.")
    how = Search(
        optimizer=optimizer, drafter=drafter, worded=worded,
        allowance=Allowance(evaluations=evaluations, tokens=tokens, money=money),
        calls=Calls(record=record, replay=replay),
    )  # fmt: skip
    with opened() as placet:
        _check_prices(placet, money)
        who = placet.person(person)
        searching = HomeSearch(placet, progress=bar)
        before = placet.prompts.serving(name).data
        found, used = searching.search(name, how)
        draft, outcome = None, found.reason
        if found.after is not None and not dry_run:
            try:
                draft = searching.propose(
                    name, found, used, how, person=who, share=share, beyond=beyond
                )
            except NotAllowed as refused:
                outcome = str(refused)
        kept = SqlLearning(placet.engine, placet.clock).keep_proposal(
            name, before, found, person=who, outcome=outcome,
            draft_id=draft.revision.draft_id if draft else None,
        )  # fmt: skip
        _tell(placet, name, before, found, how, draft, outcome, kept, as_json=as_json)


def _check_prices(placet: Placet, money: float | None) -> None:
    settings = placet.settings
    if money is not None and not settings.model_price_read + settings.model_price_written:
        raise BadInput(
            "--money needs prices; set PLACET_MODEL_PRICE_READ and PLACET_MODEL_PRICE_WRITTEN."
        )


def _tell(
    placet: Placet, name: str, before: bytes, found: Improved, how: Search, draft: Draft | None,
    outcome: str, kept: str, *, as_json: bool,
) -> None:  # fmt: skip
    changed = _diff(name, before, found.after)
    if as_json:
        emit({
            "id": kept, "prompt": name, "outcome": outcome, "diff": changed,
            "draft": draft.revision.draft_id if draft else None,
            "budget": how.allowance.model_dump(), "spent": found.spent.model_dump(),
            "found": found.model_copy(update={"after": None}).model_dump(mode="json"),
            "text": found.after.decode() if found.after else None,
        })  # fmt: skip
        return
    table(
        ["tried", "outcome", "on train", "why"],
        [[one.what, one.outcome, one.train.words() if one.train else "", one.why]
         for one in found.steps],
        empty="Nothing was there to be tried.", whole=["tried"],
    )  # fmt: skip
    for effect in (found.train, found.dev):
        if effect is not None:
            say(effect.words())
    limit = how.allowance
    say(f"Budget: {found.spent.words()}, of {limit.evaluations:,} case runs and {limit.tokens:,} "
        f"tokens{f' and {limit.money:g} in money' if limit.money else ''}."
        + (f" Ended by it: {found.ran_out}." if found.ran_out else ""))  # fmt: skip
    if changed:
        say(f"\n{changed}")
        say("Guards: all of them hold.")
    say(f"{kept}: {outcome}")
    if draft is not None:
        from .card import draw_card

        draw_card(placet, draft)


def _diff(name: str, before: bytes, after: bytes | None) -> str:
    if after is None:
        return ""
    lines = difflib.unified_diff(
        before.decode().splitlines(), after.decode().splitlines(),
        f"{name} as it serves", f"{name} as proposed", lineterm="", n=2,
    )  # fmt: skip
    return "\n".join(lines)
