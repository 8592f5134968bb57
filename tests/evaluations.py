"""A small suite of made-up cases, a model that answers by rote, and a task over both."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agents.models import Budget, ChatModel, Completion, Message, Usage
from evals.case import Case, Part
from evals.metering import MeteredModel
from evals.port import NoJournal
from evals.result import CaseResult
from evals.score import Outcome, Score
from evals.spec import SuiteSpec
from evals.suite import Suite
from evals.task import Scored
from evals.trial import epoch_now
from tests.conftest import NOW

SCORER = "rote@1"


def suite_of(count: int, *, name: str = "rote", part: Part = "dev", looks: int = 20) -> Suite:
    """Return a suite of so many cases in one part, two to a cluster."""
    spec = SuiteSpec.model_validate({
        "name": name, "version": "1.0.0", "trade": "segments", "description": "By rote.",
        "as_of": NOW, "timezone": "UTC", "primary_metric": "silently_wrong",
        "thresholds": {"silently_wrong": 0.0, "accuracy": 0.5, "unscored": 0.02},
        "minimum_cases": 1, "looks": looks,
    })  # fmt: skip
    cases = tuple(
        Case(id=f"{part}-{n:04}", request=f"What is {n}?", expect="draft",
             tags=("even" if n % 2 == 0 else "odd",), cluster=f"c{n // 2}", harm=1 + n % 5)
        for n in range(count)
    )  # fmt: skip
    digest = hashlib.sha256(f"{name}{count}{part}".encode()).hexdigest()
    return Suite(spec=spec, parts={part: cases}, digest=digest)


class RoteModel:
    """Answers each question right or wrong, by a hash of it and the epoch; counts its calls."""

    def __init__(self, *, wrong: float = 0.2, name: str = "rote") -> None:
        self._wrong, self.name, self._lock = wrong, name, threading.Lock()
        self.asked: list[str] = []

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Return the answer to the last message."""
        key = f"{messages[-1].text} {epoch_now()}"
        with self._lock:
            self.asked.append(key)
        drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**32
        return Completion(data={"right": drawn >= self._wrong}, usage=Usage(read=100, written=10))


class RoteTask:
    """Asks the model and believes it."""

    drafter, prompt, world, scorer = "llm", "sha256:abcd", "none@1", SCORER

    def __init__(self, model: ChatModel) -> None:
        self._model = MeteredModel(model)

    def read(self, case: Case, spec: SuiteSpec) -> Mapping[str, Any]:
        """Ask."""
        said = [Message(role="system", text="Answer."), Message(role="user", text=case.request)]
        return self._model.complete(said, {}).data

    def score(self, case: Case, spec: SuiteSpec, reading: Any) -> Scored:
        """Believe it."""
        outcome = Outcome.EXACT if reading["right"] else Outcome.NEEDLESS_QUESTION
        score = Score(
            value=float(reading["right"]), outcome=outcome, reason="by rote", version=SCORER
        )
        return Scored(score=score, reading=reading, gold={"right": True})

    def lint(self, case: Case, spec: SuiteSpec) -> Iterable[str]:
        """Find nothing."""
        return ()


class Notebook(NoJournal):
    """A journal in memory."""

    def __init__(self, *kept: CaseResult) -> None:
        self.kept = {one.key: one for one in kept}
        self.order: list[tuple[str, int]] = []

    def done(self) -> Mapping[tuple[str, int], CaseResult]:
        """Return what was kept."""
        return dict(self.kept)

    def keep(self, result: CaseResult) -> None:
        """Keep it."""
        self.kept[result.key] = result
        self.order.append(result.key)
