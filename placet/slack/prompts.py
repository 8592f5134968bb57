"""What is suggested to somebody who opens a conversation with Placet."""

from __future__ import annotations

__all__ = ["PROMPTS"]

PROMPTS: tuple[dict[str, str], ...] = (
    {
        "title": "Build a segment",
        "message": "VPs of marketing in Germany or France who opened an email in the last 30 days "
        "and are not customers",
    },
    {"title": "Count somebody", "message": "How many customers do we have in Spain?"},
    {"title": "What can you do?", "message": "What can you do?"},
)
