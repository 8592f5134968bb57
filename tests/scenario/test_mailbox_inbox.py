"""The inbox of the console: what it lists, what a message may do in it, and its unsubscribe."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from placet.clock import FixedClock, SystemClock
from placet.console import Console, LocalSlack, Pass, Workspace
from placet.console.mailbox import Inbox
from placet.console.mailbox_post import Doorbell
from placet.recipients import Recipients
from placet.store.migrate import MIGRATIONS
from tests.consoles import FEATURES, SECRET, TOKEN, EchoApp, Served, listening
from tests.scenario.test_recipients_pages import BRAND, Said
from tests.support import policy
from tools.email.links import Links, mail_key
from tools.email.mailbox import Mailbox
from tools.sql import create_engine

POISON_HTML = """<html><head><title>x</title></head><body>
<script>parent.document.title = "taken"</script><img src="https://tracker.example/p.gif">
<form action="http://127.0.0.1/"><button>go</button></form>
<a href="https://www.halden.example/x">read</a></body></html>"""


class World:
    """A console with an inbox, and the recipients' pages beside it."""

    def __init__(self, served: Served, kept: Mailbox, links: Links, said: Said) -> None:
        self.served, self.kept, self.links, self.said = served, kept, links, said

    def get(self, path: str) -> str:
        status, body = self.served.browse("GET", f"/as/ana/mail{path}")
        assert status == 200, (status, body)
        return str(body)

    def put(self, message: EmailMessage | bytes, to: str = "ana@example.com") -> int:
        self.kept.take(bytes(message), sender="news@halden.example", recipients=[to])
        return self.kept.newest()


def letter(links: Links, to: str = "ana@example.com", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Halden <news@halden.example>"
    message["To"] = to
    message["Subject"] = "Hello"
    message["Message-ID"] = "<cp_9.1@halden.example>"
    given = {
        "List-Unsubscribe": f"<mailto:x@a.example>, <{links.unsubscribe(to, 'cp_9', 'events')}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in given.items():
        message[name] = value
    message.set_content("Read https://www.halden.example/x now\n")
    message.add_alternative(POISON_HTML, subtype="html")
    return message


@contextmanager
def world_at(folder: Path, *, served: bool = True, elsewhere: str = "") -> Iterator[World]:
    engine = create_engine(f"sqlite:///{folder / 'inbox.db'}")
    MIGRATIONS.upgrade(engine)
    clock, kept, said = SystemClock(), Mailbox(engine, SystemClock()), Said()
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        sock, public = (stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in "ab")
        port, open_port = sock.getsockname()[1], public.getsockname()[1]
        links = Links(f"http://127.0.0.1:{open_port}", mail_key(b"a key for tests"))
        if served:
            stack.enter_context(listening(Recipients(links, said, BRAND, clock), public))
        bell = Doorbell(public_url=links.base_url, port=open_port if served else None)
        slack = LocalSlack(engine, Workspace.of(policy()), FEATURES, clock)
        echo, keys = EchoApp(f"http://127.0.0.1:{port}"), Pass(b"a key for tests", clock)
        console = Console(
            slack, echo.app, secret=SECRET, token=TOKEN, keys=keys, port=port,
            inbox=Inbox(kept=kept, doorbell=bell, elsewhere=elsewhere),
        )  # fmt: skip
        stack.enter_context(listening(console, sock))
        yield World(Served(console, keys, port, echo), kept, links, said)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_at(tmp_path) as world:
        yield world


def test_the_list_is_empty_then_shows_what_arrived(world: World) -> None:
    assert "No mail yet" in world.get("")
    number = world.put(letter(world.links))
    page = world.get("")
    assert f'href="/as/ana/mail/{number}"' in page
    assert "ana@example.com" in page
    assert "cp_9" in page
    status, body = world.served.browse("GET", "/as/ana/mail/newest")
    assert (status, body) == (200, {"newest": number})


def test_ten_thousand_messages_are_paged_and_found(world: World, clock: FixedClock) -> None:
    raw = bytes(letter(world.links))
    everybody = [f"p{n:05}@{'a' if n % 2 else 'b'}.example" for n in range(10_000)]
    world.kept.take(raw, sender="news@halden.example", recipients=everybody)
    seen: list[str] = []
    query = ""
    for _ in range(3):
        page = world.get(query)
        assert "<strong>10,000</strong> messages" in page
        seen += re.findall(r'<td class="to">(p\d+@[ab]\.example)</td>', page)
        older = re.search(r'href="/as/ana/mail(\?before=\d+)">Older', page)
        assert older is not None
        query = older.group(1)
    assert seen == everybody[:-151:-1]
    found = world.get("?to=P00042%40b.example")
    assert "<strong>1</strong> message " in found.replace("</span>", " ")
    assert "Older" not in found
    assert "No such mail" in world.get("?to=%25")


def test_a_message_cannot_reach_the_console(world: World) -> None:
    number = world.put(letter(world.links))
    page = world.get(f"/{number}")
    assert "taken" not in page, "the console's own page holds none of the message's HTML"
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    headers = {"Cookie": world.served.cookie}
    _, of_page, _ = world.served.request("GET", f"/as/ana/mail/{number}", **headers)
    assert of_page["content-security-policy"].endswith("frame-src 'self'")
    _, of_frame, body = world.served.request("GET", f"/as/ana/mail/{number}/frame", **headers)
    policy_of_frame = of_frame["content-security-policy"]
    for part in (
        "default-src 'none'",
        "img-src data:;",
        "form-action 'none'",
        "sandbox allow-popups",
    ):
        assert part in policy_of_frame
    assert "allow-scripts" not in policy_of_frame + page
    assert "allow-same-origin" not in policy_of_frame + page
    assert b'<head><base target="_blank">' in body
    asked = world.served.request("GET", f"/as/ana/mail/{number}/frame?pictures=yes", **headers)[1]
    assert "img-src data: https: http:;" in asked["content-security-policy"]
    assert "not loaded" in page
    assert "not loaded" not in world.get(f"/{number}?show=html&pictures=yes")


def test_text_headers_and_source_are_shown_inert(world: World) -> None:
    message = letter(world.links, X_Note="<script>alert(1)</script>")
    number = world.put(message)
    text = world.get(f"/{number}?show=text")
    assert (
        '<a href="https://www.halden.example/x" target="_blank" rel="noopener noreferrer">' in text
    )
    assert "&lt;script&gt;alert(1)" in world.get(f"/{number}?show=headers")
    source = world.get(f"/{number}?show=source")
    assert "<script>parent" not in source
    assert "&lt;script&gt;" in html.unescape(source) or "&lt;script&gt;" in source
    headers = {"Cookie": world.served.cookie}
    _, of_file, body = world.served.request("GET", f"/as/ana/mail/{number}/source", **headers)
    assert body == bytes(message)
    assert of_file["content-disposition"].startswith("attachment")


def test_its_button_unsubscribes_as_a_mailbox_provider_does(world: World) -> None:
    number = world.put(letter(world.links))
    status, answer = world.served.browse("POST", f"/as/ana/mail/{number}/unsubscribe", {})
    assert status == 200
    assert answer["ok"] is True
    assert "answered 200. Unsubscribed." in answer["words"]
    assert [(one.email, one.said) for one in world.said.taken] == [
        ("ana@example.com", "unsubscribed")
    ]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"List_Unsubscribe": "<http://127.0.0.1:1/u/x>"}, "not one of ours"),
        ({"List_Unsubscribe": "<https://evil.example/u/x>"}, "not one of ours"),
        ({"List_Unsubscribe_Post": "no"}, "no one-click address"),
        ({"List_Unsubscribe": "<mailto:x@halden.example>"}, "no one-click address"),
    ],
)
def test_the_button_rings_at_our_own_door_only(
    world: World, headers: dict[str, str], words: str
) -> None:
    number = world.put(letter(world.links, **headers))
    _, answer = world.served.browse("POST", f"/as/ana/mail/{number}/unsubscribe", {})
    assert answer["ok"] is False
    assert words in answer["error"]
    assert world.said.taken == []


