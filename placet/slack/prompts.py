"""What is suggested to somebody who opens a conversation with Placet."""

from __future__ import annotations

__all__ = ["PROMPTS"]

PROMPTS: tuple[dict[str, str], ...] = (
    {
        "title": "Build a segment",
        "message": "VPs of marketing in Germany or France who opened an email in the last 30 days "
        "and are not customers",
    },
    {
        "title": "Write an email",
        "message": "Tell customers in Spain that our help centre has moved to "
        "https://www.halden.example/help",
    },
    {"title": "Clean up records", "message": "Clean up the phone numbers of German contacts"},
    {"title": "Audit the CRM", "message": "What is wrong with our CRM?"},
)
