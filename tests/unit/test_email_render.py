"""The build, attacked: nothing that a CRM holds becomes markup, a link, a header, Liquid."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placet.errors import BadInput
from tests.emails import BRAND, CAMPAIGN, LINKS, an_email, opened, person, rendered
from tools.email.fields import sample_recipient
from tools.email.model import (
    Bullets,
    Button,
    Divider,
    Email,
    Heading,
    Image,
    Mailbox,
    Mjml,
    Quote,
    Text,
    Utm,
    Variant,
)
from tools.email.render import variant_of

NAME = '{{ contact.first_name | default: "you" }}'
EVERYWHERE = an_email(
    Heading(text=f"H {NAME}"),
    Text(text=f"**{NAME}** and *{NAME}* and [{NAME}](https://www.halden.example/a?q={NAME}&r=1)"),
    Bullets(items=(f"- {NAME}",)),
    Button(label=f"B {NAME}", url=f"https://www.halden.example/b/{NAME}"),
    Image(src="https://static.halden.example/a.png", alt=f"I {NAME}", width=600, height=300),
    Quote(text=f"Q {NAME}", by=f"by {NAME}"),
    Divider(),
    Mjml(source=f'<mj-section><mj-column><mj-text>M {NAME}<br><a href="https://www.halden.example/'
                f'm?x={NAME}">L</a></mj-text></mj-column></mj-section>'),
    subject=f"S {NAME}", preheader=f"P {NAME}", utm=Utm(campaign="c"),
)  # fmt: skip
HOSTILE = [
    "{{ contact.email }}", "{% if contact.city %}", "<script>alert(1)</script>",
    "[x](http://evil.example)", "**bold**", "Ana\r\nBcc: victim@x.example", '" onmouseover="x',
    "' style='x", "&amp;lt;b&gt;", "--><img src=x>", "</title></style><script>", "\u202egnihton",
    "]]>", "%0d%0aBcc:x", "=?utf-8?B?QmNjOg==?=", "javascript:alert(1)", "\ue0000\ue001",
    "=\r\n=3D",
    "a=b", "..", ".", "From me", "x" * 5_000, "ünï©ødé 漢字 عربى", "\x00\x01", "\ud800", "O'Brien",
]  # fmt: skip


class Page(HTMLParser):
    """What a mail program would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def shape(page: str) -> tuple[list[str], list[tuple[str, str]]]:
    seen = Page(page)
    return seen.tags, [(tag, name) for tag, name, _ in seen.attributes]


RENDERER = opened(EVERYWHERE)
USUAL = RENDERER.render(person(first_name="Ana"))


def hold(value: str) -> None:
    made = RENDERER.render(person(first_name=value))
    assert shape(made.html) == shape(USUAL.html)
    hosts = {re.match(r"https://([^/?]+)", at)[1] for tag, name, at in Page(made.html).attributes
             if name == "href"}  # fmt: skip
    assert hosts == {"www.halden.example", "mail.halden.example"}
    assert len(made.text.splitlines()) == len(USUAL.text.splitlines())
    parsed = message_from_bytes(made.message, policy=policy.SMTP)
    assert parsed.keys() == message_from_bytes(USUAL.message, policy=policy.SMTP).keys()
    assert not any(part.defects for part in parsed.walk())
    assert parsed["subject"] == made.subject
    assert parsed["to"].addresses[0].addr_spec == "ana@kundin.example"
    for kind, said in (("html", made.html), ("plain", made.text)):
        content = parsed.get_body((kind,)).get_content().replace("\r\n", "\n")
        assert content == said.encode("utf-8", "replace").decode()
    assert max(map(len, made.message.split(b"\r\n"))) < 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", made.message)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_name_is_inert_on_every_surface(value: str) -> None:
    hold(value)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_name_at_all_is_inert_on_every_surface(value: str) -> None:
    hold(value)


def test_values_are_escaped_for_where_they_stand() -> None:
    made = RENDERER.render(person(first_name="A & <b>/?"))
    assert "H A &amp; &lt;b&gt;/?" in made.html
    assert "https://www.halden.example/b/A%20%26%20%3Cb%3E%2F%3F?utm_source" in made.html
    assert 'alt="I A &amp; &lt;b&gt;/?"' in made.html
    assert "H A & <b>/?" in made.text
    assert made.subject == "S A & <b>/?"
    assert made.preheader == "P A & <b>/?"


def test_marks_are_the_authors_and_never_a_values() -> None:
    made = rendered(
        an_email(Text(text=f"**{NAME}** *i* \\*no\\* 2 * 3 * 4")), person(first_name="*x*")
    )
    assert "<strong>*x*</strong> <em>i</em> *no* 2 * 3 * 4" in made.html
    assert "*x* i *no* 2 * 3 * 4" in made.text


