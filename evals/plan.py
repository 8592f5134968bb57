"""How a suite is run: how often each case, how many at once, and what it may cost."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["MOST_EPOCHS", "MOST_THREADS", "Plan"]

MOST_EPOCHS: Final = 100
MOST_THREADS: Final = 64
_MILLION = 1_000_000


class Plan(BaseModel):
    """How a suite is run. Nothing in it changes a score, only how many there are and what for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int = Field(default=1, ge=1, le=MOST_EPOCHS)
    """How often each case is run: a model does not answer the same way twice."""
    concurrency: int = Field(default=1, ge=1, le=MOST_THREADS)
    """How many cases are run at once, each in a thread."""
    retries: int = Field(default=0, ge=0, le=10)
    """How often a case is tried again where the model gave no answer at all."""
    pause_seconds: float = Field(default=1.0, ge=0)
    """How long it waits before the first of these; each further pause is twice as long."""
    token_budget: int | None = Field(default=None, ge=1)
    """Tokens, read and written, after which no further case is begun."""
    money_budget: float | None = Field(default=None, gt=0)
    """Money after which no further case is begun, in the currency of the prices."""
    price_read: float = Field(default=0.0, ge=0)
    """What a million tokens read cost (PLACET_MODEL_PRICE_READ)."""
    price_written: float = Field(default=0.0, ge=0)
    """What a million tokens written cost (PLACET_MODEL_PRICE_WRITTEN)."""

    @model_validator(mode="after")
    def _money_needs_prices(self) -> Plan:
        if self.money_budget is not None and not self.price_read + self.price_written:
            raise ValueError("a money budget needs the price of a token")
        return self

    def cost(self, read: int, written: int) -> float:
        """Return what so many tokens cost."""
        return (read * self.price_read + written * self.price_written) / _MILLION

    def spent(self, tokens: int, money: float) -> str | None:
        """Return which budget is used up, in words; None where there is some left."""
        if self.token_budget is not None and tokens >= self.token_budget:
            return f"the budget of {self.token_budget:,} tokens is used up ({tokens:,} used)"
        if self.money_budget is not None and money >= self.money_budget:
            return f"the budget of {self.money_budget:g} is used up ({money:.4g} spent)"
        return None
