"""`placet doctor`: is this installation sound, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import json_option
from .output import draw, emit, say, text
from .session import settings_of

if TYPE_CHECKING:
    from gates.draft import Check

__all__ = ["doctor"]

_SIGNS = {"ok": ("ok", "green"), "warn": ("warn", "yellow"), "error": ("ERROR", "bold red")}


@click.command(short_help="Check this installation, and say how to mend it.")
@click.option("--live", is_flag=True, help="Also make one small call to the model.")
@json_option
def doctor(*, live: bool, as_json: bool) -> int:
    """Check the home, the policy, the databases, the ledger and the environment.

    Exits 1 where a check is an error; warnings alone exit 0.
    """
    from .checks import examine

    checks = examine(settings_of(), live=live)
    failed = sum(check.status == "error" for check in checks)
    if as_json:
        emit({"ok": not failed, "checks": [check.model_dump() for check in checks]})
    else:
        _print(checks)
        say(f"\n{failed} to mend." if failed else "\nAll sound.")
    return 1 if failed else 0


def _print(checks: list[Check]) -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for check in checks:
        sign, style = _SIGNS[check.status]
        grid.add_row(text(sign, style), text(check.name), text(check.message))
    draw(grid)
