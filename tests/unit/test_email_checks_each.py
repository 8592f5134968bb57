"""Checks on their own, where the corpus does not reach: counts over members, odd headers, spamd."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from placet.errors import EffectRefused, EffectUnknown
from tests.unit.email_defects.corpus import (
    AS_OF,
    LINKS,
    Specimen,
    brand,
    defects,
    good,
    inspect,
    recipients,
)
from tools.email.checks import (
    CHECKS,
    Finding,
    Inspector,
    Report,
    Spamd,
    content_of,
    facts_of,
    sketch_of,
)
from tools.email.checks.catalogue import FAMILIES
from tools.email.checks.client_support import _PICTURES, _PROPERTIES, _TAGS, _VALUES, _table
from tools.email.checks.names import first_names
from tools.email.checks.page import read_page
from tools.email.checks.providers import CLIENTS
from tools.email.checks.reading import flesch
from tools.email.checks.style import colour, contrast, over
from tools.email.checks.tally import overlap
from tools.email.links import Links
from tools.email.model import Email, Schedule
from tools.email.port import Recipient, Rendered
from tools.email.render import open_renderer

GOOD = {one.name: one for one in good()}


def named(report: Report, name: str) -> list[Finding]:
    return [one for one in report.findings if one.name == name]


def with_(name: str, **fields: Any) -> Specimen:
    """Return a good email with some of its fields changed."""
    one = GOOD[name]
    return replace(one, email={**one.email, **fields})


def seen(name: str, change: Callable[[Rendered, int], Rendered], *, links: Links = LINKS) -> Report:
    """Inspect a good email whose messages were changed, by number."""
    one = GOOD[name]
    email = Email.model_validate(one.email)
    inspector = Inspector(email, brand(), brief=one.brief, schedule=Schedule(), as_of=AS_OF)
    renderer = open_renderer(email, brand(), campaign="cp_test", links=links, missing="show")
    for number, who in enumerate(recipients(one)):
        inspector.see(change(renderer.render(who), number), who)
    return inspector.report()


# --- the catalogue and the report ----------------------------------------------------------------


def test_names_are_stable_unique_and_belong_to_a_family() -> None:
    names = [one.name for one in CHECKS]
    assert len(set(names)) == len(names)
    assert all(name.partition(".")[0] in FAMILIES and name == name.lower() for name in names)
    assert all(one.about and one.fix for one in CHECKS)


def test_a_clean_report_is_one_line_per_family() -> None:
    checks = inspect(GOOD["survey"]).checks()
    assert {one.status for one in checks} == {"ok"}
    assert len(checks) == len(FAMILIES) - 1  # spamd was not asked


def test_a_check_with_several_findings_is_one_line_with_a_fix() -> None:
    report = inspect(with_("survey", subject="Save 20% of 30 days with 40 others"))
    lines = [one for one in report.checks() if one.name == "facts.number"]
    assert len(lines) == 1
    assert lines[0].status == "error"
    assert "And 2 more of its kind" in lines[0].message
    assert lines[0].fix


def test_errors_come_first() -> None:
    for one in defects()[::40]:
        order = [found.severity for found in inspect(one).findings]
        assert order == sorted(order, key=("error", "warn", "info").index)


def test_nobody_to_write_to_is_an_error() -> None:
    one = GOOD["survey"]
    inspector = Inspector(
        Email.model_validate(one.email), brand(), brief=one.brief, schedule=Schedule(), as_of=AS_OF
    )
    assert [found.name for found in inspector.report().errors] == ["audience.empty"]


def test_what_the_build_refuses_is_reported_and_is_no_empty_audience() -> None:
    one = GOOD["survey"]
    inspector = Inspector(
        Email.model_validate(one.email), brand(), brief=one.brief, schedule=Schedule(), as_of=AS_OF
    )
    inspector.refused("body[1]: something is not allowed.")
    assert [found.name for found in inspector.report().errors] == ["tokens.not_built"]


def test_without_a_brief_facts_cannot_be_checked_and_that_is_said() -> None:
    report = inspect(replace(GOOD["offer"], brief=""))
    assert report.errors == ()
    assert named(report, "facts.no_brief")


def test_facts_of_the_crm_support_the_copy() -> None:
    one = with_("survey", preheader="From our Nordlicht forum, open until 15 December")
    assert named(inspect(one), "facts.name")
    assert not named(inspect(one, facts=facts_of("Event: Nordlicht forum")), "facts.name")


def test_a_brief_left_out_of_the_email_is_noticed() -> None:
    one = replace(GOOD["survey"], brief=GOOD["survey"].brief + " Also by 20 December.")
    assert not named(inspect(one), "facts.missing")
    lost = with_("survey", body=[{"type": "text", "text": "Please answer our survey soon."}],
                 preheader="", subject="Please answer our survey")  # fmt: skip
    assert len(named(inspect(lost), "facts.missing")) == 2


# --- members -------------------------------------------------------------------------------------


def test_fallbacks_are_counted_on_the_real_members() -> None:
    told = named(inspect(GOOD["survey"]), "tokens.fallback_share")
    assert [one.message for one in told] == [
        "contact.first_name falls back for 2 of 8 members (25%)."
    ]


def test_one_message_without_the_header_is_enough() -> None:
    def change(rendered: Rendered, number: int) -> Rendered:
        gone = rendered.message.replace(b"List-Unsubscribe", b"X-Nothing")
        return rendered.model_copy(update={"message": gone}) if number == 7 else rendered

    report = seen("survey", change)
    assert "1 of 8 messages" in named(report, "unsubscribe.header")[0].message
    assert "1 of 8 messages" in named(report, "unsubscribe.one_click")[0].message


def test_one_message_that_gmail_clips_is_weighed_for_its_reader() -> None:
    def change(rendered: Rendered, number: int) -> Rendered:
        more = {"html": rendered.html + "ж" * 60_000} if number == 3 else {}
        return rendered.model_copy(update=more)

    found = named(seen("survey", change), "size.clipped")
    assert "1 of 8 messages" in found[0].message
    assert "ct_0003" in found[0].evidence


def test_a_message_to_somebody_else_is_an_error() -> None:
    def change(rendered: Rendered, number: int) -> Rendered:
        return rendered.model_copy(update={"to": "else@firma9.example"}) if number else rendered

    assert named(seen("survey", change), "headers.recipient")


def test_an_empty_text_part_is_an_error() -> None:
    report = seen("survey", lambda one, _: one.model_copy(update={"text": " \n"}))
    assert named(report, "parity.empty")


def test_a_defect_in_one_branch_is_found_although_one_member_in_eight_gets_it() -> None:
    body = [dict(one) for one in GOOD["branches"].email["body"]]
    body[1]["text"] = (
        'Hello {{ contact.first_name | default: "there" }}, our help centre is open.'
        '{% if contact.last_name == "佐藤" %} You save {{ "7" | append: "0%" }}{% endif %}'
    )
    report = inspect(with_("branches", body=body))
    found = [one.message for one in named(report, "facts.number") if "'70%'" in one.message]
    assert found
    assert "ct_0004" in found[0]


def test_an_address_that_cannot_be_written_to_is_an_error() -> None:
    report = seen("survey", lambda one, _: one.model_copy(update={"to": "nobody"}))
    assert named(report, "audience.bad_address")


def test_most_of_the_crm_is_questioned() -> None:
    one = replace(GOOD["survey"], members=150)
    assert named(inspect(one, expected=160), "audience.huge")
    assert not named(inspect(one, expected=1_000), "audience.huge")


def test_colleagues_and_weekends_are_told() -> None:
    one = replace(
        GOOD["survey"], fields={"email": "p{n}@norda.example"},
        schedule={"send_at": "2026-12-05T09:00:00Z"},
    )  # fmt: skip
    report = inspect(one)
    assert named(report, "audience.colleagues")
    assert named(report, "audience.weekend")


def test_more_branches_than_can_be_looked_at_are_told() -> None:
    places = ("city", "state", "country", "job_title", "seniority", "owner")
    many = "".join(f"{{% if contact.{one} %}} {{% endif %}}" for one in places)
    body = [*GOOD["survey"].email["body"], {"type": "text", "text": f"Thank you.{many}"}]
    email = Email.model_validate({**GOOD["survey"].email, "body": body})
    inspector = Inspector(email, brand(), brief="x", schedule=Schedule(), as_of=AS_OF)
    renderer = open_renderer(email, brand(), campaign="cp_test", links=LINKS)
    for number in range(64):
        on = {f"contact.{one}": "x" for at, one in enumerate(places) if number >> at & 1}
        who = Recipient(contact_id=f"ct_{number}", email=f"p{number}@f.example", fields=on)
        inspector.see(renderer.render(who), who)
    assert "16 members" in named(inspector.report(), "audience.unseen_shapes")[0].message


# --- one by one ----------------------------------------------------------------------------------


def test_an_unsubscribe_page_on_this_machine_is_a_warning_and_http_elsewhere_an_error() -> None:
    key = b"a key of thirty-two bytes, tests!"
    for base, severity in (("http://127.0.0.1:8080", "warn"), ("http://m.norda.example", "error")):
        report = seen("survey", lambda one, _: one, links=Links(base, key))
        assert [one.severity for one in named(report, "unsubscribe.not_https")] == [severity]
        assert not named(report, "links.not_https")  # our own pages are no links of the author's


def test_a_line_break_in_the_sender_could_add_a_header() -> None:
    evil = {"name": "Norda\r\nBcc: all@x.example", "address": "hello@mail.norda.example"}
    assert named(inspect(with_("survey", sender=evil)), "headers.injection")


def test_tomorrow_is_warned_of_although_the_brief_says_it() -> None:
    one = with_("reminder_tomorrow", preheader="Tomorrow we meet, and here is the way in")
    report = inspect(one)
    assert named(report, "dates.relative")
    assert report.errors == ()


def test_a_blank_fallback_is_warned_of() -> None:
    text = "Hello{{ contact.first_name | prepend: ' ' | default: ' ' }}"
    body = [{"type": "text", "text": text}, *GOOD["survey"].email["body"][1:]]
    assert named(inspect(with_("survey", body=body)), "tokens.blank_fallback")


def test_a_heavy_message_is_warned_of() -> None:
    def change(one: Rendered, _: int) -> Rendered:
        return one.model_copy(update={"message": one.message + b"x\r\n" * 200_000})

    assert named(seen("survey", change), "size.heavy")


def test_html_in_another_language_than_it_says() -> None:
    def change(one: Rendered, _: int) -> Rendered:
        return one.model_copy(update={"html": one.html.replace('lang="en"', 'lang="de"')})

    assert named(seen("survey", change), "headings.language")


def test_an_email_without_a_link_has_nothing_to_do() -> None:
    body = [{"type": "heading", "text": "Thank you"}, {"type": "text", "text": "That was all."}]
    assert named(inspect(with_("survey", body=body)), "links.count")


def test_looks_that_some_programs_drop_are_told_and_block_nothing() -> None:
    def change(one: Rendered, _: int) -> Rendered:
        more = '<p style="box-shadow:1px 1px #000">Thanks</p></body>'
        return one.model_copy(update={"html": one.html.replace("</body>", more)})

    assert [one.severity for one in named(seen("survey", change), "client_support.look")] == [
        "info"
    ]


def test_the_support_table_holds_every_feature_that_is_looked_for() -> None:
    looked_for = {*_TAGS.values(), *_PROPERTIES.values(), *_PICTURES.values()}
    looked_for |= {name for _, name in _VALUES} | {"css-at-import", "html-srcset", "image-base64"}
    table = _table()
    assert looked_for <= set(table)
    clients = {client for mix in CLIENTS.values() for client in mix}
    assert all(clients <= set(one["support"]) for one in table.values())
    assert all(abs(sum(mix.values()) - 1) < 1e-9 for mix in CLIENTS.values())


def test_first_names_hold_no_everyday_words() -> None:
    assert {"sarah", "jürgen", "anna"} <= first_names()
    assert not {"will", "may", "mark", "rose", "hope"} & first_names()


# --- what it stands on ---------------------------------------------------------------------------


def test_colours_and_contrast() -> None:
    white, black = (255, 255, 255, 1.0), (0, 0, 0, 1.0)
    assert contrast(white, black) == pytest.approx(21)
    assert colour("#fff") == colour("white") == colour("rgb(255, 255, 255)") == white
    assert colour("rgba(0,0,0,.5)") == (0, 0, 0, 0.5)
    assert colour("var(--x)") is None
    assert over((0, 0, 0, 0.5), white) == (128, 128, 128, 1.0)


@pytest.mark.parametrize("html", [
    "", "<", "<p>", "plain", "<html><body><a>x</a><img></body>", "<a href='javascript:1'>x</a>",
    "<style>a{color:red", "<p style='color:;;:x'>a</p>", "\x00<p>a", "<div " + "<div>" * 500,
])  # fmt: skip
def test_any_html_can_be_read(html: str) -> None:
    read_page(html)


def test_a_page_knows_what_is_hidden_and_what_mjml_only_wraps() -> None:
    page = read_page(
        "<style>.x{color:#fff}@media all{.y{display:none}}</style>"
        '<div style="font-size:0px"><p style="font-size:14px">seen</p></div>'
        '<p class="x">white</p><p class="y">also seen</p><p hidden>gone</p>'
    )
    assert page.text.split("\n") == ["seen", "white", "also seen"]
    assert [run.look.ink[:3] for run in page.runs if run.text == "white"] == [(255, 255, 255)]


def test_reading_ease_is_what_flesch_wrote() -> None:
    easy = flesch("The cat sat on the mat. The dog ran to the man.", "en")
    hard = flesch("Organisational accountability necessitates institutional reconsideration.", "en")
    assert easy is not None
    assert hard is not None
    assert easy > 90 > 0 > hard
    assert flesch("Der Hund ist da. Er ruht.", "de") > 80  # type: ignore[operator]
    assert flesch("你好", "zh") is None


def test_sketches_tell_how_much_of_two_audiences_is_one() -> None:
    def share(one: range, other: range) -> float:
        names = [[f"ct_{n}" for n in span] for span in (one, other)]
        return overlap(sketch_of(names[0]), len(one), sketch_of(names[1]), len(other))

    assert share(range(100), range(100)) == 1
    assert share(range(100), range(100, 200)) == 0
    assert share(range(50), range(10_000)) == 1
    assert share(range(10_000), range(5_000, 15_000)) == pytest.approx(0.5, abs=0.1)


def test_content_is_the_same_whatever_its_case_and_tags() -> None:
    one = GOOD["survey"].email
    again = {**one, "subject": "Another subject", "name": "Another name"}
    louder = {**one, "preheader": one["preheader"].upper()}
    changed = {**one, "preheader": "Something else"}
    first = content_of(Email.model_validate(one))
    assert (
        first == content_of(Email.model_validate(again)) == content_of(Email.model_validate(louder))
    )
    assert first != content_of(Email.model_validate(changed))


# --- spamd ---------------------------------------------------------------------------------------


@contextmanager
def spamd(answer: bytes, *, silent: bool = False) -> Iterator[tuple[Spamd, list[bytes]]]:
    """Serve one answer to whoever speaks SPAMC; the requests are kept."""
    asked: list[bytes] = []
    done = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.read())
            if silent:
                done.wait(5)
            else:
                self.wfile.write(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Spamd(host="127.0.0.1", port=server.server_address[1], timeout=0.5), asked
        finally:
            done.set()
            server.shutdown()
            thread.join()


SPAM = b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 7.1 / 5.0\r\n\r\nHTML_ONLY,BAYES_99\r\n"
HAM = b"SPAMD/1.1 0 EX_OK\r\nSpam: False ; 0.3 / 5.0\r\n\r\n\r\n"


def test_spamassassin_is_asked_where_it_is_named() -> None:
    with spamd(SPAM) as (server, asked):
        found = named(inspect(GOOD["survey"], spamd=server), "spam.score")
    assert found[0].severity == "error"
    assert "7.1 of 5 points" in found[0].message
    assert "BAYES_99" in found[0].evidence
    head, _, message = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"SYMBOLS SPAMC/1.5\r\nContent-length: ")
    assert int(head.rpartition(b" ")[2]) == len(message)
    assert b"List-Unsubscribe" in message


def test_a_good_score_is_told_and_blocks_nothing() -> None:
    with spamd(HAM) as (server, _):
        report = inspect(GOOD["survey"], spamd=server)
    assert [one.severity for one in named(report, "spam.score")] == ["info"]


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 400 no\r\n\r\n", b"SPAMD/1.0 76 Bad header\r\n\r\n"]
)
def test_an_answer_that_is_no_verdict_is_refused(answer: bytes) -> None:
    with spamd(answer) as (server, _), pytest.raises(EffectRefused, match="no verdict"):
        server.score(b"x")


def test_a_silent_or_absent_server_is_a_warning() -> None:
    with spamd(b"", silent=True) as (server, _):
        with pytest.raises(EffectUnknown, match="does not answer"):
            server.score(b"x")
        assert named(inspect(GOOD["survey"], spamd=server), "spam.score")[0].severity == "warn"
    with pytest.raises(EffectUnknown):
        server.score(b"x")
