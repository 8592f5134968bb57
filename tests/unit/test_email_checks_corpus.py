"""The corpus: every defect is caught by the check that must, and good emails pass untouched."""

from __future__ import annotations

import pytest

from tests.unit.email_defects.corpus import Specimen, defects, good, inspect
from tools.email.checks import CHECKS

BAD, GOOD = defects(), good()
TRUE_WARNINGS = {
    "plain_note": {"tokens.fallback_share"},  # three of eight members have no company
    "offer": {"words.spam"},  # "money back", "guaranteed": filters do weigh them
}
"""Warnings that are right about emails which are good all the same."""
NOT_IN_CORPUS = {
    "facts.no_brief", "facts.missing", "dates.relative", "tokens.blank_fallback", "spam.score",
    "unsubscribe.not_https", "headers.injection", "headers.recipient", "parity.empty",
    "size.heavy", "client_support.look", "audience.empty", "audience.huge", "audience.bad_address",
    "audience.colleagues", "audience.weekend", "audience.unseen_shapes", "headings.language",
    "links.count",
}  # fmt: skip
"""Checks that `test_email_checks_each.py` tests on their own."""


@pytest.mark.parametrize("specimen", BAD, ids=lambda one: one.name.replace(" ", "_"))
def test_a_defect_is_caught_by_the_check_that_must(specimen: Specimen) -> None:
    found = [one for one in inspect(specimen).findings if one.name == specimen.expect]
    severities = {one.severity for one in found} - {"info"}
    assert severities, f"{specimen.expect} did not catch it"
    assert not specimen.severity or specimen.severity in severities
    assert all(one.message and one.fix for one in found)


@pytest.mark.parametrize("specimen", GOOD, ids=lambda one: one.name)
def test_a_good_email_passes_untouched(specimen: Specimen) -> None:
    report = inspect(specimen)
    assert [one.message for one in report.errors] == []
    assert {one.name for one in report.warnings} == TRUE_WARNINGS.get(specimen.name, set())


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(BAD) >= 60
    assert len(GOOD) >= 20
    assert len({one.name for one in BAD}) == len(BAD)


def test_every_check_is_proved_somewhere() -> None:
    proved = {one.expect for one in BAD} | NOT_IN_CORPUS
    assert {one.name for one in CHECKS} - proved == set()
    assert {one.expect for one in BAD} - {one.name for one in CHECKS} == set()
