"""`placet learn`: what people's decisions teach, and better prompts proposed from it.

Everything here waits for a person: a case joins after a review, a text serves after an approval.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from placet.errors import BadInput

from .learn_propose import propose
from .options import as_option, json_option
from .output import emit, say, table
from .session import opened

if TYPE_CHECKING:
    from placet.store.learning import KeptCard, Reviewed

__all__ = ["learn"]

_TRADES = click.Choice(["segments", "emails", "records"])
_MOST_SHOWN = 20


@click.group(short_help="Make cases, words and rules of decisions.")
def learn() -> None:
    """What people's decisions teach: cases, words, examples, rules and better prompts."""


learn.add_command(propose)


# --- cases ---------------------------------------------------------------------------------------


@learn.command(short_help="Make a candidate case of every decision.")
@json_option
def harvest(*, as_json: bool) -> None:
    """Make a candidate case of each decided draft, with personal data replaced.

    What was approved is what is right; after an edit, the edited version. A candidate joins the
    train or the dev part after a review, the held-out part never. Harvesting again adds what was
    decided since.
    """
    from placet.wiring.learning import HomeLearning

    with opened() as placet:
        added, left = HomeLearning(placet).harvest()
    if as_json:
        emit({**added.model_dump(), "left_out": [{"draft": one, "why": why} for one, why in left]})
        return
    say(f"{added.new} new candidate cases, {added.changed} changed, {added.known} known already.")
    for draft, why in left:
        say(f"  {draft} was left out: {why}.")
    if added.new:
        say("Review them with `placet learn review`.")


@learn.command(short_help="List candidate cases, show one, accept it or drop it.")
@click.argument("candidate_id", metavar="[ID]", required=False)
@click.argument("verdict", type=click.Choice(["accept", "drop"]), required=False)
@click.option(
    "--case",
    "file",
    metavar="FILE",
    help="With accept: the case as it should be, as JSON; - is standard input.",
)
@click.option("--note", default=None, help="Why.")
@click.option("--state", type=click.Choice(["waiting", "accepted", "dropped"]), default="waiting",
              help="Which are listed; waiting.")  # fmt: skip
@click.option("--trade", type=_TRADES, help="Only of this trade.")
@as_option()
@json_option
def review(
    *, candidate_id: str | None, verdict: Literal["accept", "drop"] | None, file: str | None,
    note: str | None, state: Any, trade: str | None, person: str | None, as_json: bool,
) -> None:  # fmt: skip
    """List what waits for a review; with an ID, show one; with accept or drop, decide on it.

    An accepted case is run in the train or the dev part from then on.
    """
    from placet.store.learning import SqlLearning

    if file is not None and verdict != "accept":
        raise BadInput("--case is for `placet learn review ID accept`.")
    with opened() as placet:
        store = SqlLearning(placet.engine, placet.clock)
        if candidate_id is None:
            _list(store.candidates(state=state, trade=trade), as_json=as_json)
            return
        if verdict is None:
            one = store.candidate(candidate_id)
        else:
            case = None if file is None else _read_json(file)
            one = store.review(
                candidate_id, verdict, person=placet.person(person), case=case, note=note
            )
    if as_json:
        emit(one)
    else:
        _show(one, decided=verdict is not None)


def _read_json(file: str) -> dict[str, Any]:
    with click.open_file(file, encoding="utf-8") as stream:
        try:
            read = json.load(stream)
        except ValueError:
            raise BadInput(f"{file} is no JSON; write the case as one JSON object.") from None
    if not isinstance(read, dict):
        raise BadInput(f"{file} must hold one JSON object: the case.")
    return read


def _list(found: Sequence[Reviewed], *, as_json: bool) -> None:
    if as_json:
        emit(list(found))
        return
    table(
        ["id", "trade", "part", "decided", "is a case", "request"],
        [
            [one.candidate.id, one.candidate.trade, one.candidate.part, one.candidate.verb,
             "yes" if one.candidate.case else "no gold", one.candidate.request[:120]]
            for one in found
        ],
        empty="No candidate case; `placet learn harvest` makes them from decisions.",
    )  # fmt: skip


