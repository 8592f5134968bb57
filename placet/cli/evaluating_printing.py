"""A run of a suite as text, and as the files that reports are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import draw, say, table, text

if TYPE_CHECKING:
    from evals import CaseResult, SuiteResult
    from evals.statistics import Rate

__all__ = ["print_result", "rate_words", "write_reports"]

_WRONG_SHOWN = 20


def write_reports(
    result: SuiteResult, *, json_file: str | None, junit: str | None, html: str | None
) -> None:
    """Write the reports that are asked for; `-` prints the JSON."""
    from evals import as_html, as_json, as_junit

    for file, write in ((json_file, as_json), (junit, as_junit), (html, as_html)):
        if file is not None and file != "-":
            Path(file).write_text(write(result), encoding="utf-8")
    if json_file == "-":
        click.echo(as_json(result).encode("utf-8"), nl=False)


def rate_words(rate: Rate) -> str:
    """Return a share with its interval: `79 of 80 = 98.8% (93.3% to 99.8%)`."""
    if rate.value is None:
        return "none counted"
    return f"{rate.hits} of {rate.of} = {rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})"


def print_result(result: SuiteResult) -> None:
    """Print a run: the verdict, the figures by what was due, and what went wrong."""
    figures = result.summary
    say(f"{result.suite} {result.suite_version}, part {result.part}, drafter {_who(result)}")
    draw(text(f"{result.verdict}: {result.reason}",
              "bold green" if result.exit_code == 0 else "bold red"))  # fmt: skip
    say(
        f"Right: {rate_words(figures.right)}. Silently wrong: {rate_words(figures.silently_wrong)}."
    )
    _print_groups(result)
    _print_wrong(result)
    say(f"Median {figures.milliseconds_p50:.1f} ms a case; {figures.unscored} could not be scored.")
    if len(figures.pass_hat) > 1:
        chances = ", ".join(f"pass^{k} {p:.1%}" for k, p in enumerate(figures.pass_hat, start=1))
        say(f"All of k runs of a case pass: {chances}.")
    if figures.read or figures.written:
        money = f", cost {figures.cost:.4g}" if figures.cost else ""
        say(f"{figures.read:,} tokens read, {figures.written:,} written{money}.")


def _who(result: SuiteResult) -> str:
    model = f", model {result.model}" if result.model else ""
    prompt = f", prompt {result.prompt.removeprefix('sha256:')[:12]}" if result.prompt else ""
    return f"{result.drafter}{model}{prompt}"


def _print_groups(result: SuiteResult) -> None:
    figures = result.summary
    rows = [["all", figures.right.hits, figures.silently_wrong.hits, figures.scored]]
    rows += [[group.name, group.right.hits, group.silently_wrong.hits, group.right.of]
             for group in figures.by_expect]  # fmt: skip
    numbers = ["right", "silently wrong", "of"]
    table(["", *numbers], rows, empty="", right=numbers)


def _print_wrong(result: SuiteResult) -> None:
    wrong = [case for case in result.cases if not case.right]
    if not wrong:
        return
    several = result.epochs > 1
    table(
        ["case", *(["epoch"] if several else []), "outcome", "why"],
        [[case.id, *([case.epoch] if several else []), *_ending(case)]
         for case in wrong[:_WRONG_SHOWN]],
        empty="",
        whole=["case", "outcome"],
    )  # fmt: skip
    if len(wrong) > _WRONG_SHOWN:
        say(f"... and {len(wrong) - _WRONG_SHOWN} more; --html FILE shows each.")


def _ending(case: CaseResult) -> tuple[str, str | None]:
    if case.score is None:
        return "not scored", case.error
    return case.score.outcome.value, case.score.reason
