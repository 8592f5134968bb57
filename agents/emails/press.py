"""From an email and its audience to the draft at the gate: every message rendered and hashed.

Recipients are streamed: what is kept of 100,000 of them is a line of the manifest each, the checks'
counts, and a handful of messages to look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.port import Proposed
from agents.segments.audience import Audience, audience_of
from agents.segments.port import Reading as AudienceReading
from agents.segments.port import WordUse
from gates.targets import targets_of
from placet.clock import Clock
from placet.errors import BadInput
from tools.email.action import SendEmail
from tools.email.brand import Brand
from tools.email.checks import Inspector, Report, Spamd
from tools.email.links import Links
from tools.email.manifest import ManifestLine, line_of, manifest_of
from tools.email.model import Email, Schedule
from tools.email.port import RecipientReader
from tools.email.render import Renderer, open_renderer
from tools.segments.port import SegmentReader
from tools.segments.tree import Segment

from .card import Card, Rates, propose
from .edges import Edges
from .recent import Pictures, Recent

__all__ = ["Press", "Run", "Work"]

_CHUNK = 2_000
"""Recipients read at once."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be laid before an approver."""

    segment: Segment
    email: Email
    schedule: Schedule
    brief: str
    campaign: str
    drafter: str
    prompt: str | None = None
    tolerance: float | None = None
    words: Sequence[WordUse] = ()
    second: AudienceReading | None = None
    second_name: str = ""
    fallback: str = ""
    """Why the rules drafter stepped in for the model."""
    why: str = ""
    """Why it was refreshed."""
    notes: tuple[str, ...] = ()
    """What the approver should know about how it was written."""


@dataclass(slots=True)
class Run:
    """What came of rendering for everybody."""

    lines: list[ManifestLine] = field(default_factory=list)
    edges: Edges = field(default_factory=Edges)
    fallbacks: Counter[str] = field(default_factory=Counter)
    variants: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    """Members who get nothing, by reason in words."""


class Press:
    """Renders, checks and shows; it holds readers only and sends nothing."""

    def __init__(
        self, *, segments: SegmentReader, recipients: RecipientReader,
        brand: Callable[[], Brand], links: Links, clock: Clock, recent: Recent, rates: Rates,
        tracking: bool, bounce_address: str | None, pictures: Pictures | None,
        spamd: Spamd | None = None,
    ) -> None:  # fmt: skip
        self._segments, self._recipients = segments, recipients
        self._brand, self._links, self._clock, self._recent = brand, links, clock, recent
        self._rates, self._tracking, self._bounce = rates, tracking, bounce_address
        self._pictures, self._spamd = pictures, spamd

    def propose(self, work: Work) -> Proposed:
        """Return the draft: exact members, exact bytes, checks, evidence, sections.

        Raises:
            BadInput: the email cannot be built; the message says where and why.
        """
        brand = self._brand()
        audience = audience_of(
            self._segments, work.segment, words=work.words, second=work.second,
            second_name=work.second_name, fallback=work.fallback, why=work.why,
        )  # fmt: skip
        renderer = self.renderer(work.email, work.campaign)
        inspector = self._inspector(work, brand, audience)
        run = self._run(work, audience, renderer, inspector)
        report: Report = inspector.report()
        manifest = manifest_of(run.lines)
        members = tuple(line.contact for line in run.lines)
        values: dict[str, Any] = {} if work.tolerance is None else {"tolerance": work.tolerance}
        action = SendEmail(
            targets=targets_of(members), segment=work.segment, email=work.email, brief=work.brief,
            schedule=work.schedule, brand=brand.sha256, campaign=work.campaign,
            tracking=self._tracking, manifest=manifest.ref, **values,
        )  # fmt: skip
        card = Card(
            work=work, action=action, audience=audience, run=run, report=report, brand=brand,
            tokens=renderer.tokens, now=self._clock.now(), rates=self._rates, manifest=manifest,
            pictures=self._pictures,
        )  # fmt: skip
        return propose(card, members)

    def renderer(self, email: Email, campaign: str, *, tracking: bool | None = None) -> Renderer:
        """Return the build of an email, missing values shown instead of refused.

        Raises:
            BadInput: the email cannot be built; the message says where and why.
        """
        return open_renderer(
            email, self._brand(), campaign=campaign, links=self._links,
            tracking=self._tracking if tracking is None else tracking,
            bounce_address=self._bounce, missing="show",
        )  # fmt: skip

    def sample(self, segment: Segment, count: int) -> Sequence[Any]:
        """Return a few recipients of a segment."""
        return self._recipients.recipients(list(self._segments.members(segment))[:count])

    def _inspector(self, work: Work, brand: Brand, audience: Audience) -> Inspector:
        recent = [one for one in self._recent() if one.campaign != work.campaign]
        return Inspector(
            work.email, brand, brief=work.brief, schedule=work.schedule,
            as_of=self._clock.now(), recent=recent, expected=audience.evidence.get("everybody"),
            timezone=self._rates.timezone, spamd=self._spamd,
        )  # fmt: skip

    def _run(self, work: Work, audience: Audience, renderer: Renderer, inspector: Inspector) -> Run:
        run = Run()
        for ids in _chunks(audience.members):
            barred = self._recipients.barred(
                ids, include_anyway=work.segment.include_anyway, topic=work.email.topic
            )
            run.left_out.update(why.replace("_", " ") for why in barred.values())
            open_to = [one for one in ids if one not in barred]
            for recipient in self._recipients.recipients(open_to):
                try:
                    rendered = renderer.render(recipient)
                except BadInput:  # the one thing it refuses here is an address that is none
                    run.left_out["no valid email address"] += 1
                    continue
                inspector.see(rendered, recipient)
                run.edges.see(rendered, recipient)
                run.lines.append(line_of(rendered))
                run.fallbacks.update(rendered.fallbacks)
                run.variants[rendered.variant] += 1
                run.domains[rendered.to.rpartition("@")[2].lower()] += 1
                run.languages[recipient.fields.get("contact.language", "")] += 1
        return run


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield list(ids[start : start + _CHUNK])
