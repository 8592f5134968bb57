"""An email as a card shows it: title, summary, checks, sections, files. Code computes all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from agents.port import Proposed
from agents.segments.audience import Audience
from gates.draft import Check
from gates.files import Attachment, file_of
from gates.sections import Fact, Picture, Section, Table, as_evidence
from tools.email.action import SendEmail
from tools.email.brand import Brand
from tools.email.checks import Report
from tools.email.headline import headline, moment
from tools.email.marks import Token
from tools.email.model import Button, Email, Image, Mailbox
from tools.email.preview import pictures_of
from tools.email.sending.hours import not_before

from .recent import Pictures

if TYPE_CHECKING:
    from .edges import Edge
    from .press import Run, Work

__all__ = ["Card", "Rates", "propose"]


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How fast the operator lets messages leave, and whose clock the card shows."""

    per_minute: int
    per_domain_per_minute: int
    timezone: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """All that a card is made of."""

    work: Work
    action: SendEmail
    audience: Audience
    run: Run
    report: Report
    brand: Brand
    tokens: Sequence[Token]
    now: datetime
    rates: Rates
    manifest: Attachment
    pictures: Pictures | None


def propose(card: Card, members: tuple[str, ...]) -> Proposed:
    """Return the draft with everything its card shows."""
    zone = ZoneInfo(card.rates.timezone)
    previews, preview_files = _previews(card)
    content, content_files = _content(card)
    sections = [
        _audience(card), content, *previews, _schedule(card, zone), _checks_section(card),
    ]  # fmt: skip
    return Proposed(
        kind=card.action.kind,
        action=card.action.arguments(),
        members=members,
        title=f"Send the email “{card.action.email.name}”",
        summary=_summary(card, zone),
        checks=_checks(card),
        evidence=_evidence(card) | {"sections": as_evidence(sections)},
        files=_unique((card.manifest, *content_files, *preview_files)),
        drafter=card.work.drafter,
        prompt=card.work.prompt,
    )


def _unique(files: Sequence[Attachment]) -> tuple[Attachment, ...]:
    return tuple({one.ref.sha256: one for one in files}.values())


def _summary(card: Card, zone: ZoneInfo) -> str:
    left = sum(card.run.left_out.values()) + sum(
        one.count for one in card.audience.preview.left_out
    )
    out = f" {left:,} who match get nothing." if left else ""
    return (
        f"{headline(card.action, zone)}. Subject: “{card.action.email.subject}”. "
        f"For: {card.audience.description}.{out}"
    )


# --- sections -----------------------------------------------------------------------------------


def _audience(card: Card) -> Section:
    section = card.audience.section()
    left = tuple(
        Fact(label="Gets nothing", value=f"{count:,}: {why}")
        for why, count in sorted(card.run.left_out.items())
    )
    return section.model_copy(
        update={"facts": (*section.facts, *left), "files": (card.manifest.ref,)}
    )


def _content(card: Card) -> tuple[Section, tuple[Attachment, ...]]:
    email = card.action.email
    facts = [
        Fact(label="Subject", value=email.subject),
        Fact(label="Preheader", value=email.preheader or "none"),
        Fact(label="From", value=_mailbox(email.sender)),
        Fact(label="Replies to", value=_mailbox(email.reply_to or email.sender)),
        Fact(label="Language", value=_language(card)),
        Fact(label="People can leave", value=card.brand.topic_label(email.topic)),
    ]
    facts += [
        Fact(label=f"Subject {one.key}", value=f"{one.subject} ({count:,} people)")
        for one in email.variants
        if (count := card.run.variants.get(one.key, 0)) is not None
    ]
    facts += [_token(card, name) for name in dict.fromkeys(one.name for one in card.tokens)]
    facts += [Fact(label="Note", value=note, loud=True) for note in card.work.notes]
    pictures, files = _pictures(card)
    shown = card.run.edges.kept()
    text = shown[0].rendered.text if shown else _source(email)
    return (
        Section(
            name="content",
            title="Content",
            text=text.strip(),
            facts=tuple(facts),
            table=_links(email, card),
            pictures=pictures,
        ),
        files,
    )


