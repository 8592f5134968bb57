"""Chat models: the one place that builds a client for an OpenAI-compatible server.

It asks for JSON by schema, tries again on named errors (429 as long as the server says, 5xx, no
connection, time-out; bounded), and turns every odd answer into one clear error: cut off, refused,
filtered, empty, no JSON, a tool call instead of text. The key is in no error and no log line.
langchain is imported with the first call, so that the command line starts fast.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.nap import sleep as default_sleep

from placet.errors import ModelMisbehaved, ModelUnavailable
from placet.settings import Settings

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI  # noqa: TID251 - this module is its one home

__all__ = ["Budget", "ChatModel", "Completion", "Message", "OpenAiModel", "Usage", "open_model"]

ATTEMPTS = 3
LONGEST_WAIT = 20.0
"""Seconds we wait at most before trying again, whatever the server says."""
_CHARS_PER_TOKEN = 3
"""A careful estimate: no tokenizer counts fewer characters to a token in the languages we see."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to a model."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a call cost, in tokens; as the server counted, or estimated where it did not."""

    read: int = 0
    written: int = 0

    @property
    def total(self) -> int:
        """Tokens read and written."""
        return self.read + self.written


@dataclass(frozen=True, kw_only=True)
class Completion:
    """A model's answer: one JSON object, and what it cost."""

    data: dict[str, Any]
    usage: Usage


class Budget:
    """Tokens that one request may cost, all its calls together."""

    def __init__(self, tokens: int) -> None:
        self.tokens, self.used = tokens, 0

    def allow(self, about: int) -> None:
        """Raise `ModelUnavailable` where a call of about so many tokens goes beyond the budget."""
        if self.used + about > self.tokens:
            raise ModelUnavailable(
                f"This request would cost more than its budget of {self.tokens} tokens "
                f"({self.used} used); say it shorter or raise PLACET_MODEL_TOKEN_BUDGET."
            )

    def spend(self, usage: Usage) -> None:
        """Count what a call has cost."""
        self.used += usage.total


class ChatModel(Protocol):
    """Answers messages with one JSON object. Raises only `placet.errors.ModelError`."""

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        ...

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
    ) -> Completion:
        """Return the answer to the messages, as JSON by this schema."""
        ...


