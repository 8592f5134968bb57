"""Every failure as one line and an exit code: what is wrong, then what to do about it."""

from __future__ import annotations

import click

from placet.errors import PlacetError

from .inert import one_line

__all__ = ["explain"]


def explain(error: BaseException) -> tuple[str, int]:
    """Return the line for standard error, without its "placet: ", and the exit code."""
    message, code = _explain(error)
    return one_line(message), code


def _explain(error: BaseException) -> tuple[str, int]:
    if isinstance(error, PlacetError):
        return str(error), error.exit_code
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "placet"
        return f"{error.format_message().rstrip(' .')}. See `{where} --help`.", error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if _is_database(error):
        return _database(error), 1
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}.", 1
    kind = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"Something unexpected happened ({kind}); `placet --debug ...` shows where.", 1


def _is_database(error: BaseException) -> bool:
    return any(
        base.__module__.startswith("sqlalchemy.") and base.__name__ == "DBAPIError"
        for base in type(error).__mro__
    )


def _database(error: BaseException) -> str:
    """Name the databases without their passwords, and what the driver said first."""
    import sqlalchemy as sa

    from placet.settings import load_settings

    settings = load_settings()
    urls = dict.fromkeys((settings.database_url, settings.crm_url))
    names = " and ".join(sa.make_url(url).render_as_string(hide_password=True) for url in urls)
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"The database cannot be used ({names}): {said[0] if said else 'no reason given'}."