def _language(card: Card) -> str:
    languages = card.run.languages
    known = sum(count for code, count in languages.items() if code)
    mine = card.action.email.language.partition("-")[0]
    most, count = max(
        ((code, n) for code, n in languages.items() if code), key=lambda one: one[1],
        default=("", 0),
    )  # fmt: skip
    said = card.action.email.language
    if known and most.partition("-")[0] != mine and count > known / 2:
        said += (
            f"; most of these people have {most} as their language "
            f"({count:,} of {len(card.run.lines):,})"
        )
    return said


def _token(card: Card, name: str) -> Fact:
    uses = [one for one in card.tokens if one.name == name]
    fallback = next((one.fallback for one in uses if one.fallback), None)
    count, total = card.run.fallbacks.get(name, 0), len(card.run.lines)
    said = f"falls back to “{fallback}” for {count:,} of {total:,}" if fallback else (
        "has no fallback" if any(not one.has_fallback for one in uses) else "always "
        "there")  # fmt: skip
    return Fact(label=f"{{{{ {name} }}}}", value=said)


def _links(email: Email, card: Card) -> Table | None:
    rows: list[tuple[str, ...]] = []
    for block in email.body:
        if isinstance(block, Button):
            rows.append((block.label, block.url))
        elif isinstance(block, Image) and block.url:
            rows.append((block.alt, block.url))
        for text in _texts(block):
            rows += [(match[1], match[2]) for match in _LINK.finditer(text)]
    if not rows:
        return None
    tags = card.action.email.utm
    tagged = tags.campaign
    shown = tuple(
        (label, url, tagged if card.brand.owns(_host(url)) else "") for label, url in rows
    )
    return Table(columns=("Link", "Leads to", "Campaign tag"), rows=shown, total=len(rows))


_LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")


def _host(url: str) -> str:
    return re.sub(r"^[a-z]+://([^/:?#]*).*$", r"\1", url, flags=re.IGNORECASE)


def _texts(block: Any) -> tuple[str, ...]:
    return tuple(getattr(block, "items", ())) + ((block.text,) if hasattr(block, "text") else ())


def _source(email: Email) -> str:
    return "\n\n".join(text for block in email.body for text in _texts(block))


def _mailbox(box: Mailbox) -> str:
    return f"{box.name} <{box.address}>" if box.name else box.address


def _pictures(card: Card) -> tuple[tuple[Picture, ...], tuple[Attachment, ...]]:
    shown = card.run.edges.kept()
    if card.pictures is None or not shown:
        return (), ()
    preview = card.pictures.take(shown[0].rendered.html)
    return pictures_of(preview, stem="email", alt=f"The email as {shown[0].name} sees it")


def _previews(card: Card) -> tuple[tuple[Section, ...], tuple[Attachment, ...]]:
    """Return the email as the recipients at the edges see it, each as HTML and as text."""
    edges = card.run.edges.kept()
    if not edges:
        return (), ()
    files: list[Attachment] = []
    for edge in edges:
        files += _files_of(edge)
    rows = tuple((one.name, one.rendered.to, one.why, one.rendered.subject) for one in edges)
    section = Section(
        name="previews",
        title="As recipients see it",
        text="The recipients for whom something goes wrong first, if it does.",
        table=Table(
            columns=("Name", "Address", "Why this one", "Subject"), rows=rows, total=len(rows)
        ),
        files=tuple(one.ref for one in files),
    )
    return (section,), tuple(files)


def _files_of(edge: Edge) -> tuple[Attachment, Attachment]:
    stem = re.sub(r"[^\w-]+", "-", f"as {edge.name} sees it")[:60].strip("-").lower()
    return (
        file_of(edge.rendered.html.encode(), name=f"{stem}.html", media_type="text/html"),
        file_of(edge.rendered.text.encode(), name=f"{stem}.txt", media_type="text/plain"),
    )


# --- schedule -----------------------------------------------------------------------------------


