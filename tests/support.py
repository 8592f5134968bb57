"""A small trade to test the gate and the store with: painting fences, in a world that remembers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from gates import Action, Gate, Permit, Person, Policy, Proposal, read_policy, targets_of
from gates.decision import Decision, Verb
from gates.draft import Draft
from placet.clock import FixedClock
from placet.errors import EffectRefused, EffectUnknown
from placet.ids import DraftId

KEY = b"a key for tests"

POLICY = """
default_person = "ana"
[people.ana]
user = "ana"
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
"""

ANA, BEN, CLEO, DORA = (Person(team="local", user=u) for u in ("ana", "ben", "cleo", "dora"))


class Paint(Action):
    """Paint fences in a colour."""

    kind: Literal["paint"] = "paint"
    destination: str = "street:test"
    colour: str
    label: str = ""
    risky: bool = False

    COSMETIC: ClassVar[frozenset[str]] = frozenset({"label"})

    def flags(self) -> tuple[str, ...]:
        return ("it is risky",) if self.risky else ()


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
    return Gate(policy=rules or policy(), kinds={"paint": Paint}, clock=clock)


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
        self.lock = threading.Lock()

    def paint(self, key: str, fence: str, colour: str) -> None:
        with self.lock:
            if self.has_keys and key in self.keys:
                return
            self.keys.add(key)
            self.coats.setdefault(fence, []).append(colour)


class PaintHandler:
    """Carries `Paint` out in a `Street`; `moved` is what drift says."""

    kind = "paint"
    batch_size = 2

    def __init__(self, street: Street) -> None:
        self.street = street
        self.moved: str | None = None

    def drift(self, action: Paint, members: Sequence[str]) -> str | None:
        return self.moved

    def steps(self, action: Paint, members: Sequence[str]) -> Sequence[str]:
        return ["ladder", *members]

    def not_before(self, action: Paint, now: datetime) -> datetime | None:
        """Return None: it may run at any time."""
        return None

    def run(
        self, permit: Permit, action: Paint, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, str]:
        self.street.calls += 1
        self.street.before_call(self.street.calls)
        for item in items:
            if item != "ladder":
                self.street.paint(permit.key(item), item, action.colour)
        self.street.after_call(self.street.calls)
        return {item: json.dumps({"painted": item}) for item in items}

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
        }

    def undo(
        self, action: Paint, results: Mapping[str, str], receipt_id: str
    ) -> tuple[Action, Sequence[str]] | None:
        fences = sorted(item for item in results if item != "ladder")
        return paint(fences, colour="bare", label=f"undo {receipt_id}"), fences

    def manual_steps(self, action: Paint, members: Sequence[str]) -> tuple[str, ...]:
        return (f"Buy {action.colour} paint.", f"Paint {len(members)} fences.")


__all__ = ["EffectRefused", "EffectUnknown"]
