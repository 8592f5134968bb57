"""`placet prompts`: which text serves whom, what it says, and what differs between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput, NotFound

from .options import json_option
from .output import emit, say, table
from .prompts_changing import promote, rollback
from .session import opened

if TYPE_CHECKING:
    from placet.store.prompt_rows import Change
    from placet.store.runs import Kept
    from placet.wiring import Placet
    from prompts import Prompt
    from tools.prompts.port import Standing

__all__ = ["prompts"]

_SHORT = 12
_scope = click.option(
    "--scope", metavar="TEAM", default="default",
    help="A workspace with a version of its own; without it, what serves everywhere.",
)  # fmt: skip


@click.group(short_help="Show, change and roll back what models are told.")
def prompts() -> None:
    """The texts that models are given: which serves whom, and how to change it."""


# --- list ----------------------------------------------------------------------------------------


@prompts.command(name="list", short_help="Which text serves whom, since when, and its scores.")
@json_option
def list_(*, as_json: bool) -> None:
    """List every prompt: what serves it, its canary, since when, and the latest scores."""
    with opened() as placet:
        found = [_line(placet, standing, change) for standing, change in placet.prompts.standings()]
    if as_json:
        emit(found)
        return
    table(
        ["prompt", "scope", "role", "serves", "canary", "since (UTC)"],
        [
            [
                one["name"], one["scope"], one["role"], _serves(one), _canary(one),
                (one["since"] or "")[:16].replace("T", " "),
            ]
            for one in found
        ],
        empty="There are no prompts.",
        whole=["prompt", "since (UTC)"],
    )  # fmt: skip
    _print_scores(found)


def _print_scores(found: Sequence[dict[str, Any]]) -> None:
    rows = [
        [
            one["name"], score["prompt"][:_SHORT], score["suite"], score["part"],
            f"{score['right']:.1%}", f"{score['low']:.1%} to {score['high']:.1%}", score["cases"],
            score["run"],
        ]
        for one in found
        for score in one["scores"]
        if score["right"] is not None
    ]  # fmt: skip
    if rows:
        say("\nLatest scores")
        headings = ["prompt", "text", "suite", "part", "right", "95% interval", "cases", "run"]
        table(headings, rows, empty="", right=["right", "cases"], whole=["text", "run"])


def _line(placet: Placet, standing: Standing, change: Change | None) -> dict[str, Any]:
    from placet.clock import iso
    from prompts import load_prompt

    shipped = load_prompt(standing.name)
    return {
        "name": standing.name,
        "scope": standing.scope,
        "role": shipped.role,
        "about": shipped.front.about,
        "stable": standing.stable,
        "ships": standing.stable == shipped.sha256,
        "usable": placet.prompts.usable(standing.name, standing.stable),
        "canary": standing.canary,
        "share": standing.share,
        "since": iso(change.at) if change else None,
        "event": change.event if change else None,
        "why": change.why if change else None,
        "scores": _latest(placet, [standing.stable, *([standing.canary] * bool(standing.canary))]),
    }


def _latest(placet: Placet, hashes: Sequence[str | None]) -> list[dict[str, Any]]:
    """Return the newest finished run of each suite and part, for each text."""
    found: dict[tuple[str, str, str], Kept] = {}
    for sha256 in filter(None, hashes):
        for run in placet.runs.history(prompt=sha256):  # the oldest first
            if run.summary is not None:
                found[sha256, run.suite, run.part] = run
    return [
        {
            "prompt": sha256, "suite": suite, "part": part, "run": run.id, "model": run.model,
            "cases": run.summary.right.of, "right": run.summary.right.value,
            "low": run.summary.right.low, "high": run.summary.right.high,
        }
        for (sha256, suite, part), run in found.items()
        if run.summary is not None
    ]  # fmt: skip


def _serves(one: dict[str, Any]) -> str:
    if not one["usable"]:
        return f"{one['stable'][:_SHORT]} UNUSABLE: the file that ships serves; promote another"
    return f"{one['stable'][:_SHORT]}{' (ships)' if one['ships'] else ''}"


def _canary(one: dict[str, Any]) -> str:
    return f"{one['canary'][:_SHORT]} {one['share']:.0%}" if one["canary"] else ""


# --- show ----------------------------------------------------------------------------------------


@prompts.command(short_help="Show a text: by its prompt's name, a hash or a file.")
@click.argument("which", metavar="NAME|HASH|FILE")
@click.option("--rendered", is_flag=True, help="Filled in with sample inputs, as a model reads it.")
@click.option(
    "--request",
    default="customers in Germany",
    metavar="TEXT",
    help="With --rendered: the request that rules and examples are chosen for.",
)
@_scope
@json_option
def show(*, which: str, rendered: bool, request: str, scope: str, as_json: bool) -> None:
    """Show a text whole, with what it learned and the history of its name."""
    from placet.clock import iso

    with opened() as placet:
        text = text_of(placet, which, scope)
        said = _sample(placet, text, request) if rendered else None
        changes = [
            {**one.turned.as_result(), "event": one.event, "why": one.why, "at": iso(one.at),
             "draft": one.draft_id, "person": one.person}
            for one in placet.prompts.history(text.name)
        ]  # fmt: skip
    head = {
        "name": text.name, "sha256": text.sha256, "about": text.front.about, "role": text.role,
        "changed": text.changed, "model": text.model.model_dump(exclude_none=True),
        "inputs": text.inputs, "untrusted": text.untrusted, "locked": sorted(text.locked),
        "rules": [one.model_dump(mode="json", exclude_none=True) for one in text.rules],
        "examples": len(text.examples),
    }  # fmt: skip
    if as_json:
        emit({**head, **(said or {"text": text.data.decode()}), "history": changes})
        return
    say(f"{text.name} {text.sha256}")
    if said:
        say(f"\n--- system ---\n{said['system']}\n\n--- user ---\n{said['user']}")
    else:
        say(f"\n{text.data.decode()}")
    for one in changes:
        after = one["canary"] or one["stable"]
        who = f" by {one['person']}" if one["person"] else ""
        say(f"{one['at']}  {one['event']}{who}: {str(after)[:_SHORT]}. {one['why']}")


def _sample(placet: Placet, text: Prompt, request: str) -> dict[str, Any]:
    """Return the text filled in: today is today, every other input stands for itself."""
    from zoneinfo import ZoneInfo

    today = placet.clock.now().astimezone(ZoneInfo(placet.settings.timezone)).date()
    named = {*text.inputs, *text.untrusted} - {"today", "request"}
    filled = text.render(
        today=today, request=request, boundary=lambda: "sample",
        **{name: f"[{name}]" for name in named},
    )  # fmt: skip
    return {"system": filled.system, "user": filled.user, "rules_used": list(filled.rules)}


# --- diff ----------------------------------------------------------------------------------------


@prompts.command(short_help="What differs between two texts.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@_scope
@json_option
def diff(*, first: str, second: str, scope: str, as_json: bool) -> None:
    """Show what differs between two texts, line by line.

    A and B are a prompt's name (what serves now), `ships:NAME` (the file that ships), a hash or at
    least its first six digits, or a file.
    """
    from tools.prompts.diff import unified

    with opened() as placet:
        one, other = (text_of(placet, which, scope) for which in (first, second))
    lines = unified(one, other)
    if as_json:
        emit({"a": _named(one), "b": _named(other), "same": one == other, "diff": lines})
    else:
        say(lines or f"Both are {one.sha256[:_SHORT]}: no line differs.")


def _named(text: Prompt) -> dict[str, str]:
    return {"name": text.name, "sha256": text.sha256}


def text_of(placet: Placet, which: str, scope: str) -> Prompt:
    """Return the text that a word names: a prompt, `ships:NAME`, a file, or a hash.

    Raises:
        NotFound: it names none.
        BadInput: the file is no prompt.
    """
    from prompts import load_prompt, parse_prompt, prompt_names

    if which.startswith("ships:"):
        return load_prompt(which.removeprefix("ships:"))
    if which in prompt_names():
        return placet.prompts.text(placet.prompts.standing(which, scope).stable)
    if Path(which).is_file():
        return parse_prompt(Path(which).read_bytes())
    try:
        return placet.prompts.find(which)
    except BadInput:
        raise NotFound(
            f"{which} is no prompt, no hash and no file; `placet prompts list` names the prompts."
        ) from None


prompts.add_command(promote)
prompts.add_command(rollback)
