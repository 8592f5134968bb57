"""A model behind any server that speaks OpenAI's chat completions.

It tries again on named errors (429 as long as the server says, 5xx, no connection, time-out;
bounded), and turns every odd answer into one clear error. The key is in no error and no log line.
langchain is imported with the first call, so that the command line starts fast.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.nap import sleep as default_sleep

from placet.errors import ModelMisbehaved, ModelUnavailable
from placet.settings import Settings

from .faults import TooLarge, TryAgain, Unsupported, misbehaved, of_status
from .port import Budget, Completion, Message, Usage
from .spending import note
from .ways import WAYS, Asked, Ignored, Way, ask_in, is_foreign, read_in

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI  # noqa: TID251 - this module is its one home

__all__ = ["ATTEMPTS", "LONGEST_WAIT", "OpenAiModel"]

ATTEMPTS = 3
LONGEST_WAIT = 20.0
"""Seconds we wait at most before trying again, whatever the server says."""
_CHARS_PER_TOKEN = 3
"""A careful estimate: no tokenizer counts fewer characters to a token in the languages we see."""
_EXACT: Mapping[str, Any] = {"temperature": 0}


class OpenAiModel:
    """One model of one server; it remembers which way of asking for JSON works there."""

    def __init__(
        self,
        settings: Settings,
        *,
        name: str | None = None,
        sleep: Callable[[float], None] = default_sleep,
    ) -> None:
        """Take the server's settings, and the model's name where it is not `settings.model`.

        Raises:
            ModelUnavailable: no model is set.
        """
        chosen = name or settings.model
        if chosen is None:
            raise ModelUnavailable("No model is set; set PLACET_MODEL or use the rules drafter.")
        self._settings, self._sleep, self._name = settings, sleep, chosen
        self._ways: dict[str, Way] = {}
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
        settings: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Return the answer; see `ChatModel`."""
        form = _form(schema)
        known = self._ways.get(form)
        # The first answer in a form finds the way that works here; later ones start with it.
        ways = WAYS[self._usual() :] if known is None else (known,)
        spent, given_up = Usage(), ModelMisbehaved()
        for way in ways:
            asked = ask_in(way, messages, schema)
            try:
                raw, usage = self._patiently(asked, self._options(settings), budget)
                spent += usage
                data = read_in(way, raw)
            except Unsupported as wrong:
                given_up = wrong.error()
                continue
            except Ignored as wrong:
                given_up = ModelMisbehaved(wrong.why)
                continue
            if known is None and way != ways[-1] and is_foreign(data, schema):
                continue
            self._ways[form] = way
            return Completion(data=data, usage=spent)
        raise given_up

    def _usual(self) -> int:
        """Return which way to begin with: the one that worked for other forms, or the best."""
        return max(map(WAYS.index, self._ways.values()), default=0)

    def _options(self, settings: Mapping[str, Any] | None) -> dict[str, Any]:
        options = dict(_EXACT if settings is None else settings)
        longest = options.pop("max_tokens", None)
        if longest is not None and self._settings.model_base_url is not None:
            # langchain renames it to what only OpenAI's own server is sure to know.
            options["extra_body"] = {"max_tokens": longest}
        elif longest is not None:
            options["max_completion_tokens"] = longest
        return options

    def _patiently(
        self, asked: Asked, options: Mapping[str, Any], budget: Budget | None
    ) -> tuple[Any, Usage]:
        estimate = sum(len(one.text) for one in asked.messages) // _CHARS_PER_TOKEN
        if budget is not None:
            budget.allow(estimate)
        retrying = Retrying(
            retry=retry_if_exception_type(TryAgain),
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            raw = retrying(self._once, asked, options)
        except TryAgain as given_up:
            raise ModelUnavailable(
                f"The model did not answer ({given_up.why}, {ATTEMPTS} attempts); "
                "check PLACET_MODEL_BASE_URL and the server."
            ) from None
        usage = _usage(raw, estimate)
        if budget is not None:
            budget.spend(usage)
        note(self._name, usage)
        return raw, usage

    def _once(self, asked: Asked, options: Mapping[str, Any]) -> Any:
        import openai

        runnable = self._client().bind(**asked.options, **options)
        try:
            return runnable.invoke([(one.role, one.text) for one in asked.messages])
        except openai.APITimeoutError:
            raise TryAgain("no answer in time") from None
        except openai.APIConnectionError:
            raise TryAgain("no connection") from None
        except TooLarge:
            raise misbehaved("too large") from None
        except openai.APIStatusError as error:
            raise of_status(error) from None
        except openai.LengthFinishReasonError:
            raise misbehaved("cut off") from None
        except openai.ContentFilterFinishReasonError:
            raise misbehaved("filtered") from None
        except (openai.OpenAIError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            raise misbehaved("no completion") from None

    def _client(self) -> ChatOpenAI:
        if self._made is None:
            from langchain_openai import ChatOpenAI  # noqa: TID251 - late, and only here
            from pydantic import SecretStr

            from .wire import http_client

            seconds = self._settings.model_timeout_seconds
            client = http_client(seconds)
            weakref.finalize(self, client.close)  # its connections end with the model
            self._made = ChatOpenAI(
                model=self._name,
                base_url=self._settings.model_base_url,
                api_key=self._settings.model_api_key or SecretStr("none"),
                timeout=seconds,
                max_retries=0,
                streaming=False,
                http_client=client,
            )
        return self._made


def _form(schema: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    after = error.after if isinstance(error, TryAgain) else None
    return min(after if after is not None else 0.5 * 2 ** (state.attempt_number - 1), LONGEST_WAIT)


def _usage(raw: Any, estimate: int) -> Usage:
    counted = getattr(raw, "usage_metadata", None) or {}
    read = int(counted.get("input_tokens") or 0)
    written = int(counted.get("output_tokens") or 0)
    if not read:
        return Usage(read=estimate, written=len(str(raw.content)) // _CHARS_PER_TOKEN)
    return Usage(read=read, written=written)
