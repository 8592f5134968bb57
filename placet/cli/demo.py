"""`placet demo`: the main job, end to end, on a throw-away home."""

from __future__ import annotations

import click

from placet.errors import OperatorError

from .options import json_option
from .output import emit

__all__ = ["demo"]


@click.command()
@click.option(
    "--tour", "headless", is_flag=True, help="Walk through the main job, here, by itself."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="N", help="Where the console will listen."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@json_option
def demo(*, headless: bool, port: int | None, no_browser: bool, as_json: bool) -> int:
    """Show what Placet does, on a made-up company and without any key.

    --tour asks, approves, executes, rejects, goes stale, undoes and verifies by itself, and exits
    0 only if all of it really happened.
    """
    if not headless:
        raise OperatorError(
            "The browser console is not there yet; `placet demo --tour` shows the main job here."
        )
    from .tour import walk

    outcome = walk(quiet=as_json)
    if as_json:
        emit(outcome.as_json())
    return 0 if outcome.passed else 1
