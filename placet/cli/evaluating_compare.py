"""`placet eval compare`: whether one run is better than another, and how sure that is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from .evaluating_keeping import kept_run
from .options import json_option
from .output import draw, emit, say, table, text

if TYPE_CHECKING:
    from evals.comparing import Comparison, Flip

__all__ = ["compare"]

_SHOWN = 20
_WIDE = 160


@click.command(short_help="Say whether run B is better than run A.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--allowed-loss", type=click.FloatRange(0, 1), default=0.02,
              help="Share passed that B may lose and still be not worse; 0.02.")  # fmt: skip
@json_option
def compare(*, first: str, second: str, allowed_loss: float, as_json: bool) -> int:
    """Say whether run B is better than run A of the same cases.

    A and B are ids of runs in the home or files of `eval run --json`. Exits 0 for better or not
    worse, 1 for worse, 4 where the cases cannot tell.
    """
    from evals import compare_runs

    found = compare_runs(kept_run(first), kept_run(second), allowed_loss=allowed_loss)
    if as_json:
        emit(found)
    else:
        _print(found)
    return found.exit_code


def _print(found: Comparison) -> None:
    say(f"{found.suite} {found.suite_version}: B {found.second} against A {found.first}")
    bad = found.exit_code != 0
    draw(text(f"{found.judgement}: {found.reason}", "bold red" if bad else "bold green"))
    say(
        f"{found.cases} cases in pairs, {found.unpaired} left out; so many can see a difference of "
        f"{100 * found.smallest:.1f} points; McNemar p = {found.p_value:.3g}."
    )
    for one in found.pass_hat:
        say(f"pass^{one.k}: A {one.first:.1%}, B {one.second:.1%}.")
    _print_spent(found)
    _print_tags(found)
    _print_flips(found)


def _print_tags(found: Comparison) -> None:
    moved = [one for one in found.tags if one.difference.value]
    table(
        ["tag", "cases", "difference in points", "p", ""],
        [[one.tag, one.cases, _interval(one.difference), f"{one.p_value:.3g}", one.judgement]
         for one in moved],
        empty="No tag moved.", right=["cases"], whole=["tag"],
    )  # fmt: skip


def _interval(one: Any) -> str:
    return f"{100 * one.value:+.1f} ({100 * one.low:+.1f} to {100 * one.high:+.1f})"


def _print_spent(found: Comparison) -> None:
    one, other = found.first_spent, found.second_spent
    if one.read or other.read:
        say(
            f"Tokens a case: A {one.read + one.written:,.0f}, B {other.read + other.written:,.0f}; "
            f"cost A {one.cost:.4g}, B {other.cost:.4g}; time A {one.milliseconds:.0f} ms, "
            f"B {other.milliseconds:.0f} ms."
        )


def _print_flips(found: Comparison) -> None:
    if not found.flips:
        say("No case flipped.")
    for flip in found.flips[:_SHOWN]:
        say()
        say(f"{flip.id}: {flip.request or 'held out'}")
        table(["", "ended", "read"], [["A", *_side(flip, "first")], ["B", *_side(flip, "second")]],
              empty="", whole=["", "ended"])  # fmt: skip
    if len(found.flips) > _SHOWN:
        say(f"\n... and {len(found.flips) - _SHOWN} more cases that flipped; --json lists each.")


def _side(flip: Flip, which: str) -> tuple[str, str]:
    reading = getattr(flip, f"{which}_reading")
    shown = "" if reading is None else json.dumps(reading, ensure_ascii=False)
    return getattr(flip, which), shown[:_WIDE] + ("..." if len(shown) > _WIDE else "")
