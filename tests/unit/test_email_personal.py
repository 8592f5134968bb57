"""Personalisation: what authors may write, and that fallbacks are found without rendering."""

import pytest

from placet.errors import BadInput
from tests.emails import an_email, opened, person, rendered
from tools.email.fields import TOKENS, clean
from tools.email.model import Bullets, Button, Email, Image, Mjml, Quote, Text


def text_of(source: str, **fields: str) -> str:
    made = rendered(an_email(Text(text=source)), person(**fields))
    return made.text.partition("\n\n-- ")[0]


@pytest.mark.parametrize(
    ("source", "fields", "wanted"),
    [
        ('Hi {{ contact.first_name | default: "there" }}', {}, "Hi there"),
        ('Hi {{ contact.first_name | default: "there" }}', {"first_name": " Ana "}, "Hi Ana"),
        ('Hi {{ contact.first_name | capitalize | default: "there" }}', {}, "Hi there"),
        ('{{ contact.first_name | upcase | default: "x" }}', {"first_name": "zoë"}, "ZOË"),
        ('{{ contact.city | default: contact.country | default: "x" }}', {"country": "Peru"},
         "Peru"),
        ("{% if contact.city %}in {{ contact.city }}{% else %}away{% endif %}", {}, "away"),
        ("{% if contact.city %}in {{ contact.city }}{% endif %}", {"city": "Bonn"}, "in Bonn"),
        ("{% unless contact.city %}nowhere{% endunless %}", {}, "nowhere"),
        ('{% if contact.country == "Peru" %}a{% elsif contact.city %}b{% else %}c{% endif %}',
         {"city": "Bonn"}, "b"),
        ('a {{- contact.city | default: "x" -}} b', {"city": "Bonn"}, "aBonnb"),
        ('{{ contact["first_name"] | default: "x" }}', {"first_name": "Ana"}, "Ana"),
        ('{{ "{{" }} stays', {}, "{{ stays"),
    ],
)  # fmt: skip
def test_liquid_does_what_authors_expect(source: str, fields: dict[str, str], wanted: str) -> None:
    assert text_of(source, **fields) == wanted


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ contact.first_nam }}", "did you mean contact.first_name"),
        ("{{ contact.lead_score }}", "no field contact.lead_score"),
        ("{{ contact }}", "no field contact"),
        ("{{ contact[contact.city] }}", "no field"),
        ("{{ contact.first_name.size }}", "no field"),
        ("{{ unsubscribe_url }}", "no field unsubscribe_url"),
        ("{{ contact.first_name", "{{ has no counterpart"),
        ("first_name }}", "}} has no counterpart"),
        ("{{ }}", "cannot be read"),
        ("{{ contact.city | date: '%Y' }}", "no filter 'date'"),
        ("{{ contact.city | escape }}", "no filter 'escape'"),
        ("{{ contact.city | append: }}", "cannot be worked out"),
        ("{% for x in (1..999999999) %}a{% endfor %}", "the tag {% for %} is not available"),
        ("{% include 'x' %}", "the tag {% include %} is not available"),
        ("{% render 'x' %}", "not available"),
        ("{% assign a = 'x' %}", "not available"),
        ("{% capture x %}{% endcapture %}", "not available"),
        ("{% raw %}{{ x }}{% endraw %}", "not available"),
        ("{% if contact.city == %}x{% endif %}", "cannot be read"),
        ("{% if contact.city %}x", "never closed"),
        ("x{% endif %}", "has no {% if %}"),
        ("x{% else %}", "has no {% if %}"),
        ("{% if contact.city %}one\n\ntwo{% endif %}", "same paragraph"),
        ("**{% if contact.city %}x**{% endif %}", "inside or both outside"),
        ("a\ue0000\ue001b", "private-use"),
    ],
)
def test_what_is_not_allowed_is_refused_with_its_place(source: str, said: str) -> None:
    with pytest.raises(BadInput) as error:
        opened(an_email(Text(text="fine"), Text(text=source)))
    assert str(error.value).startswith("body[1].text: ")
    assert said in str(error.value)
    assert "\ue000" not in str(error.value)


_TOKEN = "{{ contact.city }}"


