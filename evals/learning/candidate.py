"""Candidate cases: what a decision says a request should lead to, until a person reviewed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from evals.case import Case, Part
from evals.trades import CASES
from placet.errors import BadInput

from .fixture import Fixture
from .normal import part_of

__all__ = ["Candidate", "CandidateState", "case_values", "read_case"]

CandidateState = Literal["waiting", "accepted", "dropped"]


class Candidate(BaseModel):
    """One decision as a case: everything personal replaced, waiting for a review."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Made from the draft's id: harvesting twice gives the same one."""
    draft_id: str
    trade: str
    verb: Literal["approve", "edit", "revise", "reject"]
    """How it was decided in the end; an edit that was then approved is an edit."""
    request: str
    gold: Mapping[str, Any] | None
    """The approved action, personal data replaced; None where nothing was approved."""
    edit: tuple[str, ...] = ()
    """What people changed, in words."""
    reason: str = ""
    """What they said, personal data replaced; shown to reviewers, and to nobody's prompt."""
    up: int = 0
    down: int = 0
    """Thumbs."""
    case: Mapping[str, Any] | None = None
    """The case as the suite would hold it; None where a person must write what is right."""
    missing: str = ""
    """What it lacks to be a case, in words."""
    fixture: Fixture | None = None
    cluster: str
    part: Literal["train", "dev"]
    example: Mapping[str, Any] | None = None
    """The gold in the form in which the trade's model answers, where there is one."""
    unchanged: bool = False
    """Whether it was approved just as it was drafted."""

    @model_validator(mode="after")
    def _never_held_out(self) -> Candidate:
        if self.part != part_of(self.cluster):
            raise ValueError("a harvested case is in the part that its cluster's hash says")
        return self


def read_case(trade: str, values: Mapping[str, Any], part: Part) -> Case:
    """Return a harvested case as its trade's suite reads it.

    Raises:
        BadInput: it is no such case, it says it was authored, or its part is held out.
    """
    if part == "test":
        raise BadInput("A harvested case feeds train and dev; the held-out part grows by hand.")
    if trade not in CASES:
        raise BadInput(f"There is no trade {trade!r}; use {', '.join(sorted(CASES))}.")
    try:
        case = CASES[trade].model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise BadInput(f"That is no case of {trade}: {where}: {first['msg']}.") from None
    if case.source != "harvested":
        raise BadInput('A case from a decision says "source": "harvested".')
    return case


def case_values(case: Case) -> dict[str, Any]:
    """Return a case as its line of JSON: what is as it is by default is left out, at the top."""
    whole = case.model_dump(mode="json", by_alias=True)
    usual = case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {key: whole[key] for key in whole if key in usual or key == "source"}
