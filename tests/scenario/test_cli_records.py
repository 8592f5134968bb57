"""Importing, the ledger, the doctor and the eval verb, through the command line."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.scenario.conftest import Cli


def test_an_import_reports_columns_and_rows_it_could_not_use(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("Email,First Name,Shoe Size\nnew@x.example,Nova,41\nnot-an-address,No,42\n")
    dry = cli("import", "contacts", str(file), "--dry-run", "--json").json
    assert (dry["dry_run"], dry["created"], dry["skipped"]) == (True, 1, 1)
    assert dry["unknown_columns"] == ["Shoe Size"]
    assert [bad["line"] for bad in dry["bad_rows"]] == [3]
    printed = cli("import", "contacts", str(file))
    assert printed.code == 0
    assert "1 created" in printed.out
    assert "Shoe Size" in printed.out
    assert "\n   3" in printed.out or "\n3 " in printed.out
    again = cli("import", "contacts", str(file), "--json").json
    assert (again["created"], again["unchanged"]) == (0, 1)


def test_an_import_of_nothing_fails_and_still_reports(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text("Email,First Name\nnope,No\n")
    ran = cli("import", "contacts", str(file), "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["bad_count"] == 1
    assert ran.err.count("\n") == 1
    file.write_text("Email,First Name\n")
    assert cli("import", "contacts", str(file)).code == 1
    file.write_text("Colour,Size\nred,4\n")
    foreign = cli("import", "contacts", str(file))
    assert (foreign.code, foreign.out) == (2, "")
    assert cli("import", "contacts", str(tmp_path / "none.csv")).code == 2


def test_an_export_is_verified_with_the_key_alone(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("pause")
    cli("resume")
    head = cli("ledger", "head", "--json").json
    assert head["seq"] == 2
    noted = f"{head['seq']}:{head['hash']}"
    export = tmp_path / "ledger.jsonl"
    assert cli("ledger", "export", str(export), "--json").json["rows"] == 2
    assert cli("ledger", "export").out == export.read_text()
    key = (cli.home / "ledger.key").read_text().strip()
    monkeypatch.setenv("PLACET_HOME", str(tmp_path / "elsewhere"))
    assert "no ledger key" in cli("ledger", "verify", str(export)).err
    monkeypatch.setenv("PLACET_LEDGER_KEY", key)
    assert cli("ledger", "verify", str(export), "--head", noted, "--json").json["head"] == noted
    rows = export.read_text().splitlines(keepends=True)
    for forged in ("".join(rows[:1]), rows[0] + rows[1].replace("cleo", "ana"), rows[1], "{}\n"):
        export.write_text(forged)
        ran = cli("ledger", "verify", str(export), "--head", noted)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), forged
    assert cli("ledger", "verify", str(export), "--head", "twelve").code == 2
    assert cli("ledger", "verify", str(tmp_path / "none")).code == 2


def test_a_ledger_changed_in_the_database_does_not_verify(cli: Cli) -> None:
    cli("pause")
    with sqlite3.connect(cli.home / "placet.db") as connection:
        connection.execute("UPDATE placet_ledger SET person = 'local/ana'")
    connection.close()
    ran = cli("ledger", "verify")
    assert ran.code == 1
    assert "row 1" in ran.err
    ill = cli("doctor", "--json")
    assert ill.code == 1
    (check,) = [one for one in json.loads(ill.out)["checks"] if one["status"] == "error"]
    assert check["name"] == "ledger"


def test_the_doctor_finds_a_sound_home_sound(cli: Cli) -> None:
    checks = {one["name"]: one for one in cli("doctor", "--json").json["checks"]}
    assert {"names", "sqlite", "home", "policy", "ledger key", "database", "crm", "ledger"} <= {
        *checks
    }
    assert "All sound." in cli("doctor").out


def test_the_doctor_names_what_is_wrong_and_the_fix(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cli.home / "ledger.key").chmod(0o644)
    policy = cli.home / "policy.toml"
    rules = policy.read_text().replace('approvers = ["ben", "cleo"]', "approvers = []")
    policy.write_text(rules)
    monkeypatch.setenv("PLACET_MODEL", "some-model")
    ran = cli("doctor", "--json")
    assert ran.code == 1
    wrong = {
        one["name"]: one["message"]
        for one in json.loads(ran.out)["checks"]
        if one["status"] == "error"
    }
    assert wrong.keys() == {"ledger key", "policy", "model"}
    assert "chmod 600" in wrong["ledger key"]
    assert "PLACET_MODEL_API_KEY" in wrong["model"]


def test_the_doctor_without_a_home_says_how_to_make_one(empty: Cli) -> None:
    ran = empty("doctor")
    assert ran.code == 1
    assert "placet init" in ran.out
    assert not empty.home.exists()


def test_the_doctor_asks_a_model_that_is_not_there(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACET_MODEL", "some-model")
    monkeypatch.setenv("PLACET_MODEL_BASE_URL", "http://127.0.0.1:9/v1")
    ran = cli("doctor", "--live", "--json")
    assert ran.code == 1
    (live,) = [one for one in json.loads(ran.out)["checks"] if one["name"] == "live model"]
    assert live["status"] == "error"
    assert "did not answer" in live["message"]


def test_lists_and_fields_say_what_a_request_can_speak_of(cli: Cli) -> None:
    assert {one["name"] for one in cli("lists", "--json").json} >= {"Newsletter"}
    known = cli("fields", "--json").json
    assert "email_open" in known["event_types"]
    assert any(one["name"] == "seniority" for one in known["fields"])
    assert known["assets"]
    assert "lifecycle_stage" in cli("fields").out


def test_an_eval_run_writes_its_reports(empty: Cli, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"out.{kind}" for kind in ("json", "junit", "html")}
    argv = [word for kind, file in files.items() for word in (f"--{kind}", str(file))]
    ran = empty("eval", "run", "segments", "--part", "dev", *argv)
    assert ran.code in (0, 1, 4), ran.err
    assert "silently wrong" in ran.out
    result = json.loads(files["json"].read_text())
    assert (result["suite"], result["drafter"], result["part"]) == ("segments", "rules", "dev")
    assert "<testsuite" in files["junit"].read_text()
    assert "<html" in files["html"].read_text()
    assert not empty.home.exists()
    assert empty("eval", "run", "nonsense").code == 1
