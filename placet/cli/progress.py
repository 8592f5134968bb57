"""Progress on standard error, where a terminal is there to show it; silence everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .output import console

__all__ = ["bar", "spinner"]

Progress = Callable[[int, int], None]
"""Told how much is done, and how much there is."""


@contextmanager
def bar(words: str) -> Iterator[Progress]:
    """Show a bar for as long as the block runs; yields what moves it."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console(stderr=True)) as shown:
        task = shown.add_task(words, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def spinner(words: str) -> Iterator[None]:
    """Show that something is under way for as long as the block runs."""
    if not sys.stderr.isatty():
        yield
        return
    with console(stderr=True).status(words):
        yield
