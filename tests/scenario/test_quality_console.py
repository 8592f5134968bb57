"""The quality page in the console: before any decision, with charts, and with hostile text."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from placet.clock import SystemClock
from placet.console import Console, LocalSlack, Pass, Workspace
from placet.settings import load_settings
from placet.wiring import Placet, open_placet
from placet.wiring.quality import quality_of
from tests.consoles import FEATURES, SECRET, TOKEN, EchoApp, Served, listening
from tests.quality import LLM, decided, fill
from tests.slacks import make_home
from tests.support import policy

POISON = "<script>alert(1)</script>\u202e"


class World:
    """A console over a home."""

    def __init__(self, served: Served, placet: Placet) -> None:
        self.served, self.placet = served, placet

    def page(self) -> str:
        status, body = self.served.browse("GET", "/as/ana/quality")
        assert status == 200, (status, body)
        return str(body)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    settings = load_settings(
        {"PLACET_HOME": str(tmp_path / "home"), "PLACET_MODEL_PRICE_READ": "2"}
    )
    make_home(settings, 0, SystemClock().now())
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
        console = Console(
            slack, echo.app, secret=SECRET, token=TOKEN, keys=keys, port=port,
            watch=(quality_of(placet), placet.policy),
        )  # fmt: skip
        stack.enter_context(listening(console, sock))
        yield World(Served(console, keys, port, echo), placet)


def test_before_anything_is_decided_it_says_what_will_be_there(world: World) -> None:
    page = world.page()
    assert "Nothing was decided yet" in page
    assert 'href="/as/ana/quality" aria-current="page"' in page


def test_weeks_limits_alarms_and_figures_are_drawn(world: World) -> None:
    start = SystemClock().now() - timedelta(days=40)
    good = [n % 10 > 0 for n in range(300)]
    fill(world.placet.engine, decided(good, start=start, read=500_000, written=10))
    later = start + timedelta(hours=600)
    fill(world.placet.engine, decided([False] * 9, start=later, read=500_000, reason=POISON))
    watch = quality_of(world.placet)
    watch._replay = None
    assert watch.watch() > 0
    page = world.page()
    for part in (
        "Approved as drafted, by week", "Control chart: emails", "In control: 45 of 50",
        "tone or wording", 'class="q-alarm"', "Why drafts were rejected", "untold", "No judge",
        "Cost an approved draft", "ben",
    ):  # fmt: skip
        assert part in page, part
    assert 'style="' not in page, "the page's policy would drop it"
    assert "<script>alert" not in page


def test_hostile_names_are_text(world: World) -> None:
    source = LLM.model_copy(update={"model": POISON})
    start = SystemClock().now() - timedelta(days=9)
    fill(world.placet.engine, decided([True] * 60, source=source, start=start))
    page = world.page()
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_a_quick_yes_and_nothing_but_yes_are_shown(world: World) -> None:
    start = SystemClock().now() - timedelta(days=9)
    fill(world.placet.engine, decided([True] * 40, start=start, seconds=2, words=500))
    page = world.page()
    assert "too fast to have read it" in page
    assert "never anything but yes" in page
    assert "limits come after 50 decisions; there are 40" in page
