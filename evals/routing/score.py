"""Scores where one request went. Pure: a case and an ending in, a score out."""

from __future__ import annotations

from agents.port import Answer, Question, Refusal
from evals.score import RIGHT, Outcome, Score, due, judge_talk

from .case import RoutingCase, TradeName

__all__ = ["VERSION", "score_route"]

VERSION = "routing/1"
"""Moves with every change of what an outcome means; scores of two versions are not compared."""


def score_route(case: RoutingCase, went: TradeName | Question | Answer | Refusal) -> Score:
    """Score a route: a trade's name, or what the router itself said.

    A request that silently went to a trade it is not for is the failure to fear: that trade would
    draft something else than was asked for.
    """
    if isinstance(went, str):
        outcome, reason = _trade(case, went)
    else:
        outcome, reason = judge_talk(case, went)
    return Score(value=float(outcome in RIGHT), outcome=outcome, reason=reason, version=VERSION)


def _trade(case: RoutingCase, went: TradeName) -> tuple[Outcome, str]:
    if case.trade is None:
        return Outcome.SILENTLY_WRONG, f"went to {went} where {due(case)} was due"
    if went == case.trade or went in case.also:
        return Outcome.EXACT, f"went to {went}"
    return Outcome.SILENTLY_WRONG, f"went to {went}, not to {case.trade}"
