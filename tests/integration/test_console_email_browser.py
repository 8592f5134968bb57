"""An email at the gate in a real browser: its pictures, the whole of it, the edit form, Approve."""

from __future__ import annotations

from pathlib import Path

from placet.settings import Settings
from tests.browser import Page
from tests.integration.test_console_browser import (
    ask,
    become,
    free_port,
    home,
    page,
    picture,
    serving,
)

__all__ = ["home", "page"]

ASK = (
    "Invite contacts in the United Kingdom to the follow-up webinar on 10 December at 14:00 CET, "
    "link https://www.halden.example/webinar, friendly, 120 words"
)
LOADED = "[...document.querySelectorAll('{} img')].filter(i => i.complete && i.naturalWidth).length"


def test_an_email_is_read_edited_and_approved(page: Page, home: Settings, tmp_path: Path) -> None:
    with serving(home, free_port()) as served:
        page.open(served.address)
        ask(page, ASK)
        page.until("document.body.innerText.includes('View all')", "the card is there")
        become(page, "ben")
        page.has("people via smtp, as soon as it is approved", "#timeline")
        page.has("Subject:", "#timeline")
        page.run("document.querySelectorAll('#timeline img').forEach(i => i.loading = 'eager')")
        page.until(LOADED.format("#timeline") + " === 2", "both pictures are shown")
        page.size(1440, 1180)
        page.run("document.querySelector('#timeline .b-images').scrollIntoView({block: 'center'})")
        picture(page, "console-email")
        page.size(1440, 900)

        page.click("#timeline button", "View all")
        page.has("The whole draft", "#modal")
        page.until("document.querySelectorAll('#modal img').length === 2", "pictures follow")
        page.has("Send me the files", "#modal")
        page.click("#modal footer button", "Close")
        page.until("!document.querySelector('#modal').open", "the window is closed")

        page.click("#timeline button", "Edit")
        page.until("document.querySelector('#modal [data-field=subject] input')")
        picture(page, "console-email-edit")
        page.type("#modal [data-field=subject] input", "Hello {{ contact.first_name }}")
        page.click("#modal footer button", "Save")
        page.has("needs words for those without it", "#modal [data-field=subject]")
        page.type("#modal [data-field=subject] input", "Our follow-up webinar on 10 December")
        page.click("#modal footer button", "Save")
        page.has("Revision 2 has your edit", "#modal")
        page.click("#modal footer button", "Close")
        page.until("!document.querySelector('#modal').open", "the window is closed")

        become(page, "cleo")
        page.has("Our follow-up webinar on 10 December", "#timeline")
        page.has("revision 2", "#timeline")
        page.click("#timeline button", "Approve")
        page.has("people via smtp", "#confirm")
        page.click("#confirm-yes")
        page.has("Approved by @cleo", "body")
