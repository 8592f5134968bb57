"""`placet lists` and `placet fields`: what the CRM holds, and what a filter can speak of."""

from __future__ import annotations

import click

from .options import json_option
from .output import emit, table
from .session import opened

__all__ = ["fields", "lists"]

_SHOWN = 8


@click.command()
@json_option
def lists(*, as_json: bool) -> None:
    """List the CRM's lists that are not archived."""
    with opened() as placet:
        found = placet.crm.lists()
    if as_json:
        emit(found)
        return
    table(
        ["id", "name", "members", "made from"],
        [
            [one.id, one.name, f"{one.members:,}", "a segment" if one.definition else "by hand"]
            for one in found
        ],
        empty="The CRM has no lists.",
        right=["members"],
    )


@click.command()
@json_option
def fields(*, as_json: bool) -> None:
    """List the fields, types and values that a request can speak of."""
    with opened() as placet:
        catalogue = placet.crm.catalogue()
        assets = placet.crm.assets()
    if as_json:
        emit(catalogue.model_dump(mode="json") | {"assets": list(assets)})
        return
    table(
        ["of", "field", "called", "type", "values"],
        [[f.subject, f.name, f.label, f.type, _some(f.value_labels)] for f in catalogue.fields],
        empty="The CRM has no fields.",
        whole=["of", "field", "type"],
    )
    table(["event"], [[kind] for kind in catalogue.event_types], empty="The CRM knows no events.")
    table(["email, page, form or webinar"], [[one] for one in assets], empty="No events so far.")


def _some(values: tuple[str, ...]) -> str:
    rest = f", ... ({len(values):,} in all)" if len(values) > _SHOWN else ""
    return ", ".join(values[:_SHOWN]) + rest
