"""What a message costs: `python -m benchmarks.email_render [--messages 100000] [--tracking]`.

Prints, from one run on one machine, in CPU time of the one thread that works (so that a busy
machine does not blur it):
- building an email once (MJML to HTML, Liquid read), beside bare mrml on the same MJML;
- rendering personalised messages, all in: HTML, text, MIME, hash, unsubscribe tokens;
- the floor that is made of the same parts used plainly: python-liquid renders HTML, text and
  subject, the standard library's email package makes the message;
- the same without MIME: python-liquid alone.
Every floor's output is compared with ours where the two should say the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formataddr
from itertools import islice
from typing import Any

import mrml
from liquid import Environment

from tools.email.brand import sample_brand
from tools.email.layout import html_of, mjml_of
from tools.email.links import Links, mail_key
from tools.email.marking import marked
from tools.email.marks import MARK, Output, Tag
from tools.email.personal import Pieces
from tools.email.port import Recipient
from tools.email.reading import read_email, templates
from tools.email.render import Renderer, open_renderer
from tools.email.text import text_of

FIRST = ["Ana", "Jürgen", "Zoë", "李", "O'Brien", "Sofía", "", "Mikko", "Anne-Marie", "Ωmega"]
BRAND = sample_brand()
EMAIL = read_email(templates()["event_invitation"], BRAND)
LINKS = Links("https://mail.halden.example", mail_key(b"benchmark"))


def people(count: int) -> Iterator[Recipient]:
    for n in range(count):
        fields = {"contact.first_name": FIRST[n % len(FIRST)], "contact.last_name": f"Number {n}",
                  "company.name": f"Firm {n % 997} & Co"}  # fmt: skip
        yield Recipient(
            contact_id=f"c{n:07}",
            email=f"person{n}@domain{n % 50}.example",
            fields={name: value for name, value in fields.items() if value},
        )


def per_item(do: Callable[[Any], object], over: list[Any]) -> float:
    """Return microseconds per item."""
    began = time.process_time()
    for item in over:
        do(item)
    return (time.process_time() - began) / len(over) * 1e6


def mjml() -> str:
    pieces = Pieces()
    return mjml_of(
        marked(EMAIL, pieces), BRAND, pieces, lambda url, place: url, preheader="x", pixel=""
    )


def show(what: str, microseconds: float, beside: float | None = None) -> None:
    ratio = f"  {microseconds / beside:6.2f} x the floor" if beside else ""
    print(f"{what:<58}{microseconds:10.1f} us{1e6 / microseconds:12,.0f} /s{ratio}")


class Floor:
    """The same parts, used plainly: a Liquid template per part, and `EmailMessage`."""

    def __init__(self) -> None:
        pieces = Pieces()
        email = marked(EMAIL, pieces)

        def href(url: str, place: str) -> str:
            return url

        page = html_of(mjml_of(email, BRAND, pieces, href, preheader=email.preheader, pixel=""))
        plain = text_of(email, BRAND, pieces, href)
        environment, escaping = Environment(), Environment(autoescape=True)
        self.html = escaping.from_string(_liquid(page, pieces))
        self.text = environment.from_string(_liquid(plain, pieces))
        self.subject = environment.from_string(EMAIL.subject)

    def parts(self, who: Recipient) -> tuple[str, str, str]:
        said: dict[str, dict[str, str]] = {"contact": {}, "company": {}}
        for name, value in who.fields.items():
            of, _, field = name.partition(".")
            said[of][field] = value
        links = {"unsubscribe": LINKS.unsubscribe(who.email, "cp_bench", EMAIL.topic),
                 "preferences": LINKS.preferences(who.email, "cp_bench", EMAIL.topic)}  # fmt: skip
        subject = self.subject.render(**said)
        values = {**said, "link": links | {"subject": subject}}
        return self.html.render(**values), self.text.render(**values), subject

    def message(self, who: Recipient) -> bytes:
        html, text, subject = self.parts(who)
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = formataddr((EMAIL.sender.name, EMAIL.sender.address))
        message["To"] = who.email
        message["Subject"] = subject
        message["Message-ID"] = f"<{who.contact_id}@news.halden.example>"
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        return message.as_bytes()


def _liquid(text: str, pieces: Pieces) -> str:
    """Return a marked text as Liquid again."""

    def written(found: Any) -> str:
        piece = pieces.items[int(found[2])]
        match piece:
            case Output():
                return f'{{{{ {piece.names[0]} | default: "{piece.fallback}" }}}}'
            case Tag():
                return ""
            case _:
                return f"{{{{ link.{piece.link} }}}}"

    return MARK.sub(written, text)


def compare(renderer: Renderer, floor: Floor) -> None:
    """Hold the two against each other, so that no figure is of less work."""
    for who in people(50):
        ours, (html, text, subject) = renderer.render(who), floor.parts(who)
        parsed = message_from_bytes(ours.message, policy=policy.SMTP)
        assert parsed["subject"] == subject == ours.subject
        assert ours.text.split("\n")[0] == text.split("\n")[0]
        assert abs(len(ours.html) - len(html)) < 2_000, (len(ours.html), len(html))
        assert not any(part.defects for part in parsed.walk())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--floor", type=int, default=3_000, help="messages of each floor")
    parser.add_argument("--tracking", action="store_true", help="record clicks and openings too")
    options = parser.parse_args()

    def build(_: int) -> Renderer:
        return open_renderer(
            EMAIL, BRAND, campaign="cp_bench", links=LINKS, tracking=options.tracking
        )

    source = mjml()
    print(
        f"{options.messages:,} messages of {len(build(0).render(next(people(1))).message):,} bytes"
    )
    bare = per_item(lambda _: mrml.to_html(source), list(range(200)))
    show("bare mrml, one email", bare)
    show("an email built: MJML, HTML, text, Liquid read", per_item(build, list(range(100))), bare)

    renderer, floor = build(0), Floor()
    compare(renderer, floor)
    some = list(islice(people(options.floor), options.floor))
    liquid = per_item(floor.parts, some)
    whole = per_item(floor.message, some)
    show("floor: python-liquid alone (HTML, text, subject)", liquid)
    show("floor: python-liquid and the standard library's email", whole)
    everybody = list(people(options.messages))
    size = 0

    def render(who: Recipient) -> None:
        nonlocal size
        size += len(renderer.render(who).message)

    ours = per_item(render, everybody)
    show("a message, all in", ours, whole)
    print(f"{size / 1e6:,.0f} MB in {ours * len(everybody) / 1e6:,.1f} s of CPU")


if __name__ == "__main__":
    main()