@pytest.mark.parametrize(
    ("email", "place"),
    [
        (an_email(subject=_TOKEN), "subject"),
        (an_email(preheader=_TOKEN), "preheader"),
        (an_email(Text(text=_TOKEN)), "body[0].text"),
        (an_email(Bullets(items=("a", _TOKEN))), "body[0].items[1]"),
        (an_email(Button(label=_TOKEN, url="https://x.example/")), "body[0].label"),
        (an_email(Button(label="a", url="https://x.example/" + _TOKEN)), "body[0].url"),
        (an_email(Quote(text=_TOKEN, by="x")), "body[0].text"),
        (an_email(Image(src="https://x.example/a.png", alt=_TOKEN, width=9, height=9)),
         "body[0].alt"),
        (an_email(Mjml(source=f"<mj-section><mj-column><mj-text>{_TOKEN}</mj-text></mj-column>"
                              "</mj-section>")), "body[0].source"),
    ],
)  # fmt: skip
def test_a_missing_fallback_is_found_without_rendering(email: Email, place: str) -> None:
    bare = [(one.name, one.place) for one in opened(email).tokens if not one.has_fallback]
    assert bare == [("contact.city", place)]


@pytest.mark.parametrize(
    ("source", "has", "fallback"),
    [
        ('{{ contact.city | default: "home" }}', True, "home"),
        ('{{ contact.city | default: "" }}', True, ""),
        ("{{ contact.city | default: contact.country }}", False, None),
        ("{{ contact.city | upcase }}", False, None),
        ("{% if contact.city %}{{ contact.city }}{% endif %}", True, None),
        ("{% if contact.country %}{{ contact.city }}{% endif %}", False, None),
        ("{% if contact.city %}a{% else %}{{ contact.city }}{% endif %}", False, None),
        ("{% unless contact.city %}{{ contact.city }}{% endunless %}", False, None),
    ],
)
def test_what_counts_as_a_fallback(source: str, *, has: bool, fallback: str | None) -> None:
    tokens = opened(an_email(Text(text=source))).tokens
    shown = next(one for one in tokens if one.name == "contact.city" and not one.condition)
    assert (shown.has_fallback, shown.fallback) == (has, fallback)


def test_sending_refuses_a_hole_and_a_preview_shows_it() -> None:
    email = an_email(Text(text="Hi {{ contact.city }}!"))
    with pytest.raises(BadInput, match=r"body\[0\].text: contact c1 has no contact.city"):
        rendered(email, person())
    shown = rendered(email, person(), missing="show")
    assert shown.missing == ("contact.city",)
    assert "Hi [contact.city]!" in shown.text
    assert rendered(email, person(city="Bonn"), missing="show").missing == ()


def test_fallbacks_are_counted_per_recipient_and_only_where_shown() -> None:
    email = an_email(
        Text(text='{{ contact.first_name | default: "x" }}'),
        Text(text='{% if contact.city %}{{ contact.country | default: "y" }}{% endif %}'),
    )
    assert rendered(email, person()).fallbacks == ("contact.first_name",)
    assert rendered(email, person(first_name="Ana")).fallbacks == ()
    both = rendered(email, person(city="Bonn")).fallbacks
    assert both == ("contact.country", "contact.first_name")


def test_a_value_of_nothing_but_unseen_characters_is_missing() -> None:
    for blank in ("\u200b", " \u2028\t", "\u202e\x00", "\ufeff"):
        assert rendered(an_email(), person(first_name=blank)).fallbacks == ("contact.first_name",)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Ana\r\nBcc: x@evil.example", "Ana Bcc: x@evil.example"),
        ("a\u2028b\x85c\td", "a b c d"),
        ("\u202eevil\u2066x\u2069", "evilx"),
        ("z\u200be\u00adr\ufefft", "zert"),
        ("http://evil.example", "http ://evil.example"),
        ("JaVaScRiPt:alert(1)", "JaVaScRiPt :alert(1)"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("e\u0301", "é"),
        ("x" * 500, "x" * 199 + "…"),
        ("\ud800a", "a"),
        ("\ue0000\ue001", "0"),
    ],
)
def test_values_are_one_clean_line(value: str, wanted: str) -> None:
    assert clean(value) == wanted


def test_no_field_tells_people_what_sales_thinks_of_them() -> None:
    assert not any("score" in one or "lead" in one or "lifecycle" in one for one in TOKENS)
