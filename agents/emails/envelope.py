"""What an email has besides its words: sender, reply-to, topic, campaign tags, its name.

All of it comes from the brief and the brand file, whoever wrote the words.
"""

from __future__ import annotations

import re
import unicodedata

from tools.email.brand import Brand
from tools.email.model import Mailbox, Utm

from .port import Brief

__all__ = ["campaign_name", "reply_to_of", "sender_of", "slug", "topic_of", "utm_of"]

_TITLES = {
    "invite": "Invitation", "remind": "Reminder", "announce": "Announcement", "offer": "Offer",
    "follow_up": "Follow-up", "newsletter": "Newsletter", "survey": "Survey", "thanks": "Thank you",
    "note": "Email",
}  # fmt: skip
_ARTICLE = re.compile(
    r"^(?:(?:to|zum|zur|zu|über|an)\s+)?(?:(?:the|our|an?|my|your|der|die|das|den|dem"
    r"|unsere?[nmrs]?|"
    r"eine?[nmr]?)\s+)?",
    re.IGNORECASE,
)
_WANTED = {
    "invite": ("events", "event", "webinars"), "remind": ("events", "event", "webinars"),
    "newsletter": ("newsletter", "news"), "announce": ("product", "news"),
}  # fmt: skip


def sender_of(brief: Brief, brand: Brand) -> Mailbox:
    """Return who it comes from: as asked, else the brand's sender for such emails."""
    if brief.sender_address:
        known = next(
            (one for one in brand.senders if one.address.lower() == brief.sender_address.lower()),
            None,
        )
        name = brief.sender or (known.name if known else brand.name)
        return Mailbox(name=name, address=brief.sender_address)
    if brief.sender and (named := _named_sender(brief.sender, brand)) is not None:
        return named
    topic = topic_of(brief, brand)
    fitting = next((one for one in brand.senders if one.address.split("@")[0].lower() in
                    {topic, topic.rstrip("s")}), brand.senders[0])  # fmt: skip
    return fitting.model_copy(update={"name": brief.sender}) if brief.sender else fitting


def _named_sender(said: str, brand: Brand) -> Mailbox | None:
    """Return the brand's sender that is meant by "events" or "Halden Events"."""
    word = said.strip().lower().removeprefix("the ").removesuffix(" team")
    return next(
        (
            one for one in brand.senders
            if word in {one.address.split("@")[0].lower(), one.name.lower()}
        ), None,
    )  # fmt: skip


def reply_to_of(brief: Brief, brand: Brand) -> Mailbox | None:
    """Return where replies go: as asked, else the brand's default."""
    if brief.reply_to:
        return Mailbox(address=brief.reply_to)
    return brand.reply_to


def topic_of(brief: Brief, brand: Brand) -> str:
    """Return what people can unsubscribe from: as asked, else by the purpose."""
    if brief.topic in brand.topics:
        return brief.topic
    for wanted in _WANTED.get(brief.purpose, ()):
        if wanted in brand.topics:
            return wanted
    return "marketing" if "marketing" in brand.topics else next(iter(brand.topics))


def campaign_name(brief: Brief) -> str:
    """Return how people will call it, at most 80 characters."""
    if brief.name:
        return brief.name[:80]
    about = _ARTICLE.sub("", brief.about).strip()
    kind = _TITLES[brief.purpose]
    said = f"{kind}: {about}" if about else f"{kind} to {brief.audience or 'contacts'}"
    day = f", {brief.occasion.on.isoformat()}" if brief.occasion.on else ""
    return said[: 80 - len(day)].rstrip(" ,:") + day


def slug(text: str) -> str:
    """Return a name as it stands in a link's campaign tag: `invitation-follow-up-2026-12-12`."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:60].rstrip("-") or "campaign"


def utm_of(brief: Brief) -> Utm:
    """Return the campaign tags."""
    return Utm(campaign=slug(campaign_name(brief)))
