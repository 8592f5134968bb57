"""Which model a role gets, as the settings say."""

from __future__ import annotations

from typing import Literal, assert_never

from placet.settings import Settings

from .client import OpenAiModel
from .port import ChatModel

__all__ = ["Role", "open_model"]

Role = Literal["drafter", "judge", "proposer"]


def open_model(settings: Settings, role: Role = "drafter") -> ChatModel | None:
    """Return the model for a role, or None where the settings name none.

    The drafter has none where PLACET_DRAFTER is `rules`. Judge and proposer are PLACET_MODEL_JUDGE
    and PLACET_MODEL_PROPOSER, by default PLACET_MODEL; all of them are at one server.
    """
    match role:
        case "drafter":
            name = None if settings.drafter == "rules" else settings.model
        case "judge":
            name = settings.model_judge or settings.model
        case "proposer":
            name = settings.model_proposer or settings.model
        case _:
            assert_never(role)
    return OpenAiModel(settings, name=name) if name is not None else None
