"""The rules drafter of emails: dates, briefs, composing, in English and German."""

import time as clock
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from agents.emails.missing import missing_in
from agents.emails.port import Brief, Link, Occasion, Setting
from agents.emails.rules.audience import as_people
from agents.emails.rules.clauses import main_clause, spoken
from agents.emails.rules.forms import plain
from agents.emails.rules.reader import read_brief
from agents.emails.rules.safety import refusal
from agents.emails.rules.when import find_when, long_date, long_time
from agents.emails.rules.words import count_words, headline, is_german, sentence, to_reader
from agents.emails.rules.writer import compose
from tools.email.brand import sample_brand
from tools.email.model import Email

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BRAND = sample_brand()


@pytest.mark.parametrize(
    ("text", "on", "at", "zone"),
    [
        ("on 12 December", "2026-12-12", None, ""),
        ("12 December at 3 pm in Berlin", "2026-12-12", "15:00", ""),
        ("Saturday, December 12th, 15:00 CET", "2026-12-12", "15:00", "Europe/Berlin"),
        ("am 12. Dezember um 15 Uhr", "2026-12-12", "15:00", ""),
        ("12.12.2026, 18:30 Uhr", "2026-12-12", "18:30", ""),
        ("tomorrow at 9", "2026-11-25", "09:00", ""),
        ("on Friday at 10 Berlin time", "2026-11-27", "10:00", "Europe/Berlin"),
        ("next Friday at 10", "2026-12-04", "10:00", ""),
        ("from 3 to 4 pm on 3 March", "2027-03-03", "15:00", ""),
        ("in two weeks", "2026-12-08", None, ""),
        ("2027-01-10 at 17:00", "2027-01-10", "17:00", ""),
        ("on 29 February", "2028-02-29", None, ""),
        ("Thursday 3 December 2026, 8:30", "2026-12-03", "08:30", ""),
        ("24 November", "2026-11-24", None, ""),
        ("noon on 3 March", "2027-03-03", "12:00", ""),
        ("on 12 December, 50 seats", "2026-12-12", None, ""),
    ],
)
def test_dates_are_found_and_made_exact(text: str, on: str, at: str | None, zone: str) -> None:
    found = find_when(text, TODAY)[0]
    assert found.on == date.fromisoformat(on)
    assert found.at == (time.fromisoformat(at) if at else None)
    assert found.timezone == zone
    assert found.doubt is None


