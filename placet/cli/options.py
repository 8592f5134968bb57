"""Options that several verbs share, spelt once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["as_option", "json_option"]

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Add `--json`: one JSON document on standard output instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(
        function
    )


def as_option(*, required: bool = False, default: str = "its default_person") -> Callable[[F], F]:
    """Add `--as PERSON`: who acts, by their name in policy.toml."""
    words = "Who acts, by name in policy.toml" + ("." if required else f"; default {default}.")
    return click.option("--as", "person", metavar="PERSON", required=required, help=words)