def test_a_paragraph_that_is_all_condition_goes_altogether() -> None:
    email = an_email(
        Text(text="one\n\n{% if contact.city %}{{ contact.city }}{% endif %}\n\nthree"),
        Bullets(items=("a", "{% if contact.city %}in {{ contact.city }}{% endif %}", "c")),
        Text(text="{% if contact.city %}x{% endif %} {% if contact.state %}y{% endif %}z"),
        Text(text="{% if contact.city %}x{% else %}y{% endif %}"),
    )
    without = rendered(email, person())
    assert without.text.startswith("one\n\nthree\n\n- a\n- c\n\n z\n\ny\n\n-- \n")
    assert "<li" in without.html
    assert shape(without.html)[0].count("li") == 2
    assert not re.search(r"<p[^>]*></p>", without.html)
    within = rendered(email, person(city="Bonn"))
    assert within.text.startswith("one\n\nBonn\n\nthree\n\n- a\n- in Bonn\n- c\n\nx z\n\nx\n")
    assert shape(within.html)[0].count("li") == 3


def test_the_same_input_gives_the_same_bytes() -> None:
    one = opened(EVERYWHERE).render(sample_recipient())
    two = opened(Email.model_validate_json(EVERYWHERE.model_dump_json())).render(sample_recipient())
    assert one == two
    other = opened(EVERYWHERE, campaign="cp_other").render(sample_recipient())
    assert other.message != one.message


def test_threads_share_one_renderer() -> None:
    people = [person(first_name=f"N{n}", email=f"n{n}@x.example") for n in range(200)]
    alone = [RENDERER.render(one) for one in people]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(RENDERER.render, people)) == alone


def links_in(page: str) -> list[str]:
    return [at for tag, name, at in Page(page).attributes if (tag, name) == ("a", "href")]


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.halden.example/a", "https://www.halden.example/a?utm_source=placet&utm_medium=email&utm_campaign=sp%20%26"),
        ("https://www.halden.example/a?b=1#c", "https://www.halden.example/a?b=1&utm_source=placet&utm_medium=email&utm_campaign=sp%20%26#c"),
        ("https://halden.example/?UTM_Source=x", "https://halden.example/?UTM_Source=x&utm_medium=email&utm_campaign=sp%20%26"),
        ("https://www.halden.example/?utm_source=a&utm_medium=b&utm_campaign=c", "https://www.halden.example/?utm_source=a&utm_medium=b&utm_campaign=c"),
        ("https://www.linkedin.com/x", "https://www.linkedin.com/x"),
        ("https://evilhalden.example/x", "https://evilhalden.example/x"),
        ("https://x@halden.example.evil.example/x", "https://x@halden.example.evil.example/x"),
        ("mailto:hello@halden.example", "mailto:hello@halden.example"),
        ("https://www.halden.example/ü b", "https://www.halden.example/%C3%BC%20b?utm_source=placet&utm_medium=email&utm_campaign=sp%20%26"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
    ],
)  # fmt: skip
def test_tags_go_on_the_brands_links_and_never_twice(url: str, wanted: str) -> None:
    email = an_email(Button(label="x", url=url), utm=Utm(campaign="sp &"))
    made = rendered(email)
    assert wanted in links_in(made.html)
    assert wanted in made.text
    bare = rendered(an_email(Button(label="x", url=url), utm=Utm()))
    assert "utm_campaign=sp" not in bare.html


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " JAVASCRIPT:x", "java\nscript:x", "data:text/html,x", "vbscript:x",
     "file:///etc/passwd", "{{ contact.city }}", "https://{{ contact.city }}.example/",
     "https://{{ contact.city }}", "https://x.example:{{ contact.city }}/",
     "https://x.example/{% if contact.city %}a{% endif %}"],
)  # fmt: skip
def test_links_that_could_lead_anywhere_are_refused(url: str) -> None:
    for block in (Button(label="x", url=url), Text(text=f"[x]({url.replace(' ', '')})")):
        with suppress(BadInput):  # with a line break or a blank in it, it is no link at all
            made = rendered(an_email(block), person(city="evil"))
            assert all(at.startswith("https://") for at in links_in(made.html)), url
    with pytest.raises(BadInput, match=r"\Abody\[0\].url: "):
        opened(an_email(Button(label="x", url=url)))


def test_bare_addresses_in_text_become_links() -> None:
    made = rendered(an_email(Text(text="See https://www.halden.example/x.")))
    assert "https://www.halden.example/x" in links_in(made.html)


