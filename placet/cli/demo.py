"""`placet demo`: the main job, end to end, in the browser or as a tour of the terminal."""

from __future__ import annotations

import click

from .options import json_option
from .output import emit

__all__ = ["demo"]


@click.command()
@click.option(
    "--tour", "headless", is_flag=True, help="Walk through the main job, here, by itself."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="N", help="Where the console listens."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@json_option
def demo(*, headless: bool, port: int | None, no_browser: bool, as_json: bool) -> int:
    """Show what Placet does, on a made-up company and without any key.

    Opens the console in a browser: chat, cards with buttons, and three people to act as. With
    PLACET_HOME set its home is used and kept; else everything is thrown away at the end.

    --tour asks, approves, executes, rejects, goes stale and undoes by itself, sends an email to a
    mailbox on this machine, unsubscribes somebody, verifies, and exits 0 only if all of it really
    happened.
    """
    if not headless:
        from .console import demonstrate

        demonstrate(port=port, no_browser=no_browser)
        return 0
    from .tour import walk

    outcome = walk(quiet=as_json)
    if as_json:
        emit(outcome.as_json())
    return 0 if outcome.passed else 1
