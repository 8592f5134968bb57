"""Recorded model calls: asked once, replayed without a model, whole after a kill."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from agents.models import Budget, Completion, Message, Usage
from evals.recording import RecordedModel, Recordings
from evals.trial import opened
from placet.errors import BadInput, ModelMisbehaved, ModelUnavailable, ReplayMiss
from prompts import parse_prompt

HELLO = [Message(role="user", text="hello \u2028 there")]
SCHEMA = {"type": "object"}


class Counting:
    """Answers with how often it was asked, or raises what it is given."""

    name = "m1"

    def __init__(self, error: Exception | None = None) -> None:
        self.asked, self.error = 0, error

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        self.asked += 1
        if self.error:
            raise self.error
        usage = Usage(read=10, written=5)
        if budget is not None:
            budget.spend(usage)
        return Completion(data={"n": self.asked}, usage=usage)


def test_a_call_is_asked_once_and_replayed_by_another_process(tmp_path: Path) -> None:
    file, model, budget = tmp_path / "calls.jsonl", Counting(), Budget(1_000)
    first = RecordedModel(model, Recordings(file))
    assert [first.complete(HELLO, SCHEMA, budget=budget).data for _ in range(3)] == [{"n": 1}] * 3
    assert (model.asked, budget.used) == (1, 45)
    replayed = RecordedModel(None, Recordings(file), name="m1").complete(HELLO, SCHEMA)
    assert (replayed.data, replayed.usage.total) == ({"n": 1}, 15)


def test_whatever_decides_the_answer_is_part_of_the_key(tmp_path: Path) -> None:
    file, model = tmp_path / "calls.jsonl", Counting()
    calls = Recordings(file)
    RecordedModel(model, calls).complete(HELLO, SCHEMA)
    RecordedModel(model, calls, epoch=2).complete(HELLO, SCHEMA)
    RecordedModel(model, calls).complete(HELLO, {"type": "array"})
    RecordedModel(model, calls).complete([*HELLO, *HELLO], SCHEMA)
    RecordedModel(model, calls).complete(HELLO, SCHEMA, settings={"temperature": 1})
    told = [Message(role="user", text=HELLO[0].text, prompt="ab" * 32)]
    RecordedModel(model, calls).complete(told, SCHEMA)
    other = Counting()
    other.name = "m2"
    RecordedModel(other, calls).complete(HELLO, SCHEMA)
    assert (model.asked, other.asked, len(calls)) == (6, 1, 7)


def test_the_epoch_is_that_of_the_trial(tmp_path: Path) -> None:
    model = Counting()
    recorded = RecordedModel(model, Recordings(tmp_path / "calls.jsonl"))
    for epoch in (1, 2, 1, 2):
        with opened("case", epoch):
            assert recorded.complete(HELLO, SCHEMA).data == {"n": epoch}
    assert model.asked == 2


def test_a_prompt_rendered_anew_finds_its_recording(tmp_path: Path) -> None:
    """The marks of the fences are random; everything inside them counts."""
    model = Counting()
    recorded = RecordedModel(model, Recordings(tmp_path / "calls.jsonl"))

    def said(request: str) -> list[Message]:
        text = b"---\nname: x\nuntrusted: [old, request]\n---\n{{ old }} {{ request }}"
        rendering = parse_prompt(text).render(old="before", request=request)
        return [Message(role="system", text=rendering.system)]

    first = [recorded.complete(said("customers"), SCHEMA).data for _ in range(3)]
    assert first == [{"n": 1}] * 3
    assert recorded.complete(said("leads"), SCHEMA).data == {"n": 2}


def test_a_miss_while_replaying_is_an_error_and_no_rules_fallback(tmp_path: Path) -> None:
    with pytest.raises(ReplayMiss, match="never recorded") as caught:
        RecordedModel(None, Recordings(tmp_path / "none"), name="m1").complete(HELLO, SCHEMA)
    assert caught.value.exit_code == 3


def test_an_unusable_answer_is_recorded_and_an_outage_is_not(tmp_path: Path) -> None:
    file, model = tmp_path / "calls.jsonl", Counting(ModelMisbehaved("No JSON."))
    for _ in range(2):
        with pytest.raises(ModelMisbehaved, match="No JSON"):
            RecordedModel(model, Recordings(file)).complete(HELLO, SCHEMA)
    assert model.asked == 1
    away = Counting(ModelUnavailable("Away."))
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            RecordedModel(away, Recordings(tmp_path / "other")).complete(HELLO, SCHEMA)
    assert away.asked == 2


def test_a_kill_in_the_middle_of_a_line_costs_that_call_alone(tmp_path: Path) -> None:
    file, model = tmp_path / "calls.jsonl", Counting()
    for epoch in range(3):
        RecordedModel(model, Recordings(file), epoch=epoch).complete(HELLO, SCHEMA)
    file.write_bytes(file.read_bytes()[:-20])
    for epoch in range(3):
        RecordedModel(model, Recordings(file), epoch=epoch).complete(HELLO, SCHEMA)
    assert model.asked == 4
    assert len(Recordings(file)) == 3


def test_a_file_that_is_none_of_ours_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text('{"key": "a", "data": {}}\nhello\n')
    with pytest.raises(BadInput, match=r"calls\.jsonl line 2"):
        Recordings(file)
