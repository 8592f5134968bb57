"""Where a run of a suite is kept: in the home, where there is one; else it says that it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from placet.errors import BadInput, NotFound

from .output import say
from .session import opened

if TYPE_CHECKING:
    from evals import SuiteResult
    from evals.port import Journal
    from placet.settings import Settings
    from placet.store.runs import Planned, SqlRuns

__all__ = ["Keeping", "keeping", "kept_run"]


class Keeping:
    """One run that is kept, or not."""

    def __init__(self, where: str, runs: SqlRuns | None = None, run_id: str = "") -> None:
        self.where = where
        """Where it is kept, or why it is not, in words."""
        self._runs, self._run_id = runs, run_id

    @property
    def journal(self) -> Journal | None:
        """Where each case is written down; None where nothing is kept."""
        return None if self._runs is None else self._runs.journal(self._run_id)

    def finish(self, result: SuiteResult) -> None:
        """Keep what was found."""
        if self._runs is not None:
            self._runs.finish(self._run_id, result)


@contextmanager
def keeping(
    settings: Settings, planned: Planned, *, limit: int | None, save: bool, resume: str | None,
    beyond: str, quiet: bool,
) -> Iterator[Keeping]:  # fmt: skip
    """Open the place where a run is kept, a new one or one that goes on.

    Raises:
        BadInput: a run is to go on, and there is no home where it could be.
        NotFound: there is no such run.
        NotAllowed: the looks at the test part are used up.
        Conflict: the run came to its end.
    """
    home = settings.home.is_dir()
    if resume is not None and not (home and save):
        raise BadInput(
            f"Only a run that is kept can go on, and there is no Placet home at {settings.home}; "
            "make one with `placet init`."
            if not home
            else "--resume and --no-save exclude each other."
        )
    if not home:
        yield Keeping(f"Not kept: there is no Placet home at {settings.home} (`placet init`).")
        return
    with opened() as placet:
        if not save:
            placet.runs.look(planned, limit=limit, beyond=beyond)
            yield Keeping("Not kept, as you asked.")
            return
        run_id = _run_id(placet.runs, planned, limit=limit, resume=resume, beyond=beyond)
        if not quiet:
            say(f"Run {run_id}; if it is cut short, let it go on with --resume {run_id}.")
        try:
            yield Keeping(f"Kept as {run_id}: `placet eval show {run_id}`.", placet.runs, run_id)
        except KeyboardInterrupt:
            click.echo(f"placet: What was done is kept; go on with --resume {run_id}.", err=True)
            raise


def _run_id(
    runs: SqlRuns, planned: Planned, *, limit: int | None, resume: str | None, beyond: str
) -> str:
    found = runs.unfinished(planned) if resume == "newest" else resume
    if found is not None:
        runs.journal(found)  # refuses a run that came to its end, and one that is not there
        return found
    if resume is not None:
        say("No run of the same was cut short; this is a new one.")
    return runs.start(planned, limit=limit, beyond=beyond)


def kept_run(word: str) -> SuiteResult:
    """Return the run that a word names: a file of `eval run --json`, or the id of a kept run.

    Raises:
        BadInput: the file is no result.
        NotFound: there is neither.
    """
    from pathlib import Path

    from evals import read_json

    if Path(word).is_file():
        return read_json(Path(word).read_text(encoding="utf-8"))
    if not word.startswith("ev_"):
        raise NotFound(f"There is no file {word}; name one, or a run of `placet eval history`.")
    with opened() as placet:
        return placet.runs.load(word)
