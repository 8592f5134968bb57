"""How a change of a prompt is shown to its approver: what it does, what was measured, every line.

Plain values in, sections out: where the figures come from is the caller's. The whole diff is on the
card, in as many pieces as a view can hold, so that nobody approves what they could not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from gates.files import Attachment, file_of
from gates.sections import Fact, Section, Table
from prompts import Prompt

from .action import ChangePrompt
from .diff import counted, learned, pieces, unified
from .drafting import as_file

__all__ = ["Cost", "Figure", "PromptCard", "sections"]

_PIECE = 9_000
"""Characters of a diff in one section: a view of everything holds 10,000 of one text."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Value):
    """One suite, run with both texts on the same cases."""

    suite: str
    cases: int
    before: float
    """The share of cases that passed with the text that serves now."""
    after: float
    difference: float
    """After minus before."""
    low: float
    """The lower end of the 95 per cent interval of the difference."""
    high: float
    verdict: str
    """`better`, `not worse`, or what a count was held against."""
    main: bool = False
    """Whether it is the suite of the prompt's own trade."""


class Cost(_Value):
    """What one case costs with each text."""

    tokens_before: float
    tokens_after: float
    money_before: float | None = None
    """None: no prices are set."""
    money_after: float | None = None
    currency: str = ""


class PromptCard(_Value):
    """The sections of a card, and the files they name."""

    sections: tuple[Section, ...]
    files: tuple[Attachment, ...]


def sections(
    before: Prompt,
    after: Prompt,
    *,
    change: ChangePrompt,
    figures: Sequence[Figure] = (),
    cost: Cost | None = None,
    notes: Sequence[tuple[str, str]] = (),
    unmeasured: str = "",
) -> PromptCard:
    """Return the card of a change.

    Args:
        before: the text that serves now.
        after: the text that is to serve.
        change: the action that is drafted.
        figures: what was measured, the prompt's own suite first, then restraint and injection.
        cost: what a case costs with each text, where it was measured.
        notes: more lines below the figures: looks at the held-out part, part, epochs, model.
        unmeasured: why there are no figures, where there are none.
    """
    diff = unified(before, after)
    whole = file_of(
        diff.encode(), name=f"{after.name.replace('/', '-')}.diff", media_type="text/x-diff"
    )
    text = as_file(after)
    parts = (
        _what(before, after, change, diff),
        _measured(figures, notes, unmeasured),
        *([_cost(cost)] if cost else []),
        *_diff(diff, (whole, text)),
    )
    return PromptCard(sections=parts, files=(whole, text))


def _what(before: Prompt, after: Prompt, change: ChangePrompt, diff: str) -> Section:
    added, gone = counted(diff)
    facts = [
        Fact(label="Prompt", value=f"{change.name}: {after.front.about}"),
        Fact(label="Serves now", value=_now(change)),
        Fact(label="Changed", value=after.changed or "(the text does not say)"),
        Fact(label="Lines", value=f"{added:,} added, {gone:,} taken away"),
        *(Fact(label=label, value=value) for label, value in learned(before, after)),
        *(Fact(label="Locked part", value=f"{name} is changed or gone", loud=True)
          for name in change.unlocked),
    ]  # fmt: skip
    if before.model != after.model:
        facts.append(Fact(label="Model settings", value=_settings(before, after), loud=True))
    return Section(name="change", title="What changes", text=change.why, facts=tuple(facts))


def _now(change: ChangePrompt) -> str:
    beside = f"; {change.canary[:12]} gets {change.canary_share:.0%}" if change.canary else ""
    return f"{change.before[:12]}{beside}"


def _settings(before: Prompt, after: Prompt) -> str:
    was, now = (one.model.model_dump(exclude_none=True) for one in (before, after))
    names = sorted({*was, *now})
    return ", ".join(
        f"{name} {was.get(name, 'unset')} → {now.get(name, 'unset')}"
        for name in names
        if was.get(name) != now.get(name)
    )


def _measured(
    figures: Sequence[Figure], notes: Sequence[tuple[str, str]], unmeasured: str
) -> Section:
    if not figures:
        why = unmeasured or "Nothing was measured."
        return Section(name="figures", title="What was measured", text=why, loud=True)
    rows = tuple(_row(one) for one in sorted(figures, key=lambda one: not one.main))
    columns = ("Suite", "Cases", "Now", "New", "Difference", "Verdict")
    return Section(
        name="figures",
        title="What was measured, on the same cases",
        facts=tuple(Fact(label=label, value=value) for label, value in notes),
        table=Table(columns=columns, rows=rows, total=len(rows)),
    )


def _row(one: Figure) -> tuple[str, ...]:
    return (
        one.suite,
        f"{one.cases:,}",
        f"{one.before:.1%}",
        f"{one.after:.1%}",
        f"{100 * one.difference:+.1f} points ({100 * one.low:+.1f} to {100 * one.high:+.1f})",
        one.verdict,
    )


def _cost(cost: Cost) -> Section:
    facts = [
        Fact(label="Tokens a case", value=_change(cost.tokens_before, cost.tokens_after, ",.0f"))
    ]
    if cost.money_before is not None and cost.money_after is not None:
        value = _change(cost.money_before, cost.money_after, ",.4f")
        facts.append(Fact(label=f"Cost a case{f', {cost.currency}' * bool(cost.currency)}",
                          value=value))  # fmt: skip
    return Section(name="cost", title="What it costs", facts=tuple(facts))


def _change(before: float, after: float, form: str) -> str:
    percent = f" ({after / before - 1:+.0%})" if before else ""
    return f"{before:{form}} → {after:{form}}{percent}"


def _diff(diff: str, attached: Sequence[Attachment]) -> Iterator[Section]:
    refs = tuple(one.ref for one in attached)
    parts = pieces(diff, _PIECE)
    if not parts:
        yield Section(
            name="diff", title="The text", files=refs,
            text="The approved text is the one that serves now; no line changes.",
        )  # fmt: skip
    for number, part in enumerate(parts, start=1):
        of = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
        yield Section(
            name="diff" if number == 1 else f"diff_{number}",
            title=f"Every line that changes{of}",
            text=part,
            files=refs if number == len(parts) else (),
        )
