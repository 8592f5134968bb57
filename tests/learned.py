"""What people did, made up: drafts with their decisions, and a drafter whose score is planted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from agents.models import Budget, Completion, Message, Usage
from agents.port import Question
from evals.case import Part
from evals.learning.guards import Guards
from evals.learning.normal import HeldOut
from evals.learning.past import Asked, Past, PastDecision
from evals.result import CaseResult, SuiteResult
from evals.score import Outcome, Score
from evals.spec import Thresholds
from placet.errors import ModelMisbehaved

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ANA, BEN, CLEO = "local/ana", "local/ben", "local/cleo"

PROMPT = b"""---
name: segments/draft
about: A prompt for tests.
role: drafter
changed: "First."
inputs: [today]
untrusted: [request]
---
You draft segments. It is {{ today }}.

# How to read
Read every word of the request and place it. Never guess where a word has two meanings.

<!-- locked: refusal -->
Refuse what must be refused.
<!-- /locked -->
Return one object by the schema that you were given, and nothing beside it.
{{ rules }}
{{ examples }}
=== user ===
{{ request }}
=== rules ===
=== examples ===
"""


def leaf(field: str, value: Any, *, test: str = "equals", **more: Any) -> dict[str, Any]:
    return {"op": "property", "field": field, "is": {"test": test, "value": value, **more}}


def no(tree: dict[str, Any]) -> dict[str, Any]:
    return {"op": "not", "of": tree}


def segment(*leaves: dict[str, Any], name: str = "List") -> dict[str, Any]:
    return {
        "kind": "build_segment",
        "destination": "crm:local",
        "segment": {
            "name": name,
            "filter": {"op": "and", "of": list(leaves)},
            "as_of": "2026-11-24T09:00:00Z",
            "timezone": "UTC",
        },
    }


def email(subject: str, text: str, *, label: str = "Register") -> dict[str, Any]:
    return {
        "kind": "send_email",
        "segment": segment(leaf("country", "Spain"))["segment"],
        "email": {
            "subject": subject,
            "preheader": "",
            "language": "en",
            "body": [
                {"type": "text", "text": text},
                {"type": "button", "label": label, "url": "https://www.halden.example/x"},
            ],
        },
    }


def past(
    number: int,
    request: str,
    *actions: Mapping[str, Any],
    verbs: Sequence[tuple[str, str, str | None]] = (("approve", BEN, None),),
    question: Question | None = None,
    answer: str = "",
    **more: Any,
) -> Past:
    """Return a draft whose revisions are `actions`; `verbs` are verb, person and reason."""
    turns = [Asked(request_id=f"rq_{number}", text=request, person=ANA, question=question)]
    if answer:
        turns.append(Asked(request_id=f"rq_{number}b", text=answer, person=ANA))
    revision, decisions = 1, []
    for verb, person, reason in verbs:
        if verb == "edit":
            revision += 1
        decisions.append(
            PastDecision.model_validate(
                {"verb": verb, "person": person, "reason": reason, "revision": revision, "at": NOW}
            )
        )
        if verb == "revise":
            revision += 1
    values: dict[str, Any] = {
        "draft_id": f"dr_{number:04}", "request_id": turns[-1].request_id,
        "kind": actions[0]["kind"], "turns": tuple(turns), "drafted": actions[0],
        "revisions": dict(enumerate(actions, start=1)),
        "final": len(actions), "approved": verbs[-1][0] == "approve",
        "decisions": tuple(decisions), "as_of": NOW,
    }  # fmt: skip
    return Past(**values | more)


def guards(*requests: str, test: Sequence[str] = ()) -> Guards:
    return Guards(cases=HeldOut.of(requests), test=HeldOut.of(test))


class Planted:
    """An `Evaluate` whose share passed is known: `rate` says it for a text and a part.

    Each case has its own fixed luck, so that two texts differ only where their rates do; `noise`
    draws anew for each text instead, as two runs of one model would.
    """

    def __init__(
        self,
        rate: Callable[[str, Part], float],
        *,
        cases: Mapping[Part, int] | None = None,
        seed: int = 1,
        noise: bool = False,
        silent: Callable[[str, Part], float] = lambda _text, _part: 0.0,
        tokens: int = 100,
        base: bytes = PROMPT,
    ) -> None:
        self.rate, self.silent, self.seed, self.noise = rate, silent, seed, noise
        self.cases = dict(cases or {"train": 60, "dev": 60, "test": 60})
        self.tokens, self.base = tokens, base
        self.ran: list[tuple[str, Part, int]] = []
        self.texts: list[str] = []

    def __call__(self, suite: str, text: bytes | None, part: Part) -> SuiteResult:
        return self._result(
            suite, text, part, [f"{part}-{n:03}" for n in range(self.cases.get(part, 40))]
        )

    def _result(
        self, suite: str, text: bytes | None, part: Part, ids: Sequence[str]
    ) -> SuiteResult:
        said = (text or self.base).decode()
        self.ran.append((hashlib.sha256(said.encode()).hexdigest()[:8], part, len(ids)))
        self.texts.append(said)
        cases = tuple(self._case(said, part, id_) for id_ in ids)
        return SuiteResult(
            suite=suite, suite_version="1.0.0", suite_digest="0" * 64, part=part, drafter="llm",
            prompt=hashlib.sha256(said.encode()).hexdigest(), world="none", scorer="planted@1",
            started_at=NOW, seconds=0.0, minimum_cases=1, cases=cases,
            thresholds=Thresholds(silently_wrong=1.0, accuracy=0.0, unscored=0.0),
        )  # fmt: skip

    def _case(self, said: str, part: Part, id_: str) -> CaseResult:
        salt = said if self.noise else ""
        luck = Random(f"{self.seed}|{salt}|{id_}").random()
        right = luck < self.rate(said, part)
        silent = not right and luck > 1 - self.silent(said, part)
        outcome = Outcome.EXACT if right else (
            Outcome.SILENTLY_WRONG if silent else Outcome.NEEDLESS_QUESTION
        )  # fmt: skip
        return CaseResult(
            id=id_, part="dev" if part == "all" else part, expect="draft", tags=("planted",),
            cluster=id_, harm=3,
            must_pass=False, milliseconds=1.0, read=self.tokens, request=f"request {id_}",
            score=Score(value=float(right), outcome=outcome, reason="planted", version="1"),
        )  # fmt: skip


class PlantedSome(Planted):
    """One that can run single cases."""

    def some(self, suite: str, text: bytes | None, part: Part, ids: Sequence[str]) -> SuiteResult:
        return self._result(suite, text, part, ids)


class Scripted:
    """A proposer's model that answers with these texts in turn; remembers what it was told."""

    name = "scripted"

    def __init__(self, *answers: str | None) -> None:
        self.answers, self.told = list(answers), list[str]()

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
    ) -> Completion:
        self.told.append("\n".join(one.text for one in messages))
        said = self.answers[(len(self.told) - 1) % len(self.answers)]
        if said is None:
            raise ModelMisbehaved
        return Completion(data={"text": said}, usage=Usage(read=500, written=100))
