"""The console's files: pictures on cards, an email's HTML where it can do nothing, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.consoles import Served, echo_console

PNG = b"\x89PNG\r\n\x1a\n\x00\xff and the rest"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with echo_console(f"sqlite:///{tmp_path / 'placet.db'}") as served:
        yield served


def upload(served: Served, name: str, data: bytes, channel: str = "") -> tuple[int, str]:
    ticket = served.form("files.getUploadURLExternal", filename=name, length=str(len(data)))
    path = ticket["upload_url"].removeprefix(served.base)
    status, _, _ = served.request("POST", path, data)
    if status == 200:
        more = {"channel_id": channel} if channel else {}
        done = served.call(
            "files.completeUploadExternal", files=[{"id": ticket["file_id"]}], **more
        )
        assert done["ok"], done
    return status, ticket["file_id"]


def fetch(
    served: Served, file_id: str, *, cookie: bool = True
) -> tuple[int, dict[str, str], bytes]:
    headers = {"Cookie": served.cookie} if cookie else {}
    return served.request("GET", f"/files/{file_id}", **headers)


def test_a_picture_is_kept_byte_for_byte_and_shown_on_a_card(served: Served) -> None:
    status, file_id = upload(served, "email-desktop.png", PNG)
    assert status == 200
    status, headers, body = fetch(served, file_id)
    assert (status, body) == (200, PNG)
    assert headers["content-type"] == "image/png"
    assert fetch(served, file_id, cookie=False)[0] == 403
    image = {"type": "image", "slack_file": {"id": file_id}, "alt_text": 'As "Ana" <sees> it'}
    posted = served.call("chat.postMessage", channel="D0ana", text="x", blocks=[image])
    assert posted["ok"], posted
    page = served.browse("GET", "/as/ana/c/D0ana")[1]
    assert f'<img src="/files/{file_id}"' in page
    assert "As &#34;Ana&#34; &lt;sees&gt; it" in page


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.png", b"<svg onload=alert(1)>"), ("a.PNG", b"GIF89a"), ("a.txt", b"\xff\xfe"),
     ("a.html", PNG), ("a.txt", b"a\x00b")],
)  # fmt: skip
def test_what_is_not_what_its_name_says_is_not_taken(
    served: Served, name: str, data: bytes
) -> None:
    status, file_id = upload(served, name, data)
    assert status == 415
    assert fetch(served, file_id)[0] == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.html", "text/html"), ("a.HTM", "text/html"), ("a.txt", "text/plain"),
     ("a.svg", "text/plain"), ("a.xml", "text/plain"), ("a.js", "text/plain"),
     ("a", "text/plain")],
)  # fmt: skip
def test_no_file_can_do_anything_in_the_consoles_origin(
    served: Served, name: str, kind: str
) -> None:
    body = b"<script>fetch('/as/ana/say')</script>"
    _, file_id = upload(served, name, body, "D0ana")
    status, headers, sent = fetch(served, file_id)
    assert (status, sent) == (200, body)
    assert headers["content-type"].startswith(kind)
    assert headers["x-content-type-options"] == "nosniff"
    policy = [one.strip() for one in headers["content-security-policy"].split(";")]
    assert policy[0] == "sandbox", "an origin of nobody's, and no scripts"
    assert "default-src 'none'" in policy
    assert not [one for one in policy if one.startswith(("script-src", "connect-src"))]


@pytest.mark.parametrize("bad", ["F1", "../../x", "F12345678' onerror='x", "", 7])
def test_a_picture_by_a_strange_id_is_refused_as_slack_does(served: Served, bad: object) -> None:
    image = {"type": "image", "slack_file": {"id": bad}, "alt_text": "x"}
    answer = served.call("chat.postMessage", channel="D0ana", text="x", blocks=[image])
    assert answer["ok"] is False
    assert answer["error"] == "invalid_blocks"
    assert "slack file" in str(answer)


def test_a_picture_whose_file_is_not_ours_is_words(served: Served) -> None:
    image = {"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "a cat"}
    assert served.call("chat.postMessage", channel="D0ana", text="x", blocks=[image])["ok"]
    page = served.browse("GET", "/as/ana/c/D0ana")[1]
    assert "F0123456789" not in page
    assert "a cat" in page