class _TryAgain(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why, self.after = why, after


class OpenAiModel:
    """A model behind any server that speaks OpenAI's chat completions."""

    def __init__(
        self, settings: Settings, *, sleep: Callable[[float], None] = default_sleep
    ) -> None:
        if settings.model is None:
            raise ModelUnavailable("No model is set; set PLACET_MODEL or use the rules drafter.")
        self._settings, self._sleep = settings, sleep
        self._name = settings.model
        self._made: ChatOpenAI | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        *,
        budget: Budget | None = None,
    ) -> Completion:
        """Return the answer; see `ChatModel`."""
        estimate = sum(len(one.text) for one in messages) // _CHARS_PER_TOKEN
        if budget is not None:
            budget.allow(estimate)
        retrying = Retrying(
            retry=retry_if_exception_type(_TryAgain),
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            completion: Completion = retrying(self._once, messages, schema, estimate)
        except _TryAgain as given_up:
            raise ModelUnavailable(
                f"The model did not answer ({given_up.why}, {ATTEMPTS} attempts); "
                "check PLACET_MODEL_BASE_URL and the server."
            ) from None
        if budget is not None:
            budget.spend(completion.usage)
        return completion

    def _client(self) -> ChatOpenAI:
        if self._made is None:
            from langchain_openai import ChatOpenAI  # noqa: TID251 - late, and only here
            from pydantic import SecretStr

            self._made = ChatOpenAI(
                model=self._name,
                base_url=self._settings.model_base_url,
                api_key=self._settings.model_api_key or SecretStr("none"),
                timeout=self._settings.model_timeout_seconds,
                max_retries=0,
                temperature=0,
                streaming=False,
            )
        return self._made

    def _once(
        self, messages: Sequence[Message], schema: Mapping[str, Any], estimate: int
    ) -> Completion:
        import openai

        runnable = self._client().bind(
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "reading", "schema": dict(schema), "strict": True},
            }
        )
        try:
            raw = runnable.invoke([(one.role, one.text) for one in messages])
        except openai.APITimeoutError:
            raise _TryAgain("no answer in time") from None
        except openai.APIConnectionError:
            raise _TryAgain("no connection") from None
        except openai.APIStatusError as error:
            raise _status(error) from None
        except openai.LengthFinishReasonError:
            raise ModelMisbehaved("The model's answer was cut off; ask for less at once.") from None
        except openai.ContentFilterFinishReasonError:
            raise ModelMisbehaved(
                "The model's answer was filtered; rephrase the request."
            ) from None
        except (openai.OpenAIError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise ModelMisbehaved(
                "The model's server sent no chat completion; check PLACET_MODEL_BASE_URL."
            ) from None
        return Completion(data=_object(raw), usage=_usage(raw, estimate))


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    after = error.after if isinstance(error, _TryAgain) else None
    return min(after if after is not None else 0.5 * 2 ** (state.attempt_number - 1), LONGEST_WAIT)


def _status(error: Any) -> Exception:
    """Sort an HTTP status by who must act: wait and try again, or a person."""
    status = int(error.status_code)
    if status == 429:
        return _TryAgain("the server is busy, 429", _retry_after(error.response.headers))
    if status >= 500 or status in {408, 409}:
        return _TryAgain(f"the server failed, {status}", _retry_after(error.response.headers))
    if status in {401, 403}:
        return ModelUnavailable(
            f"The model's server refused the key ({status}); check PLACET_MODEL_API_KEY."
        )
    if status == 404:
        return ModelUnavailable(
            "The model's server knows no such model or address (404); check PLACET_MODEL and "
            "PLACET_MODEL_BASE_URL."
        )
    return ModelMisbehaved(
        f"The model's server did not accept the request ({status}); it may not support JSON "
        f"schemas."
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _object(raw: Any) -> dict[str, Any]:
    """Return the JSON object in the answer; say what is odd about it otherwise."""
    meta = dict(getattr(raw, "response_metadata", None) or {})
    extra = dict(getattr(raw, "additional_kwargs", None) or {})
    if extra.get("refusal"):
        raise ModelMisbehaved("The model refused to answer; rephrase or use the rules drafter.")
    reason = meta.get("finish_reason")
    if reason == "length":
        raise ModelMisbehaved("The model's answer was cut off; ask for less at once.")
    if reason == "content_filter":
        raise ModelMisbehaved("The model's answer was filtered; rephrase the request.")
    text = raw.content if isinstance(getattr(raw, "content", None), str) else ""
    if not text.strip():
        called = bool(getattr(raw, "tool_calls", None) or getattr(raw, "invalid_tool_calls", None))
        odd = "called a tool instead of answering" if called else "sent an empty answer"
        raise ModelMisbehaved(f"The model {odd}; choose another model or use the rules drafter.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ModelMisbehaved(
            "The model's answer is no JSON; choose another model or use the rules drafter."
        ) from None
    if not isinstance(data, dict):
        raise ModelMisbehaved("The model's answer is no JSON object; choose another model.")
    return data


def _usage(raw: Any, estimate: int) -> Usage:
    counted = getattr(raw, "usage_metadata", None) or {}
    read = int(counted.get("input_tokens") or 0)
    written = int(counted.get("output_tokens") or 0)
    if not read:
        return Usage(read=estimate, written=len(str(raw.content)) // _CHARS_PER_TOKEN)
    return Usage(read=read, written=written)


def open_model(settings: Settings) -> ChatModel | None:
    """Return the model the settings name, or None where none is to be used."""
    if settings.model is None or settings.drafter == "rules":
        return None
    return OpenAiModel(settings)
