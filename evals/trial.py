"""One trial: one case in one epoch, and the model calls that it makes.

The runner opens a trial around each reading. Whatever works inside it (a metered model, a recorded
one, a task that names a conversation) asks here which trial it is in, so that agents need not know
that they are being evaluated. Each thread, and each thread that a graph starts, sees its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .case import Case
from .result import Call
from .spec import SuiteSpec

__all__ = ["Trial", "conversation", "epoch_now", "opened", "trial_now"]


class Trial:
    """One case in one epoch; epochs count from 1."""

    def __init__(self, case: str, epoch: int) -> None:
        self.case, self.epoch = case, epoch
        self.tried = 1
        """Which attempt this is: a case is tried again where a model gave no answer."""
        self.calls: list[Call] = []
        """The model calls so far, in order; appending is safe from several threads."""

    @property
    def name(self) -> str:
        """A name for this attempt's own conversation: an agent does not repeat a finished one."""
        return f"{self.case}:{self.epoch}.{self.tried}"


_NOW: ContextVar[Trial | None] = ContextVar("placet_trial", default=None)


@contextmanager
def opened(case: str, epoch: int) -> Iterator[Trial]:
    """Open a trial for as long as the block runs."""
    trial = Trial(case, epoch)
    token = _NOW.set(trial)
    try:
        yield trial
    finally:
        _NOW.reset(token)


def trial_now() -> Trial | None:
    """Return the trial that this code runs in, or None outside of a run."""
    return _NOW.get()


def epoch_now() -> int:
    """Return the epoch that this code runs in; 1 outside of a run."""
    trial = _NOW.get()
    return 1 if trial is None else trial.epoch


def conversation(case: Case, spec: SuiteSpec) -> str:
    """Return the name of this attempt's own conversation, for an agent's thread and run."""
    trial = _NOW.get() or Trial(case.id, 1)
    return f"{spec.name}:{spec.version}:{trial.name}"
