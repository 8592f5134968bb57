"""Prompts over a fresh database: changes, permits as the gate makes them, and another process."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import sqlalchemy as sa

from agents.port import Proposed
from gates.permit import Permit, PermitRow, spent
from gates.sections import as_evidence
from placet.clock import Clock, SystemClock
from placet.errors import EffectRefused
from placet.ids import DraftId, PermitId
from placet.store.files import keep_file
from placet.store.prompts import SqlPrompts
from prompts import Prompt, RuleCard, composed, load_prompt, parse_prompt
from tests.conftest import NOW
from tests.support import KEY, policy
from tools.prompts.action import ChangePrompt
from tools.prompts.card import Figure, sections
from tools.prompts.drafting import as_file, change_of, headline
from tools.prompts.port import Standing
from tools.sql import create_engine

NAME = "segments/draft"
RULES = """
default_person = "ana"
[people.ana]
user = "ana"
[people.ben]
user = "ben"
[people.cleo]
user = "cleo"
[rules.change_prompt]
approvers = ["ben", "cleo"]
"""


def text(word: str, name: str = NAME) -> Prompt:
    """Return a version of a prompt that says one thing more."""
    shipped = load_prompt(name)
    card = RuleCard(name=word, text=f"Mind the {word}.")
    return parse_prompt(composed(shipped, changed=f"Minds the {word}.", rules=[card]))


def permit(draft: str = "dr_1") -> Permit:
    """Return a spent permit, as a run holds it."""
    row = PermitRow(
        id=PermitId(f"pm_{draft}"), draft_id=DraftId(draft), revision=1, digest="0" * 64,
        issued_at=NOW, valid_until=NOW, spent_by="run",
    )  # fmt: skip
    return spent(row, by="run", digest="0" * 64)


def shelf_of(engine: sa.Engine, clock: Clock) -> SqlPrompts:
    return SqlPrompts(engine, clock, key=KEY, policy=policy(RULES))


def change(shelf: SqlPrompts, after: Prompt, share: float = 1.0, scope: str = "default",
           receipt_id: str | None = None) -> ChangePrompt:  # fmt: skip
    standing = shelf.standing(after.name, scope)
    before = shelf.text(standing.stable)
    return change_of(standing, before, after, share=share, why="a test", receipt_id=receipt_id)


def keep(engine: sa.Engine, *texts: Prompt) -> None:
    """Keep texts as drafts of them would."""
    with engine.begin() as connection:
        for one in texts:
            keep_file(connection, as_file(one))


def promote(engine: sa.Engine, shelf: SqlPrompts, after: Prompt, share: float = 1.0,
            scope: str = "default", draft: str | None = None) -> None:  # fmt: skip
    keep(engine, after)
    given = permit(draft or f"dr_{after.sha256[:6]}_{share}_{scope}")
    shelf.promote(given, key=given.key(after.name), change=change(shelf, after, share, scope))


def proposed(standing: Standing, before: Prompt, after: Prompt, *, share: float = 0.1,
             why: str = "a test", figures: Sequence[Figure] = ()) -> Proposed:  # fmt: skip
    """Return a draft of a change, as the learning loop puts it at the gate."""
    made = change_of(standing, before, after, share=share, why=why)
    card = sections(
        before, after, change=made, figures=figures, unmeasured="A test measures nothing."
    )
    return Proposed(
        kind=made.kind,
        action=made.arguments(),
        members=(made.name,),
        title=f"Another text for {made.name}: {after.changed}",
        summary=headline(made),
        checks=(),
        evidence={"sections": as_evidence(card.sections)},
        files=card.files,
        drafter="rules",
    )


def main(argv: Sequence[str]) -> int:
    """Promote a text once this process is told to go: the other side of a race."""
    url, word = argv
    engine = create_engine(url)
    shelf = shelf_of(engine, SystemClock())
    after = text(word)
    wanted = change(shelf, after)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        shelf.promote(permit(f"dr_{word}"), key=f"dr_{word}", change=wanted)
    except EffectRefused as refused:
        sys.stdout.write(f"refused: {refused}\n")
    else:
        sys.stdout.write("promoted\n")
    engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
