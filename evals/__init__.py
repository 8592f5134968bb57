"""How good a drafter is: suites of cases, scorers, a runner and its reports.

It may import `agents.port`, `tools`, `gates` and the ground floor; never langgraph, langchain or
SQL. Start at `run_suite` with a drafter and a world (`ReaderWorld` over any segment reader).
"""

from .case import Case, Part
from .lint import gold_use, lint
from .report import as_html, as_json, as_junit, read_json
from .result import CaseResult, SuiteResult, Summary, Verdict
from .runner import run, run_suite
from .suite import Suite, load_suite, suite_names
from .world import ReaderWorld, World, known_values

__all__ = [
    "Case",
    "CaseResult",
    "Part",
    "ReaderWorld",
    "Suite",
    "SuiteResult",
    "Summary",
    "Verdict",
    "World",
    "as_html",
    "as_json",
    "as_junit",
    "gold_use",
    "known_values",
    "lint",
    "load_suite",
    "read_json",
    "run",
    "run_suite",
    "suite_names",
]
