"""Suites: cases with a version, a content hash, a split and the thresholds that decide.

A suite is a folder `evals/suites/<name>/` with `suite.yaml`, `cases/<part>.jsonl` and, where its
cases need rows of their own, `fixtures/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    SerializeAsAny,
    ValidationError,
)

from placet.errors import BadInput, NotFound

from .case import PARTS, Case, Part
from .spec import SuiteSpec
from .trades import CASES

__all__ = ["SUITES", "Suite", "load_suite", "suite_names"]

SUITES = Path(__file__).parent / "suites"


class Suite(BaseModel):
    """A loaded suite: every case valid, none in two parts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spec: SuiteSpec
    parts: dict[Part, tuple[SerializeAsAny[Case], ...]]
    digest: str
    """sha256 over `suite.yaml`, every case file and every fixture, names included."""

    def cases(self, part: Part | Literal["all"] = "all") -> Iterator[tuple[Part, Case]]:
        """Yield the cases of a part, or of all, in file order, each with its part."""
        for name, cases in self.parts.items():
            if part in {"all", name}:
                for case in cases:
                    yield name, case


def suite_names(root: Path = SUITES) -> tuple[str, ...]:
    """Return the names of the suites there are, sorted."""
    return tuple(sorted(found.parent.name for found in root.glob("*/suite.yaml")))


def load_suite(name: str, *, root: Path = SUITES) -> Suite:
    """Read and validate a suite.

    Raises:
        NotFound: there is no suite of that name.
        BadInput: a file is not valid; the message names the file and the line.

    """
    folder = root / name
    if name not in suite_names(root):
        raise NotFound(f"There is no suite {name!r}; there is {', '.join(suite_names(root))}.")
    spec = _spec(folder / "suite.yaml")
    if spec.trade not in CASES:
        known = ", ".join(sorted(CASES))
        raise BadInput(f"{_short(folder / 'suite.yaml')}: no trade {spec.trade!r}; use {known}.")
    parts: dict[Part, tuple[Case, ...]] = {}
    read = [folder / "suite.yaml"]
    for part in PARTS:
        if (file := folder / "cases" / f"{part}.jsonl").exists():
            parts[part] = tuple(_cases(file, CASES[spec.trade]))
            read.append(file)
    read += sorted(file for file in folder.glob("fixtures/**/*") if file.is_file())
    digest = _digest(folder, read)
    return Suite(spec=spec, parts=parts, digest=digest)


def _spec(file: Path) -> SuiteSpec:
    try:
        return SuiteSpec.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise BadInput(f"{_short(file)} is not valid: {_first(error)}. Correct it.") from error


def _cases(file: Path, model: type[Case]) -> Iterator[Case]:
    lines = file.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield model.model_validate_json(line)
        except ValidationError as error:
            where = f"{_short(file)} line {number}"
            raise BadInput(f"{where} is not a case: {_first(error)}. Correct it.") from error


def _digest(folder: Path, files: list[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n")  # a checkout may rewrite line ends
        head = f"{file.relative_to(folder).as_posix()}\0{len(content)}\0"
        total.update(head.encode() + content)
    return total.hexdigest()


def _short(file: Path) -> str:
    return "/".join(file.parts[-3:])


def _first(error: ValidationError | yaml.YAMLError) -> str:
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        return f"{'.'.join(map(str, found['loc'])) or 'the whole'}: {found['msg']}"
    return " ".join(str(error).split())
