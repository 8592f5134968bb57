"""`placet init`: make a home, or bring an old one up to date; what is there already stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import json_option
from .output import emit, say
from .progress import bar, spinner
from .session import settings_of

if TYPE_CHECKING:
    from placet.settings import Settings

__all__ = ["fill_sample", "init"]

SAMPLE = 5_000


@click.command(short_help="Create the home, or bring an old one up to date.")
@click.option(
    "--sample",
    metavar="[SIZE]",
    is_flag=False,
    flag_value=SAMPLE,
    type=click.IntRange(min=1),
    help=f"Fill the empty CRM with a made-up company of SIZE contacts; {SAMPLE:,} without SIZE.",
)
@json_option
def init(*, sample: int | None, as_json: bool) -> None:
    """Create the home: databases, approval policy and ledger key, under $PLACET_HOME.

    The default home is ./.placet. Run it again after an upgrade: it migrates, and keeps what is
    there.
    """
    settings = settings_of()
    existed = settings.policy_file.exists()
    with spinner("Setting up the databases ..."):
        from placet.wiring import initialise  # late: the whole application

        initialise(settings)
    if sample is not None:
        fill_sample(settings, sample)
    if as_json:
        emit(
            {
                "home": str(settings.home),
                "created": not existed,
                "sample": sample,
                "policy": str(settings.policy_file),
            }
        )
        return
    say(f"{'Kept and brought up to date' if existed else 'Created'}: {settings.home}")
    say(f"Who may approve what stands in {settings.policy_file}")
    if sample is not None:
        say(f"Sample company: {sample:,} contacts.")
        say('Next: placet ask "VPs of marketing in Germany who are not customers" --as ana')
    else:
        say("Next: placet import contacts FILE.csv")


def fill_sample(settings: Settings, size: int) -> None:
    """Fill the home's empty CRM with the sample company, relative to now.

    Raises:
        BadInput: the CRM holds contacts already; nothing was changed.
    """
    from placet.clock import SystemClock
    from tools.crm.local.sample import fill
    from tools.sql import create_engine

    engine = create_engine(settings.crm_url)
    try:
        with bar("Making the sample company") as move:
            fill(engine, size=size, now=SystemClock().now(), progress=move)
    finally:
        engine.dispose()
