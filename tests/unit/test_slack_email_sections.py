"""A draft's own sections on a card: within Slack's limits, inert, and honest about what was cut."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gates.draft import Approval, Check, Draft, State
from gates.files import FileRef
from gates.people import Person
from gates.sections import Fact, Picture, Section, Table, as_evidence, files_in, read_sections
from placet.console.limits import check_blocks, check_view
from placet.slack import modals
from placet.slack.cards import read_card
from placet.slack.check import faults, view_faults
from placet.slack.facts import Facts
from placet.slack.messages import card_message
from placet.slack.names import Act, Seen
from placet.slack.sections import size_of
from placet.slack.templates import sample_facts
from placet.store.views import draft_view
from tests.slacks import buttons, words

BEN = Person(team="local", user="ben")
PNG = FileRef(sha256="a" * 64, name="email.png", media_type="image/png", size=9)
PICTURE = Picture(file=PNG, alt="The email", width=640, height=900)


def facts_of(
    *sections: Section | dict[str, Any], checks: tuple[Check, ...] = (), **changes: Any
) -> tuple[Facts, Any]:
    facts, policy = sample_facts()
    held = [one if isinstance(one, dict) else as_evidence([one])[0] for one in sections]
    revision = facts.draft.revision.model_copy(
        update={"evidence": {"sections": held}, "checks": checks}
    )
    draft = Draft(
        revision=revision, digest=revision.digest(),
        **{"state": State.PENDING, "version": 1} | changes,
    )  # fmt: skip
    return replace(facts, draft=draft, view=draft_view(draft, policy), filter=None), policy


def taken(facts: Facts, policy: Any, pictures: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the card, which Slack and the console would both take."""
    message = card_message(facts, policy, BEN, pictures=pictures)
    assert faults(message["blocks"], "message") == []
    assert check_blocks(message["blocks"], "message") == []
    back = modals.Back(seen=Seen.of(facts.draft), channel="C1", thread_ts="1.1")
    view = modals.full_view(facts, [], 5, back=back, pictures=pictures)
    assert view_faults(view) == []
    assert check_view(view, "modal") == []
    return message


def test_a_card_says_who_what_and_when_and_shows_the_picture() -> None:
    facts, policy = facts_of(
        Section(
            name="audience", title="Audience", text="CFOs in Germany",
            facts=(Fact(label="Left out", value="3", loud=True),),
            table=Table(columns=("Name", "Email"), rows=(("Eva", "eva@x.example"),), total=1_204),
        ),
        Section(name="content", title="Content", text="Hi,\n\nwelcome.", pictures=(PICTURE,)),
    )  # fmt: skip
    facts = replace(facts, headline="Send to 1,204 people via smtp, on Fri 12 Dec 2026 09:00 CET")
    message = taken(facts, policy, {PNG.sha256: "F0123456789"})
    said = words(message["blocks"])
    assert "Send to 1,204 people via smtp, on Fri 12 Dec 2026 09:00 CET." in said
    assert "1 of 1,204 are shown." in said
    assert "⚠" in said
    image = next(block for block in message["blocks"] if block["type"] == "image")
    assert image["slack_file"] == {"id": "F0123456789"}
    assert read_card(facts).whole
    assert "View all before you approve" not in said
    asked = next(
        one["confirm"]["text"]["text"] for block in message["blocks"]
        if block["type"] == "actions"
        for one in block["elements"] if one["action_id"] == Act.APPROVE
    )  # fmt: skip
    assert "Send to 1,204 people" in asked


def test_a_picture_that_slack_does_not_have_is_told_in_words() -> None:
    facts, policy = facts_of(Section(name="c", title="Content", pictures=(PICTURE,)))
    said = words(taken(facts, policy)["blocks"])
    assert "Picture email.png: The email. It cannot be shown here now." in said


def test_errors_stand_first_with_their_fixes_and_good_checks_share_a_line() -> None:
    checks = (
        *(Check(name=f"fine_{n}", status="ok", message="yes") for n in range(20)),
        Check(name="size", status="warn", message="99 kB", fix="Shorten it."),
        Check(name="links", status="error", message="One is broken", fix="Mend it."),
    )
    facts, policy = facts_of(Section(name="c", title="Content", text="x"), checks=checks)
    message = taken(facts, policy)
    said = words(message["blocks"])
    assert said.index("put right first") < said.index("Content") < said.index("Checks")
    assert said.index("Mend it.") < said.index("Shorten it.")
    assert "20 others are fine" in said
    assert "fine 19" in said
    assert "Approve is blocked: 1 check says no." in said
    assert Act.APPROVE not in dict(buttons(message))


def test_a_section_of_checks_does_not_repeat_the_checks() -> None:
    checks = (Check(name="size", status="warn", message="99 kB"),)
    facts, policy = facts_of(
        Section(name="checks", title="Checks", text="99 kB again"), checks=checks
    )
    assert "99 kB again" not in words(taken(facts, policy)["blocks"])


def test_an_override_is_said_and_unblocks() -> None:
    checks = (Check(name="links", status="error", message="One is broken"),)
    at = sample_facts()[0].draft.revision.created_at
    cleo = Person(team="local", user="cleo")
    given_yes = (Approval(by=cleo, at=at, override=("links",)),)
    facts, policy = facts_of(
        Section(name="c", title="C", text="x"), checks=checks, approvals=given_yes
    )
    message = taken(facts, policy)
    assert "approved in spite of: links." in words(message["blocks"])
    assert Act.APPROVE in dict(buttons(message))


