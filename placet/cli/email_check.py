"""`placet email check`: what the checks say about a file; needs no home and sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from placet.clock import SystemClock, parse_iso
from placet.errors import BadInput

from .email import email
from .email_render import brand_of, email_of
from .options import json_option
from .output import emit, say
from .session import settings_of

if TYPE_CHECKING:
    from tools.email.brand import Brand
    from tools.email.checks import Finding, Inspector, Spamd
    from tools.email.model import Email
    from tools.email.port import Recipient

__all__ = ["check"]

_REAL_MEMBERS_ONLY = ("audience.", "tokens.fallback_share", "tokens.junk_value")
"""What made-up members cannot tell."""
_MARKS = {"error": "ERROR", "warn": "warn ", "info": "info "}


@email.command(short_help="Check an email: facts, links, dates, looks, deliverability.")
@click.argument("file")
@click.option("--brief", metavar="TEXT", default="",
              help="What was asked for: figures, names and claims are held to it.")  # fmt: skip
@click.option("--brand", "brand_file", type=click.Path(path_type=Path), metavar="FILE",
              help="The brand file; default: the home's, else the sample brand.")  # fmt: skip
@click.option("--send-at", metavar="TIME", help="When it would leave: ISO 8601 with a zone.")
@click.option("--spamd", metavar="HOST:PORT", help="Also ask SpamAssassin's daemon here.")
@json_option
def check(
    *,
    file: str,
    brief: str,
    brand_file: Path | None,
    send_at: str | None,
    spamd: str | None,
    as_json: bool,
) -> None:
    """Check the email in FILE and say what is wrong and how to mend it.

    FILE is what `placet email render` takes. The members are made up, so what only a real audience
    can tell is left to the draft. Exits 1 where a check is an error.
    """
    from tools.email.checks import spamd_at

    brand = brand_of(brand_file)
    written = email_of(file, brand)
    inspector = _inspector(
        written, brand, brief, _moment(send_at), spamd_at(spamd) if spamd else None
    )
    for recipient in _members(written.language):
        _show(inspector, written, brand, recipient)
    findings = [
        one for one in inspector.report().findings if not one.name.startswith(_REAL_MEMBERS_ONLY)
    ]
    errors = sum(one.severity == "error" for one in findings)
    if as_json:
        emit(_document(findings, errors))
    else:
        _print(findings, errors)
    if errors:
        raise click.exceptions.Exit(1)


def _inspector(
    written: Email, brand: Brand, brief: str, send_at: datetime | None, spamd: Spamd | None
) -> Inspector:
    from tools.email.checks import Inspector
    from tools.email.model import Schedule

    return Inspector(
        written, brand, brief=brief, schedule=Schedule(send_at=send_at),
        as_of=SystemClock().now(), timezone=settings_of().timezone, spamd=spamd,
    )  # fmt: skip


def _show(inspector: Inspector, written: Email, brand: Brand, recipient: Recipient) -> None:
    from tools.email.links import Links
    from tools.email.render import open_renderer

    # An address of the brand's: whether the operator's own is public is not the file's doing.
    links = Links(f"https://{brand.from_domains[0]}", b"links of a preview lead nowhere")
    try:
        renderer = open_renderer(written, brand, campaign="cp_preview", links=links, missing="show")
        inspector.see(renderer.render(recipient), recipient)
    except BadInput as error:
        inspector.refused(str(error))


def _members(language: str) -> Iterator[Recipient]:
    """Give made-up people: one with every value, one with none, long names, other letters."""
    from tools.email.fields import sample_recipient
    from tools.email.port import Recipient

    one = sample_recipient()
    yield one.model_copy(update={"fields": {**one.fields, "contact.language": language[:2]}})
    email_only = {"contact.email": "kontakt@kundin.example"}
    yield Recipient(contact_id="nobody", email="kontakt@kundin.example", fields=email_only)
    for at, (first, last) in enumerate(
        (("Maximiliane-Henriette", "von Hohenlohe"), ("Анна", "佐藤"))
    ):
        fields = {**one.fields, "contact.first_name": first, "contact.last_name": last}
        yield Recipient(contact_id=f"sample{at}", email=f"s{at}@kundin.example", fields=fields)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_iso(text.replace("Z", "+00:00"))
    except ValueError:
        raise BadInput(
            f"--send-at {text}: write it as 2026-12-01T09:00:00+01:00, the zone included."
        ) from None


def _document(findings: list[Finding], errors: int) -> dict[str, Any]:
    from tools.email.checks import CHECKS

    return {
        "ok": not errors,
        "checks": len(CHECKS),
        "errors": errors,
        "warnings": sum(one.severity == "warn" for one in findings),
        "findings": [one.model_dump() for one in findings],
    }


def _print(findings: list[Finding], errors: int) -> None:
    from tools.email.checks import CHECKS

    for one in findings:
        say(f"{_MARKS[one.severity]}  {one.name}: {one.message}")
        if one.evidence and one.evidence not in one.message:
            say(f"       seen: {one.evidence}")
        say(f"       fix:  {one.fix}")
    warnings = sum(one.severity == "warn" for one in findings)
    say(f"{len(CHECKS)} checks: {errors} errors, {warnings} warnings.")
