"""SpamAssassin's opinion, where an operator runs its daemon and names it."""

from __future__ import annotations

from collections.abc import Iterator

from placet.errors import EffectError

from .case import Case
from .port import EmailCheck, Hit

__all__ = ["CHECKS"]


def _score(case: Case) -> Iterator[Hit]:
    if case.spamd is None or not case.samples:
        return
    try:
        said = case.spamd.score(case.samples[0].rendered.message)
    except EffectError as error:
        yield Hit(
            message=f"SpamAssassin could not be asked: {error}",
            severity="warn",
            fix="Start spamd, or do without it.",
        )
        return
    words = f"SpamAssassin gives {said.score:g} of {said.threshold:g} points"
    rules = ", ".join(said.rules[:8])
    if said.spam:
        yield Hit(message=f"{words}: it takes this for spam.", evidence=rules)
    elif said.score > said.threshold / 2:
        yield Hit(message=f"{words}.", evidence=rules, severity="warn")
    else:
        yield Hit(message=f"{words}.", evidence=rules, severity="info")


CHECKS = (
    EmailCheck(
        name="spam.score",
        severity="error",
        look=_score,
        about="SpamAssassin's score through spamd, where one is named",
        fix="Look the named rules up and change what they mean.",
    ),
)
