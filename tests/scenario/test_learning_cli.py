"""`placet learn` over a sample home: from decisions to cases, words, cards and a proposal."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FULL
from tests.scenario.conftest import Cli
from tests.scenario.test_cli_docs import DOCS, _commands, _run

GERMANY = "VPs of marketing in Germany"


def approve(cli: Cli, request: str) -> str:
    draft = cli.ask(request)
    assert cli("decide", draft["id"], "approve", "--as", "ben").code == 0
    return str(draft["id"])


def edit(cli: Cli, request: str, person: str, patch: dict[str, Any], tmp_path: Path,
         reason: str = "no customers here") -> str:  # fmt: skip
    draft = cli.ask(request)
    file = tmp_path / "edit.json"
    file.write_text(json.dumps(patch))
    for words in (("edit", "--as", person, "--edit", str(file), "--reason", reason),
                  ("approve", "--as", "cleo" if person == "ben" else "ben")):  # fmt: skip
        ran = cli("decide", draft["id"], *words)
        assert ran.code == 0, ran.err
    return str(draft["id"])


def test_decisions_become_candidates_that_a_person_reviews(cli: Cli, tmp_path: Path) -> None:
    approved = approve(cli, GERMANY)
    rejected = cli.ask("customers in Spain with no phone number")["id"]
    assert cli("decide", rejected, "reject", "--as", "ben", "--reason", "too many people").code == 0
    cli.ask("CFOs in Austria")  # waits: it may still be decided otherwise
    assert cli("learn", "thumb", approved, "up", "--as", "ana", "--reason", "spot on").code == 0

    first = cli("learn", "harvest", "--json").json
    assert (first["new"], first["left_out"]) == (2, [])
    assert cli("learn", "harvest", "--json").json == {
        "new": 0, "changed": 0, "known": 2, "left_out": [],
    }  # fmt: skip
    found = {one["candidate"]["draft_id"]: one["candidate"]
             for one in cli("learn", "review", "--json").json}  # fmt: skip
    good, bad = found[approved], found[rejected]
    assert good["request"] == GERMANY
    assert good["up"] == 1
    assert good["fixture"]["rows"]
    assert bad["case"] is None

    assert "placet learn review" in cli("learn", "review", good["id"]).out
    assert cli("learn", "review", good["id"], "accept", "--as", "ben").code == 0
    again = cli("learn", "review", good["id"], "drop", "--as", "ben")
    assert (again.code, "accepted already" in again.err) == (1, True)
    refused = cli("learn", "review", bad["id"], "accept", "--as", "ben")
    assert (refused.code, "no case yet" in refused.err) == (2, True)

    file = tmp_path / "case.json"
    file.write_text(json.dumps({
        "request": bad["request"], "expect": "question", "about": ["phone"], "tags": ["phone"],
        "harm": 2, "id": "mine", "cluster": "mine", "source": "authored",
    }))  # fmt: skip
    kept = cli("learn", "review", bad["id"], "accept", "--case", str(file), "--json").json
    assert kept["state"] == "accepted"
    assert kept["candidate"]["case"]["source"] == "harvested"
    assert kept["candidate"]["case"]["id"] == bad["id"]

    status = cli("learn", "status", "--json").json
    assert sum(one["count"] for one in status["cases"] if one["state"] == "accepted") == 2
    assert {one["part"] for one in status["cases"]} <= {"train", "dev"}
    assert "accepted" in cli("learn", "status").out
    (example,) = cli("learn", "examples", "--json").json
    assert example["request"] == GERMANY
    assert example["answer"]["type"] == "proposal"


def test_edits_of_several_people_become_a_card_and_one_off_edits_do_not(
    cli: Cli, tmp_path: Path
) -> None:
    where = {"Germany": "ben", "France": "cleo", "Italy": "ben"}
    for country, person in where.items():
        tree = {"op": "and", "of": [
            {"op": "property", "field": "country", "is": {"test": "equals", "value": country}},
            {"op": "not", "of": {"op": "property", "field": "lifecycle_stage",
                                 "is": {"test": "equals", "value": "customer"}}},
        ]}  # fmt: skip
        edit(cli, f"contacts in {country}", person, {"segment": {"filter": tree}}, tmp_path)
        found = cli("learn", "cards", "--json").json
        assert bool(found["cards"]) == (country == "Italy")
    (card,) = found["cards"]
    assert card["card"]["text"].startswith("Add the condition: lifecycle_stage is not customer")
    assert card["card"]["people"] == ["local/ben", "local/cleo"]
    assert "no customers here" not in json.dumps(found)
    name = card["card"]["name"]
    assert name in cli("learn", "cards").out
    assert cli("learn", "cards", "--drop", name, "--note", "too strict", "--json").json[
        "refused"
    ] == [{"name": name, "why": "dropped: too strict"}]
    assert cli("learn", "cards", "--drop", "nothing").code == 1


def test_words_are_taught(cli: Cli) -> None:
    taught = cli("learn", "teach", "When we say hot leads we mean leads with a score over 80",
                 "--json").json  # fmt: skip
    assert taught == {"phrase": "hot leads", "meaning": "leads with a score over 80"}
    assert cli("learn", "teach", "hot leads in Spain").code == 2
    (term,) = cli("learn", "glossary", "--json").json["terms"]
    assert (term["phrase"], term["source"]) == ("hot leads", "told")
    assert "hot leads" in cli("learn", "glossary").out
    assert cli("learn", "status", "--json").json["told_terms"] == 1
    cli("ask", "by big fish we mean companies with more than 1,000 employees", "--as", "ana")
    told = cli("learn", "glossary", "--json").json["terms"]
    assert {one["phrase"]: one["people"] for one in told} == {
        "big fish": ["local/ana"], "hot leads": ["local/ana"],
    }  # fmt: skip


@pytest.mark.skipif(not FULL, reason="runs the agents over four parts of a suite: a minute or two")
def test_words_are_proposed_with_what_they_do(cli: Cli) -> None:
    cli("learn", "teach", "When we say hot leads we mean leads with a score over 80")
    found = cli("learn", "propose", "glossary", "--dry-run", "--json").json
    assert "+hot leads: leads with a score over 80" in found["diff"]
    assert found["draft"] is None
    assert found["found"]["train"]["cases"] > 20
    assert found["found"]["dev"]["silently_wrong"]["value"] <= 0
    assert found["spent"]["evaluations"] == 2 * (
        found["found"]["train"]["cases"] + found["found"]["dev"]["cases"]
    )
    (kept,) = cli("learn", "status", "--json").json["latest"]
    assert kept["id"] == found["id"]
    assert kept["outcome"] == "1 term: hot leads"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("propose", "segments/draft"), "set PLACET_MODEL"),
        (("propose", "judge/email"), "No suite measures"),
        (("propose", "nothing/here"), "no prompt called"),
        (("propose", "glossary", "--record", "a", "--replay", "b"), "exclude each other"),
        (("propose", "glossary", "--money", "1"), "--money needs prices"),
        (("review", "h-none"), "no candidate h-none"),
        (("review", "--case", "x.json"), "--case is for"),
        (("thumb", "dr_none", "up"), "no draft dr_none"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    cli: Cli, words: tuple[str, ...], said: str
) -> None:
    ran = cli("learn", *words)
    assert ran.code in (1, 2)
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_a_budget_that_is_too_small_proposes_nothing(cli: Cli) -> None:
    cli("learn", "teach", "by big fish we mean customers")
    ran = cli("learn", "propose", "glossary", "--dry-run", "--evaluations", "5")
    assert ran.code == 0
    assert "could not be measured" in ran.out
    assert "Budget: 0 case runs" in ran.out


def test_how_to_learn_works_as_written(cli: Cli) -> None:
    approve(cli, GERMANY)
    for line in _commands(DOCS / "how-to" / "learn.md"):
        _run(cli, line)
    assert cli("learn", "status", "--json").json["told_terms"] == 1
