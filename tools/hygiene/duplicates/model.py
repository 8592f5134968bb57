"""The trained parameters as a versioned file, and the Splink settings made of them.

The file is JSON: for each level the probabilities m and u and how much its frequency counts, and
the prior odds at the number of rows it was trained on. Its `trained` says by what command.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from splink import SettingsCreator

from tools.hygiene.change import Subject

from .comparisons import BLOCKS, COMPARISONS, ELSE, Comparison, Step

__all__ = ["Model", "Weights", "load_model", "settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a level of likeness is worth."""

    m: float
    """How often pairs that are one show it, up to a factor that the prior holds."""
    u: float
    """How often pairs that are not do, up to the same factor."""
    tf: float = 0.0
    """How much the frequency of the shared value counts, 0 to about 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One trained model."""

    version: str
    prior: float
    """Log odds (base 2) that two records which share a block are one, at `rows` rows."""
    doubling: float
    """What is added to it for each doubling of the rows."""
    rows: int
    floor: float
    """Probability that every pair within a group must reach, at any number of rows."""
    link: float
    """Probability from which a pair brings two records, or two groups, together."""
    certain: float
    """Probability from which a pair without a difference may be approved in bulk, at `rows`."""
    weights: dict[tuple[str, str], Weights]
    """By comparison and level."""

    @property
    def smallest(self) -> int:
        """Return how many rows the smallest CRM had that it was trained on."""
        return self.rows // 3

    def prior_at(self, rows: int) -> float:
        """Return the log odds for a CRM of so many rows.

        Every record has about as many duplicates in a small CRM as in a large one, but ten times
        as many strangers that chance makes alike. Part of that shows in the frequencies of values
        already; what does not was learnt from CRMs of several sizes. One smaller than the smallest
        of them is judged as if it were that size.
        """
        return self.prior + self.doubling * math.log2(max(rows, self.smallest) / self.rows)

    def certain_at(self, rows: int) -> float:
        """Return the probability for bulk approval: the same number of wrong merges in expectation.

        Ten times the rows have ten times the pairs just above a threshold; it rises so that what
        is wrong in bulk stays a matter of the same few records for each hundred thousand.
        """
        return 1 - (1 - self.certain) / max(1.0, math.log2(max(rows, 2) / self.rows) + 1)


@cache
def load_model(subject: Subject) -> Model:
    """Return the model that is shipped for a subject."""
    text = (
        files("tools.hygiene.duplicates")
        .joinpath("models", f"{subject}.json")
        .read_text(encoding="utf-8")
    )
    return read_model(text)


def read_model(text: str) -> Model:
    """Return the model that a file's text holds."""
    data = json.loads(text)
    return Model(
        version=data["version"], prior=data["prior"], doubling=data["doubling"],
        rows=data["rows"], floor=data["floor"], link=data["link"], certain=data["certain"],
        weights={
            (name, level): Weights(**found)
            for name, levels in data["levels"].items()
            for level, found in levels.items()
        },
    )  # fmt: skip


def settings(subject: Subject, model: Model | None, rows: int) -> SettingsCreator:
    """Return Splink's settings: with a model's weights, or without any, for training."""
    prior = 0.5 if model is None else _probability(model.prior_at(rows))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(one, model) for one in COMPARISONS[subject]],
        blocking_rules_to_generate_predictions=[
            {"blocking_rule": f"l.block_{one.name} = r.block_{one.name}", "sql_dialect": "duckdb"}
            for one in BLOCKS[subject]
        ],
        probability_two_random_records_match=prior,
        retain_matching_columns=True,  # the levels come only together with the columns
        retain_intermediate_calculation_columns=model is None,
        linker_uid="placet",
    )


def _probability(bits: float) -> float:
    return float(2.0**bits / (1 + 2.0**bits))


def _comparison(one: Comparison, model: Model | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": one.unknown, "label_for_charts": "unknown", "is_null_level": True}
    ]
    levels += [_level(one, step, model) for step in (*one.steps, Step(ELSE, "ELSE"))]
    return {"output_column_name": one.name, "comparison_levels": levels}


def _level(one: Comparison, step: Step, model: Model | None) -> dict[str, Any]:
    weights = Weights(m=1.0, u=1.0, tf=1.0) if model is None else model.weights[one.name, step.name]
    level: dict[str, Any] = {
        "sql_condition": step.holds, "label_for_charts": step.name,
        "m_probability": weights.m, "u_probability": weights.u,
    }  # fmt: skip
    if step.tf is not None and weights.tf > 0:  # Splink takes a weight of 0 for 1
        level |= {
            "tf_adjustment_column": step.tf, "tf_adjustment_weight": weights.tf,
            "disable_tf_exact_match_detection": True,
        }  # fmt: skip
    return level
