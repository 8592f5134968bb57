"""One opened home for the length of a command, and who acts in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from placet.errors import NotInitialised

if TYPE_CHECKING:
    import sqlalchemy as sa

    from placet.settings import Settings
    from placet.wiring import Placet

__all__ = ["opened", "reading_of", "settings_of"]


def settings_of() -> Settings:
    """Return the settings, and send the log to standard error with every secret struck out."""
    from placet.log import configure_logging
    from placet.settings import load_settings

    settings = load_settings()
    held = (
        settings.ledger_key, settings.model_api_key, settings.slack_bot_token,
        settings.slack_app_token, settings.slack_signing_secret, settings.slack_client_secret,
        settings.slack_token_key, settings.smtp_password,
    )  # fmt: skip
    configure_logging("WARNING", [one.get_secret_value() for one in held if one])
    return settings


@contextmanager
def opened() -> Iterator[Placet]:
    """Open the home that the environment names; let go of it afterwards.

    Raises:
        NotInitialised: there is none.
    """
    settings = settings_of()
    if not settings.home.is_dir():
        raise NotInitialised(
            f"There is no Placet home at {settings.home} yet; "
            "run `placet init` (or `placet init --sample`)."
        )
    from placet.wiring import open_placet  # late: the whole application

    placet = open_placet(settings)
    try:
        yield placet
    finally:
        placet.close()


@contextmanager
def reading_of(placet: Placet) -> Iterator[sa.Connection]:
    """Open a reading connection to Placet's own database."""
    with placet.book.reader.connect() as connection:
        yield connection