def test_recorded_links_lead_to_the_tagged_address() -> None:
    made = rendered(EVERYWHERE, person(first_name="Ana B"), tracking=True)
    clicks = [at for at in links_in(made.html) if "/c/" in at]
    said = [LINKS.read(at.rpartition("/")[2]) for at in clicks]
    assert (
        "https://www.halden.example/b/Ana%20B?utm_source=placet&utm_medium=email&utm_campaign=c"
        in {one.url for one in said}
    )
    assert {(one.email, one.campaign) for one in said} == {("ana@kundin.example", CAMPAIGN)}
    spoken = [at for at in clicks if "halden.example/b/" in LINKS.read(at.rpartition("/")[2]).url]
    assert spoken
    assert all(at in made.text for at in spoken)
    assert made.html.count("/o/") == 1
    assert "/o/" not in USUAL.html
    assert "/c/" not in USUAL.html


def test_unsubscribe_and_preferences_are_in_both_parts_and_never_recorded() -> None:
    made = rendered(EVERYWHERE, tracking=True)
    for path, kind in (("/u/", "unsubscribe"), ("/p/", "preferences")):
        found = [at for at in links_in(made.html) if path in at]
        assert len(found) == 1
        assert found[0] in made.text
        assert LINKS.read(found[0].rpartition("/")[2]).kind == kind


def test_the_footer_is_there_in_the_emails_language() -> None:
    made = rendered(an_email(topic="events", language="de"))
    for part in (html.unescape(made.html), made.text):
        assert "Lindenweg 14" in part
        assert "Halden Analytics GmbH" in part
        assert "Webinare werden aufgezeichnet" in part
        assert "Abmelden" in part
    assert '<html lang="de" dir="ltr"' in made.html
    assert "aufgezeichnet" not in rendered(an_email(topic="product", language="de")).html


def test_arabic_runs_from_right_to_left() -> None:
    made = rendered(an_email(language="ar"))
    assert '<html lang="ar" dir="rtl"' in made.html
    assert "text-align:right" in made.html
    assert "direction:ltr" not in made.html


def test_the_preheader_is_hidden_and_only_where_there_is_one() -> None:
    assert re.search(r'<div style="display:none[^>]*>P Ana', USUAL.html)
    assert "display:none" not in rendered(an_email(preheader="")).html


def test_variants_split_the_audience_evenly_and_stay() -> None:
    email = an_email(
        subject="A?", preheader="own",
        variants=(Variant(key="A", subject=f"A {NAME}", share=0.5),
                  Variant(key="B", subject="B", preheader="PB", share=0.5)),
    )  # fmt: skip
    keys = [variant_of(email, CAMPAIGN, f"c{n}").key for n in range(4_000)]
    assert 1_850 < keys.count("A") < 2_150
    made = opened(email)
    assert made.render(person(first_name="Ana"), variant="A").subject == "A Ana"
    shown = made.render(person(), variant="B")
    assert (shown.subject, shown.preheader, shown.variant) == ("B", "PB", "B")
    assert made.render(person(first_name="Ana"), variant="A").preheader == "own"
    chosen = made.render(person(first_name="Ana"))
    assert chosen.variant == variant_of(email, CAMPAIGN, "c1").key
    with pytest.raises(BadInput, match="no variant 'C'"):
        made.render(person(), variant="C")


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.4], [0.9, 0.9]])
def test_variants_must_be_two_and_sum_to_one(shares: list[float]) -> None:
    made: list[dict[str, Any]] = [
        {"key": "ABC"[n], "subject": "x", "share": share} for n, share in enumerate(shares)
    ]
    with pytest.raises(ValueError, match="variants"):
        an_email(variants=made)


def designed(inner: str) -> Email:
    return an_email(Mjml(source=inner))


_IN = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (_IN.format("<script>x</script>"), "<script> is not allowed"),
        (_IN.format("<iframe></iframe>"), "<iframe> is not allowed"),
        (_IN.format("<style>x</style>"), "<style> is not allowed"),
        (_IN.format("<form></form>"), "<form> is not allowed"),
        (_IN.format("<svg/onload=x>"), "not allowed"),
        (_IN.format('<p onclick="x">a</p>'), "onclick is not allowed"),
        (_IN.format('<a href="javascript:x">a</a>'), "javascript: are not allowed"),
        (_IN.format('<img src="data:x" alt="a">'), "src must be a fixed https"),
        (_IN.format('<img src="https://x.example/{{ contact.email }}" alt="a">'), "fixed https"),
        (_IN.format('<p style="background:url(https://x.example)">a</p>'), "holds code"),
        (_IN.format('<p style="color:{{ contact.city }}">a</p>'), "no Liquid in style"),
        (_IN.format("<!--[if mso]><script><![endif]-->"), "conditional comments"),
        (_IN.format("<p>a"), "closes nothing that is open"),
        (_IN.format("{% if contact.city %}<b>{% endif %}</b>"), "same tag"),
        (_IN.format("<b>{% if contact.city %}x</b>{% endif %}"), "not closed in <b>"),
        ("<mj-include path='x.mjml' />", "<mj-include> is not allowed"),
        ("<mj-raw>x</mj-raw>", "<mj-raw> is not allowed"),
        ("<mj-section><mj-style>x</mj-style></mj-section>", "<mj-style> is not allowed"),
        ("<mjml><mj-head></mj-head><mj-body></mj-body></mjml>", "<mjml> is not allowed"),
        ("<mj-column></mj-column>", "put <mj-column> into a <mj-section>"),
        ("<mj-section>", "never closed"),
        ("<mj-section>words</mj-section>", "text must stand inside <mj-text>"),
        ("words", "text must stand inside <mj-text>"),
        (" ", "no <mj-section>"),
        ("<!DOCTYPE html>", "not allowed"),
        ("<?xml version='1'?>", "not allowed"),
        ('<mj-section><mj-column><mj-text mj-class="{{ contact.city }}">x</mj-text></mj-column>'
         "</mj-section>", "no Liquid in mj-class"),
    ],
)  # fmt: skip
def test_a_designers_mjml_holds_nothing_that_runs(source: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"\Abody\[0\].source: ") as error:
        opened(designed(source))
    assert said in str(error.value)


