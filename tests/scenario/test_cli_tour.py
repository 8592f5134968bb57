"""The tour passes, touches nothing of the operator's, and fails where something did not happen."""

import pytest

from placet.cli import stops
from placet.cli.tour import Tour
from tests.scenario.conftest import Cli


def test_everything_on_the_tour_happens(empty: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    # The operator's own settings must stay out of a throw-away home.
    monkeypatch.setenv("PLACET_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:9/mine")
    monkeypatch.setenv("PLACET_MODEL", "some-model")
    ran = empty("demo", "--tour")
    assert ran.code == 0, ran.out
    for words in (
        "VPs of marketing in Germany or France",
        "You cannot approve your own request.",
        "exactly those approved",
        "It was already approved by @ben",
        "A ticket was logged.",
        "Stale: ",
        "the list is gone from the CRM's lists",
        "Invite people in the United Kingdom",
        "one message arrived in the mailbox, for ana@halden.example",
        "one for each of those approved",
        "each is byte for byte what was approved",
        "a GET, as mail scanners do, changes nothing",
        "The page answers: Unsubscribed.",
        "it was stopped before its time, and nothing of it was sent",
        "rows verify",
        "the forged copy was refused",
        "All of it happened",
    ):
        assert words in ran.out, words
    assert not empty.home.exists()


def test_the_tour_fails_where_something_did_not_happen(
    empty: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(tour: Tour) -> None:
        tour.stop("Something that cannot be")
        tour.show(len(tour.placet.crm.lists()) > 1_000, "a thousand lists are there")

    monkeypatch.setattr("placet.cli.home.SAMPLE", 100)
    monkeypatch.setattr(stops, "STOPS", (stops.a_company, lost))
    ran = empty("demo", "--tour")
    assert ran.code == 1
    assert "FAILED, this did not happen: a thousand lists are there" in ran.out
    told = empty("demo", "--tour", "--json")
    assert told.code == 1
    assert '"passed": false' in told.out
