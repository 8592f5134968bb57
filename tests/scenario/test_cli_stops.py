"""`placet stop`, `placet test` and `decide --override`, as an operator types them."""

REQUEST = "VPs of marketing in Germany who are not customers"


def approved(cli) -> str:
    draft = cli.ask(REQUEST)
    assert cli("decide", draft["id"], "approve", "--as", "ben").code == 0
    return str(draft["id"])


def test_an_approved_draft_is_stopped_and_never_runs(cli) -> None:
    draft_id = approved(cli)
    said = cli("stop", draft_id, "--as", "cleo", "--reason", "not today", "--json").json
    assert (said["state"], said["stopped_by"], said["note"]) == ("withdrawn", "cleo", "not today")
    assert said["words"] == "Stopped by @cleo; nothing was carried out."
    again = cli("decide", draft_id, "stop", "--as", "ana")
    assert again.code == 1
    assert "It was already stopped by @cleo at" in again.err
    assert cli("work", "--drain", "--json").json["done"] == []
    assert cli("receipts", "--json").json == []
    assert "stopped" in cli("show", draft_id).out


def test_a_stop_that_comes_too_late_says_so(cli) -> None:
    draft_id = approved(cli)
    cli("work", "--drain")
    late = cli("stop", draft_id, "--as", "ana")
    assert late.code == 1
    assert "carried out" in late.err
    (receipt,) = cli("receipts", "--json").json
    assert receipt["body"]["left"] == receipt["body"]["failed"] == 0
    assert receipt["body"]["note"] in cli("receipts", receipt["id"]).out


def test_a_stop_needs_a_person(cli) -> None:
    draft_id = approved(cli)
    assert cli("stop", draft_id).code == 2
    assert "knows no person 'zoe'" in cli("stop", draft_id, "--as", "zoe").err


def test_what_cannot_be_tried_out_says_so(cli) -> None:
    draft = cli.ask(REQUEST)
    said = cli("test", draft["id"], "--as", "ana")
    assert (said.code, "cannot be tried out" in said.err) == (2, True)


def test_an_override_is_for_who_may_and_for_what_blocks(cli) -> None:
    draft = cli.ask(REQUEST)
    assert draft["needs"]["may_override"] == ["cleo"]
    override = ("decide", draft["id"], "approve", "--override", "links", "--reason", "known")
    refused = cli(*override, "--as", "ben")
    assert (refused.code, "You may not override a check; @cleo may" in refused.err) == (1, True)
    idle = cli(*override, "--as", "cleo")
    assert (idle.code, "'links' blocks nothing here; these do: none" in idle.err) == (2, True)
    wrong = cli("decide", draft["id"], "reject", "--as", "cleo", "--override", "links")
    assert (wrong.code, "Only `approve` takes an override" in wrong.err) == (2, True)
