"""What a reader can see: contrast by WCAG on the colours in use, sizes, hidden words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case
from .page import Run
from .port import EmailCheck, Hit
from .style import contrast, over

__all__ = ["CHECKS"]

_SAME = 1.25
"""Below this ratio, ink and paper are one."""
_WORD = re.compile(r"\w")


def _runs(case: Case) -> Iterator[tuple[Run, float]]:
    seen: set[tuple[object, ...]] = set()
    for sample in case.samples:
        for run in sample.page.runs:
            look = run.look
            key = (look.ink, look.paper, look.size, look.bold, run.text.strip())
            if not _WORD.search(run.text) or look.hidden or not look.known_paper or key in seen:
                continue
            seen.add(key)
            yield run, contrast(over(look.ink, look.paper), look.paper)


def _low(case: Case) -> Iterator[Hit]:
    seen: set[tuple[object, ...]] = set()
    for run, ratio in _runs(case):
        large = run.look.size >= 24 or (run.look.bold and run.look.size >= 18.66)
        wanted = 3.0 if large else 4.5
        key = (run.look.ink, run.look.paper)
        if _SAME <= ratio < wanted and key not in seen:
            seen.add(key)
            yield Hit(
                message=f"Text has a contrast of {ratio:.1f}:1 where WCAG AA asks for "
                f"{wanted:g}:1.",
                evidence=f"{_hex(run.look.ink)} on {_hex(run.look.paper)}: {run.text.strip()}",
                severity="error" if ratio < 3 else "warn",
            )


def _hidden(case: Case) -> Iterator[Hit]:
    for run, ratio in _runs(case):
        if ratio < _SAME:
            yield Hit(
                message="Text has the colour of its ground: nobody sees it, filters do.",
                evidence=f"{_hex(run.look.ink)} on {_hex(run.look.paper)}: {run.text.strip()}",
            )
            break
    for sample in case.samples:
        if _WORD.search(sample.hidden_text):
            why = next(
                (
                    run.look.hidden
                    for run in reversed(sample.page.runs)
                    if run.look.hidden and _WORD.search(run.text)
                ),
                "",
            )
            yield Hit(
                message=f"The HTML holds words that nobody sees ({why}).",
                evidence=sample.hidden_text,
            )
            return


def _tiny(case: Case) -> Iterator[Hit]:
    for run, _ in _runs(case):
        if run.look.size < 10:
            yield Hit(message=f"Text is {run.look.size:g} px small.", evidence=run.text.strip())
            return


def _hex(colour: tuple[int, int, int, float]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour[:3])


CHECKS = (
    EmailCheck(
        name="contrast.low",
        severity="warn",
        look=_low,
        about="WCAG AA on the colours of every text; an error below 3:1",
        fix="Take a darker colour for the text, or a lighter one for its ground.",
    ),
    EmailCheck(
        name="contrast.hidden_text",
        severity="error",
        look=_hidden,
        about="white on white, display: none, size 0, off the page",
        fix="Show the words or remove them.",
    ),
    EmailCheck(
        name="contrast.tiny_text",
        severity="warn",
        look=_tiny,
        about="text below 10 px",
        fix="Use at least 12 px.",
    ),
)
