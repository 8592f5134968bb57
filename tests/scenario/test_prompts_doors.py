"""A change of a prompt at every door: long diffs whole, poison inert, approvers told."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from placet.slack.blocks import card_blocks
from placet.slack.cards import read_card
from placet.slack.facts import Facts, read_facts
from placet.slack.modals import Back, full_view
from placet.slack.names import Seen
from placet.store.slack_schema import cards
from placet.wiring import Placet
from placet.wiring.promoting import propose_change
from prompts import Prompt, parse_prompt
from tests.consoles import echo_console
from tests.poison import POISON
from tests.prompting import NAME, proposed, text
from tests.scenario.conftest import Cli
from tests.scenario.test_prompts_cli import _in, draft

LINES = "\n".join(f"- Rule {number}: <!channel> @here *never* {'y' * 60}" for number in range(400))
UNSEEN = " ".join(one for one in POISON if not one.isprintable() and len(one) < 100)
LONG = parse_prompt(text("a").data.replace(b"# The filter", f"{LINES}\n# The filter".encode(), 1))


def _facts(placet: Placet, draft_id: str) -> Facts:
    with placet.book.reader.connect() as connection:
        return read_facts(placet, connection, placet.desk.draft(draft_id))


@pytest.fixture
def long_facts(cli: Cli) -> Facts:
    draft_id = draft(cli, LONG)
    facts: Facts = _in(cli, lambda placet: _facts(placet, draft_id))
    return facts


def test_a_slack_card_that_cannot_hold_the_diff_is_not_whole(long_facts: Facts) -> None:
    card = read_card(long_facts)
    assert not card.whole, "so Approve waits for the full view"
    blocks = card_blocks(card)
    assert len(blocks) <= 48
    assert len(json.dumps(blocks)) < 60_000
    assert "press View all" in json.dumps(blocks)
    assert f"serve 10% of requests of {NAME}" in card.count


def test_the_full_view_shows_every_line(long_facts: Facts) -> None:
    card = read_card(long_facts, full=True)
    assert card.whole
    back = Back(seen=Seen.of(long_facts.draft), channel="C1", thread_ts="1.1")
    view = full_view(long_facts, [], 0, back=back)
    assert len(view["blocks"]) <= 100
    shown = json.dumps(view, ensure_ascii=False)
    assert all(f"- Rule {number}:" in shown for number in range(400))
    assert "Send me the files" in shown
    assert "The rest is in the files" not in shown
    assert not any('"mrkdwn"' in json.dumps(block) for block in view["blocks"])


def test_a_terminal_shows_every_line(cli: Cli) -> None:
    shown = cli("show", draft(cli, LONG)).out
    assert all(f"Rule {number}:" in shown for number in range(400))


def test_poison_in_a_reason_and_a_text_is_inert_everywhere(cli: Cli) -> None:
    seen = "\n".join(one for one in POISON if one.isprintable() and len(one) < 100)
    data = text("a").data.replace(b"# The filter", f"{seen}\n# The filter".encode(), 1)
    poisoned = parse_prompt(data)
    draft_id = _in(cli, partial(_propose, poisoned=poisoned))
    facts = _in(cli, lambda placet: _facts(placet, draft_id))
    for full in (False, True):
        shown = json.dumps(card_blocks(read_card(facts, full=full)), ensure_ascii=False)
        assert "\u202e" not in shown
        assert '"mrkdwn"' not in shown
    terminal = cli("show", draft_id).out
    assert "\x1b" not in terminal
    assert "\u202e" not in terminal


def _propose(placet: Placet, poisoned: Prompt) -> str:
    return propose_change(
        placet, poisoned, name=NAME, scope="default", person=placet.person("ana"),
        propose=partial(proposed, why=UNSEEN),
    ).revision.draft_id  # fmt: skip


def test_approvers_have_the_card_of_what_nobody_asked_for_in_a_thread(cli: Cli) -> None:
    draft_id = draft(cli, text("a"))

    def places(placet: Placet) -> set[Any]:
        with placet.book.reader.connect() as connection:
            query = sa.select(cards.c.place).where(cards.c.draft_id == draft_id)
            return set(connection.scalars(query))

    assert _in(cli, places) == {"local/@ben", "local/@cleo"}


def test_the_files_of_a_draft_are_the_text_and_its_diff(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert cli("show", draft(cli, LONG), "--files", str(out)).code == 0
    found = {file.name: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    assert LONG.data in found.values()
    assert any(name.endswith(".diff") for name in found)


def test_the_console_takes_the_card_and_shows_it_as_text(long_facts: Facts, tmp_path: Path) -> None:
    blocks = card_blocks(read_card(long_facts))
    with echo_console(f"sqlite:///{tmp_path / 'console.db'}") as served:
        posted = served.call("chat.postMessage", channel="D0ben", text="A change", blocks=blocks)
        assert posted["ok"], posted  # it holds blocks to Slack's limits
        status, page = served.browse("GET", "/as/ben/c/D0ben")
        assert status == 200
    assert "Every line that changes" in page
    assert "&lt;!channel&gt;" in page
    assert "<!channel>" not in page
