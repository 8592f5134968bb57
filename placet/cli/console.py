"""The browser console: `placet serve`, and what `placet demo` opens after its home is made."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placet.errors import BadInput, OperatorError

from .options import json_option
from .output import emit, say
from .progress import spinner
from .session import opened, settings_of

if TYPE_CHECKING:
    from placet.console.serve import Serving
    from placet.recipients import PublicSite
    from placet.settings import Settings
    from placet.wiring import Placet

__all__ = ["demonstrate", "serve"]


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="N", help="Where the console listens."
)
@click.option(
    "--public-port",
    type=click.IntRange(1, 65_535),
    metavar="N",
    help="Where the pages for recipients listen, behind your TLS proxy.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option(
    "--beside-slack", is_flag=True, help="Serve the console although real Slack is set up."
)
@json_option
def serve(
    *,
    port: int | None,
    public_port: int | None,
    no_browser: bool,
    beside_slack: bool,
    as_json: bool,
) -> None:
    """Serve Slack, or the browser console, and work.

    Slack once its tokens are set; else the console, which listens on 127.0.0.1 only and prints an
    address that works once. It has the same cards and buttons as Slack, and is meant for one
    person who tries things out.

    Either way the pages for recipients of emails (unsubscribe, preferences) listen beside it, on a
    port of their own that the proxy behind PLACET_PUBLIC_URL hands on.
    """
    with opened() as placet:
        from placet.slack.serving import door_of

        if door_of(placet.settings) is not None and not beside_slack:
            _serve_slack(placet, public_port, as_json=as_json)
            return
        from placet.console.serve import run_console

        run_console(
            placet,
            port=port,
            public_port=public_port,
            open_browser=not no_browser and _somebody_looks(),
            beside_slack=beside_slack,
            ready=_tell("Ctrl-C stops it.", as_json=as_json),
        )


def _serve_slack(placet: Placet, public_port: int | None, *, as_json: bool) -> None:
    import asyncio  # late: it takes a tenth of what `placet --help` may take

    from placet.slack.serving import door_of
    from placet.worker import worker_for

    site, why_not = _site_of(placet, public_port)
    worker = worker_for(placet)
    worker.start(prefix=placet.settings.worker_slot)
    sweeping = threading.Thread(target=worker.run, name="placet-sweeps")
    sweeping.start()
    door = door_of(placet.settings)
    if as_json:
        emit({"door": door, "public_url": site.public_url if site else None})
    else:
        by = "Socket Mode" if door == "socket" else "HTTP"
        say(f"Placet is in Slack, by {by}. Ctrl-C stops it.")
        _tell_recipients(site.public_url if site else None, why_not)
    try:
        asyncio.run(_until_stopped(placet, site))
    finally:
        worker.stop()
        sweeping.join()


def _site_of(placet: Placet, public_port: int | None) -> tuple[PublicSite | None, str]:
    """Take the recipients' port; another process of this home may hold it already."""
    from placet.recipients import open_site

    try:
        return open_site(placet.settings.public_url, public_port), ""
    except OperatorError as error:
        if public_port is not None:
            raise
        return None, str(error)


async def _until_stopped(placet: Placet, site: PublicSite | None) -> None:
    import asyncio

    from placet.recipients import Recipients
    from placet.slack.serving import serve_slack

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    mail, tracking = placet.mail, placet.settings.mail_tracking
    pages = Recipients(mail.links, mail.statements, mail.brand(), placet.clock, tracking=tracking)
    async with site.serve(pages) if site else nullcontext():
        await serve_slack(placet, stop)


def demonstrate(*, port: int | None, no_browser: bool) -> None:
    """Serve a made-up company: in the home that PLACET_HOME names, else in a throw-away one."""
    from placet.settings import load_settings, names_home

    if names_home():
        _show(settings_of(), port, no_browser, "Ctrl-C stops it; the home stays.")
        return
    with tempfile.TemporaryDirectory(prefix="placet-demo-") as folder:
        # An environment of its own, as the tour has: databases, keys and models stay out of it.
        from placet.recipients import any_site

        site = any_site()
        own = {"PLACET_DRAFTER": "rules", "PLACET_PUBLIC_URL": site.public_url}
        settings = load_settings(own, home=Path(folder) / "home")
        _show(settings, port, no_browser, "Ctrl-C stops it and throws its data away.", site)


def _show(
    settings: Settings,
    port: int | None,
    no_browser: bool,
    after: str,
    site: PublicSite | None = None,
) -> None:
    with spinner("Making a home ..."):
        from placet.console.serve import run_console
        from placet.wiring import initialise, open_placet

        initialise(settings)
        placet = open_placet(settings)
    try:
        run_console(
            placet,
            port=port,
            site=site,
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
            emit(
                {
                    "door": "console",
                    "address": serving.address,
                    "port": serving.port,
                    "public_url": serving.public_url,
                }
            )
            return
        say(f"Placet is open at {serving.address}")
        say(f"The address works once, and on this machine only. {after}")
        _tell_recipients(serving.public_url, serving.why_not)

    return tell


def _tell_recipients(public_url: str | None, why_not: str) -> None:
    if public_url is None:
        say(f"Unsubscribe links in emails do not work through this process: {why_not}")
    else:
        say(f"Recipients of emails unsubscribe at {public_url}.")


def _somebody_looks() -> bool:
    return os.isatty(0)
