"""Recorded model calls: a run that was paid for once can be run again without a socket.

A call is known by the hash of all that decides its answer: model, settings, prompt hashes,
messages, schema, epoch. The random marks of the fences around data are left out of it. What a model
answered is appended to a file as one JSON line and flushed to disk before anybody uses it, so that
a run killed in the middle goes on without repeating a call.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from agents.models import Budget, ChatModel, Completion, Message, Usage
from placet.errors import BadInput, ModelMisbehaved, NotFound, ReplayMiss

from .trial import epoch_now

__all__ = ["RecordedModel", "Recordings", "behind"]

_FENCE = re.compile(r"<<(?:data|end) (\w+)>>")


class Recordings:
    """The calls in one file; safe for threads of one process."""

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, threading.Lock()
        self._known: dict[str, Mapping[str, Any]] = {}
        if file.exists():
            _drop_half_line(file)
            self._known.update(_read(file))

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: str) -> Mapping[str, Any] | None:
        """Return the recorded answer of a call, or None."""
        return self._known.get(key)

    def keep(self, key: str, answer: Mapping[str, Any]) -> None:
        """Append an answer; it is on disk when this returns."""
        line = json.dumps({"key": key, **answer}, ensure_ascii=False, sort_keys=True)
        with self._lock, self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
            self._known[key] = answer


class RecordedModel:
    """A `ChatModel` that asks a model once per call and the recordings ever after."""

    def __init__(
        self,
        model: ChatModel | None,
        recordings: Recordings,
        *,
        name: str = "",
        epoch: int | None = None,
    ) -> None:
        """Take the model to record, or None to replay only, as the model called `name`.

        `epoch` None is the epoch of the trial that makes the call.
        """
        self._model, self._recordings, self._epoch = model, recordings, epoch
        self._name = model.name if model is not None else name

    @property
    def name(self) -> str:
        """The model's name; part of what a call is known by."""
        return self._name

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Return the recorded answer, or ask and record.

        Raises:
            ReplayMiss: it was never recorded, and there is no model to ask.
            ModelError: as the model raised it; an answer that could not be used is recorded too.

        """
        key = self._key(messages, schema, settings)
        known = self._recordings.find(key)
        if known is None:
            return self._ask(key, messages, schema, budget, settings)
        if "misbehaved" in known:
            raise ModelMisbehaved(str(known["misbehaved"]))
        usage = Usage(read=known["read"], written=known["written"])
        if budget is not None:
            budget.spend(usage)
        return Completion(data=dict(known["data"]), usage=usage)

    def _ask(
        self,
        key: str,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        budget: Budget | None,
        settings: Mapping[str, Any] | None,
    ) -> Completion:
        if self._model is None:
            raise ReplayMiss
        try:
            found = self._model.complete(messages, schema, budget=budget, settings=settings)
        except ModelMisbehaved as error:
            self._recordings.keep(key, {"misbehaved": str(error)})
            raise
        spent = {"read": found.usage.read, "written": found.usage.written}
        self._recordings.keep(key, {"data": found.data, **spent})
        return found

    def _key(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        settings: Mapping[str, Any] | None,
    ) -> str:
        said = {
            "model": self._name, "settings": None if settings is None else dict(settings),
            "epoch": epoch_now() if self._epoch is None else self._epoch, "schema": schema,
            "messages": _said(messages),
        }  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def behind(model: ChatModel, *, record: str | None, replay: str | None) -> ChatModel:
    """Return a model behind a file of recordings, or as it is where neither file is named.

    Args:
        model: the model; with `replay` it is only named, and never asked.
        record: the file that keeps its answers.
        replay: the file that answers in its place.

    Raises:
        NotFound: there is no such recording to replay.
        BadInput: a line of the file is no recorded call.
    """
    file = record or replay
    if file is None:
        return model
    if replay and not Path(replay).is_file():
        raise NotFound(f"There is no recording {replay}; make it with --record.")
    return RecordedModel(None if replay else model, Recordings(Path(file)), name=model.name)


def _said(messages: Sequence[Message]) -> list[list[str]]:
    """Return the messages with each fence's random mark as the number in which it came up."""
    marks: dict[str, int] = {}

    def numbered(fence: re.Match[str]) -> str:
        number = marks.setdefault(fence[1], len(marks))
        return fence[0].replace(fence[1], str(number))

    return [[one.role, one.prompt, _FENCE.sub(numbered, one.text)] for one in messages]


def _drop_half_line(file: Path) -> None:
    """Cut off what a kill left in the middle of a line: that call is asked again."""
    whole = file.read_bytes().rfind(b"\n") + 1
    if whole != file.stat().st_size:
        os.truncate(file, whole)


def _read(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n")[:-1], start=1):
        try:
            answer = json.loads(line)
            yield str(answer.pop("key")), answer
        except (ValueError, KeyError, AttributeError):
            raise BadInput(
                f"{file.name} line {number} is no recorded call; remove the line or the file."
            ) from None
