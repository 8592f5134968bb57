"""Rule cards: short instructions drafted from what several people changed in the same way.

A card needs three decisions by two people, or one whose reason says "always". A one-off edit is an
edit. Where people pull in both directions no card is drafted, and none is drafted against one that
counts already: a person settles that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from prompts.cards import RuleCard

from .changes import Change, changes_of
from .normal import normal_form, words_of
from .past import Past, PastDecision
from .reasons import changes_in

__all__ = [
    "LASTS", "LEAST_DECISIONS", "LEAST_PEOPLE", "Card", "Drafting", "clash", "draft_cards",
    "is_marked",
]  # fmt: skip

LEAST_DECISIONS = 3
LEAST_PEOPLE = 2
LASTS = timedelta(days=180)
"""How long a card counts unless it is renewed: people, products and words change."""
_ALWAYS = re.compile(r"(?i)\b(?:always|every time|from now on|immer|jedes mal|ab jetzt)\b")
_LONGEST = 400
_SCOPE_AGAINST = 0.5  # a word that half of the other requests hold as well scopes nothing
_LEAST_SCOPE = 4
_SAME = 0.8
_NO = frozenset({"not", "no", "never", "do", "don", "t", "nicht", "kein", "keine", "nie"})


class Card(BaseModel):
    """One rule card with what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trade: str
    name: str
    text: str
    when: tuple[str, ...] | None = None
    until: date | None = None
    key: str
    """The change that it makes needless; see `changes`."""
    opposite: str
    evidence: tuple[str, ...]
    """`draft:revision` of the decisions that it was drafted from."""
    people: tuple[str, ...]
    """Who took them."""
    marked: bool = False
    """Whether one of them said "always"."""

    def line(self) -> Mapping[str, Any]:
        """Return it as it stands in a prompt's rules."""
        return self.rule().model_dump(mode="json", exclude_none=True)

    def rule(self) -> RuleCard:
        """Return what the prompt holds of it."""
        return RuleCard(name=self.name, text=self.text, when=self.when, until=self.until)


