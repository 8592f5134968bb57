"""What a text states, in any usual spelling; and what a copy states beyond its sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.email.checks.facts import NO_FACTS, facts_of, unsupported

TODAY = date(2026, 11, 24)
BRIEF = (
    "Invite German CFOs who attended the March webinar to the follow-up on 12 December at 2 pm "
    "CET, 45 minutes, 20 % off, 1,200 guests, 500 EUR. Speaker: Anna Müller of Brandt AG. It is "
    'free. Link https://acme.example/follow?utm_source=x. Quote: "We plan in half the time now". '
    "120 words."
)


def beyond(copy: str, brief: str = BRIEF, language: str = "en") -> set[tuple[str, str]]:
    found = unsupported(facts_of(copy, language), facts_of(brief, today=TODAY), today=TODAY)
    return {(one.kind, one.text) for one in found}


@pytest.mark.parametrize(
    ("copy", "language"),
    [
        ("On Saturday, 12 December we meet.", "en"),
        ("We meet on Dec 12, 2026 at 14:00 CET.", "en"),
        ("We meet on 12/12/2026, 14.00 Uhr.", "de"),
        ("Am Samstag, den 12. Dezember 2026 um 14 Uhr.", "de"),
        ("It takes 45 minutes, until 2:45 pm.", "en"),
        ("It takes forty-five minutes.", "en"),
        ("Es dauert fünfundvierzig Minuten.", "de"),
        ("Twenty percent off for 1200 guests.", "en"),
        ("20 Prozent für 1.200 Gäste, 500 €.", "de"),
        ("It costs nothing: free of charge, €500 less.", "en"),
        ("See https://acme.example/follow and acme.example/follow.", "en"),
        ("Ms Müller speaks; Brandt's own Anna Müller.", "en"),
        ("In March you came.", "en"),
        ("One guest: “We plan in half the time now”.", "en"),
        ("Three reasons to come:\n1. Planning\n2. Questions", "en"),
        ("2026年12月12日(土) 14:00", "ja"),
        ("Feel free to bring your questions. Best regards", "en"),
    ],
)
def test_what_the_brief_says_may_be_said_in_other_words(copy: str, language: str) -> None:
    assert beyond(copy, language=language) == set()


@pytest.mark.parametrize(
    ("copy", "kind"),
    [
        ("21 % off", "number"), ("twenty-one percent off", "number"), ("$500", "number"),
        ("20 days left of it", "number"), ("1,300 guests", "number"), ("120 guests", "number"),
        ("a third of all plans", "number"), ("twice as fast", "number"), ("２１％", "number"),
        ("5 million rows", "number"), ("three guests", "number"), ("dozens of rooms", "number"),
        ("13 December", "date"), ("12 January", "date"), ("12 December 2027", "date"),
        ("see you on Friday", "date"), ("see you tomorrow", "date"), ("in April", "date"),
        ("at 3 pm", "time"), ("14:30", "time"), ("2 pm GMT", "time"),
        ("https://acme.example/other", "link"), ("write to a@b.example", "address"),
        ("call +49 30 1234567", "phone"),
        ("with Peter Lang", "name"), ("as Siemens does", "name"), ("use HubSpot", "name"),
        ("“Nothing ever worked so well for us” she said", "quote"),
        ("last chance", "claim:urgency"), ("places are limited", "claim:urgency"),
        ("the leading platform", "claim:superlative"), ("we guarantee it", "claim:guarantee"),
        ("an award-winning team", "claim:proof"), ("an exclusive evening", "claim:exclusive"),
        ("with a certificate", "claim:extra"), ("GDPR-compliant", "claim:legal"),
        ("as we discussed, as you requested", "claim:familiar"),
    ],
)  # fmt: skip
def test_what_the_brief_does_not_say_is_found(copy: str, kind: str) -> None:
    assert kind in {found for found, _ in beyond(f"We say: {copy}.")}


SENTENCES = yaml.safe_load(
    (Path(__file__).parent / "email_defects" / "sentences.yaml").read_text("utf-8")
)


def said(sentence: str, language: str) -> set[tuple[str, str]]:
    brief = SENTENCES["brief"] + "\nNorda Systems GmbH, Hamburg"
    return beyond(sentence, brief, language)


@pytest.mark.parametrize("language", ["en", "de"])
def test_inventions_in_many_words_are_found(language: str) -> None:
    frame = {"en": "Hello there, {}. We are glad.", "de": "Guten Tag, {}. Wir freuen uns."}[
        language
    ]
    missed = [
        one for one in SENTENCES["invented"][language] if not said(frame.format(one), language)
    ]
    assert missed == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_anybody_may_say_is_no_invention(language: str) -> None:
    alarms = {one: said(one, language) for one in SENTENCES["harmless"][language]}
    assert {one: found for one, found in alarms.items() if found} == {}


def test_a_length_asked_for_is_no_fact_of_the_copy() -> None:
    assert beyond("120 people come.") == {("number", "120 people")}


def test_a_claim_the_brief_forbids_is_not_supported_by_its_mention() -> None:
    brief = "Announce the tool. Do not say it is free, and avoid last chance."
    assert {kind for kind, _ in beyond("It is free. Last chance!", brief)} == {
        "claim:free", "claim:urgency",
    }  # fmt: skip
    assert beyond("It is not free.", brief) == set()


def test_relative_days_of_the_brief_become_dates() -> None:
    assert beyond("We meet on 25 November.", "The webinar is tomorrow.") == set()
    assert beyond("Wir sehen uns am 26. November.", "Webinar next Thursday", "de") == set()
    assert beyond("We meet on 27 November.", "The webinar is tomorrow.") != set()


def test_german_nouns_are_no_names_and_german_names_are() -> None:
    text = "Die Planung im Unternehmen: Ihre Fragen, unsere Antworten, ein Gespräch mit "
    assert beyond(text + "Kollegen.", language="de") == set()
    assert beyond(text + "Frau Schulze.", language="de") == {("name", "Frau Schulze")}
    assert beyond(text + "der Krause GmbH.", language="de") != set()


def test_title_case_is_no_name_and_a_name_in_it_is() -> None:
    assert beyond("Plan Better With Fewer Meetings") == set()
    assert {text for _, text in beyond("Plan Better With Sarah Connor")} == {"Sarah Connor"}


def test_numbers_read_by_the_language_of_the_copy() -> None:
    assert beyond("1.200 guests", language="en") == {("number", "1.200 guests")}
    assert beyond("1.200 Gäste", language="de") == set()


@given(st.text(max_size=300))
@settings(max_examples=80, deadline=None)
def test_a_text_supports_itself(text: str) -> None:
    facts = facts_of(text)
    positive = facts.model_copy(
        update={"claims": tuple(one for one in facts.claims if not one.negated)}
    )
    assert unsupported(positive, positive, today=TODAY) == ()


WORDS = (
    "20", "%", "5", "million", "€", "12", "December", "Dec.", "May", "14:00", "2", "pm", "–", "to",
    "Friday", "bis", "Uhr", ".", ",", ":", "(", "05/06/2026", "31.02.", "Dr.", "Müller", "half",
    "twenty-five", "GmbH", "HubSpot", "tomorrow", "\ufffc", "\n", "https://a.example/x", "last",
    "chance", "1.200", "CET", "29", "February",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=25))
@settings(max_examples=80, deadline=None)
def test_any_order_of_words_can_be_read(words: list[str]) -> None:
    facts = facts_of(" ".join(words), "en", today=TODAY)
    assert unsupported(NO_FACTS, facts) == ()
    assert facts | NO_FACTS == facts.model_copy(update={"text": facts.text})
