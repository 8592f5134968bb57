"""`placet eval run`: a suite against the agents that production runs, on a throw-away company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from placet.errors import BadInput

from .evaluating_keeping import Keeping, keeping
from .evaluating_printing import print_result, write_reports
from .evaluating_prompts import prompts_of
from .evaluating_suites import suite_of
from .output import say
from .progress import bar
from .session import settings_of

if TYPE_CHECKING:
    from agents.models import ChatModel
    from evals import Plan, Suite, SuiteResult
    from placet.settings import Settings

__all__ = ["run"]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What to run, as the options say."""

    drafter: Any
    part: Any
    tags: Sequence[str]
    prompts: Sequence[str]
    record: str | None
    replay: str | None


@click.command(short_help="Run a suite and say whether the drafter passes.")
@click.argument("suite")
@click.option("--drafter", type=click.Choice(["rules", "llm"]), default="rules",
              help="Who drafts; rules.")  # fmt: skip
@click.option("--part", type=click.Choice(["train", "dev", "test", "all"]), default="dev",
              help="Which cases; dev. The words of test cases stay hidden.")  # fmt: skip
@click.option("--tag", "tags", metavar="TAG", multiple=True,
              help="Only cases with this tag; may be repeated.")  # fmt: skip
@click.option("--epochs", metavar="N", type=int, default=1,
              help="How often each case is run; 1. Several show how steady it is.")  # fmt: skip
@click.option("--concurrency", metavar="N", type=int, default=1,
              help="How many cases at once; 1. The result is the same.")  # fmt: skip
@click.option("--retries", metavar="N", type=int, default=2,
              help="Tries again where the model gave no answer; 2.")  # fmt: skip
@click.option("--prompt", "prompts", metavar="NAME=FILE|HASH", multiple=True,
              help="Take this version of a prompt; may be repeated.")  # fmt: skip
@click.option("--budget-tokens", metavar="N", type=int, help="Begin no case after so many tokens.")
@click.option("--budget-money", metavar="AMOUNT", type=float,
              help="Begin no case after this much money, at PLACET_MODEL_PRICE_*.")  # fmt: skip
@click.option("--resume", metavar="[RUN]", is_flag=False, flag_value="newest",
              help="Let a run that was cut short go on; the newest without RUN.")  # fmt: skip
@click.option("--record", metavar="FILE", help="Keep the model's answers, to be replayed.")
@click.option("--replay", metavar="FILE",
              help="Answer from recordings; no socket is opened, a miss exits 3.")  # fmt: skip
@click.option("--json", "json_file", metavar="FILE", help="Write the result as JSON; - prints it.")
@click.option("--junit", metavar="FILE", help="Write JUnit XML, for CI.")
@click.option("--html", metavar="FILE", help="Write one self-contained page.")
@click.option("--no-save", is_flag=True, help="Do not keep the run in the home.")
@click.option("--look-anyway", "beyond", metavar="REASON", default="",
              help="Run the test part although its looks are used up; REASON is kept.")  # fmt: skip
def run(
    *, suite: str, drafter: str, part: str, tags: Sequence[str], epochs: int, concurrency: int,
    retries: int, prompts: Sequence[str], budget_tokens: int | None, budget_money: float | None,
    resume: str | None, record: str | None, replay: str | None, json_file: str | None,
    junit: str | None, html: str | None, no_save: bool, beyond: str,
) -> int:  # fmt: skip
    """Run a suite, for example `segments`, and say whether the drafter passes.

    SUITE is one that ships, or a folder with a suite of your own: `./my-suite`.

    The run is kept in the home, case by case, so that one that was cut short goes on with --resume.
    Exits 0 for a pass, 1 where it is blocked, 3 where it is incomplete (too much could not be
    scored, a budget is used up, a recording lacks an answer), 4 where the cases are too few to
    tell.
    """
    asked = _Asked(drafter=drafter, part=part, tags=tags, prompts=prompts, record=record,
                   replay=replay)  # fmt: skip
    settings, loaded = settings_of(), suite_of(suite)
    plan = _plan(settings, epochs=epochs, concurrency=concurrency, retries=retries,
                 token_budget=budget_tokens, money_budget=budget_money)  # fmt: skip
    _check(asked, plan)
    quiet = json_file == "-"
    _say_power(loaded, asked, plan, quiet=quiet)
    planned = _planned(loaded, asked, plan)
    with keeping(settings, planned, limit=_looks(loaded), save=not no_save, resume=resume,
                 beyond=beyond, quiet=quiet) as kept:  # fmt: skip
        result = _run(settings, loaded, asked, plan, kept)
        kept.finish(result)
    write_reports(result, json_file=json_file, junit=junit, html=html)
    if not quiet:
        print_result(result)
        say(kept.where)
    return result.exit_code


