"""Whatever authors and models write, the build refuses it or makes well-formed, harmless HTML."""

from contextlib import suppress
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from placet.errors import BadInput
from tests.conftest import FULL
from tests.emails import an_email, opened, person
from tools.email.model import Block, Bullets, Button, Heading, Image, Mjml, Quote, Text
from tools.email.port import Rendered

_VOID = {"meta", "br", "img", "hr", "input", "link"}
_FRAGMENTS = [
    "*", "**", "[", "](", ")", "<b>", "</p>", "<script>", "&", "&lt;", '"', "'", "\\", "\n",
    "\n\n", "{{ contact.city }}", '{{ contact.city | default: "x" }}', "{% if contact.city %}",
    "{% else %}", "{% endif %}", "{{", "%}", "https://www.halden.example/a", "javascript:x",
    "word", " ", "é", "_", "<mj-text>", "</mj-text>", "<mj-section>", "</mj-section>",
    "<mj-column>", "</mj-column>", "<!--", "-->", "<a href='", "'>", "</a>",
]  # fmt: skip
_WORDS = st.lists(st.sampled_from(_FRAGMENTS), max_size=12).map("".join)


class _Nesting(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "iframe", "object", "form"}, tag
        assert not tag.startswith("mj-"), tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in {"href", "src"} or (value or "").lower()[:8] != "javascri"
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _VOID, tag

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag


def _blocks(words: str) -> list[Block]:
    inside = f"<mj-section><mj-column><mj-text>{words}</mj-text></mj-column></mj-section>"
    return [
        Text(text=words), Heading(text=words), Bullets(items=(words,)), Quote(text=words, by=words),
        Button(label=words, url="https://www.halden.example/" + words), Mjml(source=words),
        Image(src="https://x.example/a.png", alt=words, width=9, height=9), Mjml(source=inside),
    ]  # fmt: skip


@settings(deadline=None, max_examples=40 * (50 if FULL else 1))
@given(_WORDS)
@example("**a *b** c*")
@example("[a [b](https://www.halden.example/c)](https://www.halden.example/d)")
@example("*{% if contact.city %}a*{% endif %}")
@example("{% if contact.city %}a\n\nb{% endif %}")
@example("<a href='https://www.halden.example/a'>x</a>")
def test_nothing_an_author_writes_breaks_the_page(words: str) -> None:
    for block in _blocks(words):
        with suppress(BadInput):
            renderer = opened(an_email(block, subject=f"s {words}"), missing="show")
            for who in (person(), person(city="Bonn")):
                _hold(renderer.render(who))


def _hold(made: Rendered) -> None:
    _Nesting(made.html)
    assert "\ue000" not in made.html + made.text + made.subject
    assert "\n" not in made.subject