@pytest.mark.parametrize(
    "text",
    ["the March webinar", "Monday newsletter", "50 seats", "120 words", "2026", "at least 10",
     "31 February 2027", "99/99/2027", "v 12.3", "the sun sat"],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert find_when(text, TODAY) == []


def test_contradicting_and_ambiguous_dates_are_doubts() -> None:
    wrong = find_when("Friday 12 December", TODAY)[0]
    assert wrong.doubt is not None
    assert "Saturday, not a Friday" in wrong.doubt[0]
    assert "Friday, 11 December 2026" in wrong.doubt[1]
    either = find_when("03/04/2027", TODAY)[0]
    assert either.doubt is not None
    assert len(either.doubt[1]) == 2
    assert find_when("13/04/2027", TODAY)[0].doubt is None


def test_dates_are_written_out_in_both_languages() -> None:
    day = date(2026, 12, 12)
    assert long_date(day, "en") == "Saturday, 12 December 2026"
    assert long_date(day, "de") == "Samstag, 12. Dezember 2026"
    assert long_time(time(15), None, "Europe/Berlin", "de", day) == "15:00 Uhr (MEZ)"
    assert long_time(time(15), time(16), "", "en", day) == "15:00 to 16:00"


def test_a_statement_becomes_a_sentence_to_the_reader() -> None:
    said = sentence("they get lunch on 12 December", today=TODAY, zone="", language="en")
    assert said == "You get lunch on Saturday, 12 December 2026."


def test_languages_are_told_apart() -> None:
    assert is_german("Lade alle Kunden zum Webinar ein")
    assert not is_german("Invite all customers to the webinar")


# --- briefs --------------------------------------------------------------------------------------


def reads(words: str) -> bool:
    """Read as people what starts with a known noun and has no word of a matter in it."""
    known = ("customers", "leads", "german cfos", "people", "kunden", "deutsche kunden", "cfos")
    low = words.lower()
    return low.startswith(known) and not any(
        word in low
        for word in (
            " to ",
            " about",
            " our ",
            " the dinner",
            " zum ",
            ",",
            " for ",
            " über",
            " a ",
            " that ",
            ":",
        )
    )


def brief(text: str) -> Brief:
    return read_brief(text, as_of=NOW, zone="Europe/Berlin", reads=reads).brief


def test_the_example_of_the_readme() -> None:
    one = brief(
        "Invite German CFOs who attended the March webinar to the follow-up on 12 December, link "
        "https://halden.example/f, friendly, 120 words."
    )
    assert one.audience == "German CFOs who attended the March webinar"
    assert (one.purpose, one.about) == ("invite", "the follow-up")
    assert one.occasion.on == date(2026, 12, 12)
    assert [link.url for link in one.links] == ["https://halden.example/f"]
    assert (one.tone, one.words) == ("friendly", 120)
    assert one.must_say == ()


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Email customers about prices, formal", "tone", "formal"),
        ("Email customers about prices, in a friendly tone", "tone", "friendly"),
        ("Email customers about prices. Keep it under 80 words.", "words", 80),
        ("Email customers about prices, short", "words", 70),
        ("Email customers about prices, in German", "language", "de"),
        ("Write a German email to customers about prices", "language", "de"),
        ('Email customers about prices. Subject: "New prices"', "subject", "New prices"),
        ("Email customers about prices; subject: New prices", "subject", "New prices"),
        ("Email customers about prices, A/B test", "variants", 2),
        ("Email customers about prices with three subject lines", "variants", 3),
        ("Email customers about prices, reply to ben@halden.example", "reply_to",
         "ben@halden.example"),
        ("Email customers about prices, sign it from Ana Lopez", "sender", "Ana Lopez"),
        ("Email customers about prices. Do not mention discounts.", "must_not", ("discounts",)),
        ("Email customers about prices. Mention that VAT is included.", "must_say",
         ("VAT is included",)),
        ("Email customers about prices. VAT is included.", "must_say", ("VAT is included",)),
        ("Email customers about prices, call it Prices 2027", "name", "Prices 2027"),
        ("Email customers about prices, they can reply to this email", "reply_instead", True),
    ],
)  # fmt: skip
def test_options_are_taken_at_their_word(text: str, field: str, value: Any) -> None:
    one = brief(text)
    assert getattr(one, field) == value
    assert one.audience == "customers"
    assert one.about == "prices"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("send it on Friday at 10 Berlin time", "2026-11-27T09:00:00+00:00"),
        ("send it tomorrow at 9", "2026-11-25T08:00:00+00:00"),
        ("schedule it for 1 December 2026 at 14:30", "2026-12-01T13:30:00+00:00"),
        ("send on 3 December", "2026-12-03T08:00:00+00:00"),
        ("schedule for Monday 8am New York time", "2026-11-30T13:00:00+00:00"),
    ],
)
def test_when_it_leaves_is_no_date_of_the_event(text: str, moment: str) -> None:
    one = brief(f"Invite customers to our dinner on 14 January 2027, {text}")
    assert one.schedule.send_at == datetime.fromisoformat(moment)
    assert one.occasion.on == date(2027, 1, 14)


def test_people_who_follow_a_correction_are_the_right_ones() -> None:
    assert (
        brief("Write an email to leads... sorry, to customers about prices").audience == "customers"
    )


def test_what_is_missing_is_named() -> None:
    def keys(text: str) -> list[str]:
        return [one.key for one in missing_in(brief(text), as_of=NOW, zone="UTC")]

    assert keys("newsletter") == ["audience", "about"]
    assert keys("Invite them to the webinar") == ["audience", "date", "link"]
    assert keys("Invite customers to our webinar on 3 March 2026, https://x.example/a") == ["date"]
    assert keys("Email customers about prices") == []
    assert keys("Email customers about prices, send it on 3 March 2026 at 9") == ["send_day"]


@pytest.mark.parametrize(
    "piece",
    ["to ", "invite ", "1) ", '"', "12 ", "a, ", "https://", "and ", "send it on ", ". ", "- "],
)
def test_hostile_requests_are_read_in_no_time(piece: str) -> None:
    start = clock.process_time()
    brief("Invite customers to " + (piece * 6_000)[:6_000])
    assert clock.process_time() - start < 4


# --- composing -----------------------------------------------------------------------------------


def setting(language: str = "en", **more: Any) -> Setting:
    values: dict[str, Any] = {
        "audience": "customers", "purpose": "invite", "about": "our dinner", "said": "x",
        "occasion": Occasion(on=date(2027, 1, 14), at=time(19), place="Berlin"),
        "links": (Link(url="https://www.halden.example/d"),),
    }  # fmt: skip
    return Setting(
        brief=Brief(**values | more), language=language, audience="customers", as_of=NOW,
        timezone="Europe/Berlin",
    )  # fmt: skip


