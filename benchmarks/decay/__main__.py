"""`python -m benchmarks.decay [--contacts N] [--share S] [--seed N] [--misses N]`: the table."""

import argparse

from .run import run, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", type=int, default=0, help="show so many of each kind of miss")
    options = parser.parse_args()
    outcome = run(options.contacts, share=options.share, seed=options.seed)
    print(table(outcome, misses=options.misses))
    raise SystemExit(0 if outcome.held else 1)


if __name__ == "__main__":
    main()