class Drafting(BaseModel):
    """The cards that were drafted, and why others were not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cards: tuple[Card, ...]
    refused: tuple[tuple[str, str], ...]
    """The name of a would-be card, and why it is none."""


@dataclass(frozen=True, kw_only=True)
class _Sight:
    """One decision that made one change."""

    change: Change
    past: Past
    person: str
    id: str
    marked: bool


def draft_cards(
    pasts: Sequence[Past], trade: str, *, today: date, existing: Iterable[RuleCard | Card] = ()
) -> Drafting:
    """Return the cards that the decisions of a trade call for, best evidence first."""
    own = [past for past in pasts if past.trade == trade]
    sights: defaultdict[str, list[_Sight]] = defaultdict(list)
    for sight in (found for past in own for found in _sights(past)):
        sights[sight.change.key].append(sight)
    there = list(existing)
    cards, refused = list[Card](), list[tuple[str, str]]()
    for key in sorted(sights, key=lambda one: (-len(sights[one]), one)):
        card = _card(trade, sights[key], own, today)
        why = _too_little(sights[key]) or _contested(key, sights) or clash(card, [*there, *cards])
        if why is None:
            cards.append(card)
        else:
            refused.append((card.name, why))
    return Drafting(cards=tuple(cards), refused=tuple(refused))


def is_marked(reason: str | None) -> bool:
    """Return whether a reason asks for a change for good."""
    return bool(reason and _ALWAYS.search(reason))


# --- evidence ------------------------------------------------------------------------------------


def _sights(past: Past) -> Iterable[_Sight]:
    """Yield what each decision changed, where the change is still in what was approved."""
    stands = _keys(past.kind, past.drafted, past.revisions.get(past.final))
    for decision in past.decisions:
        found = changes_in(past.kind, decision.reason) if decision.verb != "approve" else []
        if past.approved:
            made = _made(past, decision)
            found += [change for change in made if change.key in stands]
        for change in {one.key: one for one in found}.values():
            yield _Sight(
                change=change, past=past, person=decision.person, marked=is_marked(decision.reason),
                id=f"{past.draft_id}:{decision.revision}",
            )  # fmt: skip


def _made(past: Past, decision: PastDecision) -> list[Change]:
    """Return what a decision changed: an edit by itself, a wish for changes by what it led to."""
    match decision.verb:
        case "edit":
            first, second = decision.revision - 1, decision.revision
        case "revise":
            first, second = decision.revision, decision.revision + 1
        case _:
            return []
    before, after = past.revisions.get(first), past.revisions.get(second)
    return changes_of(past.kind, before, after) if before and after else []


def _keys(kind: str, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> set[str]:
    return {one.key for one in changes_of(kind, before, after or before)}


def _too_little(sights: Sequence[_Sight]) -> str | None:
    drafts, people = {one.past.draft_id for one in sights}, {one.person for one in sights}
    if any(one.marked for one in sights):
        return None
    if len(drafts) < LEAST_DECISIONS or len(people) < LEAST_PEOPLE:
        return (
            f"{len(drafts)} of {LEAST_DECISIONS} decisions by {len(people)} of {LEAST_PEOPLE} "
            "people; an edit is no rule"
        )
    return None


def _contested(key: str, sights: Mapping[str, Sequence[_Sight]]) -> str | None:
    against = sights.get(sights[key][0].change.opposite, ())
    if not against:
        return None
    drafts = len({one.past.draft_id for one in against})
    return f"people disagree: {drafts} times the opposite was done"


def _card(trade: str, sights: Sequence[_Sight], own: Sequence[Past], today: date) -> Card:
    change = sights[0].change
    marked = any(one.marked for one in sights)
    return Card(
        trade=trade, name=change.name, text=change.text[:_LONGEST],
        when=None if marked else _scope(sights, own),
        until=today + LASTS, key=change.key, opposite=change.opposite,
        evidence=tuple(dict.fromkeys(one.id for one in sights)),
        people=tuple(sorted({one.person for one in sights})), marked=marked,
    )  # fmt: skip


def _scope(sights: Sequence[_Sight], own: Sequence[Past]) -> tuple[str, ...] | None:
    """Return the word that all requests share and few others do; None: it counts for every one."""
    drafts = {one.past.draft_id: one.past for one in sights}
    others = [past for past in own if past.draft_id not in drafts]
    if not others:
        return None
    shared = set.intersection(*(_long_words(past.request) for past in drafts.values()))
    counted = sorted(
        (sum(word in _long_words(past.request) for past in others) / len(others), word)
        for word in shared
    )
    if counted and counted[0][0] < _SCOPE_AGAINST:
        return (counted[0][1],)
    return None


def _long_words(text: str) -> set[str]:
    carried = set(normal_form(text).split())
    return {word for word in carried if len(word) >= _LEAST_SCOPE and not word.isdigit()}


# --- against what there is -----------------------------------------------------------------------


def clash(card: Card, existing: Iterable[RuleCard | Card]) -> str | None:
    """Return which existing card says the same or the opposite; None where none does."""
    for other in existing:
        if isinstance(other, Card) and other.trade == card.trade:
            if other.key == card.key:
                return f"the card {other.name} says so already"
            if other.key == card.opposite:
                return f"it contradicts the card {other.name}"
        if other.name == card.name:
            return f"there is a card of the name {other.name}"
        said = _against(card.text, other.text)
        if said is not None:
            return f"the card {other.name} says {said}"
    return None


def _against(text: str, other: str) -> str | None:
    """Return `the same` or `the opposite` where two instructions are about the same words."""
    one, two = set(words_of(text)), set(words_of(other))
    bare, bare_other = one - _NO, two - _NO
    if len(bare & bare_other) / max(1, len(bare | bare_other)) < _SAME:
        return None
    if bool(one & _NO) != bool(two & _NO):
        return "the opposite"
    return "the same" if bare == bare_other else None
