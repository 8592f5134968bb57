"""The catalogue of verbs, and what happens around each: errors in one line, exit codes, pipes."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

from . import (
    asking,
    audit,
    console,
    crm,
    deciding,
    demo,
    doctor,
    drafts,
    email,
    email_check,  # noqa: F401 - hangs itself on `email`
    email_intake,  # noqa: F401 - hangs itself on `email`
    email_preview,  # noqa: F401 - hangs itself on `email`
    email_render,  # noqa: F401 - hangs itself on `email`
    evaluating,
    home,
    importing,
    learn,
    ledger,
    prompts,
    quality,
    records,
    slack,
    stopping,
    trying,
    working,
)
from .failing import explain

__all__ = ["cli", "run"]

_STOPPED, _PIPE_CLOSED = 130, 141


class Flags:
    """What the top level was told; kept outside click, so that a failure can read it."""

    def __init__(self) -> None:
        self.debug = False


class _InOrder(click.Group):
    """Lists its verbs in the order in which they are needed, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "--version", package_name="placet", prog_name="placet")
@click.option("--debug", is_flag=True, help="Show the traceback where something fails.")
@click.pass_obj
def cli(flags: Flags, *, debug: bool) -> None:
    """Placet, a marketing-operations teammate: it drafts, a person approves, it runs exactly once.

    Start with `placet demo --tour`, or with `placet init --sample` and then
    `placet ask "VPs of marketing in Germany who are not customers" --as ana`.
    """
    flags.debug = debug


for verb in (
    demo.demo,
    home.init,
    importing.import_,
    asking.ask,
    drafts.drafts,
    drafts.show,
    deciding.decide,
    trying.test,
    stopping.stop,
    working.work,
    working.undo,
    working.pause,
    working.resume,
    records.tickets,
    records.receipts,
    ledger.ledger,
    crm.lists,
    crm.fields,
    audit.audit,
    evaluating.evaluate,
    prompts.prompts,
    quality.quality,
    learn.learn,
    email.email,
    console.serve,
    slack.slack,
    doctor.doctor,
):
    cli.add_command(verb)


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns the exit code and raises nothing."""
    args = list(sys.argv[1:] if argv is None else argv)
    flags = Flags()
    _never_stumble_over_letters()
    try:
        with cli.make_context("placet", args, obj=flags) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as lost:
        click.echo(lost.format_message(), err=True)
        return lost.exit_code
    except BrokenPipeError:
        return _pipe_closed()
    except (KeyboardInterrupt, click.Abort):
        click.echo("placet: Stopped.", err=True)
        return _STOPPED
    except Exception as error:  # noqa: BLE001 - the top: nothing above could say it in words
        return _failed(error, debug=flags.debug)
    return code if isinstance(code, int) else 0


def _never_stumble_over_letters() -> None:
    """Spell out what the terminal's encoding lacks: a name must not end a command half-way."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _failed(error: Exception, *, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    message, code = explain(error)
    click.echo(f"placet: {message}", err=True)
    return code


def _pipe_closed() -> int:
    """Say nothing: whoever read our output has seen enough. Nor may Python, on its way out."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, sys.stdout.fileno())
    os.close(descriptor)
    return _PIPE_CLOSED
