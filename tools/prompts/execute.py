"""How an approved change of a prompt is carried out, and taken back.

Nothing here decides whether to run. What serves is compared once more with what was approved: in
`drift` before anything starts, and in the write itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from gates.digest import canonical
from gates.permit import Permit
from gates.targets import targets_of
from placet.errors import PlacetError
from prompts import parse_prompt
from tools.execution import Counted, Undoing
from tools.files import Files

from .action import ChangePrompt
from .drafting import as_file, change_of, check_fits, unlocked
from .port import PromptShelf, Standing, Turned

__all__ = ["ChangePromptHandler"]


class ChangePromptHandler:
    """Lets a text serve. One item: the prompt's name."""

    kind = "change_prompt"
    batch_size = 1
    counted = Counted(noun="changes", verb="made")

    def __init__(self, shelf: PromptShelf, files: Files) -> None:
        self._shelf, self._files = shelf, files

    def drift(self, action: ChangePrompt, members: Sequence[str]) -> str | None:
        """Return what no longer holds: what serves, or that the text fits this version's code."""
        if targets_of(members) != action.targets or list(members) != [action.name]:
            return "What is kept beside the draft is not the prompt that it names."
        now = self._shelf.standing(action.name, action.scope)
        if not _same(now, action):
            return f"Since it was drafted {action.name} changed: now {now.words}."
        try:
            text = parse_prompt(self._files.read(action.after.sha256))
            check_fits(action.name, text)
            before = self._shelf.text(action.before)
        except PlacetError as error:
            return str(error)
        if text.sha256 != action.after.sha256:
            return "The approved text is not whole: a shared part in it is only named."
        if action.receipt_id is not None:
            known = self._shelf.served_before(action.name, action.scope, text.sha256)
            return None if known else f"{text.sha256[:12]} never served {action.name} here."
        if unlocked(before.locked, text.locked) != action.unlocked:
            return "The draft does not name the locked parts that it changes; draft it anew."
        return None

    def steps(self, action: ChangePrompt, members: Sequence[str]) -> Sequence[str]:
        """Return the one item."""
        return [action.name]

    def not_before(self, action: ChangePrompt, now: datetime) -> datetime | None:
        """Return None: it may run at any time."""
        return None

    def run(
        self, permit: Permit, action: ChangePrompt, items: Sequence[str], done: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Let the text serve.

        Raises:
            EffectRefused: something else serves by now; nothing was changed.
        """
        return {
            item: _result(self._shelf.promote(permit, key=permit.key(item), change=action))
            for item in items
        }

    def settle(
        self,
        key: Callable[[str], str],
        action: ChangePrompt,
        items: Sequence[str],
        done: Mapping[str, str],
    ) -> Mapping[str, str | None]:
        """Return what the history holds under the items' keys."""
        found = {item: self._shelf.turned(key(item)) for item in items}
        return {item: _result(one) if one else None for item, one in found.items()}

    def undo(
        self, action: ChangePrompt, results: Mapping[str, str], receipt_id: str
    ) -> Undoing | None:
        """Return the change back, or None where something else serves by now."""
        turned = _turned(results)
        now = self._shelf.standing(action.name, action.scope)
        if turned is None or now != turned.after:
            return None
        was = turned.before
        # Back to the canary and its share where only these changed, else to the approved text.
        shrinks = was.canary is not None and was.stable == now.stable
        goal, share = (was.canary, was.share) if shrinks else (None, 1.0)
        text = self._shelf.text(goal or was.stable)
        change = change_of(
            now,
            self._shelf.text(now.stable),
            text,
            share=share,
            why=f"Takes back receipt {receipt_id}.",
            receipt_id=receipt_id,
        )
        return Undoing(
            action=change,
            targets=[action.name],
            files=(as_file(text),),
            summary=f"Takes back receipt {receipt_id}: {text.sha256[:12]} serves "
            f"{'every request' if share == 1 else f'{share:.0%} of requests'} again.",
        )

    def why_not_undone(self, action: ChangePrompt, results: Mapping[str, str]) -> str:
        """Return why there is nothing to take back."""
        return (
            f"{action.name} was changed again since; `placet prompts rollback {action.name}` goes "
            "back to what was approved before."
        )

    def manual_steps(self, action: ChangePrompt, members: Sequence[str]) -> tuple[str, ...]:
        """Return how a person gets to the same by hand."""
        scope = "" if action.scope == "default" else f" --scope {action.scope}"
        return (
            f"Get the text {action.after.name} with `placet show DRAFT --files DIR`.",
            f"Check that its sha256 is {action.after.sha256}.",
            f"Look at what serves now: `placet prompts show {action.name}{scope}`.",
            f"Draft the change anew: `placet prompts promote {action.name} {action.after.name} "
            f"--share {action.share:g}{scope}`, and have it approved.",
        )


def _same(now: Standing, action: ChangePrompt) -> bool:
    return (now.stable, now.canary, now.share) == (
        action.before, action.canary, action.canary_share,
    )  # fmt: skip


def _result(turned: Turned) -> str:
    return canonical(turned.as_result())


def _turned(results: Mapping[str, str]) -> Turned | None:
    for result in results.values():
        return Turned.of_result(json.loads(result))
    return None
