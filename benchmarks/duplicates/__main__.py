"""Duplicates: `python -m benchmarks.duplicates [--contacts N] [--seed N] [--ours]`, or `train`."""

import argparse
import sys

from .run import child, run

OURS = ("Placet, contacts", "Placet, companies")
OTHERS = (
    "Splink's defaults", "recordlinkage ECM", "recordlinkage k-means", "recordlinkage logistic",
)  # fmt: skip


def main() -> None:
    """Run what was asked for."""
    if sys.argv[1:2] == ["child"]:
        child(*sys.argv[2:5])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("run", "train"), default="run")
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7, help="not one of those it was trained on")
    parser.add_argument("--ours", action="store_true", help="leave others' methods out")
    options = parser.parse_args()
    if options.what == "train":
        from .train import train
        from .train_trees import train_trees

        print(train("contact"), train("company"), train_trees())
        return
    from .febrl import febrl

    for number in (1, 2, 3):
        pairs, clusters = febrl(number)
        print(f"FEBRL {number}: pairs F1 {pairs.f1:.3f}, clusters F1 {clusters.f1:.3f}", flush=True)
    run(options.contacts, options.seed, OURS if options.ours else (*OURS, *OTHERS))


if __name__ == "__main__":
    main()
