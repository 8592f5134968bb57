"""`placet eval`: how good a drafter is, on a suite of cases over the sample company.

Each run builds the company anew on a throw-away home, as of the suite's own moment, so that the
same suite gives the same members on every machine and on every day.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput, NotFound

from .options import json_option
from .output import draw, emit, say, table, text
from .progress import bar, spinner
from .session import settings_of

if TYPE_CHECKING:
    from agents.models import ChatModel
    from agents.segments.port import Drafter
    from evals import SuiteResult, Task
    from evals.comparing import Comparison
    from evals.spec import SuiteSpec
    from placet.settings import Settings
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
@click.option(
    "--record", metavar="FILE", help="Keep the model's answers; a run that was killed goes on."
)
@click.option(
    "--replay", metavar="FILE", help="Answer from recordings; no socket is opened, a miss exits 3."
)
@click.option("--json", "json_file", metavar="FILE", help="Write the result as JSON; - prints it.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML, for CI.")
@click.option("--html", metavar="FILE", help="Write one self-contained page.")
def run(
    *,
    suite: str,
    drafter: str,
    part: Any,
    record: str | None,
    replay: str | None,
    json_file: str | None,
    junit: str | None,
    html: str | None,
) -> int:
    """Run a suite, for example `segments`, and say whether it passes.

    Exits 0 for a pass, 1 where it is blocked, 3 where too much could not be scored, 4 where the
    cases are too few to tell.
    """
    from evals import as_html, as_json, as_junit

    if (record or replay) and (drafter != "llm" or (record and replay)):
        raise BadInput("--record and --replay are for --drafter llm, one of them at a time.")
    calls = _Calls(record or replay, replaying=replay is not None)
    result = _run(suite, drafter, part, calls)
    for file, write in ((json_file, as_json), (junit, as_junit), (html, as_html)):
        if file is not None and file != "-":
            Path(file).write_text(write(result), encoding="utf-8")
    if json_file == "-":
        click.echo(as_json(result).encode("utf-8"), nl=False)
    else:
        _print(result)
    return result.exit_code


def _run(name: str, drafter: str, part: Any, calls: _Calls) -> SuiteResult:
    from evals import load_suite
    from evals import run as run_cases

    suite = load_suite(name)
    with _sample_home(suite.spec, drafter) as placet, bar(f"{name}, {part}") as move:
        task = _TASKS[suite.spec.trade](placet, drafter, calls)
        return run_cases(suite, task, part, progress=move)


@contextmanager
def _sample_home(spec: SuiteSpec, drafter: str) -> Iterator[Placet]:
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
            update={key: getattr(there, key) for key in kept}
            | {"timezone": spec.timezone, "drafter": drafter}
        )
        with spinner("Making the sample company ..."):
            initialise(settings)
            placet = open_placet(settings, clock=FixedClock(spec.as_of))
            fill(placet.crm_engine, size=_SIZE, now=spec.as_of)
        try:
            yield placet
        finally:
            placet.close()


@dataclass(frozen=True)
class _Calls:
    """Where model calls are recorded or replayed from; nowhere without a file."""

    file: str | None
    replaying: bool

    def model(self, settings: Settings) -> ChatModel:
        """Return the model that the settings name, behind the recordings where there are any.

        Raises:
            ModelUnavailable: no model is set.
            NotFound: there is no such recording.
        """
        from agents.models import OpenAiModel
        from evals.recording import RecordedModel, Recordings

        model = OpenAiModel(settings)
        if self.file is None:
            return model
        if self.replaying and not Path(self.file).is_file():
            raise NotFound(f"There is no recording {self.file}; make it with --record.")
        recordings = Recordings(Path(self.file))
        return RecordedModel(None if self.replaying else model, recordings, name=model.name)


def _segments(placet: Placet, drafter: str, calls: _Calls) -> Task:
    from evals.segments import ReaderWorld, SegmentTask, known_values

    world = ReaderWorld(placet.segments, name=f"sample-{_SIZE}", known=known_values(placet.crm))
    return SegmentTask(_drafter(placet, drafter, calls), world)


def _drafter(placet: Placet, name: str, calls: _Calls) -> Drafter:
    """Return the segment drafter itself, without the graph that repairs and falls back.

    Raises:
        ModelUnavailable: `llm` was asked for, and no model is set.
    """
    from agents.segments import LlmDrafter, RulesDrafter

    if name == "rules":
        return RulesDrafter(placet.crm, placet.segments)
    budget = placet.settings.model_token_budget
    model = calls.model(placet.settings)
    return LlmDrafter(model, placet.crm, placet.segments, token_budget=budget)


def _emails(placet: Placet, drafter: str, calls: _Calls) -> Task:
    from evals.emails import EmailTask
    from evals.segments import ReaderWorld, known_values

    world = ReaderWorld(placet.segments, name=f"sample-{_SIZE}", known=known_values(placet.crm))
    agent = placet.agents.build_emails(pictures=None)
    return EmailTask(agent, world, drafter=agent.drafter, prompt=agent.prompt)


def _records(placet: Placet, drafter: str, calls: _Calls) -> Task:
    """Return the records task: the sample company with the suite's flawed records in it."""
    from agents.records import build_records_agent
    from evals.records import ReaderRecords, RecordTask, flawed_records, world_name
    from tools.crm.local.records import LocalRecords
    from tools.crm.local.sample.flaws import insert_flawed
    from tools.enrichment.accounts import AccountEnricher, AccountGaps
    from tools.hygiene.local import SqlHygiene

    engine, flawed = placet.crm_engine, flawed_records()
    insert_flawed(engine, contact_rows=flawed["contacts"], company_rows=flawed["companies"])
    agent = build_records_agent(
        settings=placet.settings, crm=placet.crm, segments=placet.segments,
        hygiene=SqlHygiene(engine), files=placet.files, clock=placet.clock,
        gaps=AccountGaps(engine), enrichers=(AccountEnricher(engine),),
    )  # fmt: skip
    world = ReaderRecords(
        name=world_name(f"sample-{_SIZE}"), segments=placet.segments,
        records=LocalRecords(engine, placet.clock),
    )  # fmt: skip
    return RecordTask(agent, world, drafter=agent.drafter, prompt=agent.prompt)


