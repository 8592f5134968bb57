"""Quality over time, wired: the watch over this home, and what replays the frozen cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agents.models import open_model
from evals.judge import PROMPTS, About, Judge, opinion
from evals.learning.promote import Ask
from evals.quality import Prices, Replay, load_sentinel, replay_of, sentinel_suites
from placet.store.judging import Judging
from placet.store.prompts import SqlPrompts
from placet.store.quality import Watch
from prompts import EVERYWHERE, Prompt

if TYPE_CHECKING:
    from .placet import Placet

__all__ = ["judge_of", "quality_of"]

_JUDGED: Mapping[str, About] = {"emails": "email", "segments": "segment_name"}
"""What is judged of drafts by prompts in which folder."""


def quality_of(placet: Placet) -> Watch:
    """Return the watch over this home."""
    settings = placet.settings
    return Watch(
        engine=placet.engine,
        policy=placet.policy,
        clock=placet.clock,
        timezone=settings.timezone,
        prices=Prices(read=settings.model_price_read, written=settings.model_price_written),
        judging=Judging(
            placet.engine, placet.clock, describe=lambda one: placet.segments.describe_segment(one)
        ),
        replay=lambda trade: _replay(placet, trade),
        trades=tuple(sentinel_suites()),
        go_back=lambda prompt, why: _go_back(placet, prompt, why),
    )


def judge_of(placet: Placet, name: str) -> Ask | None:
    """Return what asks the judge about two runs with the prompt `name`, and whether it may decide.

    None where no judge is for that trade, or no model is set.
    """
    about = _JUDGED.get(name.partition("/")[0])
    model = open_model(placet.settings, "judge")
    if about is None or model is None:
        return None
    judge = Judge(model, placet.prompts.prompt(PROMPTS[about]), about)
    power = placet.quality.judging.power(judge.id)
    return lambda first, second: opinion(judge, first, second, power)


def _go_back(placet: Placet, prompt: str, why: str) -> str:
    """Go back wherever this text is a canary; what serves everybody is left to a person."""
    done = []
    for standing, _ in placet.prompts.standings():
        if standing.canary == prompt:
            turned = placet.prompts.go_back(standing.name, standing.scope, why, gone=prompt)
            done.append(f"{standing.name}: {turned.after.words} again." if turned else "")
    return " ".join(filter(None, done))


def _replay(placet: Placet, trade: str) -> Replay:
    """Run the frozen cases with what drafts now: the model that is set, the approved prompts."""
    from .evaluation import evaluate  # late: loads the agents

    settings = placet.settings
    uses_model = settings.model is not None and settings.drafter != "rules"
    found = evaluate(
        settings, load_sentinel(trade), drafter="llm" if uses_model else "rules", part="dev",
        prompts=_Approved(placet.prompts),
    )  # fmt: skip
    return replay_of(found)


class _Approved:
    """The approved version of each prompt, never a canary: one replay is of one prompt."""

    def __init__(self, prompts: SqlPrompts) -> None:
        self._prompts = prompts

    def prompt(self, name: str, *, key: str = "", scope: str = EVERYWHERE) -> Prompt:
        """Return the approved version."""
        return self._prompts.version(name, self._prompts.standing(name).stable)

    def version(self, name: str, sha256: str) -> Prompt:
        """Return one version by its hash."""
        return self._prompts.version(name, sha256)
