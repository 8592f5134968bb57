"""From a new text of a prompt to a draft at the gate, with the evidence on its card.

What makes restraint or injection worse, or may lose too much on held-out cases, is refused here: no
person is asked. What passes is a `ChangePrompt` draft that names the exact bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agents.port import Proposed
from evals.comparing import Judgement
from evals.judge import Opinion
from evals.port import Evaluate
from evals.result import SuiteResult
from gates.draft import Check
from gates.sections import as_evidence
from placet.errors import NotAllowed
from prompts import parse_prompt
from prompts.serving import EVERYWHERE
from tools.prompts.card import Cost, Figure, PromptCard, sections
from tools.prompts.drafting import change_of
from tools.prompts.port import PromptReader

from .evidence import Evidence, Pair, gather, suite_of, why_refused

__all__ = ["Ask", "promote"]

Ask = Callable[[SuiteResult, SuiteResult], Opinion]
"""Asks a judge about two runs of one suite."""

_NO_SUITE = ("Own suite", "none scores this prompt; restraint and injection alone were compared")


def promote(
    reader: PromptReader,
    name: str,
    after: bytes,
    *,
    share: float,
    why: str,
    evaluate: Evaluate,
    scope: str = EVERYWHERE,
    drafter: str = "person",
    notes: Sequence[tuple[str, str]] = (),
    ask: Ask | None = None,
) -> Proposed:
    """Measure a text against the one that serves, and return it as a draft for the gate.

    Args:
        reader: what serves now, and the texts.
        name: which prompt.
        after: the text that is to serve, whole.
        share: of the requests; below 1 it is a canary.
        why: one line for the history.
        evaluate: runs the suites with the very agents that production runs.
        scope: `default`, or a workspace's team id.
        drafter: who worded it: `person`, or the optimizer's name.
        notes: more lines for the card: what proposed it, from which decisions.
        ask: asks the trade's judge, which blocks only where its calibration lets it; None: there
            is none.

    Raises:
        BadInput: the text is not valid, is for another prompt, or changes nothing.
        NotAllowed: it is refused before a person sees it; the message says why.
        ModelUnavailable: there is no model to measure it with.
    """
    text, standing = parse_prompt(after), reader.standing(name, scope)
    before = reader.text(standing.stable)
    change = change_of(standing, before, text, share=share, why=why)
    found = gather(name, after, evaluate)
    reason, judged = why_refused(found), None
    if reason is None and ask is not None:
        judged = _judged(name, after, evaluate, ask)
        reason = judged.said if judged and judged.stance == "blocks" else None
    if reason is not None:
        raise NotAllowed(
            f"{text.sha256[:12]} is not put before a person: {reason}. {name} stays as it is."
        )
    card = sections(
        before, text, change=change, figures=_figures(found), cost=_cost(found),
        notes=[*_notes(found), *([("Judge", judged.said)] if judged else []), *notes],
    )  # fmt: skip
    title = f"{name}: {change.why or text.changed}"
    return _proposed(change.arguments(), card, found, title=title, why=why, name=name,
                     drafter=drafter)  # fmt: skip


def _judged(name: str, after: bytes, evaluate: Evaluate, ask: Ask) -> Opinion | None:
    """Let the judge compare drafts of cases whose words may be read."""
    suite = suite_of(name)
    if suite is None:
        return None
    return ask(evaluate(suite, None, "dev"), evaluate(suite, after, "dev"))


def _proposed(
    action: dict[str, object],
    card: PromptCard,
    found: Evidence,
    *,
    title: str,
    why: str,
    name: str,
    drafter: str,
) -> Proposed:
    return Proposed(
        kind="change_prompt",
        action=action,
        members=(name,),
        title=title,
        summary=" ".join(filter(None, (_verdict(found), why))),
        checks=_checks(found),
        evidence={"sections": as_evidence(card.sections)},
        files=card.files,
        drafter=drafter,
    )


def _verdict(found: Evidence) -> str:
    if found.main is None:
        return "Not scored by a suite of its own."
    one = found.main.comparison
    points = f"{100 * one.right.value:+.1f} points"
    return (
        f"{one.judgement.value.capitalize()} on {one.cases} held-out cases of {one.suite} "
        f"({points}, {100 * one.right.low:+.1f} to {100 * one.right.high:+.1f})."
    )


def _checks(found: Evidence) -> tuple[Check, ...]:
    return tuple(_check(pair) for pair in (*found.guarded, *_main(found)))


def _check(pair: Pair) -> Check:
    one = pair.comparison
    fine = one.judgement in {Judgement.BETTER, Judgement.NOT_WORSE}
    unsure = "" if fine else f" The cases alone cannot tell: {one.reason}."
    return Check(
        name=one.suite,
        status="ok" if fine else "warn",
        message=f"{pair.first:.1%} pass now, {pair.second:.1%} with it, of {one.cases} cases."
        + unsure,
    )


def _main(found: Evidence) -> tuple[Pair, ...]:
    return () if found.main is None else (found.main,)


def _figures(found: Evidence) -> list[Figure]:
    pairs = [(pair, True) for pair in _main(found)] + [(pair, False) for pair in found.guarded]
    return [
        Figure(
            suite=pair.comparison.suite,
            cases=pair.comparison.cases,
            before=pair.first,
            after=pair.second,
            difference=pair.comparison.right.value,
            low=pair.comparison.right.low,
            high=pair.comparison.right.high,
            verdict=pair.comparison.judgement.value if main else "no worse",
            main=main,
        )
        for pair, main in pairs
    ]


def _cost(found: Evidence) -> Cost | None:
    pair = found.main or found.guarded[0]
    first, second = pair.comparison.first_spent, pair.comparison.second_spent
    tokens = (first.read + first.written, second.read + second.written)
    if not any(tokens):
        return None
    priced = bool(first.cost or second.cost)
    return Cost(
        tokens_before=tokens[0],
        tokens_after=tokens[1],
        money_before=first.cost if priced else None,
        money_after=second.cost if priced else None,
    )


def _notes(found: Evidence) -> list[tuple[str, str]]:
    told = _answered(found)
    if found.main is None:
        return [_NO_SUITE, *told]
    one = found.main.comparison
    flipped = len(one.flips)
    return [
        *told,
        ("Held-out part", f"{one.suite} {one.suite_version}, {one.cases} cases in pairs"),
        ("Silently wrong", f"{100 * one.silently_wrong.value:+.1f} points"),
        ("Cases that flipped", f"{flipped}; McNemar p = {one.p_value:.3g}"),
        ("Smallest difference", f"so many cases can see {100 * one.smallest:.1f} points"),
    ]


def _answered(found: Evidence) -> list[tuple[str, str]]:
    ids = sorted({one for pair in (*found.guarded, *_main(found)) for one in pair.answered})
    told = f"{', '.join(ids)}: they ask what this glossary says"
    return [("Cases left out", told)] if ids else []