@pytest.mark.parametrize(
    ("state", "stopped", "wanted"),
    [
        (State.APPROVED, False, True), (State.EXECUTING, False, True),
        (State.EXECUTING, True, False), (State.PENDING, False, False),
        (State.EXECUTED, False, False),
    ],
)  # fmt: skip
def test_stop_is_there_while_there_is_something_to_stop(
    state: State, stopped: bool, wanted: bool
) -> None:
    by = BEN if stopped else None
    facts, policy = facts_of(
        Section(name="c", title="C", text="x"), state=state, stopped_by=by,
        stopped_at=sample_facts()[0].draft.revision.created_at if stopped else None,
    )  # fmt: skip
    facts = replace(facts, stopped="ben" if stopped else None)
    message = taken(facts, policy)
    assert (Act.STOP in dict(buttons(message))) is wanted
    assert ("Stopped by @ben" in words(message["blocks"])) is stopped


def test_a_section_that_cannot_be_read_is_told_not_left_out() -> None:
    facts, policy = facts_of({"name": "content", "title": 5, "colour": "red"})
    said = words(taken(facts, policy)["blocks"])
    assert "cannot read this part" in said
    assert read_sections({"sections": "nonsense"}) == ()


LONG = st.text(max_size=4_000)
SHORT = st.text(max_size=200)
SECTIONS = st.lists(
    st.builds(
        Section,
        name=SHORT, title=SHORT, text=st.one_of(SHORT, LONG),
        facts=st.lists(st.builds(Fact, label=SHORT, value=LONG, loud=st.booleans()), max_size=30),
        table=st.none() | st.integers(1, 12).flatmap(
            lambda n: st.builds(
                Table,
                columns=st.tuples(*[SHORT] * n),
                rows=st.lists(st.tuples(*[SHORT] * n), max_size=40),
                total=st.integers(0, 100_000),
            )
        ),
        pictures=st.lists(st.just(PICTURE), max_size=5),
        files=st.lists(st.just(PNG), max_size=30),
        loud=st.booleans(),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(SECTIONS, st.booleans())
def test_whatever_a_trade_shows_slack_takes_it(sections: list[Section], shown: bool) -> None:
    facts, policy = facts_of(*sections)
    taken(facts, policy, {PNG.sha256: "F0123456789"} if shown else None)


def test_what_does_not_fit_is_named_and_holds_approve_back() -> None:
    sections = [Section(name=f"s{n}", title=f"Part {n}", text="x" * 2_000) for n in range(9)]
    facts, policy = facts_of(*sections)
    said = words(taken(facts, policy)["blocks"])
    assert "Not shown here" in said
    assert "Part 8" in said
    assert not read_card(facts).whole
    whole = read_card(facts, full=True)
    assert [part.title for part in whole.parts] == [f"Part {n}" for n in range(9)]


def test_a_table_a_picture_or_a_text_that_was_cut_holds_approve_back() -> None:
    wide = Table(columns=tuple("abcdefgh"), rows=(tuple("12345678"),), total=1)
    long = Table(columns=("a",), rows=tuple((str(n),) for n in range(50)), total=50)
    for section in (
        Section(name="w", title="W", table=wide), Section(name="l", title="L", table=long),
        Section(name="p", title="P", pictures=(PICTURE,) * 3),
        Section(name="t", title="T", text="x" * 3_000),
    ):  # fmt: skip
        assert not read_card(facts_of(section)[0]).whole, section.name
    kept = Table(columns=("a",), rows=(("1",),), total=100_000)
    assert read_card(facts_of(Section(name="k", title="K", table=kept))[0]).whole


def test_text_from_outside_is_inert_in_every_place() -> None:
    bad = "<!channel> *b* <https://x.example|y> \u202eevil\u200b @here :tada:"
    facts, policy = facts_of(
        Section(
            name=bad, title=bad, text=bad, facts=(Fact(label=bad, value=bad),),
            table=Table(columns=(bad,), rows=((bad,),), total=9),
            pictures=(PICTURE.model_copy(update={"alt": bad}),),
            files=(PNG.model_copy(update={"name": bad}),),
        ),
        checks=(Check(name=bad, status="error", message=bad, fix=bad),),
    )  # fmt: skip
    facts = replace(facts, headline=bad)
    message = taken(facts, policy, {PNG.sha256: "F0123456789"})
    sent = json.dumps(message, ensure_ascii=False)
    assert "\u202e" not in sent
    assert "\u200b" not in sent
    assert "mrkdwn" not in sent
    assert "<!channel>" not in message["text"]


def test_files_are_found_wherever_they_are_named_each_once() -> None:
    ref = PNG.model_dump()
    other = ref | {"sha256": "b" * 64}
    found = files_in({"a": [ref, {"b": ref}], "c": other}, {"sha256": "x"}, [ref | {"size": -1}])
    assert [one.sha256[:1] for one in found] == ["a", "b"]
    assert [size_of(PNG.model_copy(update={"size": n})) for n in (0, 999, 1_500, 2_000_000)] == [
        "0 bytes", "999 bytes", "1.5 kB", "2 MB",
    ]  # fmt: skip
