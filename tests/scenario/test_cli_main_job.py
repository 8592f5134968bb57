"""The main job through the command line: ask, look, decide, work, undo, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.scenario.conftest import Cli

WORDS = "customers in Germany"
DRAFT_KEYS = {
    "id", "kind", "revision", "digest", "state", "title", "summary", "action", "checks",
    "evidence", "needs", "drafter", "prompt",
}  # fmt: skip


def test_a_draft_is_asked_for_approved_carried_out_and_undone(cli: Cli) -> None:
    answer = cli("ask", WORDS, "--as", "ana", "--json").json
    assert answer["request_id"].startswith("rq_")
    assert answer["clarification"] is None
    (draft,) = answer["drafts"]
    assert draft.keys() >= DRAFT_KEYS
    assert draft["state"] == "pending"
    shown = cli("show", draft["id"], "--members", "--json").json
    assert shown["digest"] == draft["digest"]
    assert len(set(shown["members"])) == draft["action"]["targets"]["count"] > 0
    assert all("@" in email for email in shown["members"])

    decided = cli("decide", draft["id"], "approve", "--as", "ben", "--json").json
    assert decided["state"] == "approved"
    assert cli("lists", "--json").json == [
        one for one in cli("lists", "--json").json if one["name"] != _name(draft)
    ]
    worked = cli("work", "--drain", "--json").json
    assert [one["event"] for one in worked["done"]] == ["run.started", "run.executed"]
    (made,) = [one for one in cli("lists", "--json").json if one["name"] == _name(draft)]
    assert made["members"] == len(shown["members"])

    (receipt,) = cli("receipts", "--json").json
    assert receipt["draft_id"] == draft["id"]
    assert cli("receipts", receipt["id"], "--json").json == receipt
    undo = cli("undo", receipt["id"], "--as", "ana", "--json").json
    assert undo["state"] == "pending"
    assert cli("undo", receipt["id"], "--as", "ana").code == 1
    assert cli("decide", undo["id"], "approve", "--as", "cleo").code == 0
    assert cli("work", "--drain").code == 0
    assert _name(draft) not in [one["name"] for one in cli("lists", "--json").json]
    assert cli("ledger", "verify", "--json").json["ok"] is True


@pytest.mark.postgres
def test_the_same_on_postgresql(
    empty: Cli, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACET_DATABASE_URL", postgres_url)
    monkeypatch.setenv("PLACET_CRM_URL", postgres_url)
    assert empty("init", "--sample", "300").code == 0
    draft = empty.ask(WORDS)
    assert empty("decide", draft["id"], "approve", "--as", "ben").code == 0
    assert empty("work", "--drain").code == 0
    assert _name(draft) in [one["name"] for one in empty("lists", "--json").json]
    assert empty("ledger", "verify").code == 0
    assert empty("doctor").code == 0
    assert not (empty.home / "placet.db").exists()


def _name(draft: dict[str, object]) -> object:
    action = draft["action"]
    assert isinstance(action, dict)
    return action["segment"]["name"]


def test_a_decision_that_does_not_count_exits_1_with_the_reason_in_words(cli: Cli) -> None:
    draft = cli.ask(WORDS)
    own = cli("decide", draft["id"], "approve", "--as", "ana", "--json")
    assert (own.code, own.out) == (1, "")
    assert own.err == "placet: You cannot approve your own request.\n"
    unseen = cli("decide", draft["id"], "approve", "--as", "ben", "--seen", "0" * 12)
    assert unseen.code == 1
    assert "is not what is recorded" in unseen.err
    seen = cli("decide", draft["id"], "approve", "--as", "ben", "--seen", draft["digest"][:12])
    assert seen.code == 0
    late = cli("decide", draft["id"], "reject", "--as", "cleo")
    assert late.code == 1
    assert late.err.startswith("placet: It was already approved by @ben at ")
    assert cli("decide", "dr_nothing", "approve", "--as", "ben").code == 1
    assert cli("decide", draft["id"], "approve", "--as", "zoe").code == 1


def test_a_rejection_logs_a_ticket_unless_told_not_to(cli: Cli) -> None:
    first, second = cli.ask(WORDS), cli.ask("customers in France")
    assert cli("decide", first["id"], "reject", "--as", "ben", "--reason", "not now").code == 0
    assert cli("decide", second["id"], "reject", "--as", "ben", "--no-ticket").code == 0
    (ticket,) = cli("tickets", "--json").json
    assert ticket["draft_id"] == first["id"]
    assert "not now" in ticket["text"]
    assert cli("tickets", ticket["id"], "--json").json == ticket
    assert "By hand:" in cli("tickets", ticket["id"]).out
    assert cli("tickets", "--state", "closed", "--json").json == []
    assert [d["id"] for d in cli("drafts", "--state", "rejected", "--json").json] == [
        first["id"],
        second["id"],
    ]


def test_a_question_is_answered_in_its_conversation(cli: Cli) -> None:
    asked = cli("ask", "people in Georgia", "--json").json
    assert asked["drafts"] == []
    assert len(asked["clarification"]["options"]) == 2
    printed = cli("ask", "people in Georgia").out
    assert "  1. " in printed
    assert "placet ask --thread rq_" in printed
    answer = cli("ask", "--thread", asked["request_id"], "1", "--json").json
    assert answer["thread"] == asked["thread"]
    assert answer["clarification"] is None
    (draft,) = answer["drafts"]
    card = cli("show", draft["id"]).out
    assert "people in Georgia" in card
    assert "then: 1" in card
    assert cli("ask", "--thread", "rq_nothing", "1").code == 1


def test_asking_for_changes_brings_the_next_revision(cli: Cli) -> None:
    draft = cli.ask(WORDS)
    why = "only those with more than 500 employees"
    assert cli("decide", draft["id"], "revise", "--as", "ben").code == 2
    asked = cli("decide", draft["id"], "revise", "--as", "ben", "--reason", why, "--json").json
    assert asked["state"] == "revising"
    assert cli("work", "--drain").code == 0
    next_one = cli("show", draft["id"], "--json").json
    assert (next_one["revision"], next_one["state"]) == (2, "pending")
    assert next_one["action"]["targets"]["count"] < draft["action"]["targets"]["count"]
    assert why in cli("show", draft["id"]).out
    assert cli("decide", draft["id"], "withdraw", "--as", "ben").code == 1
    assert cli("decide", draft["id"], "withdraw", "--as", "ana").code == 0


def test_an_edited_name_approves_and_an_edited_filter_does_not(cli: Cli, tmp_path: Path) -> None:
    draft = cli.ask(WORDS)
    file = tmp_path / "edit.json"
    condition = {"op": "property", "field": "country", "is": {"test": "equals", "value": "France"}}
    file.write_text(json.dumps({"segment": {"filter": condition}}))
    edited = cli("decide", draft["id"], "edit", "--as", "ben", "--edit", str(file), "--json").json
    assert (edited["state"], edited["revision"]) == ("pending", 2)
    assert edited["needs"]["approvers"] == ["cleo"]
    file.write_text(json.dumps({"segment": {"name": "French people"}}))
    named = cli("decide", draft["id"], "edit", "--as", "cleo", "--edit", str(file), "--json").json
    assert (named["state"], named["revision"]) == ("approved", 3)


def test_an_edit_that_cannot_be_read_is_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    draft = cli.ask(WORDS)
    file = tmp_path / "edit.json"
    assert cli("decide", draft["id"], "edit", "--as", "ben").code == 2
    assert cli("decide", draft["id"], "approve", "--as", "ben", "--edit", str(file)).code == 2
    assert cli("decide", draft["id"], "edit", "--as", "ben", "--edit", str(file)).code == 2
    for body in ("[1", "[]", '{"segment": {"colour": "red"}}', '{"targets": {"count": 1}}'):
        file.write_text(body)
        ran = cli("decide", draft["id"], "edit", "--as", "ben", "--edit", str(file))
        assert ran.code == 2, body
        assert ran.err.count("\n") == 1


def test_paused_execution_waits_and_goes_on(cli: Cli) -> None:
    draft = cli.ask(WORDS)
    assert cli("pause", "--as", "ana").code == 1
    assert cli("pause", "--json").json["paused"] is True
    cli("decide", draft["id"], "approve", "--as", "ben")
    assert cli("work", "--drain", "--json").json["paused"] is True
    assert cli("show", draft["id"], "--json").json["state"] == "approved"
    assert "paused" in cli("doctor").out
    assert cli("resume").code == 0
    assert cli("work", "--drain").code == 0
    assert cli("show", draft["id"], "--json").json["state"] == "executed"


def test_questions_and_refusals_need_no_draft(cli: Cli) -> None:
    counted = cli("ask", "how many customers do we have in Spain?", "--json").json
    assert counted["drafts"] == []
    assert counted["refused"] is False
    assert counted["reply"][0].isdigit()
    refused = cli("ask", "delete all contacts", "--json").json
    assert refused["refused"] is True
    assert refused["drafts"] == []