def _show(one: Reviewed, *, decided: bool) -> None:
    found = one.candidate
    say(f"{found.id}  {found.trade}, {found.part}, {one.state}"
        + f" by {one.reviewed_by}" * bool(one.reviewed_by))  # fmt: skip
    if decided:
        return
    say(f"\nRequest:\n{found.request}")
    for change in found.edit:
        say(f"Changed by hand: {change}")
    if found.reason:
        say(f"Said: {found.reason}")
    say(f"\nCase:\n{json.dumps(found.case, indent=1, ensure_ascii=False)}" if found.case
        else f"\nNo case yet: {found.missing}.")  # fmt: skip
    if found.fixture is not None and found.fixture.rows:
        belongs = sum(row.belongs for row in found.fixture.rows)
        say(f"\nWorld: {len(found.fixture.rows)} made-up people, {belongs} of them belong.")
    say(f"\nDecide: placet learn review {found.id} accept|drop")


@learn.command(short_help="Say whether a draft was good.")
@click.argument("draft_id", metavar="DRAFT")
@click.argument("value", type=click.Choice(["up", "down"]))
@click.option("--reason", default=None, help="Why.")
@as_option()
@json_option
def thumb(
    *, draft_id: str, value: Literal["up", "down"], reason: str | None, person: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Put your thumb up or down on a draft; a later one takes the place of the earlier."""
    from placet.store.learning import feedback

    with opened() as placet:
        who = placet.person(person)
        with placet.engine.begin() as connection:
            feedback(connection, draft_id, who, value, clock=placet.clock, reason=reason)
    words = f"Noted: thumbs {value} on {draft_id}."
    if as_json:
        emit({"draft": draft_id, "value": value, "words": words})
    else:
        say(words)


# --- words ---------------------------------------------------------------------------------------


@learn.command(short_help="List the terms that were learned and are not in the glossary yet.")
@json_option
def glossary(*, as_json: bool) -> None:
    """List what people's own words mean: told, answered to Placet's questions, or edited.

    `placet learn propose glossary` drafts the new glossary for somebody's approval.
    """
    from placet.wiring.learning import HomeLearning

    with opened() as placet:
        found = HomeLearning(placet).terms()
    if as_json:
        emit({"terms": [one.model_dump() for one in found.terms],
              "refused": [{"phrase": one, "why": why} for one, why in found.refused]})  # fmt: skip
        return
    table(
        ["phrase", "meaning", "from", "evidence", "people"],
        [[one.phrase, one.meaning, one.source, len(one.evidence), ", ".join(one.people)]
         for one in found.terms],
        empty="No term that the glossary lacks was learned.", whole=["phrase"],
    )  # fmt: skip
    _refused(found.refused)


@learn.command(short_help='Say what words mean: "when we say hot leads we mean score over 80".')
@click.argument("text")
@as_option()
@json_option
def teach(*, text: str, person: str | None, as_json: bool) -> None:
    """Say what your words mean, in English or German; it is kept until the glossary is proposed."""
    from placet.store.learning import SqlLearning
    from prompts.teaching import parse_teaching

    term = parse_teaching(text)
    if term is None:
        raise BadInput('Say it as "when we say hot leads we mean score over 80".')
    with opened() as placet:
        SqlLearning(placet.engine, placet.clock).teach(
            term.phrase, term.meaning, person=placet.person(person)
        )
    if as_json:
        emit(term)
    else:
        say(f'Kept: "{term.phrase}" means "{term.meaning}". It counts once the glossary with it is '
            "approved: `placet learn propose glossary`.")  # fmt: skip


# --- rules and examples --------------------------------------------------------------------------


@learn.command(short_help="Draft rule cards from what several people changed alike.")
@click.option("--trade", type=_TRADES, default="segments", help="Whose; segments.")
@click.option("--drop", metavar="NAME", help="Keep this card from being proposed.")
@click.option("--note", default="", help="With --drop: why.")
@json_option
def cards(*, trade: str, drop: str | None, note: str, as_json: bool) -> None:
    """Draft the rule cards that at least three decisions of two people call for, and list them.

    They count once a prompt with them is approved: `placet learn propose NAME`.
    """
    from placet.wiring.learning import HomeLearning

    with opened() as placet:
        learning = HomeLearning(placet)
        if drop is not None:
            learning.store.drop_card(trade, drop, note=note or "dropped by hand")
        found = learning.draft_cards(trade)
        kept = learning.store.cards(trade)
    if as_json:
        emit({"cards": [one.model_dump(mode="json") for one in kept],
              "refused": [{"name": one, "why": why} for one, why in found.refused]})  # fmt: skip
        return
    table(
        ["name", "state", "decisions", "people", "until", "measured", "text"],
        [_card_line(one) for one in kept],
        empty="No rule card: fewer than three decisions of two people changed the same.",
        right=["decisions", "people"], whole=["name"],
    )  # fmt: skip
    _refused(found.refused)


def _card_line(one: KeptCard) -> list[Any]:
    card, effect = one.card, one.effect
    points = (
        f"{100 * effect.right.value:+.1f} points, {effect.cases} cases" if effect else "not yet"
    )
    return [card.name, one.state, len(card.evidence), len(card.people), card.until, points,
            card.text]  # fmt: skip


@learn.command(short_help="List the best answered requests of a trade.")
@click.option("--trade", type=_TRADES, default="segments", help="Whose; segments.")
@json_option
def examples(*, trade: str, as_json: bool) -> None:
    """List the examples that a proposal would add: approved unchanged, or accepted in a review."""
    from placet.wiring.learning import HomeLearning

    with opened() as placet:
        found = HomeLearning(placet).examples(trade)
    if as_json:
        emit(list(found))
        return
    table(
        ["from", "thumbs up", "request"],
        [[one.source, one.liked, one.request] for one in found],
        empty="No example: `placet learn harvest` makes them of drafts approved as they were.",
        right=["thumbs up"], whole=["from"],
    )  # fmt: skip


@learn.command(short_help="Say how much was learned, and what was proposed.")
@json_option
def status(*, as_json: bool) -> None:
    """Count candidate cases, cards and terms, and list the latest proposals with their effect."""
    from placet.store.history import SqlHistory
    from placet.store.learning import SqlLearning

    with opened() as placet:
        store = SqlLearning(placet.engine, placet.clock)
        found = {**store.status(), "latest": store.proposals(most=_MOST_SHOWN)}
        found["told_terms"] += len(SqlHistory(placet.engine).told())  # in threads, as requests
    if as_json:
        emit(found)
        return
    table(
        ["trade", "state", "part", "cases"],
        [[one["trade"], one["state"], one["part"], one["count"]] for one in found["cases"]],
        empty="No candidate case yet; `placet learn harvest` makes them.", right=["cases"],
    )  # fmt: skip
    say(
        f"Rule cards: {found['cards']}. Terms told: {found['told_terms']}. "
        f"Proposals: {found['proposals']}."
    )
    table(
        ["id", "prompt", "optimizer", "at (UTC)", "draft", "outcome"],
        [
            [one["id"], one["prompt"], one["optimizer"], one["at"][:16].replace("T", " "),
             one["draft_id"], one["outcome"]]
            for one in found["latest"]
        ],
        empty="", whole=["id", "draft"],
    )  # fmt: skip


def _refused(found: Sequence[tuple[str, str]]) -> None:
    for name, why in found[:_MOST_SHOWN]:
        say(f"  not {name}: {why}.")