def test_a_token_that_was_changed_unsubscribes_nobody(world: World) -> None:
    url = world.links.unsubscribe("ana@example.com", "cp_9", "events")
    number = world.put(letter(world.links, List_Unsubscribe=f"<{url[:-2]}AA>"))
    _, answer = world.served.browse("POST", f"/as/ana/mail/{number}/unsubscribe", {})
    assert answer["ok"] is False
    assert "answered 404" in answer["error"]


def test_without_the_pages_the_button_says_why(tmp_path: Path) -> None:
    with world_at(tmp_path, served=False, elsewhere="smtp.halden.example:587") as world:
        number = world.put(letter(world.links))
        _, answer = world.served.browse("POST", f"/as/ana/mail/{number}/unsubscribe", {})
        assert "not served here" in answer["error"]
        assert "Mail goes to smtp.halden.example:587" in world.get("")


@pytest.mark.parametrize("number", ["999", "99999999999999999999", "x"])
def test_what_is_not_there_is_not_found(world: World, number: str) -> None:
    assert world.served.browse("GET", f"/as/ana/mail/{number}")[0] == 404
    assert world.served.browse("GET", "/as/nobody/mail")[0] == 404
    assert world.served.browse("GET", f"/as/ana/mail?before={number}")[0] == 200


def test_strangers_see_no_mail(world: World) -> None:
    number = world.put(letter(world.links))
    for where in ("", f"/{number}", f"/{number}/frame", f"/{number}/source", "/newest"):
        assert world.served.request("GET", f"/as/ana/mail{where}")[0] == 403
    forged = {"Cookie": world.served.cookie, "Content_Type": "application/json"}
    where = f"/as/ana/mail/{number}/unsubscribe"
    assert world.served.request("POST", where, b"{}", **forged)[0] == 403
    assert world.said.taken == []
