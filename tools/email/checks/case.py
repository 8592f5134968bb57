"""What a check looks at: email, brand, brief, what was counted, and a few real messages."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tools.email.brand import Brand
from tools.email.marks import Token
from tools.email.model import Email, Schedule
from tools.email.port import Recipient, Rendered

from .copytext import Piece, pieces_of
from .facts import NO_FACTS, Facts, facts_of
from .page import Page, read_page
from .port import SentBefore
from .spamd import Spamd
from .tally import Tally

__all__ = ["Case", "Sample"]

_PARSER = BytesParser(policy=email.policy.default)
_UNSEEN = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]"
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One member's message, kept because no other looked like it."""

    rendered: Rendered
    recipient: Recipient

    @cached_property
    def page(self) -> Page:
        """Return the HTML part, read."""
        return read_page(self.rendered.html)

    @cached_property
    def mime(self) -> EmailMessage:
        """Return the message, parsed."""
        return _PARSER.parsebytes(self.rendered.message)

    @cached_property
    def unsubscribe(self) -> str:
        """Return the https (or http) address of `List-Unsubscribe`, or nothing."""
        header = "".join(str(self.mime.get("List-Unsubscribe", "")).split())
        found = re.search(r"<(https?:[^>]+)>", header)
        return found[1] if found else ""

    @cached_property
    def home(self) -> str:
        """Return scheme and host of our own pages: unsubscribe, preferences, clicks, opens."""
        parts = urlsplit(self.unsubscribe)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def ours(self, url: str) -> bool:
        """Return whether a link is one of our own pages'."""
        return bool(self.home) and re.match(re.escape(self.home) + r"/[upco]/", url) is not None

    @cached_property
    def hidden_text(self) -> str:
        """Return words that the HTML holds and no reader sees, less the preheader."""
        words = "".join(
            run.text if run.text.strip() else " " for run in self.page.runs if run.look.hidden
        )
        calm = " ".join(_UNSEEN.sub(" ", words).split())
        return calm.replace(" ".join(self.rendered.preheader.split()), "", 1).strip(" \u200c\u2007͏")

    @cached_property
    def who(self) -> str:
        """Return how a finding names the member: never the whole address."""
        return f"contact {self.rendered.contact_id}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One email under inspection."""

    email: Email
    brand: Brand
    brief: str
    schedule: Schedule
    as_of: datetime
    recent: Sequence[SentBefore] = ()
    given: Facts = NO_FACTS
    """What the CRM knows beyond the members: names of events, assets, companies."""
    tally: Tally
    samples: Sequence[Sample] = ()
    tokens: Sequence[Token] = ()
    broken: Sequence[str] = ()
    """What the build said about Liquid that it refuses."""
    refused: Sequence[str] = ()
    """What the build said where it refused the email or a member's message."""
    expected: int | None = None
    """How many people the CRM holds in all, where that is known."""
    timezone: str = "UTC"
    spamd: Spamd | None = None
    _cache: dict[str, object] = field(default_factory=dict)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Return the copy, piece by piece."""
        return pieces_of(self.email)

    @cached_property
    def today(self) -> date:
        """Return the day on which people read it: that of sending."""
        return self.leaves_at.astimezone(ZoneInfo(self.timezone)).date()

    @cached_property
    def leaves_at(self) -> datetime:
        """Return when it leaves at the earliest."""
        return max(self.schedule.send_at or self.as_of, self.as_of)

    @property
    def language(self) -> str:
        """Return the email's language without its region: `de`."""
        return self.email.language.partition("-")[0]

    @cached_property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        """Return each subject line as written, with where it stands."""
        own = (("subject", self.email.subject),)
        varied = tuple((f"variant {one.key} subject", one.subject) for one in self.email.variants)
        return varied or own

    @cached_property
    def brief_facts(self) -> Facts:
        """Return what the brief states, in any language, counted from the day of asking."""
        asked = self.as_of.astimezone(ZoneInfo(self.timezone)).date()
        return facts_of(self.brief, today=asked)

    @cached_property
    def brand_facts(self) -> Facts:
        """Return what the brand file states."""
        return facts_of("\n".join(_brand_words(self.brand)), self.email.language)

    @cached_property
    def known(self) -> Facts:
        """Return all that the copy may state."""
        envelope = "\n".join(filter(None, self._envelope()))
        return self.brief_facts | self.brand_facts | self.given | facts_of(envelope)

    def _envelope(self) -> Iterator[str]:
        yield self.email.sender.name
        yield self.email.sender.address
        if self.email.reply_to:
            yield f"{self.email.reply_to.name}\n{self.email.reply_to.address}"

    def known_to(self, sample: Sample) -> Facts:
        """Return what this member's message may state: their own fields too."""
        own = facts_of("\n".join(sample.recipient.fields.values()))
        return self.known | own.model_copy(update={"claims": ()})


def _brand_words(brand: Brand) -> Iterator[str]:
    yield from (brand.name, brand.legal_name, brand.postal_address, brand.website)
    yield from brand.facts
    yield from brand.topics.values()
    yield from (domain for domain in (*brand.from_domains, *brand.link_domains))
    if brand.logo:
        yield brand.logo.alt
    for mailbox in (*brand.senders, *([brand.reply_to] if brand.reply_to else [])):
        yield f"{mailbox.name} {mailbox.address}"
    for notice in (*brand.required, *brand.disclaimers):
        yield from notice.text.values()
    for footer in brand.footer.values():
        yield from (footer.why, footer.unsubscribe, footer.preferences, footer.address)


def shares(counts: Mapping[str, int]) -> Mapping[str, float]:
    """Return counts as shares of their sum."""
    total = sum(counts.values()) or 1
    return {key: count / total for key, count in counts.items()}
