"""`placet eval lint`: what is wrong with a suite's cases, before anything is measured on them."""

from __future__ import annotations

import click

from placet.errors import BadInput

from .evaluating_suites import suite_of
from .options import json_option
from .output import emit, say
from .progress import bar
from .session import settings_of

__all__ = ["lint"]


@click.command(short_help="Check the cases of a suite, or of all.")
@click.argument("suite", required=False)
@click.option(
    "--record", is_flag=True, help="First write down the cases of new versions (digests.json)."
)
@json_option
def lint(*, suite: str | None, record: bool, as_json: bool) -> int:
    """Check a suite's cases: their form, leaks between parts, gold that the world refuses.

    Prints one line for each finding and exits 1 where there is one. A version names one set of
    cases: after a change raise it in suite.yaml, and --record it.
    """
    from evals import suite_names
    from evals.recorded import record as write_down

    if record:
        new = write_down()
        if not as_json:
            for version, digest in new.items():
                say(f"Recorded {version}: {digest[:12]}")

    names = [suite] if suite is not None else list(suite_names())
    found: dict[str, list[str]] = {}
    with bar("Checking suites") as move:
        for done, name in enumerate(names, start=1):
            found[name] = _findings(name)
            move(done, len(names))
    if as_json:
        emit(found)
    else:
        for name, problems in found.items():
            for problem in problems:
                say(f"{name}: {problem}")
            say(f"{name}: {len(problems) or 'no'} findings.")
    return int(any(found.values()))


def _findings(name: str) -> list[str]:
    from evals import lint as lint_suite
    from placet.wiring.evaluation import staged, task_on
    from prompts import ShippedPrompts

    try:
        suite = suite_of(name)
    except BadInput as error:  # a case that is not valid is a finding, not wrong usage
        return [str(error)]
    with staged(settings_of(), suite.spec, "rules", None, ShippedPrompts()) as stage:
        return list(lint_suite(suite, task_on(stage, suite.spec.trade)))