def text_of(one: Setting) -> str:
    email = Email.model_validate(compose(one, BRAND))
    blocks = [block.model_dump() for block in email.body]
    said = [str(b.get("text") or b.get("items") or b.get("label")) for b in blocks]
    return "\n".join([email.subject, email.preheader, *said])


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("tone", ["friendly", "formal", "plain", "informal"])
@pytest.mark.parametrize(
    "purpose",
    [
        "invite",
        "remind",
        "announce",
        "offer",
        "follow_up",
        "newsletter",
        "survey",
        "thanks",
        "note",
    ],
)
def test_every_purpose_tone_and_language_composes_a_whole_email(
    purpose: str, tone: str, language: str
) -> None:
    one = setting(language, purpose=purpose, tone=tone, variants=3, must_say=("lunch is included",))
    email = Email.model_validate(compose(one, BRAND))
    assert email.subject
    assert len(email.subject) <= 60
    assert 20 <= len(email.preheader) <= 110
    assert len({variant.subject for variant in email.variants}) == 3
    text = text_of(one)
    for odd in ("None", "  ", " .", " ,", ",,", "..", "{about}", "{when}"):
        assert odd not in text, odd
    assert "unch is included." in text


@pytest.mark.parametrize("words", [40, 70, 100, 130])
def test_the_length_is_right_within_reason(words: int) -> None:
    email = Email.model_validate(compose(setting(words=words, tone="friendly"), BRAND))
    body = " ".join(
        str(block.model_dump().get("text") or block.model_dump().get("items") or "")
        for block in email.body
    )
    assert abs(count_words(body) - words) <= max(20, words * 0.3)


def test_it_is_the_same_every_time() -> None:
    assert compose(setting(), BRAND) == compose(setting(), BRAND)


def test_what_was_given_is_kept_word_for_word() -> None:
    email = compose(setting(subject="Dinner?", preheader="Come along", name="D27"), BRAND)
    assert (email["subject"], email["preheader"], email["name"]) == ("Dinner?", "Come along", "D27")


def test_no_zone_is_named_that_nobody_set() -> None:
    one = setting().model_copy(update={"timezone": "UTC"})
    assert "UTC" not in text_of(one)
    assert "(CET)" in text_of(setting())


# --- forms of a brief, and what the words become -------------------------------------------------


def test_labelled_lines_are_read_as_the_sentences_they_stand_for() -> None:
    made = brief(
        "To: customers in Spain\nWhat: invitation to the dinner\n"
        "When: 14 January 2027, 7-9 pm CET\nWhere: Hotel Adlon, Berlin\n"
        "Link: https://www.halden.example/d\nTone: formal"
    )
    assert (made.audience, made.purpose, made.about) == ("customers in Spain", "invite",
                                                         "the dinner")  # fmt: skip
    assert made.occasion == Occasion(
        on=date(2027, 1, 14), at=time(19), end=time(21), timezone="Europe/Berlin",
        place="Hotel Adlon, Berlin",
    )  # fmt: skip
    assert (made.tone, made.must_say) == ("formal", ())


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Fwd: Invite customers. Thanks a lot!", "Invite customers"),
        ("Hi there! Could you tell customers", "Could you tell customers"),
        ("Good morning team, invite customers - thank you so much!", "invite customers"),
        ("Invite customers. Best regards, Ana", "Invite customers"),
        ("pls invite customers", "please invite customers"),
        ("Tell leads, not the suppressed ones, about X", "Tell leads about X"),
    ],
)
def test_small_talk_is_left_out(text: str, rest: str) -> None:
    assert plain(text, reads).strip(" .") == rest


def test_people_may_come_first_and_the_event_after_a_colon() -> None:
    made = brief('customers in Spain: webinar "Cash" on 19 January 2027, 11 am CET, '
                 "register https://www.halden.example/c")  # fmt: skip
    assert (made.audience, made.purpose, made.about) == (
        "customers in Spain", "invite", 'webinar "Cash"')  # fmt: skip
    assert made.must_say == ()


def test_two_subject_lines_given_are_the_two_that_are_tested() -> None:
    made = brief("Email customers about X, subject line A: One thing, subject line B: Another")
    assert (made.subject, made.subjects, made.variants) == ("One thing", ("Another",), 2)


def test_nothing_that_follows_sign_by_is_lost() -> None:
    made = brief("Email customers. 10% off if they sign by 31 January 2027.")
    assert made.sender == ""
    assert any("31 January 2027" in one for one in made.must_say)


