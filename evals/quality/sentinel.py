"""Sentinel cases: a small frozen part of the dev cases, replayed each week.

Which they are stands in `evals/suites/sentinels.yaml`, with the hash over their content: a case
that is changed by accident would make two weeks incomparable and nobody would know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.case import Case
from evals.result import SuiteResult
from evals.suite import SUITES, Suite, load_suite
from placet.errors import BadInput

from .cause import Replay

__all__ = ["FILE", "Frozen", "frozen_hash", "load_sentinel", "replay_of", "sentinel_suites"]

FILE = SUITES / "sentinels.yaml"


class Frozen(BaseModel):
    """What the file says of one suite."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: tuple[str, ...]
    """Ids of dev cases."""
    sha256: str
    """Over their content, in this order."""


def sentinel_suites(file: Path = FILE) -> Mapping[str, Frozen]:
    """Return the frozen cases of each suite that has some.

    Raises:
        BadInput: the file is not valid.
    """
    try:
        held: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {name: Frozen.model_validate(one) for name, one in held.items()}
    except (yaml.YAMLError, ValidationError, AttributeError) as error:
        said = " ".join(str(error).split())[:200]
        raise BadInput(f"{file.name} is not valid: {said}. Correct it.") from None


def frozen_hash(cases: tuple[Case, ...]) -> str:
    """Return the hash over the content of these cases, in their order.

    Values that a case leaves to the default are not in it: a later field changes no hash.
    """
    total = hashlib.sha256()
    for case in cases:
        total.update(case.model_dump_json(by_alias=True, exclude_defaults=True).encode() + b"\n")
    return total.hexdigest()


@cache
def load_sentinel(name: str, *, file: Path = FILE, root: Path = SUITES) -> Suite:
    """Return a suite that holds its frozen cases alone, all in dev; its digest is their hash.

    Raises:
        NotFound: there is no such suite.
        BadInput: it has no frozen cases, or they are no longer what was frozen.
    """
    frozen = sentinel_suites(file).get(name)
    if frozen is None:
        raise BadInput(f"The suite {name} has no frozen cases in {file.name}; add some.")
    suite = load_suite(name, root=root)
    known = {case.id: case for _, case in suite.cases("dev")}
    lost = [one for one in frozen.cases if one not in known]
    if lost:
        raise BadInput(f"{file.name}: {name} has no dev case {lost[0]}; take another one.")
    cases = tuple(known[one] for one in frozen.cases)
    found = frozen_hash(cases)
    if found != frozen.sha256:
        raise BadInput(
            f"{file.name}: the frozen cases of {name} were changed; put them back, or write "
            f"{found} there: replays before and after are then not compared."
        )
    return suite.model_copy(update={"parts": {"dev": cases}, "digest": found})


def replay_of(result: SuiteResult) -> Replay:
    """Return a run of frozen cases as it is compared; cases that were not scored are left out."""
    return Replay(
        sentinel=result.suite_digest,
        prompt=result.prompt,
        model=result.model,
        passed={case.id: case.right for case in result.cases if case.score is not None},
    )
