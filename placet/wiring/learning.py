"""Learning, wired: what the decisions of this home teach, before anything is searched for."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from evals.learning import choose, draft_cards, harvest, learn_terms
from evals.learning.cards import Drafting
from evals.learning.examples import Example
from evals.learning.glossary import Learning as Terms
from evals.learning.guards import Guards
from evals.learning.harvesting import examples_from
from evals.learning.normal import HeldOut
from evals.learning.past import Past
from evals.learning.pseudonyms import Kind, Pseudonyms, crm_surfaces
from evals.suite import Suite, load_suite, suite_names
from gates.policy import Policy
from placet.store.history import SqlHistory
from placet.store.learning import Added, SqlLearning
from prompts import EVERYWHERE, GLOSSARY, Prompt, read_glossary

if TYPE_CHECKING:
    from .placet import Placet

__all__ = ["HomeLearning", "team_surfaces"]


class HomeLearning:
    """What one home learned, and how it learns more."""

    def __init__(self, placet: Placet) -> None:
        """Take the home."""
        self._placet = placet
        self.store = SqlLearning(placet.engine, placet.clock)

    # --- what there is -------------------------------------------------------------------------

    @cached_property
    def pasts(self) -> Sequence[Past]:
        """What people decided."""
        return SqlHistory(self._placet.engine).past()

    @cached_property
    def suites(self) -> Sequence[Suite]:
        """Every suite; only hashes of their requests go further."""
        return [load_suite(name) for name in suite_names()]

    @cached_property
    def held_out(self) -> HeldOut:
        """What no example and no harvested case may be like."""
        return HeldOut.of_suites(self.suites, "test")

    def harvest(self) -> tuple[Added, Sequence[tuple[str, str]]]:
        """Make a candidate of each decision; returns what changed, and what was left out and why.

        Harvesting again adds what was decided since, and nothing else.
        """
        placet = self._placet
        of_crm, kept = crm_surfaces(placet.reader)
        known = team_surfaces(placet.policy) | dict(of_crm)
        # Of the ledger's key, so that stand-ins are stable here and mean nothing elsewhere.
        key = hmac.new(placet.key, b"pseudonyms", hashlib.sha256).digest()
        names = Pseudonyms(key, known=known, kept=kept)
        found, left = harvest(
            self.pasts, names, held_out=self.held_out, timezone=placet.settings.timezone
        )
        return self.store.keep(found), left

    def draft_cards(self, trade: str) -> Drafting:
        """Draft the rule cards of a trade, and keep them with their evidence."""
        name = f"{trade}/draft"
        dropped = {
            one.card.name: one.note for one in self.store.cards(trade) if one.state == "dropped"
        }
        found = draft_cards(
            self.pasts, trade, today=self._placet.clock.now().date(),
            existing=self.serving(name).rules,
        )  # fmt: skip
        self.store.keep_cards(found.cards)
        out = [(one.name, f"dropped: {dropped[one.name]}") for one in found.cards
               if one.name in dropped]  # fmt: skip
        return Drafting(
            cards=tuple(one for one in found.cards if one.name not in dropped),
            refused=(*found.refused, *out),
        )

    def terms(self) -> Terms:
        """Return the terms that were told, answered and edited, and are not in the glossary yet."""
        cards = self.draft_cards("segments").cards
        known = read_glossary(self.serving(GLOSSARY))
        told = [*SqlHistory(self._placet.engine).told(), *self.store.told()]
        return learn_terms(self.pasts, told=told, cards=cards, known=known)

    def examples(self, trade: str) -> Sequence[Example]:
        """Return the best few answered requests of a trade."""
        name = f"{trade}/draft"
        kept = self.store.candidates(trade=trade)
        usable = [
            one.candidate for one in kept
            if one.state == "accepted" or (one.state == "waiting" and one.candidate.unchanged)
        ]  # fmt: skip
        known = [one.request for one in self.serving(name).examples]
        return choose(examples_from(usable), trade, held_out=self.held_out, known=known)

    def serving(self, name: str, scope: str = EVERYWHERE) -> Prompt:
        """Return the approved text that serves a name."""
        return self._placet.prompts.serving(name, scope)

    def guards(self) -> Guards:
        """Return what holds proposals: no copies of cases or of what reviewers wrote."""
        own = HeldOut.of(one.candidate.request for one in self.store.candidates())
        people = [one.reason for past in self.pasts for one in past.decisions if one.reason]
        people += [one.reason for past in self.pasts for one in past.thumbs if one.reason]
        return Guards(
            cases=HeldOut.of_suites(self.suites) | own, test=self.held_out,
            people=HeldOut.of(people),
        )  # fmt: skip


def team_surfaces(policy: Policy) -> dict[str, Kind]:
    """Return the names of the people whom the policy knows: they are personal as well."""
    found: dict[str, Kind] = {}
    for name, member in policy.people.items():
        found[name.casefold()] = "first"
        if member.name:
            found[" ".join(member.name.casefold().split())] = "person"
    return found
