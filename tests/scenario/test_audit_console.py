"""The audit's page in the console: before the first one, after it, and with hostile records."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from placet.clock import SystemClock
from placet.console import Console, LocalSlack, Pass, Workspace
from placet.settings import load_settings
from placet.store.auditing import Auditor
from placet.wiring import open_placet
from placet.wiring.audits import auditor_of
from tests.consoles import FEATURES, SECRET, TOKEN, EchoApp, Served, listening
from tests.slacks import make_home
from tests.support import policy
from tools.crm.local.schema import companies, contacts
from tools.hygiene.audit.scores import SCORES

POISON = "<script>alert(1)</script>\u202e"


class World:
    """A console over a home with a small company."""

    def __init__(self, served: Served, auditor: Auditor, crm: sa.Engine) -> None:
        self.served, self.auditor, self.crm = served, auditor, crm

    def page(self) -> str:
        status, body = self.served.browse("GET", "/as/ana/audit")
        assert status == 200, (status, body)
        return str(body)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    settings = load_settings({"PLACET_HOME": str(tmp_path / "home")})
    make_home(settings, 60, SystemClock().now())
    with ExitStack() as stack:
        placet = open_placet(settings)
        stack.callback(placet.close)
        sock = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = sock.getsockname()[1]
        slack = LocalSlack(placet.engine, Workspace.of(policy()), FEATURES, placet.clock)
        keys, echo = (
            Pass(b"a secret of the home", placet.clock),
            EchoApp(f"http://127.0.0.1:{port}/api/"),
        )
        auditor = auditor_of(placet)
        console = Console(
            slack, echo.app, secret=SECRET, token=TOKEN, keys=keys, port=port, auditor=auditor
        )
        stack.enter_context(listening(console, sock))
        yield World(Served(console, keys, port, echo), auditor, placet.crm_engine)


def test_before_the_first_audit_it_says_what_to_press_and_the_press_makes_one(world: World) -> None:
    assert "No audit yet" in world.page()
    status, answer = world.served.browse("POST", "/as/ana/audit/run", {})
    assert (status, answer["ok"]) == (200, True)
    page = world.page()
    for words in (
        "Completeness",
        "Marketability",
        "first audit",
        "What would help most",
        "Draft it",
    ):
        assert words in page
    assert page.count('class="ring"') == 6
    assert 'style="' not in page, "the page's policy would drop it"


def test_a_second_audit_draws_the_trend(world: World) -> None:
    world.auditor.run()
    with world.crm.begin() as connection:
        connection.execute(contacts.update().values(owner=None))
    world.auditor.run()
    page = world.page()
    assert page.count("<polyline") == 6
    assert "▼" in page


def test_hostile_records_are_text(world: World) -> None:
    with world.crm.begin() as connection:
        connection.execute(companies.update().values(name=POISON, country=POISON))
        connection.execute(contacts.update().values(first_name=POISON, country=POISON))
    world.auditor.run()
    page = world.page()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert" in page


def test_nobody_unknown_and_no_foreign_page(world: World) -> None:
    assert world.served.browse("GET", "/as/mallory/audit")[0] == 404
    assert world.served.request("POST", "/as/ana/audit/run", b"{}")[0] == 403


def test_the_documents_define_the_scores_as_the_code_does() -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "audit.md").read_text("utf-8")
    for rule in SCORES:
        assert f"| {rule.name} | {rule.definition} |" in text
