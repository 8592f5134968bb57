"""`placet eval show` and `export`: a run that was kept, here or in another program's viewer."""

from __future__ import annotations

from pathlib import Path

import click

from .evaluating_keeping import kept_run
from .evaluating_printing import print_result, write_reports
from .options import json_option
from .output import emit, say

__all__ = ["export", "show"]


@click.command(short_help="Show a run that was kept, or write its report.")
@click.argument("run", metavar="RUN|FILE")
@click.option("--junit", metavar="FILE", help="Write JUnit XML, for CI.")
@click.option("--html", metavar="FILE", help="Write one self-contained page.")
@json_option
def show(*, run: str, junit: str | None, html: str | None, as_json: bool) -> None:
    """Show a run, by its id in `placet eval history` or from a file of `eval run --json`."""
    result = kept_run(run)
    write_reports(result, json_file="-" if as_json else None, junit=junit, html=html)
    if not as_json:
        print_result(result)


@click.command(short_help="Write a run for another program's viewer.")
@click.argument("run", metavar="RUN|FILE")
@click.option("--to", "form", type=click.Choice(["inspect"]), required=True, help="Whose.")
@click.argument("out", metavar="OUT", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def export(*, run: str, form: str, out: Path, as_json: bool) -> None:
    """Write a run to OUT as a log of Inspect AI, which `inspect view --log-dir` opens.

    OUT ends in .json. Where the extra `inspect` is installed, Inspect's own reader checks the log
    before it is written.
    """
    from evals.inspect_log import as_inspect_log

    result = kept_run(run)
    written, checked = as_inspect_log(result, out.name)
    out.write_text(written, encoding="utf-8")
    if as_json:
        emit({"file": str(out), "format": form, "cases": len(result.cases), "checked": checked})
        return
    say(f"{len(result.cases)} cases in {out}: `inspect view --log-dir {out.parent}` shows it.")
    if not checked:
        say("Inspect AI (the extra `inspect`) is not installed here to check the log.")
