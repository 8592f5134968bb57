"""`placet eval`: how good a drafter is, on a suite of cases."""

import click


@click.group(name="eval")
def evaluate() -> None:
    """Score a drafter on a suite of cases."""


__all__ = ["evaluate"]
