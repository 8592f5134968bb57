"""`placet import`: a CSV export into the CRM, with every doubt named by its line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from placet.errors import BadInput, PersonError

from .inert import plain
from .options import json_option
from .output import emit, say, table
from .progress import bar
from .session import opened

if TYPE_CHECKING:
    from tools.crm.importing import ImportReport, Kind

__all__ = ["import_"]

_SHOWN = 20


@click.command(name="import", short_help="Import a CSV export into the CRM.")
@click.argument("kind", type=click.Choice(["contacts", "companies", "events", "deals"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything, and change nothing.")
@json_option
def import_(*, kind: str, file: Path, dry_run: bool, as_json: bool) -> None:
    """Import a CSV file; the headers that HubSpot and Salesforce export are recognised.

    Contacts are known by email, so importing a file twice changes nothing. Rows that cannot be
    used are reported by line number, and all others are imported.
    """
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    report = _import(cast("Kind", kind), file, dry_run=dry_run)
    if as_json:
        emit(report)
    else:
        _print(report)
    if report.created + report.updated + report.unchanged == 0:
        why = f"all {report.rows:,} rows are bad" if report.rows else "it has no rows"
        raise PersonError(f"Nothing of {file} could be imported: {why}.")


def _import(kind: Kind, file: Path, *, dry_run: bool) -> ImportReport:
    from zoneinfo import ZoneInfo

    from tools.crm.importing import import_file

    with opened() as placet, bar(f"Importing {plain(file.name)}") as move:
        return import_file(
            placet.crm_engine,
            kind,
            file,
            dry_run=dry_run,
            zone=ZoneInfo(placet.settings.timezone),
            progress=move,
            clock=placet.clock,
        )


def _print(report: ImportReport) -> None:
    would = "Dry run, nothing was changed. It would be: " if report.dry_run else ""
    say(
        f"{would}{report.rows:,} {report.kind}: {report.created:,} created, "
        f"{report.updated:,} updated, {report.unchanged:,} unchanged, "
        f"{report.skipped:,} left out."
    )
    for note in report.notes:
        say(f"Note: {note}.")
    if report.unknown_columns:
        say(f"Unknown columns, not used: {', '.join(report.unknown_columns)}.")
    if report.ignored_columns:
        say(f"Known columns that this CRM does not keep: {', '.join(report.ignored_columns)}.")
    if not report.bad_count:
        return
    say(f"{report.bad_count:,} cells or rows could not be used:")
    table(
        ["line", "column", "value", "what is wrong"],
        [[bad.line, bad.column, bad.value, bad.message] for bad in report.bad_rows[:_SHOWN]],
        empty="",
        right=["line"],
        whole=["line"],
    )
    if report.bad_count > _SHOWN:
        say(f"... and {report.bad_count - _SHOWN:,} more; --json lists the first thousand.")