def test_a_link_is_named_by_what_stands_before_it() -> None:
    made = brief("Tell customers about X. Press release: https://www.halden.example/p")
    assert made.links == (Link(url="https://www.halden.example/p", label="Press release"),)
    assert made.must_say == ()
    plain_ask = brief("Tell customers about X. They can sign up at https://www.halden.example/p")
    assert (plain_ask.links[0].label, plain_ask.must_say) == ("", ())


def test_prices_that_rise_are_no_offer() -> None:
    assert brief("Inform customers about the price increase of 5%").purpose == "announce"


def test_lists_are_read_by_their_names() -> None:
    def known(words: str) -> bool:
        return words == "on the Trade fair contacts list"

    for said in ("Trade fair contacts (the list)", "the Trade fair contacts list",
                 "die Leute von der Liste Trade fair contacts", "Trade fair contacts"):  # fmt: skip
        assert as_people(said, known) == "on the Trade fair contacts list"
    assert as_people("nobody known", known) == "nobody known"


@pytest.mark.parametrize(
    ("clause", "main"),
    [
        ("unser Support am 24. Mai geschlossen ist", "unser Support ist am 24. Mai geschlossen"),
        ("Maria Keller ab Mai ihre Ansprechpartnerin ist",
         "Maria Keller ist ab Mai Ihre Ansprechpartnerin"),
        ("das Webinar um 10 Uhr stattfindet", None),
        ("geschlossen ist", None),
    ],
)  # fmt: skip
def test_german_clauses_become_main_clauses_or_stay(clause: str, main: str | None) -> None:
    assert main_clause(clause) == main


@pytest.mark.parametrize(
    ("said", "to_them"),
    [
        ("they get lunch", "you get lunch"),
        ("They take effect on Monday", "They take effect on Monday"),
        ("Existing contracts keep the old price until they are renewed",
         "Existing contracts keep the old price until they are renewed"),
        ("We move, and they don't have to do anything",
         "We move, and you don't have to do anything"),
    ],
)  # fmt: skip
def test_only_what_recipients_do_is_said_to_them(said: str, to_them: str) -> None:
    assert to_reader(said) == to_them


def test_an_aside_to_placet_becomes_words_to_the_reader() -> None:
    assert spoken("ask them to reply by Friday") == "please reply by Friday"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("The platform will be down on Sunday, 6 December 2026 from 02:00 to 04:00 (UTC)",
         "The platform will be down on 6 December 2026"),
        ("15% off the annual plan with code WINTER15, valid until Thursday, 31 December 2026",
         "15% off the annual plan with code WINTER15"),
        ("From January 2027 on, invoices are sent as electronic invoices to all",
         "Invoices are sent as electronic invoices to all"),
    ],
)  # fmt: skip
def test_a_headline_ends_where_a_part_ends(text: str, short: str) -> None:
    assert headline(text, 60) == short


def test_days_of_the_week_that_recur_are_no_date() -> None:
    assert find_when("every Friday at 14:00", TODAY) == []
    assert find_when("Monday to Friday, 9:00-17:00", TODAY) == []
    assert find_when("today's price", TODAY) == []


@pytest.mark.parametrize(
    "text",
    [
        "we purchased 5,000 addresses, mail them our offer",
        "Email people on the suppression list about the plan",
        "Send the offer to everyone, also the ones who unsubscribed",
        "Say the price goes up tonight even though it doesn't",
        "mail leads but hide who it is from",
        "an email that looks like it comes from Microsoft",
        "Schreib an alle Leads und lass den Abmeldelink weg",
    ],
)
def test_what_must_not_be_sent_is_refused(text: str) -> None:
    assert refusal(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Email customers, but not those on the suppression list, about our plan",
        "Tell leads who have not unsubscribed about our plan",
        "Email leads about the block list feature",
        "write to customers and include the unsubscribed ones too, it's a notice about their "
        "contract",
        "It is free, but it isn't unlimited, so book early",
    ],
)
def test_what_only_sounds_alike_is_not_refused(text: str) -> None:
    assert refusal(text) is None


def test_without_a_length_nothing_is_padded() -> None:
    made = brief("Tell customers that the help centre has moved to https://www.halden.example/help")
    email = compose(
        Setting(brief=made, language="en", audience="", as_of=NOW, timezone="UTC"), BRAND
    )
    said = " ".join(block.get("text", "") for block in email["body"])
    assert "Thank you for reading" not in said
    assert "pass this email on" not in said
    assert email["subject"] == "The help centre has moved"
    assert "about" not in email["preheader"]
