"""A small trade to test the gate and the store with: painting fences, in a world that remembers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime

from gates import Action, Gate, Permit, Person, Policy, Proposal, read_policy, targets_of
from gates.decision import Decision, Verb
from gates.draft import Draft
from gates.files import FileRef
from placet.clock import FixedClock
from placet.errors import EffectRefused, EffectUnknown
from placet.ids import DraftId
from tools.execution import Outcome

KEY = b"a key for tests"

POLICY = """
default_person = "ana"
[people.ana]
user = "ana"
email = "ana@example.com"
[people.ben]
user = "ben"
[people.cleo]
user = "cleo"
admin = true
[people.dora]
user = "dora"
[rules.paint]
approvers = ["ana", "ben", "cleo"]
need = 1
need_flagged = 2
expires_hours = 48
valid_hours = 6
[rules.sample]
approvers = []
self_service = true
"""

ANA, BEN, CLEO, DORA = (Person(team="local", user=u) for u in ("ana", "ben", "cleo", "dora"))


class Paint(Action):
    """Paint fences in a colour."""

    kind: Literal["paint"] = "paint"
    destination: str = "street:test"
    colour: str
    label: str = ""
    risky: bool = False
    at: AwareDatetime | None = None
    manifest: FileRef | None = None

    COSMETIC: ClassVar[frozenset[str]] = frozenset({"label"})

    def flags(self) -> tuple[str, ...]:
        return ("it is risky",) if self.risky else ()

    def starts_at(self) -> datetime | None:
        return self.at


class Sample(Action):
    """Send somebody a sample of a colour."""

    kind: Literal["sample"] = "sample"
    destination: str = "street:test"
    to: str
    colour: str
    risky: bool = False

    def flags(self) -> tuple[str, ...]:
        return ("it is risky",) if self.risky else ()

    def concerns_only(self, person: Person, address: str | None) -> bool:
        return address is not None and self.to.casefold() == address.casefold()


KINDS: dict[str, type[Action]] = {"paint": Paint, "sample": Sample}


def sample(to: str = "ana@example.com", colour: str = "green", **rest: Any) -> Sample:
    return Sample(to=to, colour=colour, targets=targets_of([to]), **rest)


FENCES = tuple(f"fence-{n:04}" for n in range(5))


def paint(fences: Sequence[str] = FENCES, **changes: Any) -> Paint:
    return Paint(**{"colour": "green", "targets": targets_of(fences)} | changes)


def proposal(action: Action | None = None, **changes: Any) -> Proposal:
    action = action or paint()
    return Proposal(
        **{
            "kind": action.kind,
            "action": action.arguments(),
            "title": "Paint the fences",
            "summary": f"{action.targets.count} fences",
            "drafter": "rules",
        }
        | changes
    )


def policy(text: str = POLICY, **changes: Any) -> Policy:
    return read_policy(text).model_copy(update=changes)


def gate(clock: FixedClock, rules: Policy | None = None) -> Gate:
    return Gate(policy=rules or policy(), kinds=KINDS, clock=clock)


def decision(draft: Draft, verb: Verb, by: Person, clock: FixedClock, **rest: Any) -> Decision:
    return Decision(
        **{
            "draft_id": DraftId(draft.revision.draft_id),
            "verb": verb,
            "by": by,
            "revision": draft.revision.revision,
            "digest": draft.digest,
            "at": clock.now(),
        }
        | rest
    )


HOUR = timedelta(hours=1)


class Street:
    """The outside world: every fence remembers each time it was painted, and by which key."""

    def __init__(self, *, has_keys: bool = True) -> None:
        self.coats: dict[str, list[str]] = {}
        self.keys: set[str] = set()
        self.has_keys = has_keys
        self.calls = 0
        self.before_call: Callable[[int], None] = lambda _call: None
        self.after_call: Callable[[int], None] = lambda _call: None
        self.silent = False
        self.forgotten: set[str] = set()  # what it cannot tell about when it is asked
        self.says: Callable[[str, str], Outcome | None] = lambda _key, _fence: None
        """What it says instead of letting a fence be painted, or None."""
        self.lock = threading.Lock()

    def paint(self, key: str, fence: str, colour: str) -> None:
        with self.lock:
            if self.has_keys and key in self.keys:
                return
            self.keys.add(key)
            self.coats.setdefault(fence, []).append(colour)


class PaintHandler:
    """Carries `Paint` out in a `Street`; `moved` is what drift says, `opens_at` when it may."""

    kind = "paint"
    batch_size = 2

    def __init__(self, street: Street) -> None:
        self.street = street
        self.moved: str | None = None
        self.opens_at: datetime | None = None
        self.drifts = 0

    def drift(self, action: Paint, members: Sequence[str]) -> str | None:
        self.drifts += 1
        return self.moved

    def steps(self, action: Paint, members: Sequence[str]) -> Sequence[str]:
        return ["ladder", *members]

    def not_before(self, action: Paint, now: datetime) -> datetime | None:
        """Return when the street opens."""
        return self.opens_at

    def run(
        self, permit: Permit, action: Paint, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, Outcome]:
        self.street.calls += 1
        self.street.before_call(self.street.calls)
        outcomes: dict[str, Outcome] = {}
        for item in items:
            said = self.street.says(permit.key(item), item)
            if said is None and item != "ladder":
                self.street.paint(permit.key(item), item, action.colour)
            outcomes[item] = said or json.dumps({"painted": item})
        self.street.after_call(self.street.calls)
        return {item: said for item, said in outcomes.items() if item not in self.street.forgotten}

    def settle(
        self,
        key: Callable[[str], str],
        action: Paint,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        if self.street.silent:
            raise EffectUnknown("The street does not answer.")
        return {
            item: json.dumps({"painted": item}) if key(item) in self.street.keys else None
            for item in items
            if item not in self.street.forgotten
        }

    def undo(
        self, action: Paint, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | None:
        fences = sorted(item for item in results if item != "ladder")
        return paint(fences, colour="bare", label=f"undo {receipt_id}"), fences

    def manual_steps(self, action: Paint, members: Sequence[str]) -> tuple[str, ...]:
        return (f"Buy {action.colour} paint.", f"Paint {len(members)} fences.")


class SampleHandler(PaintHandler):
    """Sends samples: one step, the person's address."""

    kind = "sample"

    def steps(self, action: Sample, members: Sequence[str]) -> Sequence[str]:  # type: ignore[override]
        return list(members)

    def undo(self, action: Any, results: Mapping[str, str], receipt_id: str) -> None:
        return None

    def why_not_undone(self, action: Sample, results: Mapping[str, str]) -> str:
        return "what was sent cannot be called back."


__all__ = ["EffectRefused", "EffectUnknown"]
