"""An email by the command line alone: no console runs, and the mail arrives all the same."""

from __future__ import annotations

import pytest

from placet.settings import load_settings
from placet.wiring import open_placet
from tests.scenario.conftest import Cli

ASK = (
    "Invite people in the United Kingdom to the follow-up on 12 December 2031 at 4 pm, "
    "link https://www.halden.example/follow-up, friendly"
)


def test_a_worker_without_a_console_has_a_mailbox(cli: Cli) -> None:
    draft = cli.ask(ASK)
    assert draft["kind"] == "send_email"
    members = cli("show", draft["id"], "--members", "--json").json["members"]
    assert cli("test", draft["id"], "--as", "ana").code == 0
    assert cli("decide", draft["id"], "approve", "--as", "ben").code == 0
    done = cli("work", "--drain", "--json").json["done"]
    mine = [one["event"] for one in done if one["draft_id"] == draft["id"]]
    assert mine[-1] == "run.executed", mine
    placet = open_placet(load_settings())
    try:
        kept = placet.mail.kept
        campaign = draft["action"]["campaign"]
        arrived = [one.recipient for one in kept.page(campaign=campaign, size=1_000)]
        tests = kept.count(to="ana@halden.example")
    finally:
        placet.close()
    assert sorted(set(arrived) - {"ana@halden.example"}) == sorted(members)
    assert len(arrived) == len(set(arrived))
    assert tests == 1


def test_a_mail_server_that_is_not_there_is_said_and_nothing_arrives(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLACET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("PLACET_SMTP_PORT", "9")
    monkeypatch.setenv("PLACET_SMTP_SECURITY", "none")
    draft = cli.ask(ASK)
    assert cli("decide", draft["id"], "approve", "--as", "ben").code == 0
    assert cli("work", "--drain").code == 0
    placet = open_placet(load_settings())
    try:
        assert placet.mail.kept.count() == 0
        assert placet.desk.draft(draft["id"]).state.value in ("approved", "executing")
    finally:
        placet.close()
