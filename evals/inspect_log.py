"""A run as a log of Inspect AI (inspect.aisi.org.uk), for its viewer.

The log's form is Inspect's version 2, as its `EvalLog` reads it. Where Inspect is installed (the
extra `inspect`), that class checks what is written.
"""

from __future__ import annotations

import importlib
import json
from datetime import timedelta
from typing import Any

from .ending import CaseResult
from .result import SuiteResult
from .statistics import Rate

__all__ = ["as_inspect_log"]

_VERSION = 2
_SCORER = "placet"


def as_inspect_log(result: SuiteResult, name: str = "placet.json") -> tuple[str, bool]:
    """Return the log as JSON, and whether Inspect itself has checked it.

    Held-out cases have no words in it, as in every other report.

    Raises:
        ValueError: Inspect is installed and refuses the log.
    """
    log = _log(result, name)
    try:
        inspect: Any = importlib.import_module("inspect_ai.log")
    except ImportError:
        return json.dumps(log, indent=1, ensure_ascii=False) + "\n", False
    inspect.EvalLog.model_validate(log)
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n", True


def _log(result: SuiteResult, name: str) -> dict[str, Any]:
    model = result.model or f"placet/{result.drafter}"
    ended = result.started_at + timedelta(seconds=result.seconds)
    started = result.started_at.isoformat()
    return {
        "version": _VERSION,
        "status": "success" if result.stopped is None else "cancelled",
        "eval": _spec(result, model, name),
        "plan": {"name": "placet", "steps": [{"solver": result.drafter, "params": {}}]},
        "results": _results(result),
        "stats": {
            "started_at": started, "completed_at": ended.isoformat(),
            "model_usage": _usage(model, result.summary.read, result.summary.written),
        },
        "samples": [_sample(case, model) for case in result.cases],
    }  # fmt: skip


def _spec(result: SuiteResult, model: str, name: str) -> dict[str, Any]:
    ids = list(dict.fromkeys(case.id for case in result.cases))
    return {
        "eval_id": f"placet-{result.suite_digest[:12]}-{name}", "run_id": f"placet-{name}",
        "created": result.started_at.isoformat(), "task": f"{result.suite}_{result.part}",
        "task_id": f"placet-{result.suite_digest[:12]}", "task_version": result.suite_version,
        "tags": list(result.tags), "model": model,
        "dataset": {"name": f"{result.suite}/{result.part}", "samples": len(ids), "sample_ids": ids,
                    "shuffled": False},
        "config": {"epochs": result.epochs},
        "metadata": {
            "suite_digest": result.suite_digest, "drafter": result.drafter,
            "prompt": result.prompt, "world": result.world, "scorer": result.scorer,
            "verdict": result.verdict.value, "reason": result.reason,
        },
    }  # fmt: skip


def _results(result: SuiteResult) -> dict[str, Any]:
    figures = result.summary
    metrics = _rate("right", figures.right) | _rate("silently_wrong", figures.silently_wrong)
    for name, value in figures.measures.items():
        metrics |= _metric(name, value)
    return {
        "total_samples": result.planned or figures.cases, "completed_samples": figures.cases,
        "scores": [{"name": _SCORER, "scorer": _SCORER, "params": {}, "metrics": metrics,
                    "scored_samples": figures.scored, "unscored_samples": figures.unscored}],
    }  # fmt: skip


def _rate(name: str, rate: Rate) -> dict[str, Any]:
    if rate.value is None:
        return {}
    low, high = _metric(f"{name}_low", rate.low), _metric(f"{name}_high", rate.high)
    return _metric(name, rate.value) | low | high


def _metric(name: str, value: float) -> dict[str, Any]:
    return {name: {"name": name, "value": value, "params": {}}}


def _usage(model: str, read: int, written: int) -> dict[str, Any]:
    if not read + written:
        return {}
    tokens = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
    return {model: tokens}


def _sample(case: CaseResult, model: str) -> dict[str, Any]:
    answer = "" if case.reading is None else _text(case.reading)
    usage = _usage(model, case.read, case.written)
    seconds = case.milliseconds / 1000
    sample: dict[str, Any] = {
        "id": case.id, "epoch": case.epoch, "input": case.request or "held out",
        "target": "" if case.gold is None else _text(case.gold),
        "messages": _messages(case, answer),
        "output": {
            "model": model,
            "choices": [{"message": {"role": "assistant", "content": answer, "source": "generate"},
                         "stop_reason": "stop"}],
            **({"usage": usage[model]} if usage else {}),
        },
        "metadata": {
            "expect": case.expect, "tags": list(case.tags), "cluster": case.cluster,
            "harm": case.harm, "must_pass": case.must_pass, "measures": case.measures,
            "details": case.details or {}, "cost": case.cost,
        },
        "model_usage": usage, "total_time": seconds, "working_time": seconds,
    }  # fmt: skip
    if case.score is None:
        words = case.error or "not scored"
        return sample | {"error": {"message": words, "traceback": words, "traceback_ansi": words}}
    score = {
        "value": "C" if case.right else "I", "answer": answer,
        "explanation": f"{case.score.outcome}: {case.score.reason}",
        "metadata": {"outcome": case.score.outcome.value, "version": case.score.version},
    }  # fmt: skip
    return sample | {"scores": {_SCORER: score}}


def _messages(case: CaseResult, answer: str) -> list[dict[str, str]]:
    """Return the conversation: the model's where there is one, else the request and the reading."""
    said = [(one.said or "held out", one.answered or one.error or "held out") for one in case.calls]
    pairs = said or [(case.request or "held out", answer or "held out")]
    messages = []
    for question, reply in pairs:
        messages.append({"role": "user", "content": question})
        messages.append({"role": "assistant", "content": reply})
    return messages


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)
