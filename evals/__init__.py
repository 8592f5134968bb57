"""How good a drafter is: suites of cases, scorers, a runner and its reports.

It may import `agents` (ports), `tools`, `gates` and the ground floor; never langgraph, langchain or
SQL. Start at `run_suite` with a task, such as `evals.segments.SegmentTask`.
"""

from .case import Case, Part
from .comparing import Comparison, Judgement, compare_runs
from .lint import lint
from .plan import Plan
from .report import as_html, as_json, as_junit, read_json
from .result import CaseResult, SuiteResult, Summary, Verdict
from .runner import run, run_suite
from .suite import Suite, load_suite, suite_names
from .task import Scored, Task

__all__ = [
    "Case",
    "CaseResult",
    "Comparison",
    "Judgement",
    "Part",
    "Plan",
    "Scored",
    "Suite",
    "SuiteResult",
    "Summary",
    "Task",
    "Verdict",
    "as_html",
    "as_json",
    "as_junit",
    "compare_runs",
    "lint",
    "load_suite",
    "read_json",
    "run",
    "run_suite",
    "suite_names",
]
