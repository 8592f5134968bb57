"""Scoring, comparing and reporting work where neither langgraph nor langchain is loaded."""

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import importlib, pkgutil, sys
import evals
for found in pkgutil.walk_packages(evals.__path__, "evals."):
    importlib.import_module(found.name)
from tests.evaluations import RoteModel, RoteTask, suite_of
result = evals.run(suite_of(6), RoteTask(RoteModel()), "dev")
for write in (evals.as_json, evals.as_junit, evals.as_html):
    write(result)
evals.compare_runs(result, result)
loaded = {name.split(".")[0] for name in sys.modules}
sys.exit(", ".join(sorted(loaded & {"langgraph", "langchain", "langchain_core", "openai"})) or 0)
"""


def test_no_part_of_the_evals_loads_a_graph_or_a_model_client() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
