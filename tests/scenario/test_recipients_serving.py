"""The recipients' port beside the console: its own pages and door, and what if it is taken."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from placet.console.serve import Serving, run_console
from placet.errors import BadSetting, OperatorError
from placet.recipients import any_site, open_site, port_of
from placet.settings import Settings, load_settings
from placet.wiring import Placet, initialise, open_placet
from tools.crm.local.schema import topics

_PATIENCE = 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    own = {"PLACET_DRAFTER": "rules", "PLACET_PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
    settings = load_settings(own, home=tmp_path / "home")
    initialise(settings)
    return settings


@contextmanager
def serving(settings: Settings, **options: Any) -> Iterator[tuple[Serving, Placet]]:
    placet = open_placet(settings)
    stop, told, ready = threading.Event(), [], threading.Event()

    def tell(one: Serving) -> None:
        told.append(one)
        ready.set()

    thread = threading.Thread(
        target=run_console,
        args=(placet,),
        kwargs={"port": 0, "stop_event": stop, "ready": tell, **options},
    )
    thread.start()
    try:
        assert ready.wait(_PATIENCE)
        yield told[0], placet
    finally:
        stop.set()
        thread.join(_PATIENCE)
        placet.close()


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def test_one_click_over_http_is_kept_in_the_crm(settings: Settings) -> None:
    with serving(settings) as (told, placet):
        public = port_of(settings.public_url)
        assert told.public_url == settings.public_url
        url = placet.mail.links.unsubscribe("Ana@Example.com", "cp_1", "events")
        path = url.removeprefix(settings.public_url)
        assert ask(public, "GET", path)[0] == 200
        assert ask(public, "HEAD", path)[::2] == (200, "")
        assert placet.mail.statements.topics("ana@example.com") == {}
        status, _, words = ask(public, "POST", path, b"List-Unsubscribe=One-Click")
        assert (status, words) == (200, "Unsubscribed.\n")
        assert placet.mail.statements.topics("ana@example.com")[""] is False
        ask(public, "POST", path, b"List-Unsubscribe=One-Click")
        with placet.crm_engine.connect() as connection:
            rows = connection.execute(sa.select(topics)).all()
        assert [(row.email, row.topic, row.takes) for row in rows] == [
            ("ana@example.com", "", False)
        ]


def test_the_two_ports_share_nothing(settings: Settings) -> None:
    with serving(settings) as (told, _placet):
        public = port_of(settings.public_url)
        token = told.address.partition("?")[2]
        for path in ("/", f"/?{token}", "/as/ana/home", "/as/ana/mail", "/static/console.js"):
            status, headers, body = ask(public, "GET", path)
            assert status == 404
            assert "set-cookie" not in {name.lower() for name in headers}
            assert "console" not in body.lower()
        assert ask(public, "POST", "/api/auth.test")[0] in (404, 405)
        assert ask(told.port, "GET", "/u/x")[0] == 403
        assert ask(public, "GET", "/health")[2] == "ok\n"
        assert ask(public, "GET", "/u/x", Host="evil.example")[0] == 404


def test_guessers_are_told_apart_behind_a_proxy(settings: Settings) -> None:
    with serving(settings) as (_told, _placet):
        public = port_of(settings.public_url)
        bad = {"X-Forwarded-For": "198.51.100.7"}
        answers = [ask(public, "GET", f"/u/1u{n}", **bad)[0] for n in range(35)]
        assert answers[:30] == [404] * 30
        assert answers[-1] == 429
        assert ask(public, "GET", "/u/1u", **{"X-Forwarded-For": "198.51.100.8"})[0] == 404


def test_a_taken_port_is_told_and_the_console_serves(settings: Settings) -> None:
    public = port_of(settings.public_url)
    with socket.create_server(("127.0.0.1", public)), serving(settings) as (told, _placet):
        assert told.public_url is None
        assert f"Port {public}" in told.why_not
        assert "--public-port" in told.why_not
        assert ask(told.port, "GET", "/static/placet.svg")[0] == 200


def test_a_port_that_was_asked_for_and_is_taken_stops_it(settings: Settings) -> None:
    behind = settings.model_copy(update={"public_url": "https://mail.halden.example"})
    placet = open_placet(behind)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        taken = sock.getsockname()[1]
        with pytest.raises(OperatorError, match=f"Port {taken}, where recipients unsubscribe"):
            run_console(placet, port=0, public_port=taken)
    placet.close()


def test_where_to_listen() -> None:
    assert port_of("http://127.0.0.1:9000/") == 9000
    assert port_of("http://localhost") == 80
    assert port_of("https://mail.halden.example") == 8080
    assert port_of("https://127.0.0.1:9443") == 8080, "a TLS proxy stands there"
    with pytest.raises(BadSetting, match="set PLACET_PUBLIC_URL=http://127"):
        open_site("http://127.0.0.1:9000", 9001)
    site = any_site()
    other = any_site()
    assert site.port != other.port
    assert other.public_url == f"http://127.0.0.1:{other.port}"
    site.close()
    other.close()
