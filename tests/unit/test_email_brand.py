"""The brand file: read strictly, with an error that says where."""

import hashlib
from pathlib import Path

import pytest
import yaml

from placet.errors import BadInput
from tests.emails import BRAND
from tools.email.brand import load_brand, read_brand

PATH = Path(__file__).parents[2] / "placet" / "brand.yaml"
TEXT = PATH.read_text(encoding="utf-8")


def changed(**changes: object) -> str:
    return yaml.safe_dump(yaml.safe_load(TEXT) | changes)


def test_the_sample_is_a_brand_named_by_its_bytes() -> None:
    assert load_brand(PATH) == BRAND
    assert BRAND.sha256 == hashlib.sha256(PATH.read_bytes()).hexdigest()
    assert read_brand(TEXT + "# a comment\n").sha256 != BRAND.sha256


def test_a_file_cannot_claim_its_own_hash() -> None:
    text = changed(sha256="0" * 64)
    assert read_brand(text).sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"postal_address": ""}, "postal_address"),
        ({"from_domains": ["other.example"]}, "hello@news.halden.example is at none"),
        ({"link_domains": ["https://halden.example"]}, "is no domain"),
        ({"link_domains": ["HALDEN.example"]}, "lower case"),
        ({"topics": {"Events!": "x"}}, "Events!"),
        ({"languages": ["en", "ja"]}, "no words for the language ja"),
        ({"colours": {"primary": "red"}}, "colours.primary"),
        ({"logo": {"src": "http://x.example/l.png", "alt": "x", "width": 1, "height": 1}},
         "logo.src"),
        ({"fonts": {"body": "x;}</style>"}}, "fonts.body"),
        ({"disclaimers": [{"key": "x", "topics": ["nope"], "text": {"en": "a"}}]}, "unknown topic"),
        ({"slogan": "x"}, "slogan"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match="brand file") as error:
        read_brand(changed(**changes))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", ["a: [", "- a", "", b"\xff\xfe", "!!python/object:os.system {}"])
def test_what_is_no_brand_is_one_line(data: str | bytes) -> None:
    with pytest.raises(BadInput, match=r"\Athe brand file [^\n]*\Z"):
        read_brand(data)


def test_domains_reach_down_never_sideways() -> None:
    assert BRAND.owns("halden.example")
    assert BRAND.owns("WWW.Halden.Example.")
    for host in ("evilhalden.example", "halden.example.evil.example", "example", ""):
        assert not BRAND.owns(host)
    assert BRAND.may_link("www.linkedin.com")
    assert not BRAND.owns("www.linkedin.com")
    assert BRAND.may_send("a@news.halden.example")
    assert not BRAND.may_send("a@sub.news.halden.example")


def test_words_come_in_the_language_or_its_parent_or_the_default() -> None:
    assert BRAND.footer_in("de-AT").unsubscribe == "Abmelden"
    assert BRAND.footer_in("ja").unsubscribe == "Unsubscribe"
    assert BRAND.disclaimers_for("events", "de")[0].startswith("Webinare")
    assert BRAND.disclaimers_for("product", "de") == ()