def _run(settings: Settings, suite: Suite, asked: _Asked, plan: Plan, kept: Keeping) -> SuiteResult:
    from placet.slack.painting import paint
    from placet.wiring.evaluation import evaluate

    with (
        prompts_of(settings, asked.prompts) as prompts,
        bar(f"{suite.spec.name}, {asked.part}") as m,
    ):
        return evaluate(
            settings, suite, drafter=asked.drafter, part=asked.part, prompts=prompts,
            model=_model(settings, asked), plan=plan, journal=kept.journal, tags=asked.tags,
            progress=m, paint=paint,
        )  # fmt: skip


def _check(asked: _Asked, plan: Plan) -> None:
    llm = asked.drafter == "llm"
    if (asked.record or asked.replay) and (not llm or (asked.record and asked.replay)):
        raise BadInput("--record and --replay are for --drafter llm, one of them at a time.")
    if not llm and (plan.token_budget or plan.money_budget):
        raise BadInput("A budget is for --drafter llm: the rules drafter costs nothing.")
    if not llm and plan.epochs > 1:
        raise BadInput("The rules drafter reads a request the same way each time; leave --epochs.")


def _plan(settings: Settings, **chosen: Any) -> Plan:
    """Return the plan, at the settings' prices.

    Raises:
        BadInput: a number is out of its range; the message names the option.
    """
    from pydantic import ValidationError  # late: --help must not wait for it

    from evals import Plan

    prices = {
        "price_read": settings.model_price_read,
        "price_written": settings.model_price_written,
    }
    if chosen["money_budget"] is not None and not any(prices.values()):
        raise BadInput(
            "--budget-money needs the price of a token; set PLACET_MODEL_PRICE_READ and "
            "PLACET_MODEL_PRICE_WRITTEN, or use --budget-tokens."
        )
    try:
        return Plan.model_validate(chosen | prices)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        option = {"token_budget": "budget-tokens", "money_budget": "budget-money"}
        name = str(first["loc"][0])
        raise BadInput(f"--{option.get(name, name)}: {first['msg']}.") from None


def _planned(suite: Suite, asked: _Asked, plan: Plan) -> Any:
    from placet.store.runs import Planned

    return Planned(
        suite=suite.spec.name, version=suite.spec.version, digest=suite.digest, part=asked.part,
        tags=tuple(asked.tags), epochs=plan.epochs, drafter=asked.drafter,
    )  # fmt: skip


def _looks(suite: Suite) -> int | None:
    """Return how many looks at the test part are allowed; None where they are only counted.

    Restraint and injection are run whole for every change of a prompt, as its gate.
    """
    from evals.learning.evidence import GUARDED

    return None if suite.spec.name in GUARDED else suite.spec.looks


def _say_power(suite: Suite, asked: _Asked, plan: Plan, *, quiet: bool) -> None:
    """Say, before anything is measured, how small a difference this run could show."""
    from evals.paired import smallest_difference

    wanted = set(asked.tags)
    chosen = [case for _, case in suite.cases(asked.part)
              if not wanted or wanted.intersection(case.tags)]  # fmt: skip
    apart = len({case.cluster for case in chosen})
    if chosen and not quiet:
        again = f", {plan.epochs} times each" if plan.epochs > 1 else ""
        say(
            f"{suite.spec.name} {suite.spec.version}: {_number(len(chosen), 'case')} in "
            f"{_number(apart, 'cluster')}"
            f"{again}. Between two such runs a difference of "
            f"{100 * smallest_difference(apart):.1f} points or more would show."
        )


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _model(settings: Settings, asked: _Asked) -> ChatModel | None:
    """Return the model that the settings name, behind the recordings where there are any.

    Raises:
        ModelUnavailable: no model is set.
        NotFound: there is no such recording.
    """
    if asked.drafter == "rules":
        return None
    from agents.models import OpenAiModel
    from evals.recording import behind

    return behind(OpenAiModel(settings), record=asked.record, replay=asked.replay)
