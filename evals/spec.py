"""What `suite.yaml` says: a suite's version, its moment and the thresholds that decide."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

__all__ = ["SuiteSpec", "Thresholds"]


class Thresholds(BaseModel):
    """What decides a run; each is a share from 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    silently_wrong: float = Field(ge=0, le=1)
    """Of the scored cases: more than this blocks."""
    accuracy: float = Field(ge=0, le=1)
    """Of the scored cases: less than this does not pass."""
    unscored: float = Field(ge=0, le=1)
    """Of all cases: more than this makes the run incomplete."""


class SuiteSpec(BaseModel):
    """What `suite.yaml` says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    """Semantic version; it moves with every change of a case."""
    trade: str
    """Which trade's drafters it is for; one of `evals.trades.CASES`."""
    description: str
    as_of: AwareDatetime
    """The moment at which every request is read."""
    timezone: str
    primary_metric: Literal["silently_wrong"]
    """The one metric that was chosen before anything was measured."""
    thresholds: Thresholds
    minimum_cases: int = Field(ge=1)
    """Fewer scored cases than this decide nothing."""
    looks: int = Field(default=20, ge=1)
    """How often the held-out part of one version may be run: whoever looks often enough finds a
    prompt that fits it by luck."""
    authored_cases: int = Field(default=0, ge=0)
    """At least so many cases are written by hand; held by `evals.lint`."""
