"""`placet prompts` over a home: from a draft at the gate to what serves, and back to its bytes."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gates.people import Person
from placet.errors import BadInput, Conflict, NotAllowed
from placet.settings import load_settings
from placet.store.schema import files
from placet.wiring import Placet, open_placet
from placet.wiring.promoting import propose_change
from prompts import Prompt, load_prompt
from tests.prompting import NAME, proposed, text
from tests.scenario.conftest import Cli

SHIPPED = load_prompt(NAME)
A, B = text("a"), text("b")


def _in(cli: Cli, act: Callable[[Placet], Any]) -> Any:
    placet = open_placet(load_settings({}, home=cli.home))
    try:
        return act(placet)
    finally:
        placet.close()


def draft(cli: Cli, after: Prompt, share: float = 0.1, person: str = "ana") -> str:
    """Put a text at the gate, measured by nobody."""

    def act(placet: Placet) -> str:
        return propose_change(
            placet, after, name=NAME, scope="default", person=placet.person(person),
            propose=partial(proposed, share=share), share=share,
        ).revision.draft_id  # fmt: skip

    return str(_in(cli, act))


def served(cli: Cli, key: str = "th_1") -> Prompt:
    found: Prompt = _in(cli, lambda placet: placet.prompts.prompt(NAME, key=key))
    return found


def approve(cli: Cli, draft_id: str, *people: str) -> None:
    for person in people or ("ben",):
        assert cli("decide", draft_id, "approve", "--as", person).code == 0
    assert cli("work", "--drain").code == 0


def one(cli: Cli, name: str = NAME) -> dict[str, Any]:
    (found,) = [line for line in cli("prompts", "list", "--json").json if line["name"] == name]
    return dict(found)


def test_a_change_is_approved_serves_and_is_rolled_back_byte_for_byte(cli: Cli) -> None:
    canary = draft(cli, A)
    assert cli("decide", canary, "approve", "--as", "ana").code == 1, (
        "who proposes, does not approve"
    )
    assert served(cli).data == SHIPPED.data, "nothing serves before it is approved"
    approve(cli, canary)
    assert cli("show", canary, "--json").json["state"] == "executed"
    assert (one(cli)["canary"], one(cli)["share"]) == (A.sha256, 0.1)
    approve(cli, draft(cli, A, share=1.0))
    assert served(cli).data == A.data
    shown = cli("prompts", "show", NAME, "--json").json
    assert (shown["sha256"], shown["text"].encode()) == (A.sha256, A.data)
    assert [line["event"] for line in shown["history"]] == ["promoted", "promoted"]
    back = cli("prompts", "rollback", NAME, "--as", "ben", "--why", "it got worse", "--json").json
    assert back["stable"] == SHIPPED.sha256
    assert served(cli).data == SHIPPED.data
    assert cli("ledger", "verify").code == 0
    history = cli("prompts", "show", NAME, "--json").json["history"]
    assert (history[-1]["event"], history[-1]["why"]) == ("rolled_back", "it got worse")


def test_rollback_is_for_approvers_and_says_who_they_are(cli: Cli) -> None:
    approve(cli, draft(cli, A))
    refused = cli("prompts", "rollback", NAME, "--as", "ana")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "ask @ben or @cleo" in refused.err
    assert one(cli)["canary"] == A.sha256


def test_a_text_that_serves_all_at_once_needs_two_people(cli: Cli) -> None:
    whole = draft(cli, A, share=1.0)
    needs = cli("show", whole, "--json").json["needs"]
    assert needs["approvals"] == 2
    assert "without a canary" in needs["flags"][0]
    approve(cli, whole, "ben", "cleo")
    assert served(cli).data == A.data


def test_who_could_not_be_approved_by_two_is_told_before_anything_is_measured(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "mine.md"
    file.write_bytes(A.data)
    refused = cli("prompts", "promote", NAME, str(file), "--share", "1", "--as", "ben")
    assert refused.code == 1
    assert "needs 2 approval(s) from other people" in refused.err


def test_a_stale_promotion_does_not_run(cli: Cli) -> None:
    first, second = draft(cli, A, share=0.5), draft(cli, B)
    approve(cli, first)
    approve(cli, second)
    stale = cli("show", second, "--json").json
    assert stale["state"] == "stale"
    assert A.sha256[:12] in stale["note"]
    assert one(cli)["canary"] == A.sha256


def test_of_two_promotions_that_run_at_once_one_is_carried_out(cli: Cli) -> None:
    drafts = [draft(cli, A, share=0.5), draft(cli, B)]
    for each in drafts:
        assert cli("decide", each, "approve", "--as", "ben").code == 0
    assert cli("work", "--drain").code == 0
    states = [cli("show", each, "--json").json["state"] for each in drafts]
    # Whoever loses is told so before its run, or by the write itself.
    assert sorted(states) in (["executed", "failed"], ["executed", "stale"])
    winner = (A, B)[states.index("executed")]
    assert one(cli)["canary"] == winner.sha256


def test_undoing_a_receipt_leads_back_through_the_gate(cli: Cli) -> None:
    approve(cli, draft(cli, A))
    receipt = cli("receipts", "--json").json[-1]
    undo = cli("undo", receipt["id"], "--as", "ana", "--json").json
    assert undo["needs"]["approvals"] == 1
    approve(cli, undo["id"])
    assert one(cli)["canary"] is None
    assert served(cli).data == SHIPPED.data
    again = cli("undo", receipt["id"], "--as", "ana")
    assert again.code == 1


def test_one_text_waits_once(cli: Cli) -> None:
    waiting = draft(cli, A)
    with pytest.raises(Conflict, match=waiting):
        draft(cli, A)
    assert cli("decide", waiting, "withdraw", "--as", "ana").code == 0
    assert draft(cli, A) != waiting


def test_what_cannot_be_approved_is_refused_before_anything_is_measured(cli: Cli) -> None:
    def act(placet: Placet) -> None:
        def never(*_: Any) -> Any:
            raise AssertionError("it was measured")

        stranger = Person(team="local", user="ben")
        lonely = placet.policy.model_copy(
            update={"rules": {"change_prompt": placet.policy.rule("change_prompt").model_copy(
                update={"approvers": ("ben",)})}})  # fmt: skip
        placet.policy = lonely
        propose_change(placet, A, name=NAME, scope="default", person=stranger, propose=never)

    with pytest.raises(NotAllowed):
        _in(cli, act)


@pytest.mark.parametrize(
    ("name", "after", "why"),
    [
        ("glossary", A, "not glossary"),
        (NAME, SHIPPED, "nothing to change"),
    ],
)
def test_a_text_that_does_not_belong_there_is_refused(
    cli: Cli, name: str, after: Prompt, why: str
) -> None:
    def act(placet: Placet) -> None:
        propose_change(
            placet, after, name=name, scope="default", person=placet.person("ana"), propose=proposed
        )

    with pytest.raises(BadInput, match=why):
        _in(cli, act)


def test_without_a_model_a_prompt_cannot_be_measured_and_is_not_drafted(
    cli: Cli, tmp_path: Path
) -> None:
    file = tmp_path / "mine.md"
    file.write_bytes(A.data)
    refused = cli("prompts", "promote", NAME, str(file), "--as", "ana")
    assert refused.code == 2
    assert "PLACET_MODEL" in refused.err
    assert cli("drafts", "--json").json == []


def test_show_and_diff_take_names_hashes_and_files(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "mine.md"
    file.write_bytes(A.data)
    found = cli("prompts", "diff", NAME, str(file), "--json").json
    assert (found["a"]["sha256"], found["b"]["sha256"]) == (SHIPPED.sha256, A.sha256)
    assert '+{"name":"a","text":"Mind the a."}' in found["diff"]
    assert cli("prompts", "diff", NAME, f"ships:{NAME}", "--json").json["same"] is True
    draft(cli, A)  # the text of a draft is kept, and found by its hash
    shown = cli("prompts", "show", A.sha256[:12], "--rendered", "--request", "cfos", "--json").json
    assert "Mind the a." in shown["system"]
    assert "cfos" in shown["user"]
    assert shown["rules_used"] == ["a"]
    assert cli("prompts", "show", "nothing-like-it").code == 1
    assert "no line differs" in cli("prompts", "diff", NAME, NAME).out


def test_the_list_names_every_prompt_that_ships(cli: Cli) -> None:
    lines = cli("prompts", "list", "--json").json
    assert {NAME, "emails/draft", "glossary"} <= {line["name"] for line in lines}
    assert all(line["ships"] and line["canary"] is None for line in lines)
    assert "ships" in cli("prompts", "list").out


def test_the_card_shows_every_line_that_changes(cli: Cli) -> None:
    shown = cli("show", draft(cli, A)).out
    assert "Mind the a." in shown
    assert "Let " + A.sha256[:12] + " serve 10% of requests" in shown
    assert "A test measures nothing." in shown


def test_a_damaged_text_is_named_by_the_list_and_the_doctor(cli: Cli) -> None:
    approve(cli, draft(cli, A, share=1.0), "ben", "cleo")
    assert "prompts serve" in _prompts_check(cli)["message"]

    def damage(placet: Placet) -> None:
        with placet.engine.begin() as connection:
            connection.execute(
                files.update().where(files.c.sha256 == A.sha256).values(packed=b"something else")
            )

    _in(cli, damage)
    found = _prompts_check(cli)
    assert found["status"] == "error"
    assert f"{NAME} {A.sha256[:12]}" in found["message"]
    assert one(cli)["usable"] is False
    assert "UNUSABLE" in cli("prompts", "list").out
    assert cli("prompts", "rollback", NAME, "--as", "cleo").code == 0
    assert _prompts_check(cli)["status"] == "ok"


def _prompts_check(cli: Cli) -> dict[str, Any]:
    checks = json.loads(cli("doctor", "--json").out)["checks"]
    return next(dict(check) for check in checks if check["name"] == "prompts")
