"""The browser console: `placet serve`, and what `placet demo` opens after its home is made."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placet.errors import BadInput

from .options import json_option
from .output import emit, say
from .progress import spinner
from .session import opened, settings_of

if TYPE_CHECKING:
    from placet.console.serve import Serving
    from placet.settings import Settings
    from placet.wiring import Placet

__all__ = ["demonstrate", "serve"]


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="N", help="Where the console listens."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--beside-slack", is_flag=True, help="Serve the console although real Slack is set up."
)
@json_option
def serve(*, port: int | None, no_browser: bool, beside_slack: bool, as_json: bool) -> None:
    """Serve Slack, or the browser console, and work.

    Slack once its tokens are set; else the console, which listens on 127.0.0.1 only and prints an
    address that works once. It has the same cards and buttons as Slack, and is meant for one
    person who tries things out.
    """
    with opened() as placet:
        from placet.slack.serving import door_of

        if door_of(placet.settings) is not None and not beside_slack:
            _serve_slack(placet, as_json=as_json)
            return
        from placet.console.serve import run_console

        run_console(
            placet,
            port=port,
            open_browser=not no_browser and _somebody_looks(),
            beside_slack=beside_slack,
            ready=_tell("Ctrl-C stops it.", as_json=as_json),
        )


def _serve_slack(placet: Placet, *, as_json: bool) -> None:
    import asyncio  # late: it takes a tenth of what `placet --help` may take

    from placet.slack.serving import door_of
    from placet.worker import worker_for

    worker = worker_for(placet)
    worker.start(prefix=placet.settings.worker_slot)
    sweeping = threading.Thread(target=worker.run, name="placet-sweeps")
    sweeping.start()
    door = door_of(placet.settings)
    if as_json:
        emit({"door": door})
    else:
        by = "Socket Mode" if door == "socket" else "HTTP"
        say(f"Placet is in Slack, by {by}. Ctrl-C stops it.")
    try:
        asyncio.run(_until_stopped(placet))
    finally:
        worker.stop()
        sweeping.join()


async def _until_stopped(placet: Placet) -> None:
    import asyncio

    from placet.slack.serving import serve_slack

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await serve_slack(placet, stop)


def demonstrate(*, port: int | None, no_browser: bool) -> None:
    """Serve a made-up company: in the home that PLACET_HOME names, else in a throw-away one."""
    from placet.settings import load_settings, names_home

    if names_home():
        _show(settings_of(), port, no_browser, "Ctrl-C stops it; the home stays.")
        return
    with tempfile.TemporaryDirectory(prefix="placet-demo-") as folder:
        # An environment of its own, as the tour has: databases, keys and models stay out of it.
        settings = load_settings({"PLACET_DRAFTER": "rules"}, home=Path(folder) / "home")
        _show(settings, port, no_browser, "Ctrl-C stops it and throws its data away.")


def _show(settings: Settings, port: int | None, no_browser: bool, after: str) -> None:
    with spinner("Making a home ..."):
        from placet.console.serve import run_console
        from placet.wiring import initialise, open_placet

        initialise(settings)
        placet = open_placet(settings)
    try:
        run_console(
            placet,
            port=port,
            open_browser=not no_browser and _somebody_looks(),
            ready=_tell(after),
            prepare=lambda: _fill(settings),
        )
    finally:
        placet.close()


def _fill(settings: Settings) -> None:
    """Make the sample company, unless the CRM holds one; the first page is open meanwhile."""
    from .home import SAMPLE, fill_sample

    try:
        fill_sample(settings, SAMPLE)
    except BadInput:
        return
    say(f"The sample company of {SAMPLE:,} contacts is ready.")


def _tell(after: str, *, as_json: bool = False) -> Callable[[Serving], None]:
    def tell(serving: Serving) -> None:
        if as_json:
            emit({"door": "console", "address": serving.address, "port": serving.port})
            return
        say(f"Placet is open at {serving.address}")
        say(f"The address works once, and on this machine only. {after}")

    return tell


def _somebody_looks() -> bool:
    return os.isatty(0)
