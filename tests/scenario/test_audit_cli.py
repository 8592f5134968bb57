"""`placet audit crm` through the command line: an audit, its trend, its schedule, its errors."""

from pathlib import Path

from tests.scenario.conftest import Cli
from tests.scenario.test_cli_docs import DOCS, _commands, _run


def test_an_audit_is_made_kept_and_compared(cli: Cli) -> None:
    none = cli("audit", "crm", "--last")
    assert none.code == 1
    assert "no audit yet" in none.err
    first = cli("audit", "crm", "--json").json
    assert first["trend"] is None
    assert [one["name"] for one in first["scores"]] == [
        "completeness", "validity", "uniqueness", "consistency", "freshness", "marketability",
    ]  # fmt: skip
    assert all(0 <= one["value"] <= 100 and one["definition"] for one in first["scores"])
    assert len(first["helps"]) == 3
    second = cli("audit", "crm", "--json").json
    assert second["trend"]["since"] == first["at"]
    assert set(second["trend"]["scores"].values()) == {0}
    last = cli("audit", "crm", "--last", "--json").json
    assert last["id"] == second["id"]
    shown = cli("audit", "crm", "--last").out
    for words in ("completeness", "worst fields", "worst records", "placet ask"):
        assert words in shown


def test_a_schedule_is_set_and_ended(cli: Cli) -> None:
    told = cli("audit", "crm", "--schedule", "weekly", "--as", "ana", "--post-to", "C1", "--json")
    assert told.json["schedule"]["every"] == "weekly"
    assert told.json["schedule"]["place"] == "local/C1"
    assert "No audit is scheduled" in cli("audit", "crm", "--schedule", "off").out


def test_wrong_usage_is_one_line(cli: Cli) -> None:
    for arguments, words in (
        (("--post-to", "C1"), "--schedule"),
        (("--last", "--schedule", "daily"), "one of them"),
        (("--schedule", "hourly"), "hourly"),
        (("--schedule", "daily", "--as", "mallory"), "mallory"),
    ):
        refused = cli("audit", "crm", *arguments)
        assert refused.code in (1, 2)
        assert words in refused.err


def test_a_receipt_lists_what_became_of_each_record(cli: Cli, tmp_path: Path) -> None:
    draft = cli.ask("VPs of marketing in Germany")
    assert cli("decide", draft["id"], "approve", "--as", "ben").code == 0
    assert cli("work", "--drain").code == 0
    (receipt,) = cli("receipts", "--json").json
    file = tmp_path / "results.csv"
    shown = cli("receipts", receipt["id"], "--results", str(file), "--json").json
    lines = file.read_text("utf-8-sig").splitlines()
    assert lines[0] == "record,who,result,why"
    assert len(lines) - 1 == shown["results"]["done"] > 0
    assert all(line.split(",")[2] == "done" for line in lines[1:])
    assert cli("receipts", "--results", str(file)).code == 2
    assert cli("receipts", receipt["id"], "--results", str(tmp_path / "no" / "x.csv")).code == 2


def test_how_to_audit_works_as_written(cli: Cli) -> None:
    for line in _commands(DOCS / "how-to" / "audit.md"):
        _run(cli, line)
    assert "No audit is scheduled" in cli("audit", "crm", "--last").out
