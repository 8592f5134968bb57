"""Pictures of an email: two widths, nothing loaded, and a plain reason where there are none."""

from __future__ import annotations

import http.server
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.email.chromium import find_chromium
from tools.email.preview import (
    DESKTOP,
    MOBILE,
    TALLEST,
    Preview,
    Screenshots,
    Shot,
    pictures_of,
    without_images,
)

needs_browser = pytest.mark.skipif(find_chromium() is None, reason="no Chromium here")
HEAD = (
    '<!doctype html><html><head><meta name="viewport" content="width=device-width">'
    "<style>body{margin:0;background:#fff} @media (max-width:480px){.b{height:700px!important}}"
    '</style></head><body><div class="b" style="height:300px;background:#c00"></div>'
)


@pytest.fixture
def tempting() -> Iterator[tuple[str, list[str]]]:
    """A server that notes whatever is asked of it."""
    asked: list[str] = []

    class Note(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@needs_browser
def test_desktop_and_mobile_are_taken_whole_at_their_own_width() -> None:
    preview = Screenshots().take(HEAD + "</body></html>")
    assert preview.why == ""
    desktop, mobile = preview.shots
    assert (desktop.name, desktop.width, desktop.height) == ("desktop", DESKTOP, 300)
    assert (mobile.name, mobile.width, mobile.height) == ("mobile", MOBILE, 700)
    assert size(desktop.png) == (640, 300)
    assert size(mobile.png) == (375, 700)
    assert not desktop.cut


@needs_browser
def test_nothing_is_loaded_and_no_script_runs(tempting: tuple[str, list[str]]) -> None:
    base, asked = tempting
    html = HEAD + (
        f'<img src="{base}/a.png" srcset="{base}/b.png 2x" width="100" height="50" alt="Logo">'
        f'<link rel="stylesheet" href="{base}/c.css"><iframe src="{base}/d"></iframe>'
        f'<div style="background:url({base}/e.png);width:9px;height:9px"></div>'
        f'<style>@import "{base}/f.css"; p{{background:url("{base}/g.png")}}</style><p>x</p>'
        f'<object data="{base}/h"></object><meta http-equiv="refresh" content="0;url={base}/i">'
        f'<table background="{base}/j.png"><tr><td>x</td></tr></table>'
        f"<script>document.body.innerHTML='<div style=height:3000px></div>'</script>"
        f'<video poster="{base}/k.png" src="{base}/l"></video><input type="image" src="{base}/m">'
        f'<svg><image href="{base}/n.png"/></svg></body></html>'
    )
    preview = Screenshots().take(html)
    assert preview.why == ""
    assert preview.shots[0].height < 1_000, "the script did not run"
    assert asked == []


@needs_browser
def test_a_very_long_email_is_cut_and_says_so() -> None:
    html = f'<body style="margin:0"><div style="height:{TALLEST * 3}px">x</div></body>'
    shot = Screenshots().take(html).shots[0]
    assert (shot.height, shot.cut) == (TALLEST, True)


@needs_browser
@pytest.mark.parametrize("html", ["", "\x00<" + "<p>" * 3_000, "\ud83d"])
def test_whatever_the_html_there_is_a_picture_or_a_reason(html: str) -> None:
    preview = Screenshots().take(html)
    assert bool(preview.shots) != bool(preview.why)


def test_no_browser_is_a_plain_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.email.preview.find_chromium", lambda: None)
    preview = Screenshots().take("<p>x</p>")
    assert preview == Preview(why="There is no Chromium here, so there is no picture: install one.")


@pytest.mark.parametrize("binary", ["/bin/true", "/no/such/browser", "/etc/passwd"])
def test_a_browser_that_is_none_is_a_plain_reason(binary: str) -> None:
    preview = Screenshots(binary, seconds=5).take("<p>x</p>")
    assert preview.shots == ()
    assert preview.why.startswith("There is no picture: ")
    assert preview.why.endswith(".")


def test_a_browser_that_hangs_is_given_up_and_ended(tmp_path: Path) -> None:
    script = tmp_path / "hangs"
    note = tmp_path / "pid"
    script.write_text(f"#!/bin/sh\necho $$ > {note}\nexec sleep 60\n")
    script.chmod(0o755)
    begun = time.monotonic()
    preview = Screenshots(str(script), seconds=0.5).take("<p>x</p>")
    assert time.monotonic() - begun < 10
    assert "did not answer in time" in preview.why
    assert not Path(f"/proc/{note.read_text().strip()}").exists(), "it was ended"


def test_placeholders_keep_the_size_and_say_the_alt_text() -> None:
    shown = without_images(
        '<img src="https://x.example/a.png" width="300" height="100" alt="A &lt;b&gt; &amp; c">'
        '<img src="https://x.example/p.gif" width="1" height="1" alt="">'
        '<img src="https://x.example/n.png" style="width:50px;height:90px" alt="">'
    )
    assert "x.example" not in shown
    assert shown.count("data:image/svg+xml,") == 3
    assert "A%20%26lt%3Bb%26gt%3B%20%26amp%3B%20c" in shown
    assert "300%20%C3%97%20100" in shown
    assert "picture%20without" in shown
    assert 'width="300"' in shown


def test_pictures_of_names_the_files_and_says_what_is_on_them() -> None:
    shot = Shot(name="mobile", width=375, height=9, cut=True, png=b"png")
    (picture,), (file,) = pictures_of(Preview(shots=(shot,)), stem="email", alt="As Ana sees it")
    assert picture.file == file.ref
    assert file.ref.name == "email-mobile.png"
    assert file.ref.media_type == "image/png"
    assert picture.alt == "As Ana sees it, mobile, 375 pixels wide, cut below"
