"""`placet email`: what can be done with an email outside a draft; one module per subcommand."""

from __future__ import annotations

import click

__all__ = ["email"]


@click.group()
def email() -> None:
    """Build an email from a file, look at it, check it."""