def _schedule(card: Card, zone: ZoneInfo) -> Section:
    schedule, rates = card.action.schedule, card.rates
    start = not_before(schedule, card.now) or card.now
    pace = min(schedule.per_minute or rates.per_minute, rates.per_minute)
    domain_pace = min(
        schedule.per_domain_per_minute or rates.per_domain_per_minute, rates.per_domain_per_minute
    )
    when = moment(schedule.send_at, zone) if schedule.send_at else "as soon as it is approved"
    facts = [
        Fact(label="Leaves", value=when),
        Fact(label="Speed", value=f"at most {pace:,} a minute, {domain_pace:,} to one domain"),
    ]
    if quiet := schedule.quiet_hours:
        facts.append(
            Fact(
                label="Quiet hours",
                value=f"nothing from {quiet.start:%H:%M} until {quiet.end:%H:%M} "
                f"({quiet.timezone})",
            )
        )
    minutes = _minutes(card, pace, domain_pace)
    facts.append(Fact(label="Takes", value=_takes(minutes)))
    if card.run.lines:
        facts.append(
            Fact(label="Done by, at the earliest", value=moment(_end(card, start, minutes), zone))
        )
    facts.append(Fact(label="Time zone", value=rates.timezone))
    return Section(name="schedule", title="Schedule", facts=tuple(facts))


def _minutes(card: Card, pace: int, domain_pace: int) -> int:
    """Return how many minutes the sending takes: the slower of all and of the largest domain."""
    largest = max(card.run.domains.values(), default=0)
    return max(-(-len(card.run.lines) // pace), -(-largest // domain_pace))


def _takes(minutes: int) -> str:
    if minutes <= 1:
        return "about a minute"
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"about {minutes} minutes"
    return f"about {hours:,} h {rest:02} min, quiet hours not counted"


def _end(card: Card, start: datetime, minutes: int) -> datetime:
    """Return when the last message leaves, quiet hours counted; at most some hundred nights."""
    schedule, at, left = card.action.schedule, start, minutes
    step = 15
    for _ in range(40_000):
        if left <= 0:
            break
        later = not_before(schedule, at)
        if later is not None:
            at = later
            continue
        at += timedelta(minutes=min(step, left))
        left -= min(step, left)
    return at


# --- checks -------------------------------------------------------------------------------------


def _checks(card: Card) -> tuple[Check, ...]:
    checks = [_named(one) for one in card.audience.checks if one.name != "members"]
    checks.append(_members(card))
    checks += card.report.checks()
    checks += [Check(name="how it was written", status="warn", message=n) for n in card.work.notes]
    return tuple(checks)


def _named(check: Check) -> Check:
    return check.model_copy(update={"name": f"audience: {check.name}"})


def _members(card: Card) -> Check:
    count, name = len(card.run.lines), "audience: members"
    if count:
        people = "1 person" if count == 1 else f"{count:,} people"
        return Check(name=name, status="ok", message=f"{people} get the email.")
    selected = next((c for c in card.audience.checks if c.name == "members"), None)
    said = selected.message if selected and selected.status == "error" else (
        "None of the members may be written to; there is nobody to send it to.")  # fmt: skip
    return Check(name=name, status="error", message=said)


def _checks_section(card: Card) -> Section:
    findings = [one for one in card.report.findings if one.severity != "info"]
    rows = tuple((one.severity, one.name, one.message, one.fix) for one in findings)
    errors = sum(one.severity == "error" for one in findings)
    warns = len(findings) - errors
    said = "Nothing to mend." if not findings else (
        f"{errors} that block approval, {warns} to know about.")  # fmt: skip
    notes = tuple(
        Fact(label=one.name, value=one.message)
        for one in card.report.findings
        if one.severity == "info"
    )
    table = Table(columns=("", "Check", "What", "Fix"), rows=rows, total=len(rows))
    return Section(
        name="checks", title="Checks", text=said, facts=notes, table=table if rows else None,
        loud=errors > 0,
    )  # fmt: skip


def _evidence(card: Card) -> dict[str, Any]:
    run = card.run
    return {
        "audience": card.audience.evidence,
        "brief": card.work.brief,
        "recipients": len(run.lines),
        "left_out": dict(sorted(run.left_out.items())),
        "fallbacks": dict(sorted(run.fallbacks.items())),
        "variants": dict(sorted((k, n) for k, n in run.variants.items() if k)),
        "languages": dict(run.languages.most_common(8)),
        "fallback": card.work.fallback or None,
        "refreshed": card.work.why or None,
    }
