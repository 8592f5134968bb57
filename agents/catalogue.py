"""The trades Placet has: a flat list; a new one is one line."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["TRADES", "Trade"]


class Trade(BaseModel):
    """One kind of work that people can ask for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """The sub-package of `agents` that drafts it."""
    does: str
    """What it does, in one sentence for a person."""
    kinds: tuple[str, ...]
    """The kinds of action it drafts."""
    examples: tuple[str, ...]


TRADES: tuple[Trade, ...] = (
    Trade(
        name="segments",
        does="Drafts an audience segment from plain words and shows exactly who is in it.",
        kinds=("build_segment",),
        examples=(
            "VPs of marketing in Germany or France who opened an email in the last 30 days",
            "customers at companies with more than 50 employees, except those in the UK",
            "How many customers do we have in Spain?",
        ),
    ),
    Trade(
        name="emails",
        does="Drafts an email with its audience and schedule, checked and shown as it would "
        "arrive.",
        kinds=("send_email",),
        examples=(
            "Invite German CFOs who attended the March webinar to the follow-up on 12 December, "
            "link https://..., friendly, 120 words",
            "Tell customers in Spain that the help centre has moved to https://...",
        ),
    ),
    Trade(
        name="records",
        does="Drafts corrections of contacts and companies: repairs, direct changes, merges of "
        "duplicates and filling in, each with before, after and evidence.",
        kinds=("fix_records", "merge_records"),
        examples=(
            "Clean up the phone numbers of German contacts",
            "Set lifecycle to customer for everyone with a closed-won deal",
            "Find duplicates among the webinar leads",
            "What is wrong with our CRM?",
        ),
    ),
)
