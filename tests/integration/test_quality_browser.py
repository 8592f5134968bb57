"""The quality page in a real browser: charts are drawn, nothing is refused, both themes, narrow."""

from __future__ import annotations

import hashlib
import os
import socket
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa

from evals.judge import JudgeId, Verdict
from evals.quality import Ending, Outcome, Source
from placet.clock import SystemClock
from placet.console import Console, LocalSlack, Pass, Workspace
from placet.settings import load_settings
from placet.wiring import open_placet
from placet.wiring.quality import quality_of
from tests.browser import browser
from tests.consoles import FEATURES, SECRET, TOKEN, EchoApp, listening
from tests.quality import fill
from tests.slacks import make_home
from tests.support import policy

PICTURES = os.environ.get("PLACET_TEST_PICTURES")
"""A folder: the picture of the docs is taken anew into it."""
_PEOPLE = ("local/cleo", "local/ben", "local/dora")
_REASONS = ("tone or wording", "tone or wording", "wrong people", "timing", "no reason given")


def made_up(random: Random, start: datetime, days: int, name: str, rate: float) -> list[Outcome]:
    """Return three decisions a day on one prompt's emails; ben says yes to all, at once."""
    source = Source(
        trade="emails", drafter="llm", prompt=hashlib.sha256(name.encode()).hexdigest(),
        model="model-a",
    )  # fmt: skip
    found = []
    for number in range(3 * days):
        person = random.choices(_PEOPLE, (5, 3, 2))[0]
        bad = random.choice((Ending.CHANGED, Ending.CHANGED, Ending.REJECTED))
        hasty = person == "local/ben"
        ending = Ending.UNCHANGED if hasty or random.random() < rate else bad
        distances = {Ending.UNCHANGED: 0.0, Ending.CHANGED: random.uniform(0.03, 0.5)}
        found.append(Outcome(
            draft_id=f"dr_{name}{number:05}", source=source, ending=ending, decided_by=person,
            decided_at=start + timedelta(hours=8 * number), words=random.randint(60, 220),
            seconds=random.uniform(3, 9) if hasty else random.expovariate(1 / 3_000),
            distance=distances.get(ending), shape="send_email/slack/medium",
            group=random.choice(_REASONS) if ending is Ending.REJECTED else "",
            read=random.randint(2_000, 3_200), written=random.randint(300, 540),
        ))  # fmt: skip
    return found


def planted(engine: sa.Engine) -> list[Outcome]:
    """Plant ten good weeks of one prompt, and two bad ones of the next."""
    random, now = Random(4), SystemClock().now()
    old = made_up(random, now - timedelta(days=80), 66, "old", 0.74)
    new = made_up(random, now - timedelta(days=13), 12, "new", 0.4)
    fill(engine, [*old, *new])
    return [*old, *new]


def test_the_page_as_a_person_sees_it(tmp_path: Path) -> None:
    settings = load_settings(
        {"PLACET_MODEL_PRICE_READ": "0.25", "PLACET_MODEL_PRICE_WRITTEN": "2"},
        home=tmp_path / "home",
    )
    settings.home.mkdir()
    make_home(settings, 0, SystemClock().now())
    with ExitStack() as stack:
        page = stack.enter_context(browser(tmp_path))
        placet = open_placet(settings)
        stack.callback(placet.close)
        watch = quality_of(placet)
        watch._replay = None
        judge = JudgeId(about="email", prompt="e" * 64, model="model-a")
        for number, one in enumerate(planted(placet.engine)):
            if number % 2:
                good = (one.ending is Ending.UNCHANGED) is (number % 11 > 0)
                watch.judging._keep(
                    judge, one.draft_id, Verdict(verdict="pass" if good else "fail")
                )
        watch.judging.calibrate(judge)
        assert watch.watch() > 0
        sock = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = sock.getsockname()[1]
        slack = LocalSlack(placet.engine, Workspace.of(policy()), FEATURES, placet.clock)
        keys = Pass(b"a secret of the home", placet.clock)
        echo = EchoApp(f"http://127.0.0.1:{port}/api/")
        console = Console(
            slack, echo.app, secret=SECRET, token=TOKEN, keys=keys, port=port,
            watch=(watch, placet.policy),
        )  # fmt: skip
        stack.enter_context(listening(console, sock))
        page.theme("light")
        page.open(f"http://127.0.0.1:{port}/?token={keys.token}")
        page.click("a", "Quality")
        page.has("Control chart: emails", ".quality")
        page.has("too fast to have read it", ".quality")
        page.has("calibrated", ".quality")
        assert page.run("document.querySelectorAll('.q-line').length") >= 3
        assert page.run("document.querySelectorAll('.q-alarm').length") >= 1
        for theme, width in (("light", 1440), ("dark", 1440), ("light", 820)):
            page.theme(theme)
            page.size(width, 1180)
            over = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.run(over), (theme, width)
            colours = "getComputedStyle(document.querySelector('.q-line')).stroke"
            assert page.run(colours) != "none"
        if PICTURES:
            page.theme("light")
            page.size(1440, 1180)
            page.picture(Path(PICTURES) / "console-quality.png")
        assert page.trouble == []
