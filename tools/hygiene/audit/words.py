"""An audit in words: the same sentences in a terminal, in Slack and in a reply."""

from __future__ import annotations

from .report import Audit, Help
from .trend import Trend

__all__ = ["headline", "help_line", "moved", "summary"]

_QUIET = 0.05
"""Below this, a change of a score is rounding and is not told."""


def headline(audit: Audit) -> str:
    """Return one sentence: what was looked at, and the weakest score."""
    records = f"{audit.contacts:,} contacts and {audit.companies:,} companies"
    if not audit.contacts and not audit.companies:
        return "There is nothing in the CRM yet."
    weakest = min(audit.scores, key=lambda one: one.value)
    findings = sum(one.findings for one in audit.detectors)
    return (
        f"{records}: {findings:,} findings. The weakest score is {weakest.name}, "
        f"{weakest.value:.1f} of 100."
    )


def moved(trend: Trend | None, name: str) -> str:
    """Return how a score moved since the last audit: "+1.2", or nothing where it stayed."""
    move = next((one for one in trend.scores if one.name == name), None) if trend else None
    if move is None or abs(move.by) < _QUIET:
        return ""
    return f"{move.by:+.1f}"


def help_line(one: Help) -> str:
    """Return why a draft would help."""
    mailed = f"{one.marketable:,} of them can be mailed"
    return f"{one.request} ({mailed}; {100 * one.confidence:.0f} % sure on average)"


def summary(audit: Audit, trend: Trend | None = None) -> str:
    """Return the whole audit in a few lines, for a reply: scores, worst fields, what would help."""
    lines = [headline(audit)]
    for score in audit.scores:
        by = moved(trend, score.name)
        since = f" ({by} since {trend.since:%-d %b})" if trend and by else ""
        lines.append(f"{score.name.capitalize()}: {score.value:.1f}{since}")
    lines += [
        f"Worst: {one.subject} {one.field.replace('_', ' ')}, {one.records:,} of {one.of:,}"
        for one in audit.fields[:3]
    ]
    if audit.helps:
        lines.append("What would help most; ask for it in these words:")
        lines += [f"{number}. {help_line(one)}" for number, one in enumerate(audit.helps, 1)]
    return "\n".join(lines)
