"""Links of ours: they work for years, say nothing of the address, and cannot be forged."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet.errors import BadInput, BadSetting
from tests.emails import LINKS
from tools.email.links import Links, mail_key

EMAIL = "ana.schmidt@kundin.example"


def token(url: str) -> str:
    return url.rpartition("/")[2].removesuffix(".gif")


def test_a_token_says_what_was_put_in() -> None:
    url = LINKS.click("Ana.Schmidt@Kundin.example", "cp_1", "events", "https://x.example/?a=1&ü=2")
    said = LINKS.read(token(url))
    assert url.startswith("https://mail.halden.example/c/")
    assert (said.kind, said.email, said.campaign, said.topic) == ("click", EMAIL, "cp_1", "events")
    assert said.url == "https://x.example/?a=1&ü=2"


def test_each_kind_has_its_path_and_is_read_as_its_kind() -> None:
    urls = {
        "unsubscribe": LINKS.unsubscribe(EMAIL, "cp_1", "events"),
        "preferences": LINKS.preferences(EMAIL, "cp_1", "events"),
        "open": LINKS.open(EMAIL, "cp_1", "events"),
    }
    assert {kind: url.split("/")[3] for kind, url in urls.items()} == {
        "unsubscribe": "u", "preferences": "p", "open": "o",
    }  # fmt: skip
    assert urls["open"].endswith(".gif")
    for kind, url in urls.items():
        assert LINKS.read(token(url)).kind == kind


def test_it_is_the_same_every_time_and_in_every_process() -> None:
    # A link in somebody's inbox must work for years: this one was made by version 1.
    old = "1u1ZVgjnRPd2yUu0CpcGxX3BdqYaM9qRY90NvRrxdLGx6DDGH4UAdj7uSYl4c"
    links = Links("https://x.example", mail_key(b"k"))
    assert token(links.unsubscribe("ana@x.example", "cp_abc", "events")) == old
    assert links.read(old).email == "ana@x.example"


def test_the_address_cannot_be_read_in_the_url() -> None:
    url = LINKS.unsubscribe(EMAIL, "cp_1", "events")
    body = token(url)[2:]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    assert b"ana" not in raw
    assert "ana" not in url.removeprefix("https://mail.halden.example")
    assert set(token(url)) <= set(string.ascii_letters + string.digits + "-_")


@given(st.data())
def test_no_changed_token_is_read(data: st.DataObject) -> None:
    good = token(LINKS.unsubscribe(EMAIL, "cp_1", "events"))
    at = data.draw(st.integers(0, len(good) - 1))
    char = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_=\x00é"))
    bad = good[:at] + char + good[at + 1 :]
    if bad != good:
        with pytest.raises(BadInput):
            LINKS.read(bad)


@pytest.mark.parametrize("bad", ["", "1", "1u", "2u" + "A" * 60, "1x" + "A" * 60, "1u" + "A" * 9000,
                                 "1u====", "1u\n", "../../etc", "1u%00"])  # fmt: skip
def test_rubbish_is_refused(bad: str) -> None:
    with pytest.raises(BadInput, match="not ours"):
        LINKS.read(bad)


def test_a_token_of_one_kind_is_not_one_of_another() -> None:
    opened = token(LINKS.open(EMAIL, "cp_1", "events"))
    with pytest.raises(BadInput):
        LINKS.read("1u" + opened[2:])


def test_another_key_reads_nothing() -> None:
    other = Links("https://mail.halden.example", mail_key(b"another key"))
    with pytest.raises(BadInput):
        other.read(token(LINKS.unsubscribe(EMAIL, "cp_1", "events")))


@pytest.mark.parametrize("base", ["", "mail.halden.example", "javascript:alert(1)"])
def test_a_base_that_is_no_web_address_is_refused(base: str) -> None:
    with pytest.raises(BadSetting, match="PLACET_PUBLIC_URL"):
        Links(base, mail_key(b"k"))
