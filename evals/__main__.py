"""`python -m evals`: write down the digest of each suite's version; see `evals.recorded`."""

from .recorded import record

record()
