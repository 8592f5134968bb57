"""The inbox and the recipients' pages in a real browser, light and dark, wide and narrow."""

from __future__ import annotations

import os
import smtplib
import time
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from placet.clock import SystemClock
from placet.recipients import port_of
from placet.settings import Settings, load_settings
from placet.wiring import Placet, initialise
from tests.browser import Page, browser
from tests.scenario.test_recipients_serving import free_port, serving
from tools.crm.local.sample import fill
from tools.crm.local.schema import contacts
from tools.email.model import Button, Email, Heading, Text
from tools.email.render import open_renderer
from tools.sql import create_engine

PICTURES = os.environ.get("PLACET_TEST_PICTURES")
"""A folder: the pictures of the docs are taken anew into it."""

ASK = (
    "Invite people in the United Kingdom to the follow-up on 12 December 2031 at 4 pm, "
    "link https://www.halden.example/follow-up, friendly"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    own = {"PLACET_DRAFTER": "rules", "PLACET_PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
    settings = load_settings(own, home=tmp_path / "home")
    initialise(settings)
    engine = create_engine(settings.crm_url)
    fill(engine, size=200, now=SystemClock().now())
    engine.dispose()
    return settings


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with browser(tmp_path) as page:
        page.theme("light")
        yield page
        # Pictures of the made-up brand are nowhere; the frame must refuse them, and says so.
        allowed = ("Content Security Policy", "net::ERR_NAME_NOT_RESOLVED", "net::ERR_BLOCKED")
        assert [one for one in page.trouble if not any(word in one for word in allowed)] == []


def send(placet: Placet, *, many: int) -> list[str]:
    """Send a real email to some contacts through the embedded mailbox."""
    email = Email(
        name="Follow-up on the forecasting webinar",
        subject='{{ contact.first_name | default: "Hello" }}, join our follow-up on 12 December',
        preheader="Forty minutes, with time for your questions",
        sender=placet.mail.brand().senders[1],
        topic="events",
        body=(
            Heading(text="What happened after the webinar"),
            Text(text='Hello {{ contact.first_name | default: "there" }},\n\nthank you for joining '
                 "us in March. On **Saturday, 12 December**, we show what has changed since."),
            Button(label="Save my seat", url="https://www.halden.example/follow-up"),
            Text(text="Best regards\n\nHalden Events"),
        ),
    )  # fmt: skip
    renderer = open_renderer(
        email, placet.mail.brand(), campaign="cp_k3v8", links=placet.mail.links
    )
    with placet.crm_engine.connect() as connection:
        wanted = sa.select(contacts.c.id).where(contacts.c.email.is_not(None)).limit(many)
        ids = [str(one) for one in connection.scalars(wanted)]
    date = f"Date: {format_datetime(placet.clock.now())}\r\n".encode()
    to = []
    with smtplib.SMTP(*placet.mail.mailbox.address) as client:
        for one in placet.mail.recipients.recipients(ids):
            rendered = renderer.render(one)
            client.sendmail("events@news.halden.example", [one.email], date + rendered.message)
            to.append(one.email)
    return to


def picture(page: Page, name: str) -> None:
    if PICTURES:
        time.sleep(1)  # a frame of another origin tells nobody when it is painted
        page.picture(Path(PICTURES) / f"{name}.png")


def test_the_inbox_and_its_unsubscribe(page: Page, settings: Settings) -> None:
    with serving(settings) as (told, placet):
        to = send(placet, many=60)
        who = next(one for one in to if placet.mail.statements.topics(one) == {})
        page.open(told.address)
        page.click(".side a", "Inbox")
        page.has(f"{len(to)} messages")
        page.until("document.querySelectorAll('tbody tr').length === 50")
        page.size(1180, 560)
        picture(page, "console-inbox")
        page.size(1440, 900)
        page.click(".pager a", "Older")
        page.has("Newest", ".pager")
        page.type(".search input", who)
        page.key("Enter")
        page.has("1 message to")
        page.click("td.subject a")
        page.until("document.querySelector('iframe.frame')")
        page.has("Pictures from elsewhere are not loaded", ".letter")
        picture(page, "console-letter")
        page.click("button", "Unsubscribe")
        page.has("answered 200. Unsubscribed.", "#rang")
        assert placet.mail.statements.topics(who)[""] is False
        page.run("document.querySelector('#theme').click()")
        picture(page, "console-letter-dark")
        page.click(".letter-tabs a", "Text")
        page.has("Save my seat", ".paper")
        page.click(".letter-tabs a", "Headers")
        page.has("List-Unsubscribe-Post", ".paper")
        picture(page, "console-letter-headers")
        page.click(".letter-tabs a", "Source")
        page.has("MIME-Version: 1.0", ".paper")
        page.open(page.run("location.origin") + "/as/ana/mail")
        picture(page, "console-inbox-dark")
        page.size(390, 800)
        picture(page, "console-inbox-narrow")
        send(placet, many=1)
        page.until("!document.querySelector('#arrived').hidden", "new mail is told")


def act(page: Page, person: str) -> None:
    page.click("nav .people a", person)
    page.until(f"document.body.dataset.live === 'yes' && document.body.dataset.as === '{person}'")


def test_an_email_from_the_chat_to_the_inbox(page: Page, settings: Settings) -> None:
    with serving(settings) as (told, placet):
        page.open(told.address)
        page.type("#main .composer textarea", ASK)
        page.key("Enter")
        page.has("Waits for approval", "#thread")
        act(page, "ben")
        page.has("Invitation", "#timeline")
        page.click("#timeline .btn", "Approve")
        page.until("document.querySelector('#confirm').open", "it asks once more")
        page.click("#confirm-yes")
        page.has("Receipt rc_", "#timeline")
        (draft,) = placet.desk.drafts()
        members = placet.desk.members(draft)
        page.click(".side a", "Inbox")
        page.has(f"{len(members)} message")
        page.click("td.subject a", "12 December")
        page.has("Halden Events", ".letter-head")
        assert placet.mail.kept.count() == len(members) > 0


def test_a_person_unsubscribes_and_chooses(page: Page, settings: Settings) -> None:
    with serving(settings) as (_told, placet):
        base = f"http://127.0.0.1:{port_of(settings.public_url)}"
        path = placet.mail.links.unsubscribe("ana@example.com", "cp_1", "events")
        assert path.startswith(base)
        page.go(path)
        picture(page, "recipients-unsubscribe")
        page.click("button", "Unsubscribe")
        page.has("You are unsubscribed")
        picture(page, "recipients-left")
        page.click("a", "Choose what you want to receive")
        page.has("What you receive")
        page.click("label", "Events and webinars")
        page.click("button", "Save")
        page.has("Saved. This is what you receive from now on.")
        picture(page, "recipients-preferences")
        assert placet.mail.statements.topics("ana@example.com") == {
            "": True, "marketing": False, "newsletter": False, "product": False,
        }  # fmt: skip
        page.size(375, 760)
        page.click("nav a", "Deutsch")
        page.has("Was Sie erhalten")
        picture(page, "recipients-narrow")
        assert page.run("document.documentElement.scrollWidth") <= 375
