"""`placet eval history`: quality over time, for each prompt and model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from .options import json_option
from .output import emit, say, table
from .session import opened

if TYPE_CHECKING:
    from evals.statistics import Rate
    from placet.store.runs import Kept

__all__ = ["history"]


@click.command(short_help="Quality over time, for each prompt and model.")
@click.argument("suite", required=False)
@click.option("--prompt", metavar="HASH", help="Only runs with this prompt; the start of its hash.")
@click.option("--model", metavar="NAME", help="Only runs of this model.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), default=200,
              help="How many of the latest runs; 200.")  # fmt: skip
@json_option
def history(
    *, suite: str | None, prompt: str | None, model: str | None, limit: int, as_json: bool
) -> None:
    """List the runs that were kept, the oldest first, grouped by what they measured.

    Each figure stands with its interval and with the number of cases that it rests on. Runs of
    different versions of a suite stand in one list, and are no comparison: `placet eval compare`.
    """
    with opened() as placet:
        found = placet.runs.history(suite, prompt=prompt, model=model, limit=limit)
    if as_json:
        emit(found)
        return
    if not found:
        say("No run was kept yet; `placet eval run SUITE` keeps one.")
    ordered = sorted(found, key=_what)  # sorted() keeps the order in time within a group
    for what, group in groupby(ordered, key=_what):
        say(f"\n{', '.join(one for one in what if one)}")
        _print(list(group))


def _what(run: Kept) -> tuple[str, ...]:
    """Return what a run measured, in words: runs of the same stand in one table."""
    prompt = (run.prompt or "").removeprefix("sha256:")[:12]
    return (
        run.suite, f"part {run.part}", f"only {', '.join(run.tags)}" if run.tags else "",
        run.drafter, run.model or "", f"prompt {prompt}" if prompt else "",
        f"{run.epochs} epochs" if run.epochs > 1 else "",
    )  # fmt: skip


def _print(runs: Sequence[Kept]) -> None:
    table(
        ["run", "when", "version", "cases", "right", "silently wrong", "verdict"],
        [[run.id, f"{run.started_at:%Y-%m-%d}", run.version, *_figures(run)] for run in runs],
        empty="",
        right=["cases"],
        whole=["run", "when", "version", "cases", "right", "silently wrong", "verdict"],
    )


def _figures(run: Kept) -> tuple[object, ...]:
    if run.summary is None:
        return "", "", "", run.state
    figures = run.summary
    shares = (_share(figures.right), _share(figures.silently_wrong))
    return figures.different, *shares, run.verdict or run.state


def _share(rate: Rate) -> str:
    if rate.value is None:
        return "none counted"
    return f"{rate.value:.1%} ({100 * rate.low:.0f} to {100 * rate.high:.0f})"
