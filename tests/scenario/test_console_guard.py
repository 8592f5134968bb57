"""Who may look at the console, from where, and what its pages may load."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from placet.clock import FixedClock
from placet.console import Pass
from tests.conftest import NOW
from tests.consoles import TOKEN, Served, echo_console


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("console")
    with echo_console(f"sqlite:///{folder / 'console.db'}") as served:
        yield served


def cookie(served: Served) -> dict[str, str]:
    return {"Cookie": served.cookie}


def test_the_address_works_once_and_becomes_a_cookie(tmp_path: Path) -> None:
    with echo_console(f"sqlite:///{tmp_path / 'c.db'}") as served:
        path = served.address.removeprefix(served.base)
        assert served.request("GET", "/?token=wrong")[0] == 403
        status, headers, body = served.request("GET", path)
        assert status == 200
        assert b'url=/"' in body
        assert headers["set-cookie"].endswith("HttpOnly; Max-Age=43200; Path=/; SameSite=strict")
        assert served.request("GET", path)[0] == 403
        held = headers["set-cookie"].partition(";")[0]
        assert served.request("GET", path, Cookie=held)[0] == 200
        assert served.request("GET", "/", Cookie=held)[0] == 307
        assert served.request("GET", "/as/ana/c/D0ana", Cookie=held)[0] == 200


@pytest.mark.parametrize("path", ["/", "/as/ana/c/D0ana", "/as/ana/events", "/as/ana/modal"])
@pytest.mark.parametrize("held", ["", "{name}=", "{name}=99999999999.00", "x=\x7f"])
def test_without_the_cookie_nothing_is_shown(served: Served, path: str, held: str) -> None:
    cookie = held.format(name=f"placet_console_{served.port}")
    status, _, body = served.request("GET", path, Cookie=cookie)
    assert status == 403
    assert b"its own address" in body


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil:80"])
@pytest.mark.parametrize("path", ["/as/ana/c/D0ana", "/api/auth.test", "/static/console.css"])
def test_another_host_is_refused_everywhere(served: Served, host: str, path: str) -> None:
    assert served.request("GET", path, Host=host, **cookie(served))[0] == 421


def test_our_own_names_are_taken(served: Served) -> None:
    for host in (f"localhost:{served.port}", f"127.0.0.1:{served.port}"):
        assert served.request("GET", "/as/ana/c/D0ana", Host=host, **cookie(served))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "{base}", "Content_Type": "application/x-www-form-urlencoded"},
        {"Origin": "{base}", "Content_Type": "text/plain"},
    ],
)
def test_a_forged_change_is_refused(served: Served, headers: dict[str, str]) -> None:
    sent = {"Content_Type": "application/json", **headers}
    sent = {name: value.format(base=served.base) for name, value in sent.items()}
    body = b'{"channel": "D0ana", "text": "forged"}'
    assert served.request("POST", "/as/ana/say", body, **sent, **cookie(served))[0] == 403
    assert "forged" not in served.browse("GET", "/as/ana/c/D0ana")[1]


def test_another_site_cannot_read(served: Served) -> None:
    foreign = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", **cookie(served)}
    assert served.request("GET", "/as/ana/c/D0ana", **foreign)[0] == 403


@pytest.mark.parametrize("header", [{"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "none"}])
def test_the_web_api_is_not_for_browsers(served: Served, header: dict[str, str]) -> None:
    sent = {"Authorization": f"Bearer {TOKEN}", **header}
    assert served.request("POST", "/api/auth.test", **sent)[0] == 403


def test_every_answer_carries_the_policy(served: Served) -> None:
    for path in ("/as/ana/c/D0ana", "/nowhere", "/static/console.js", "/as/nobody/home"):
        _, headers, _ = served.request("GET", path, **cookie(served))
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"


def test_pages_hold_no_inline_script_or_style(served: Served) -> None:
    _, page = served.browse("GET", "/as/ana/c/D0ana")
    assert "<script>" not in page
    assert " style=" not in page
    assert " onclick" not in page


def test_static_files_stay_in_their_folder(served: Served) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert served.request("GET", path)[0] == 404


def test_a_cookie_ends_and_is_good_for_one_home_only() -> None:
    clock = FixedClock(NOW)
    keys = Pass(b"one home", clock)
    held = keys.cookie()
    assert keys.admits(held)
    assert Pass(b"one home", clock).admits(held)  # after a restart
    assert not Pass(b"another home", clock).admits(held)
    ends, _, signature = held.partition(".")
    assert not keys.admits(f"{int(ends) + 1}.{signature}")
    clock.move(timedelta(hours=12))
    assert not keys.admits(held)
