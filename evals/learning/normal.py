"""When two requests are one: their normal form, the cluster it names, and the part a cluster is in.

What is held out is known here by hashes alone: whoever compares with it can learn that a text is
too near, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evals.case import Part
from evals.lint import TOO_ALIKE
from evals.splitting import seen_part_of
from evals.suite import Suite

__all__ = ["RUN_LENGTH", "HeldOut", "cluster_of", "normal_form", "part_of", "runs_of", "words_of"]

RUN_LENGTH = 5
"""So many words in a row that are those of a case are a copy of it."""
_FEW = 4  # a part of a short request says little: two of three words in common are no copy
_WORD = re.compile(r"\w+")
_STOP = frozenset({
    "a", "all", "an", "and", "are", "at", "can", "could", "die", "der", "das", "den", "ein", "eine",
    "everyone", "for", "from", "get", "give", "hey", "hi", "i", "in", "is", "list", "make", "me",
    "my", "of", "on", "our", "please", "thanks", "the", "their", "them", "to", "us", "we", "who",
    "with", "would", "you", "alle", "bitte", "im", "mit", "und", "uns", "von", "wir", "zu",
})  # fmt: skip


def words_of(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return _WORD.findall(text.casefold())


def normal_form(request: str) -> str:
    """Return the words that carry a request: folded, sorted, numbers as `0`, fillers left out.

    Reworded versions of one request, and the same one with another number, have one normal form.
    """
    kept = {"0" if word.isdigit() else word for word in words_of(request)} - _STOP
    return " ".join(sorted(kept)) or " ".join(words_of(request))


def cluster_of(request: str) -> str:
    """Return the name of the cluster of all requests with the same normal form."""
    return f"h-{_hash(normal_form(request))[:16]}"


def part_of(cluster: str) -> Part:
    """Return the part that a harvested cluster is in: train or dev, never test."""
    return seen_part_of(cluster)


def runs_of(text: str) -> Iterator[str]:
    """Yield every run of `RUN_LENGTH` words, line by line."""
    for line in text.splitlines():
        words = words_of(line)
        for start in range(len(words) - RUN_LENGTH + 1):
            yield " ".join(words[start : start + RUN_LENGTH])


@dataclass(frozen=True)
class HeldOut:
    """Requests that may be compared with and never read: hashes of their words and word runs."""

    forms: frozenset[str]
    runs: frozenset[str]
    words: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, requests: Iterable[str]) -> HeldOut:
        """Return the hashes of these requests."""
        texts = list(requests)
        return cls(
            forms=frozenset(_hash(normal_form(one)) for one in texts),
            runs=frozenset(_hash(run) for one in texts for run in runs_of(one)),
            words=tuple(frozenset(map(_hash, words_of(one))) for one in texts),
        )

    @classmethod
    def of_suites(cls, suites: Iterable[Suite], *parts: Part) -> HeldOut:
        """Return the hashes of these parts of the suites; without a part, of every case."""
        wanted = parts or ("train", "dev", "test")
        return cls.of(
            case.request for suite in suites for part, case in suite.cases() if part in wanted
        )

    def holds(self, request: str) -> bool:
        """Return whether this request, or one reworded, is among them."""
        if _hash(normal_form(request)) in self.forms:
            return True
        mine = frozenset(map(_hash, words_of(request)))
        return any(
            len(mine & other) >= _FEW and len(mine & other) / len(mine | other) >= TOO_ALIKE
            for other in self.words
        )

    def copied(self, text: str, *, known: str = "") -> tuple[str, ...]:
        """Return the runs of words in `text` that are also in one of them and not in `known`."""
        before = set(runs_of(known))
        found = dict.fromkeys(run for run in runs_of(text) if run not in before)
        return tuple(run for run in found if _hash(run) in self.runs)

    def __or__(self, other: HeldOut) -> HeldOut:
        return HeldOut(
            forms=self.forms | other.forms,
            runs=self.runs | other.runs,
            words=(*self.words, *other.words),
        )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
