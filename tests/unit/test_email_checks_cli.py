"""`placet email check`: what it says, and the exit codes scripts trust."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from placet.cli.app import run

BRIEF = (
    "Invite finance teams to the webinar on 10 December at 14:00 CET, 45 minutes, "
    "https://www.halden.example/webinars/close-the-quarter"
)


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_email_that_keeps_to_its_brief_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["email", "check", "event_invitation", "--brief", BRIEF]) == 0
    assert "0 errors" in capsys.readouterr().out


def test_an_invention_exits_1_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    brief = BRIEF.replace("45 minutes", "half an hour")
    assert run(["email", "check", "event_invitation", "--brief", brief]) == 1
    out = capsys.readouterr().out
    assert "ERROR  facts.number: The figure '45-minute'" in out
    assert "fix:" in out


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["email", "check", "newsletter", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert [one["name"] for one in said["findings"]] == ["facts.no_brief"]
    assert said["checks"] > 100


def test_an_email_that_cannot_be_built_is_an_error_of_the_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(
        "name: x\nsubject: A subject that is fine\nbody:\n"
        '  - {type: text, text: "Hello {{ contact.firstname }}"}\n',
        encoding="utf-8",
    )
    assert run(["email", "check", str(file), "--json"]) == 1
    names = {one["name"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert {"tokens.syntax", "tokens.not_built"} <= names


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--send-at", "tomorrow"], "the zone included"),
        (["--send-at", "2026-12-01T09:00:00"], "the zone included"),
        (["--spamd", "somewhere"], "HOST:PORT"),
    ],
)
def test_wrong_usage_is_one_line(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["email", "check", "newsletter", *options]) in {1, 2}
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_spamd_that_is_not_there_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["email", "check", "newsletter", "--spamd", "127.0.0.1:9"]) == 0
    assert "SpamAssassin could not be asked" in capsys.readouterr().out
