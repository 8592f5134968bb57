"""The same cases through Inspect AI and DeepEval; run by `benchmarks.evals` in a venv of their own.

Prints one line of JSON: for each name and each round, seconds of wall time and of CPU time.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import time

ANSWER = "yes"


def inspect_ai(cases: int) -> tuple[float, float]:
    """Return the seconds that Inspect takes: its instant model, its exact scorer, its log."""
    from inspect_ai import Task
    from inspect_ai import eval as run_inspect
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import exact
    from inspect_ai.solver import generate

    samples = [Sample(id=n, input=f"What is {n}?", target=ANSWER) for n in range(1, cases + 1)]
    # With the usage given, its mock counts no tokens: that would load a tokenizer from the net.
    said = ModelOutput.from_content("mockllm", ANSWER)
    said.usage = ModelUsage(input_tokens=10, output_tokens=5, total_tokens=15)
    model = get_model("mockllm/model", custom_outputs=lambda *_: said, memoize=False)
    with tempfile.TemporaryDirectory() as folder:
        begun, cpu = time.perf_counter(), time.process_time()
        logs = run_inspect(
            Task(dataset=samples, solver=generate(), scorer=exact()),
            model=model,
            log_dir=folder,
            display="none",
            log_level="error",
        )
        spent = time.perf_counter() - begun, time.process_time() - cpu
    assert logs[0].status == "success", str(logs[0].error)[:300]
    assert logs[0].results.completed_samples == cases
    return spent


def deepeval(cases: int) -> tuple[float, float]:
    """Return the seconds that DeepEval takes: an instant model, its exact-match metric, quiet."""
    from deepeval import evaluate
    from deepeval.evaluate.configs import AsyncConfig, CacheConfig, DisplayConfig
    from deepeval.metrics import ExactMatchMetric
    from deepeval.test_case import LLMTestCase

    quiet = DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False)
    begun, cpu = time.perf_counter(), time.process_time()
    asked = [
        LLMTestCase(input=f"What is {n}?", actual_output=ANSWER, expected_output=ANSWER)
        for n in range(cases)
    ]
    found = evaluate(
        asked,
        [ExactMatchMetric()],
        display_config=quiet,
        async_config=AsyncConfig(),
        cache_config=CacheConfig(write_cache=False),
    )
    spent = time.perf_counter() - begun, time.process_time() - cpu
    assert sum(bool(one.success) for one in found.test_results) == cases
    return spent


if __name__ == "__main__":
    how_many, rounds = int(sys.argv[1]), int(sys.argv[2])
    found: dict[str, list[tuple[float, float]]] = {"Inspect AI": [], "DeepEval": []}
    with contextlib.redirect_stdout(io.StringIO()):
        for _ in range(rounds + 1):  # the first round loads and warms; it is left out
            found["Inspect AI"].append(inspect_ai(how_many))
            found["DeepEval"].append(deepeval(how_many))
    print(json.dumps({name: times[1:] for name, times in found.items()}))
