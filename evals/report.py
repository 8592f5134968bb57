"""Writes a result for programs (JSON), for CI (JUnit) and, in `page`, for people (HTML)."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as Xml

from placet.errors import BadInput

from .page import as_html
from .result import FORMAT, CaseResult, SuiteResult

__all__ = ["as_html", "as_json", "as_junit", "read_json"]


def as_json(result: SuiteResult) -> str:
    """Return the whole result, figures included; `read_json` reads it back."""
    return result.model_dump_json(indent=1) + "\n"


def read_json(text: str) -> SuiteResult:
    """Read what `as_json` wrote; the figures are computed anew from the cases.

    Raises:
        BadInput: this is no result of this format.

    """
    try:
        stored = json.loads(text)
        _check_format(stored)
        return SuiteResult.model_validate({key: value for key, value in stored.items()
                                           if key in SuiteResult.model_fields})  # fmt: skip
    except (ValueError, AttributeError) as error:
        raise BadInput("This is no eval result; make one with `placet eval run --json`.") from error


def _check_format(stored: Any) -> None:
    found = stored.get("format")
    if isinstance(found, int) and found != FORMAT:
        older = "an older" if found < FORMAT else "a newer"
        raise BadInput(
            f"This result was written by {older} version of Placet (format {found}; this one reads "
            f"{FORMAT}); run the suite again with this version."
        )


def as_junit(result: SuiteResult) -> str:
    """Return JUnit XML: a wrong case is a failure, an unscored one an error."""
    figures = result.summary
    suite = Xml.Element("testsuite", {
        "name": f"{result.suite} {result.suite_version} ({result.drafter})",
        "tests": str(figures.cases), "failures": str(figures.scored - figures.right.hits),
        "errors": str(figures.unscored), "time": f"{result.seconds:.3f}",
        "timestamp": result.started_at.isoformat(timespec="seconds"),
    })  # fmt: skip
    for case in result.cases:
        _junit_case(suite, result.suite, case)
    root = Xml.Element("testsuites")
    root.append(suite)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _junit_case(suite: Xml.Element, name: str, case: CaseResult) -> None:
    node = Xml.SubElement(suite, "testcase", {
        "classname": f"{name}.{case.part}",
        "name": case.id if case.epoch == 1 else f"{case.id} epoch {case.epoch}",
        "time": f"{case.milliseconds / 1000:.3f}",
    })  # fmt: skip
    if case.score is None:
        Xml.SubElement(node, "error", {"message": _printable(case.error or "")})
    elif not case.right:
        message = _printable(f"{case.score.outcome}: {case.score.reason}")
        found = Xml.SubElement(node, "failure", {"message": message, "type": case.score.outcome})
        found.text = _printable(case.request)


def _printable(text: str) -> str:
    # XML 1.0 has no form for most control characters, and lone surrogates cannot be written.
    kept = (
        one if one in "\t\n" or one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text
    )
    return "".join(kept)