_TASKS: dict[str, Callable[[Placet, str, _Calls], Task]] = {
    "emails": _emails,
    "records": _records,
    "segments": _segments,
}
"""How each trade is run on the sample home; a new one is one line."""


@evaluate.command()
@click.argument("first", metavar="A.json", type=click.Path(exists=True, dir_okay=False))
@click.argument("second", metavar="B.json", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--allowed-loss",
    type=click.FloatRange(0, 1),
    default=0.02,
    help="Share passed that B may lose and still be not worse; 0.02.",
)
@json_option
def compare(*, first: str, second: str, allowed_loss: float, as_json: bool) -> int:
    """Say whether run B is better than run A, from the files of `eval run --json`.

    Exits 0 for better or not worse, 1 for worse, 4 where the cases cannot tell.
    """
    from evals import compare_runs, read_json

    runs = [read_json(Path(file).read_text(encoding="utf-8")) for file in (first, second)]
    found = compare_runs(*runs, allowed_loss=allowed_loss)
    if as_json:
        emit(found)
    else:
        _print_comparison(found)
    return found.exit_code


def _print_comparison(found: Comparison) -> None:
    say(f"{found.suite} {found.suite_version}: {found.second} against {found.first}")
    bad = found.exit_code != 0
    draw(text(f"{found.judgement}: {found.reason}", "bold red" if bad else "bold green"))
    say(
        f"{found.cases} cases in pairs, {found.unpaired} left out; so many can see a difference of "
        f"{100 * found.smallest:.1f} points; McNemar p = {found.p_value:.3g}."
    )
    table(
        ["case", "first", "second"],
        [[flip.id, flip.first, flip.second] for flip in found.flips],
        empty="No case flipped.",
        whole=["case"],
    )


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