def test_a_designers_mjml_is_built_and_spoken() -> None:
    made = rendered(
        designed(
            "<mjml><mj-body><mj-section background-color='#eeeeee'><mj-column>"
            "<mj-text>Gr&uuml;&szlig;e &amp; <b>more</b>&nbsp;x<br>next</mj-text>"
            "<mj-button href='https://www.halden.example/m?a=1&amp;b=2'>Go</mj-button>"
            "<mj-image src='https://x.example/a.png' alt='Pic' /><mj-divider />"
            "</mj-column></mj-section></mj-body></mjml>"
        )
    )
    assert "Grüße &amp; <b>more</b>" in made.html
    assert "https://www.halden.example/m?a=1&b=2" in links_in(made.html)
    assert "Grüße & more x\nnext\nGo (https://www.halden.example/m?a=1&b=2)\n[Pic]" in made.text


def test_odd_characters_of_the_author_survive_the_mjml_build() -> None:
    odd = "A\\B \u200d \u00ad é 漢 {x} `'\" xq0x"
    image = Image(src="https://static.halden.example/a.png", alt=odd, width=9, height=9)
    made = rendered(an_email(image, Text(text=odd.replace("\\", "\\\\"))))
    assert ("img", "alt", odd) in Page(made.html).attributes
    assert odd in made.text
    assert odd in "".join(Page(made.html).said)


def test_pictures_keep_their_size_and_never_leave_the_column() -> None:
    wide = Image(src="https://static.halden.example/a.png?x=1&y=2", alt="a", width=600, height=300)
    small = Image(src="https://static.halden.example/b.png", alt="b", width=100, height=40)
    page = Page(rendered(an_email(wide, small)).html)
    sizes = [
        (name, at)
        for tag, name, at in page.attributes
        if tag == "img" and name in ("width", "height")
    ]
    assert sizes == [("height", "36"), ("width", "132"), ("height", "268"), ("width", "536"),
                     ("height", "40"), ("width", "100")]  # fmt: skip


@pytest.mark.parametrize(
    "src", ["javascript:x", "data:image/png;base64,x", "https://x.example/{{ contact.email }}.png"]
)
def test_pictures_come_from_fixed_addresses(src: str) -> None:
    with pytest.raises(BadInput, match=r"body\[0\].src"):
        opened(an_email(Image(src=src, alt="a", width=9, height=9)))


def test_an_address_that_is_none_names_the_contact_and_not_the_address() -> None:
    for bad in (
        "nowhere",
        "a b@x.example",
        "a@x.example\r\nBcc: y@z.example",
        "a@b",
        "",
        "a@x..example",
    ):
        with pytest.raises(BadInput, match="Contact c1 has no valid email address") as error:
            RENDERER.render(person(email=bad))
        assert not bad or bad not in str(error.value)


def test_the_brand_says_who_unsubscribe_mail_goes_to() -> None:
    brand = BRAND.model_copy(update={"unsubscribe_mailbox": "leave@halden.example"})
    made = rendered(an_email(), brand=brand)
    header = message_from_bytes(made.message, policy=policy.SMTP)["List-Unsubscribe"]
    assert re.fullmatch(
        r"<https://\S+>, <mailto:leave@halden.example\?subject=unsubscribe%20\S+>", header
    )


def test_a_sender_that_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(BadInput, match="no email address"):
        opened(an_email(sender=Mailbox(name="x", address="not an address")))
    with pytest.raises(BadInput, match="no email address"):
        opened(an_email(), bounce_address="nowhere")
