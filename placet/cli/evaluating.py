"""`placet eval`: how good a drafter is, on a suite of cases over the sample company.

Each run builds the company anew on a throw-away home, as of the suite's own moment, so that the
same suite gives the same members on every machine and on every day.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import draw, say, table, text
from .progress import bar, spinner
from .session import settings_of

if TYPE_CHECKING:
    from agents.segments.port import Drafter
    from evals import SuiteResult, Task
    from evals.spec import SuiteSpec
    from placet.wiring import Placet

__all__ = ["evaluate"]

_SIZE = 5_000
_WRONG_SHOWN = 20


@click.group(name="eval")
def evaluate() -> None:
    """Score a drafter on a suite of cases."""


@evaluate.command()
@click.argument("suite")
@click.option(
    "--drafter", type=click.Choice(["rules", "llm"]), default="rules", help="Which one; rules."
)
@click.option(
    "--part",
    type=click.Choice(["dev", "test", "all"]),
    default="dev",
    help="Which cases; dev. The words of test cases stay hidden.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the result as JSON; - prints it.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML, for CI.")
@click.option("--html", metavar="FILE", help="Write one self-contained page.")
def run(
    *,
    suite: str,
    drafter: str,
    part: Any,
    json_file: str | None,
    junit: str | None,
    html: str | None,
) -> int:
    """Run a suite, for example `segments`, and say whether it passes.

    Exits 0 for a pass, 1 where it is blocked, 3 where too much could not be scored, 4 where the
    cases are too few to tell.
    """
    from evals import as_html, as_json, as_junit

    result = _run(suite, drafter, part)
    for file, write in ((json_file, as_json), (junit, as_junit), (html, as_html)):
        if file is not None and file != "-":
            Path(file).write_text(write(result), encoding="utf-8")
    if json_file == "-":
        click.echo(as_json(result).encode("utf-8"), nl=False)
    else:
        _print(result)
    return result.exit_code


def _run(name: str, drafter: str, part: Any) -> SuiteResult:
    from evals import load_suite
    from evals import run as run_cases

    suite = load_suite(name)
    with _sample_home(suite.spec) as placet, bar(f"{name}, {part}") as move:
        task = _TASKS[suite.spec.trade](placet, drafter)
        return run_cases(suite, task, part, progress=move)


@contextmanager
def _sample_home(spec: SuiteSpec) -> Iterator[Placet]:
    """Open a throw-away home that stands at the suite's moment; the model settings are kept."""
    from placet.clock import FixedClock
    from placet.settings import load_settings
    from placet.wiring import initialise, open_placet
    from tools.crm.local.sample import fill

    own = settings_of()
    with tempfile.TemporaryDirectory(prefix="placet-eval-") as folder:
        there = load_settings({}, home=Path(folder))
        kept = {"home", "database_url", "crm_url", "ledger_key", "timezone"}
        settings = own.model_copy(
            update={key: getattr(there, key) for key in kept} | {"timezone": spec.timezone}
        )
        with spinner("Making the sample company ..."):
            initialise(settings)
            placet = open_placet(settings, clock=FixedClock(spec.as_of))
            fill(placet.crm_engine, size=_SIZE, now=spec.as_of)
        try:
            yield placet
        finally:
            placet.close()


def _segments(placet: Placet, drafter: str) -> Task:
    from evals.segments import ReaderWorld, SegmentTask, known_values

    world = ReaderWorld(placet.segments, name=f"sample-{_SIZE}", known=known_values(placet.crm))
    return SegmentTask(_drafter(placet, drafter), world)


def _drafter(placet: Placet, name: str) -> Drafter:
    """Return the segment drafter itself, without the graph that repairs and falls back.

    Raises:
        ModelUnavailable: `llm` was asked for, and no model is set.
    """
    from agents.models import OpenAiModel
    from agents.segments import LlmDrafter, RulesDrafter

    if name == "rules":
        return RulesDrafter(placet.crm, placet.segments)
    budget = placet.settings.model_token_budget
    model = OpenAiModel(placet.settings)
    return LlmDrafter(model, placet.crm, placet.segments, token_budget=budget)


_TASKS: dict[str, Callable[[Placet, str], Task]] = {"segments": _segments}
"""How each trade is run on the sample home; a new one is one line."""


# --- printing ------------------------------------------------------------------------------------


def _print(result: SuiteResult) -> None:
    figures = result.summary
    say(f"{result.suite} {result.suite_version}, part {result.part}, drafter {result.drafter}")
    style = "bold green" if result.exit_code == 0 else "bold red"
    draw(text(f"{result.verdict}: {result.reason}", style))
    table(
        ["", "right", "silently wrong", "of"],
        [
            ["all", figures.right.hits, figures.silently_wrong.hits, figures.scored],
            *(
                [group.name, group.right.hits, group.silently_wrong.hits, group.right.of]
                for group in figures.by_expect
            ),
        ],
        empty="",
        right=["right", "silently wrong", "of"],
    )
    _print_wrong(result)
    say(f"Median {figures.milliseconds_p50:.1f} ms a case; {figures.unscored} could not be scored.")


def _print_wrong(result: SuiteResult) -> None:
    wrong = [case for case in result.cases if not case.right]
    if not wrong:
        return
    table(
        ["case", "outcome", "why"],
        [
            [
                case.id,
                case.score.outcome.value if case.score else "not scored",
                case.score.reason if case.score else case.error,
            ]
            for case in wrong[:_WRONG_SHOWN]
        ],
        empty="",
        whole=["case", "outcome"],
    )
    if len(wrong) > _WRONG_SHOWN:
        say(f"... and {len(wrong) - _WRONG_SHOWN} more; --html FILE shows each.")
