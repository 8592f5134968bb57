"""`placet email intake`: a bounce or a complaint, as it came in by mail."""

from __future__ import annotations

from typing import BinaryIO

import click

from .email import email
from .inert import plain
from .options import json_option
from .output import emit, say
from .session import opened

__all__ = ["intake"]


@email.command(short_help="Take in a bounce or a complaint that came by mail.")
@click.argument("file", type=click.File("rb"))
@json_option
def intake(*, file: BinaryIO, as_json: bool) -> None:
    """Take in a bounce (RFC 3464 or in words) or a spam complaint (RFC 5965).

    FILE is the whole message, - reads it from standard input, as a mail server's pipe hands it
    over. Only what proves that it answers a message of ours changes anything; everything else is
    told of, and the exit code is 0 all the same, so that no mail server tries again.
    """
    data = file.read()
    with opened() as placet:
        from tools.email.intake import Intake
        from tools.email.links import Links, mail_key
        from tools.email.statements import SqlStatements

        links = Links(placet.settings.public_url, mail_key(placet.key))
        statements = SqlStatements(placet.crm_engine, placet.clock)
        taken = Intake(placet.engine, statements, links, placet.clock).take(data)
    if as_json:
        emit(
            {
                "kind": taken.kind,
                "address": taken.address,
                "campaign": taken.campaign,
                "changed": taken.changed,
                "words": taken.words,
            }
        )
    else:
        say(plain(taken.words))
