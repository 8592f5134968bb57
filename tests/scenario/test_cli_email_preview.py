"""`placet email preview`: pictures of a file, without a home; a plain line where there are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenario.conftest import Cli
from tools.email.chromium import find_chromium

needs_browser = pytest.mark.skipif(find_chromium() is None, reason="no Chromium here")


@needs_browser
def test_a_template_is_pictured_at_both_widths(empty: Cli, tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    ran = empty("email", "preview", "newsletter", "--out", str(out), "--json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    assert [(one["name"], one["width"]) for one in document["pictures"]] == [
        ("desktop", 640), ("mobile", 375),
    ]  # fmt: skip
    for one in document["pictures"]:
        assert Path(one["file"]).read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in out.iterdir()) == [
        "newsletter-desktop.png", "newsletter-mobile.png",
    ]  # fmt: skip


def test_without_a_browser_it_says_so_and_writes_nothing(empty: Cli, tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    ran = empty(
        "email", "preview", "newsletter", "--out", str(out), "--chromium", "/no/such/browser"
    )
    assert ran.code == 1
    assert "There is no picture" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not out.exists()
