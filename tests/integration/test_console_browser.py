"""The console in a real browser: the main job with four eyes, a restart, and poison on a page."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from placet.clock import SystemClock
from placet.console.serve import Serving, run_console
from placet.settings import Settings, load_settings
from placet.wiring import initialise, open_placet
from tests.browser import Page, browser
from tests.consoles import Served, echo_console, text
from tests.poison import POISON
from tools.crm.local.sample import fill
from tools.sql import create_engine

PICTURES = os.environ.get("PLACET_TEST_PICTURES")
"""A folder: the pictures of the docs are taken anew into it."""
ASK = "VPs of marketing in Germany who are not customers"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path) as page:
        page.theme("light")
        yield page
        refused = "net::ERR_"  # while the server restarts
        assert [one for one in page.trouble if refused not in one] == []


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    settings = load_settings({"PLACET_DRAFTER": "rules"}, home=tmp_path / "home")
    initialise(settings)
    engine = create_engine(settings.crm_url)
    fill(engine, size=800, now=SystemClock().now())
    engine.dispose()
    return settings


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[Serving]:
    """Serve a home as `placet serve` does, from a thread."""
    placet = open_placet(settings)
    ready, stop = threading.Event(), threading.Event()
    told: list[Serving] = []

    def tell(one: Serving) -> None:
        told.append(one)
        ready.set()

    thread = threading.Thread(
        target=lambda: run_console(placet, port=port, stop_event=stop, ready=tell)
    )
    thread.start()
    try:
        assert ready.wait(30)
        yield told[0]
    finally:
        stop.set()
        thread.join(60)
        placet.close()
    assert not thread.is_alive()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.picture(Path(PICTURES) / f"{name}.png")


def ask(page: Page, words: str) -> None:
    page.type("#main .composer textarea", words)
    page.key("Enter")
    page.has("Waits for approval", "#thread")


def close(page: Page) -> None:
    """Leave a form that was sent: it is gone by itself, or shows what became of it."""
    page.until("!document.querySelector('#modal [data-input]')", "the form is sent")
    if page.run("document.querySelector('#modal').open"):
        page.key("Escape")
    page.until("!document.querySelector('#modal').open", "the form closes")


def become(page: Page, person: str) -> None:
    page.click("nav .people a", person)
    page.until(f"document.body.dataset.live === 'yes' && document.body.dataset.as === '{person}'")


def test_the_main_job_with_four_eyes(page: Page, home: Settings) -> None:
    port = free_port()
    with serving(home, port) as first:
        page.open(first.address)
        page.has("What do you need?")
        picture(page, "console-empty")
        ask(page, ASK)
        page.has("Waits for a person", "#thread .status")
        picture(page, "console-thread")
        assert "Approve\n" not in page.run("document.querySelector('#thread .b-actions').innerText")

        page.click("#thread .btn", "Edit")
        page.until("document.querySelector('#modal .btn-primary')")
        page.type("#modal [data-input=text]", "")
        page.click("#modal .btn-primary")
        page.until("document.querySelector('#modal .b-error:not([hidden])')", "a fault is shown")
        assert page.run("document.activeElement.getAttribute('aria-invalid')") == "true"
        picture(page, "console-modal")
        page.type("#modal [data-input=text]", "German marketing VPs")
        page.click("#modal .btn-primary")
        close(page)
        page.has("German marketing VPs", "#thread .card .b-header")

        become(page, "ben")
        page.has("German marketing VPs", "#timeline")
        page.size(1280, 1330)
        page.run("document.querySelector('#timeline').scrollTo(0, 1e6)")
        picture(page, "console-card")
        page.click("#theme")
        picture(page, "console-dark")
        page.click("#theme")
        page.size(1440, 900)
        page.click(".tabs a", "Home")
        page.has("German marketing VPs", "#home")
        picture(page, "console-home")
        page.click(".tabs a", "Messages")
        page.click("#timeline .btn", "Approve")
        page.until("document.querySelector('#confirm').open", "it asks once more")
        picture(page, "console-confirm")
        page.click("#confirm-yes")
        page.has("Receipt rc_", "#timeline")

        become(page, "ana")
        ask(page, "CMOs in France")
    with serving(home, port):  # the same page goes on: its cookie outlives the server
        page.until("document.querySelector('#live').innerText === 'Live'", "it is live again")
        become(page, "ben")
        page.click("#timeline .message:last-of-type .btn", "Reject")
        page.until("document.querySelector('#modal form .btn-primary')")
        page.type("#modal [data-input=text]", "not this quarter")
        page.click("#modal .btn-primary")
        close(page)
        page.has("Rejected", "#timeline")
        page.click(".tabs a", "Home")
        page.has("Receipt rc_", "#home")
    placet = open_placet(home)
    try:
        states = sorted(draft.state.value for draft in placet.desk.drafts())
        with placet.book.reader.connect() as connection:
            tickets = connection.execute(sa.text("SELECT reason, text FROM placet_tickets")).all()
    finally:
        placet.close()
    assert states == ["executed", "rejected"]
    ((reason, words),) = tickets
    assert reason == "rejected"
    assert "not this quarter" in words


def test_keyboard_and_labels(page: Page, tmp_path: Path) -> None:
    with echo_console(f"sqlite:///{tmp_path / 'console.db'}") as served:
        page.open(served.address)
        assert page.run("document.activeElement.matches('#main textarea')")
        page.command("Input.insertText", text="hello")
        page.key("Enter")
        page.has("A card", "#thread")
        page.click("#thread .btn", "Edit")
        page.until("document.querySelector('#modal').open")
        page.until("document.activeElement.dataset.action === 'name'", "the first field has focus")
        for _ in range(8):
            page.key("Tab")
            where = page.run("document.activeElement.closest('#modal, main, aside, nav')?.id")
            assert where in ("modal", None), "focus stays in the modal"
        page.key("Escape")
        page.until("!document.querySelector('#modal').open", "Esc closes the modal")
        assert page.run("document.querySelector('#thread').hidden") is False
        page.key("Escape")
        page.until("document.querySelector('#thread').hidden", "Esc closes the thread")
        nameless = page.run(
            "[...document.querySelectorAll('button, a, input, select, textarea')].filter(e =>"
            " e.getClientRects().length &&"
            " !(e.innerText || e.getAttribute('aria-label') || e.labels?.length)).length"
        )
        assert nameless == 0
        page.click("#timeline .message [data-open-thread]")
        page.has("A card", "#thread")
        page.run("document.querySelector('#thread .message:last-child [data-inspect]').click()")
        page.has('"block_id"', "#inspector-json")


HARM = """(() => {
  const bad = [];
  const tags = 'script, iframe, img, object, embed, link, style, base, meta, form, h1, h2, input';
  for (const e of document.querySelectorAll('.content *')) {
    if (e.matches(tags)) bad.push(e.outerHTML.slice(0, 200));
    for (const a of e.attributes) if (/^on|^style$/.test(a.name)) bad.push(a.name);
    if (e.tagName === 'A' && !/^https?:$/.test(e.protocol)) bad.push(e.href);
  }
  return bad;
})()"""


def poisoned(served: Served, poison: str) -> None:
    plain = text(poison[:2_900])
    blocks = [
        {"type": "header", "text": text(poison[:150] or "-")},
        {"type": "section", "text": {"type": "mrkdwn", "text": poison[:2_900]}},
        {"type": "section", "fields": [text(poison[:1_900], "mrkdwn"), text(poison[:1_900])]},
        {"type": "context", "elements": [text(poison[:1_900], "mrkdwn")]},
        {"type": "markdown", "text": poison[:11_000]},
        {"type": "section", "text": plain, "accessory": {
            "type": "button", "action_id": "b", "text": text(poison[:70]), "value": poison[:1_900],
        }},
        {"type": "table", "rows": [[{"type": "raw_text", "text": poison[:2_900]}]]},
    ]  # fmt: skip
    answer = served.call("chat.postMessage", channel="D0ana", text=poison, blocks=blocks)
    assert answer["ok"], answer
    assert served.call("chat.postMessage", channel="D0ana", text=poison)["ok"]


def test_poison_makes_no_element_and_no_handler(page: Page, tmp_path: Path) -> None:
    with echo_console(f"sqlite:///{tmp_path / 'console.db'}") as served:
        for poison in POISON:
            poisoned(served, poison)
        page.open(served.address)
        page.run("window.alert = () => { document.title = 'HARMED'; }")
        assert page.run("document.querySelectorAll('.message').length") == 2 * len(POISON)
        assert page.run(HARM) == []
        assert page.run("document.querySelectorAll('.message > .content').length") == 2 * len(
            POISON
        )
        for poison in POISON[:12]:  # live, into the open page
            poisoned(served, poison)
        whole = 2 * len(POISON) + 24
        page.until(f"document.querySelectorAll('.message').length === {whole}")
        assert page.run(HARM) == []
        assert page.run("document.title") != "HARMED"
