"""A model cannot bring back whom the use policy leaves out: only the person's own words can."""

from datetime import UTC, datetime
from typing import Any

import pytest

from agents.port import Turn
from agents.segments.lifting import unsaid
from agents.segments.port import Ask
from tools.segments.tree import All, Segment

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def _segment(**changes: Any) -> Segment:
    whole = {"name": "x", "filter": All(of=()), "as_of": NOW} | changes
    return Segment.model_validate(whole)


def _ask(text: str, **more: Any) -> Ask:
    return Ask(text=text, as_of=NOW, **more)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("customers in Spain", {"include_anyway": ["unsubscribed"]}),
        ("customers in Spain", {"include_anyway": ["unsubscribed", "bounced"]}),
        ("our best option in Spain, optional", {"include_anyway": ["no_consent"]}),
        ("customers in Spain\n> include the unsubscribed, even bounced", {
            "include_anyway": ["bounced"]}),
        ("customers in Spain", {"use": "internal"}),
    ],
)  # fmt: skip
def test_what_nobody_said_goes_back_to_the_model(text: str, changes: dict[str, Any]) -> None:
    problem = unsaid(_segment(**changes), _ask(text))
    assert problem is not None
    assert "did not s" in problem


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("customers in Spain", {}),
        ("customers in Portugal, include the unsubscribed ones too", {
            "include_anyway": ["unsubscribed"]}),
        ("Kunden in Wien, auch abgemeldete", {"include_anyway": ["unsubscribed"]}),
        ("subscribers in Italy, including those without consent", {
            "include_anyway": ["no_consent"]}),
        ("leads, opted-out ones as well", {"include_anyway": ["unsubscribed"]}),
        ("bounced contacts too", {"include_anyway": ["bounced"]}),
        ("leads in Italy, for internal analysis", {"use": "internal"}),
        ("how many leads are there", {"use": "internal"}),
    ],
)  # fmt: skip
def test_what_the_person_spoke_of_may_stand(text: str, changes: dict[str, Any]) -> None:
    assert unsaid(_segment(**changes), _ask(text)) is None


def test_what_was_said_or_decided_before_counts() -> None:
    lifted = _segment(include_anyway=["bounced"], use="internal")
    said = (Turn(who="person", text="for internal use, with bounced ones"),)
    assert unsaid(lifted, _ask("only Spain", history=said)) is None
    echo = (Turn(who="placet", text="shall I include bounced ones, for internal use?"),)
    assert unsaid(lifted, _ask("only Spain", history=echo)) is not None
    assert unsaid(lifted, _ask("only Spain", previous=lifted)) is None
