"""Text becomes a few harmless elements and nothing else."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest

from placet.console.markdown import markdown
from placet.console.rich import rich_text
from placet.console.text import mrkdwn, plain, written
from tests.poison import POISON

ALLOWED = {
    "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "span", "strong",
    "table", "td", "th", "time", "tr", "ul", "div",
}  # fmt: skip
ATTRIBUTES = {
    ("a", "href"), ("a", "title"), ("a", "target"), ("a", "rel"), ("span", "class"),
    ("time", "datetime"), ("p", "class"), ("div", "class"),
}  # fmt: skip


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.links, self.open = "", [], []
        self.feed(html)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert (tag, name) in ATTRIBUTES, (tag, name)
            if name == "href":
                assert value.startswith(("http://", "https://")), value
                self.links.append(value)
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data

    def handle_comment(self, data):
        raise AssertionError("a comment")

    def handle_decl(self, decl):
        raise AssertionError("a declaration")


def name_of(key: str) -> str:
    return key.replace("U0", "<b>")


def rich(text: str) -> str:
    parts = [
        {"type": "text", "text": text, "style": {"bold": True, "code": True}},
        {"type": "link", "url": text, "text": text},
        {"type": "user", "user_id": text},
        {"type": "emoji", "name": text},
        {"type": "broadcast", "range": text},
        {"type": "date", "timestamp": 1, "format": text, "fallback": text},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}
    return str(rich_text(block, name_of))


DRAWN = {
    "mrkdwn": lambda text: str(mrkdwn(text, name_of)),
    "plain": lambda text: str(plain(text)),
    "written": lambda text: str(written(text)),
    "markdown": lambda text: str(markdown(text)),
    "rich": rich,
}


@pytest.mark.parametrize("way", DRAWN)
def test_poison_is_inert(way: str) -> None:
    assert len(POISON) >= 50
    begun = time.monotonic()
    for poison in POISON:
        for text in (poison, f"*{poison}*", f"> {poison}", f"<https://ok.example|{poison}>"):
            html = DRAWN[way](text)
            Reader(html)
            assert not any(mark in html for mark in "\u202e\u2066\u200b\x00\x1b\u2028")
    assert time.monotonic() - begun < 20  # no pattern runs away on 10 kB


def test_what_is_written_is_all_there_and_nothing_reads_as_markup() -> None:
    for poison in POISON:
        if poison.isascii() and poison.isprintable() and ":" not in poison:
            assert Reader(str(plain(poison))).words == poison
            assert Reader(str(written(poison))).words == poison


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*b* _i_ ~s~ `c*d*`",
         "<strong>b</strong> <em>i</em> <s>s</s> <code>c*d*</code>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
        ("<@ben> <!here>", '<span class="chip">@ben</span> <span class="chip">@here</span>'),
        ("&gt; quoted\nafter", "<blockquote>quoted</blockquote>after"),
        ("```\na *b*\n```", "<pre><code>a *b*<br></code></pre>"),
        ("<ftp://x|y>", "&lt;ftp://x|y&gt;"),
        ("a\u202eb", 'a<span class="unseen">U+202E</span>b'),
        ("<!date^0^{date_num} {time}|then>",
         '<time datetime="1970-01-01T00:00:00+00:00">1970-01-01 00:00 UTC</time>'),
        (":warning: :nonsense:", "\u26a0\ufe0f :nonsense:"),
    ],
)  # fmt: skip
def test_documented_formatting(text: str, html: str) -> None:
    assert str(mrkdwn(text, str)) == html


def test_a_link_that_says_another_address_says_where_it_leads() -> None:
    html = str(mrkdwn("<https://evil.example/x|bank.example>", str))
    assert Reader(html).links == ["https://evil.example/x"]
    assert "(to evil.example)" in html
    assert "(to" not in str(mrkdwn("<https://good.example/x|good.example>", str))


def test_markdown() -> None:
    html = str(markdown("# Title\n\n- one **b**\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n[x](http://y.z)"))
    found = Reader(html)
    assert found.links == ["http://y.z"]
    assert "<li>one <strong>b</strong></li>" in html
    assert "<th>a</th>" in html
    assert "<td>2</td>" in html
