"""The command line: every operator verb, readable for people and exact for programs.

It may import everything below it, and imports late: `placet --help` loads click and nothing else.
Start at `app`, the catalogue of verbs; `card` draws a draft, `tour` walks through the main job.
"""

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failure, 2 wrong usage, 130 stopped."""
    from .app import run  # late: the package must cost nothing to import

    return run(argv)
