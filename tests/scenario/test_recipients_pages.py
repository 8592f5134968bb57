"""The recipients' pages as browsers, mailbox providers, link scanners and strangers use them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from placet.clock import FixedClock
from placet.recipients import Recipients
from placet.recipients.limits import Bucket, Limits
from tools.email.brand import sample_brand
from tools.email.links import Links, mail_key
from tools.email.port import Statement

EMAIL, CAMPAIGN, TOPIC = "ana@example.com", "cp_1", "events"
PERSON = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "en-GB,en;q=0.8"}
BRAND = sample_brand()
LINKS = Links("https://mail.halden.example", mail_key(b"a key for tests"))


class Said:
    """Statements in memory: what was said last about a topic holds; a key counts once."""

    def __init__(self) -> None:
        self.taken: list[Statement] = []
        self.broken = False

    def take(self, statement: Statement) -> bool:
        if self.broken:
            raise OSError("the database is away")
        if any(one.key == statement.key for one in self.taken):
            return False
        self.taken.append(statement)
        return True

    def topics(self, email: str) -> Mapping[str, bool]:
        if self.broken:
            raise OSError("the database is away")
        held: dict[str, bool] = {}
        for one in self.taken:
            if one.email == email and one.said in ("unsubscribed", "resubscribed"):
                held[one.topic or ""] = one.said == "resubscribed"
        return held

    @property
    def words(self) -> list[tuple[str, str | None]]:
        return [(one.said, one.topic) for one in self.taken]


class Site:
    """The pages, and a browser."""

    def __init__(self, clock: FixedClock) -> None:
        self.said, self.clock, self.now = Said(), clock, 0.0
        limits = Limits(
            guesses=Bucket(burst=5, per_second=0.5),
            one_link=Bucket(burst=30, per_second=1),
            tick=lambda: self.now,
        )
        app = Recipients(LINKS, self.said, BRAND, clock, tracking=True, limits=limits)
        self.browser = TestClient(
            app, follow_redirects=False, raise_server_exceptions=False, headers=PERSON
        )


@pytest.fixture
def site(clock: FixedClock) -> Site:
    return Site(clock)


def path(kind: str, url: str = "", email: str = EMAIL) -> str:
    made = {
        "u": lambda: LINKS.unsubscribe(email, CAMPAIGN, TOPIC),
        "p": lambda: LINKS.preferences(email, CAMPAIGN, TOPIC),
        "c": lambda: LINKS.click(email, CAMPAIGN, TOPIC, url),
        "o": lambda: LINKS.open(email, CAMPAIGN, TOPIC),
    }[kind]()
    return made.removeprefix("https://mail.halden.example")


# --- unsubscribing -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [{}, {"Sec-Purpose": "prefetch"}, {"Accept": "*/*"}])
def test_looking_never_unsubscribes(site: Site, method: str, headers: dict[str, str]) -> None:
    for kind in "up":
        assert site.browser.request(method, path(kind), headers=headers).status_code == 200
    assert site.said.taken == []


def test_the_page_has_one_button_and_a_person_gets_kind_words(site: Site) -> None:
    page = site.browser.get(path("u")).text
    assert page.count("<button") == 1
    assert EMAIL not in page, "a forwarded email must not show the address to others"
    assert "a•••@example.com" in page
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action is not None
    answer = site.browser.post(action.group(1), content=b"")
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text
    assert site.said.words == [("unsubscribed", None)]
    (statement,) = site.said.taken
    assert (statement.email, statement.asset) == (EMAIL, CAMPAIGN)
    assert "unsubscribed already" in site.browser.get(path("u")).text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
            b"One-Click\r\n--x--\r\n",
        ),
    ],
)
def test_one_click_needs_no_cookie_no_login_and_no_page(site: Site, kind: str, body: bytes) -> None:
    machine = {"Content-Type": kind, "Accept": "*/*"}
    for _ in range(3):
        answer = site.browser.post(path("u"), content=body, headers=machine)
        assert answer.status_code == 200
        assert answer.text == "Unsubscribed.\n"
        assert "set-cookie" not in answer.headers
        site.clock.move(timedelta(minutes=1))
    assert site.said.words == [("unsubscribed", None)] * 2, "what holds is said once more at most"


def test_unsubscribing_after_subscribing_again_counts_again(site: Site) -> None:
    site.browser.post(path("u"))
    site.browser.post(path("p"), data={"save": "1", "topic": ["events", "product"]})
    site.browser.post(path("u"))
    assert site.said.topics(EMAIL)[""] is False


def test_a_body_of_any_size_or_kind_does_not_keep_anybody_subscribed(site: Site) -> None:
    answer = site.browser.post(path("u"), content=b"x" * 2_000_000)
    assert answer.status_code == 200
    assert site.said.words == [("unsubscribed", None)]


def test_a_database_that_is_away_is_never_a_yes(site: Site) -> None:
    site.said.broken = True
    answer = site.browser.post(path("u"), content=b"List-Unsubscribe=One-Click")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "not recorded" in answer.text
    assert answer.headers["content-security-policy"]


# --- preferences ---------------------------------------------------------------------------------


def ticked(page: str) -> list[str]:
    return re.findall(r'value="([a-z]+)" checked', page)


def test_topics_are_chosen_and_only_what_changed_is_recorded(site: Site) -> None:
    assert ticked(site.browser.get(path("p")).text) == list(BRAND.topics)
    form = {"save": "1", "topic": ["events", "newsletter", "no-such-topic"]}
    page = site.browser.post(path("p"), data=form).text
    assert "Saved." in page
    assert ticked(page) == ["events", "newsletter"]
    assert sorted(site.said.words) == [("unsubscribed", "marketing"), ("unsubscribed", "product")]
    site.browser.post(path("p"), data=form)
    assert len(site.said.taken) == 2, "the same choice again records nothing"


def test_no_emails_at_all_and_back_by_own_hand(site: Site) -> None:
    page = site.browser.post(path("p"), data={"none": "1", "topic": ["events"]}).text
    assert ticked(page) == []
    assert "You receive no more marketing emails" in page
    assert site.said.words == [("unsubscribed", None)]
    page = site.browser.post(path("p"), data={"save": "1", "topic": ["events"]}).text
    assert ticked(page) == ["events"]
    assert site.said.topics(EMAIL)[""] is True


def test_nothing_ticked_is_no_emails_at_all(site: Site) -> None:
    site.browser.post(path("p"), data={"save": "1"})
    assert site.said.words == [("unsubscribed", None)]


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=One-Click", b"topic=events", b"\xff=%"])
def test_a_form_that_is_not_ours_changes_no_preference(site: Site, body: bytes) -> None:
    assert site.browser.post(path("p"), content=body).status_code == 400
    assert site.said.taken == []


# --- clicks and opens ----------------------------------------------------------------------------

TARGET = "https://www.halden.example/webinar?utm_source=placet&x=1#seat"


def test_a_click_leads_on_and_is_recorded_once_a_minute(site: Site) -> None:
    for _ in range(3):
        answer = site.browser.get(path("c", TARGET))
        assert answer.status_code == 302
        assert answer.headers["location"] == TARGET
        assert answer.headers["referrer-policy"] == "no-referrer"
    (statement,) = site.said.taken
    assert (statement.said, statement.detail) == ("clicked", TARGET)
    site.clock.move(timedelta(minutes=1))
    site.browser.get(path("c", TARGET))
    assert len(site.said.taken) == 2


def test_scanners_and_prefetching_are_led_on_and_not_counted(site: Site) -> None:
    assert site.browser.head(path("c", TARGET)).status_code == 302
    for name in ("Sec-Purpose", "Purpose", "X-Moz"):
        for kind in ("c", "o"):
            site.browser.get(path(kind, TARGET), headers={name: "prefetch"})
    assert site.browser.head(path("o")).status_code == 200
    assert site.said.taken == []


def test_a_link_leads_on_although_the_count_is_lost(site: Site) -> None:
    site.said.broken = True
    assert site.browser.get(path("c", TARGET)).headers["location"] == TARGET
    assert site.browser.get(path("o")).status_code == 200


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_nothing_but_web_addresses_is_led_on_to(site: Site, url: str) -> None:
    answer = site.browser.get(path("c", url))
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_the_open_picture(site: Site) -> None:
    answer = site.browser.get(path("o"))
    assert answer.headers["content-type"] == "image/gif"
    assert answer.content[:6] == b"GIF89a"
    assert answer.headers["cache-control"] == "no-store"
    assert site.said.words == [("opened", TOPIC)]


def test_without_tracking_links_work_and_nothing_is_recorded(clock: FixedClock) -> None:
    said = Said()
    browser = TestClient(Recipients(LINKS, said, BRAND, clock), follow_redirects=False)
    assert browser.get(path("c", TARGET)).headers["location"] == TARGET
    assert browser.get(path("o")).status_code == 200
    assert said.taken == []


# --- strangers -----------------------------------------------------------------------------------


def test_links_that_are_not_ours_all_get_the_same_page(site: Site) -> None:
    token = path("u").removeprefix("/u/")
    other = Links("https://mail.halden.example", mail_key(b"another key"))
    forged = other.unsubscribe(EMAIL, CAMPAIGN, TOPIC).rpartition("/")[2]
    middle = "A" if token[20] != "A" else "B"
    pages = set()
    for wrong in (forged, token[:-1], token[:20] + middle + token[21:], "x", path("p")[3:]):
        site.now += 10
        answer = site.browser.post(f"/u/{wrong}")
        assert answer.status_code == 404
        pages.add(answer.text)
    assert len(pages) == 1
    assert "example.com" not in pages.pop()
    assert site.said.taken == []


def test_every_kind_of_link_opens_its_own_door_only(site: Site) -> None:
    tokens = {kind: path(kind, TARGET).split("/")[2].removesuffix(".gif") for kind in "upco"}
    for kind, token in tokens.items():
        for door in set("upco") - {kind}:
            site.now += 10
            end = ".gif" if door == "o" else ""
            assert site.browser.get(f"/{door}/{token}{end}").status_code == 404


def test_guessing_is_slowed_and_ours_goes_through(site: Site) -> None:
    answers = [site.browser.get(f"/u/1u{n}").status_code for n in range(8)]
    assert answers == [404] * 5 + [429] * 3
    assert site.browser.post(path("u")).status_code == 200, "a real link is not held up by it"
    site.now += 2
    assert site.browser.get("/u/1u").status_code == 404


def test_one_link_cannot_be_hammered(site: Site) -> None:
    answers = [site.browser.get(path("u")).status_code for _ in range(35)]
    assert answers[:30] == [200] * 30
    assert set(answers[30:]) == {429}
    assert site.browser.get(path("u", email="ben@example.com")).status_code == 200


def test_limits_forget_and_count_a_network_as_one() -> None:
    limits = Limits(guesses=Bucket(burst=1, per_second=0.0), tick=lambda: 0.0)
    assert limits.may_guess("2001:db8:1:2::1")
    assert not limits.may_guess("2001:db8:1:2:ffff::9")
    assert limits.may_guess("2001:db8:1:3::1")
    for n in range(20_100):
        limits.may_use(f"token {n}")
    assert len(limits._held) == 20_000


@pytest.mark.parametrize(
    "where", ["/", "/as/ana/home", "/api/chat.postMessage", "/static/console.js", "/u/", "/u/a/b"]
)
def test_nothing_of_the_console_is_here(site: Site, where: str) -> None:
    for method in ("GET", "POST"):
        assert site.browser.request(method, where).status_code in (404, 405)


def test_every_answer_has_the_headers(site: Site) -> None:
    for where in (path("u"), path("p"), path("c", TARGET), path("o"), "/no", "/robots.txt"):
        headers = site.browser.get(where).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert headers["x-robots-tag"].startswith("noindex")
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "max-age" in headers["strict-transport-security"]
        assert "set-cookie" not in headers
    assert "Disallow: /" in site.browser.get("/robots.txt").text


# --- how it reads --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "language", "button"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Abmelden"),
        ("fr-CH;q=0.9, en;q=0.2", "fr", "Se désabonner"),
        ("ja, zh;q=0.5", "en", "Unsubscribe"),
        ("*;q=x,,;;,de;q=0", "en", "Unsubscribe"),
        ("", "en", "Unsubscribe"),
    ],
)
def test_the_page_speaks_the_readers_language(
    site: Site, wanted: str, language: str, button: str
) -> None:
    answer = site.browser.get(path("u"), headers={"Accept-Language": wanted})
    assert f'<html lang="{language}">' in answer.text
    assert f'<button class="main">{button}</button>' in answer.text
    assert answer.headers["content-language"] == language
    chosen = site.browser.post(path("u") + "?lang=de", headers={"Accept-Language": wanted})
    assert "Sie sind abgemeldet" in chosen.text


def test_what_comes_from_outside_is_escaped(clock: FixedClock) -> None:
    brand = BRAND.model_copy(
        update={"name": "<b>{0.__class__}", "postal_address": "<script>1</script>, Berlin"}
    )
    browser = TestClient(Recipients(LINKS, Said(), brand, clock), headers=PERSON)
    page = browser.get(path("u", email='"><img/src=x>@example.com')).text
    assert "<script" not in page
    assert "<img/src" not in page
    assert "&lt;b&gt;{0.__class__}" in page
