"""`placet eval`: how good a drafter is, and whether a change made it better."""

from __future__ import annotations

import click

from .evaluating_compare import compare
from .evaluating_history import history
from .evaluating_lint import lint
from .evaluating_run import run
from .evaluating_show import export, show
from .judging import judge

__all__ = ["evaluate"]


@click.group(name="eval", short_help="Score drafters on suites, compare runs.")
def evaluate() -> None:
    """Score drafters on suites of cases, compare runs, watch them over time."""


for verb in (run, compare, history, show, lint, export, judge):
    evaluate.add_command(verb)
