"""A case of the routing suite: a request, what was said before in its thread, and its trade."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evals.case import Case

__all__ = ["Before", "RoutingCase", "TradeName"]

TradeName = Literal["segments", "emails", "records"]


class Before(BaseModel):
    """One earlier request of the same thread and how its trade answered it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=2_000)
    ended: Literal["draft", "question"] = "draft"
    """With a question, the trade waits for an answer."""


class RoutingCase(Case):
    """A request and where it belongs.

    `draft` goes to a trade, `question` is the router's own (two trades are meant), `answer` is help
    and small talk, `refuse` is work that no trade does.
    """

    trade: TradeName | None = None
    """Who gets it; with `draft`, never otherwise."""
    also: tuple[TradeName, ...] = ()
    """Other trades that are an honest reading of the same words."""
    before: tuple[Before, ...] = ()
    """What was said before in the thread, oldest first."""

    @property
    def said(self) -> str:
        """The request with what was said before it."""
        return " ".join([*(one.text for one in self.before), self.request])

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.trade is not None) != (self.expect == "draft"):
            raise ValueError(f"a trade belongs to draft, and only there: {self.expect}")
        if self.expect == "count":
            raise ValueError("the router does not tell a count from a draft; say draft")
        if self.also and self.trade is None:
            raise ValueError("also needs a trade")
        return self
