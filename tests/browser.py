"""A headless Chromium driven over its DevTools protocol: clicks, keys, and pictures."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb", "--lang=en-GB", "--remote-debugging-port=0",
)  # fmt: skip
_PATIENCE = 20.0
_KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, "")}


def chromium() -> str:
    """Where Chromium is; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


class Page:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._last = socket, 0
        self.trouble: list[str] = []
        """What the page complained of: errors in the console, refused by the policy."""
        for domain in ("Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=_PATIENCE))
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "Runtime.exceptionThrown":
            self.trouble.append(json.dumps(event["params"]["exceptionDetails"])[:500])
        elif event.get("method") == "Log.entryAdded":
            entry = event["params"]["entry"]
            if entry["level"] == "error":
                self.trouble.append(f"{entry['text']} {entry.get('url', '')}")

    def run(self, script: str) -> Any:
        """Return what a JavaScript expression (or promise) becomes."""
        found = self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, script: str, words: str = "") -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                if self.run(f"!!({script})"):
                    return
            except AssertionError:  # the page is on its way elsewhere
                pass
            time.sleep(0.03)
        shows = self.run("document.body.innerText")
        raise AssertionError(f"not so: {words or script}; trouble: {self.trouble}; shows: {shows}")

    def go(self, address: str) -> None:
        self.command("Page.navigate", url=address)
        self.until("document.readyState === 'complete'")

    def open(self, address: str) -> None:
        """Go to a page of the console and wait until it is live."""
        self.go(address)
        self.until("document.body.dataset.live === 'yes'", "the page is live")

    def has(self, words: str, where: str = "body") -> None:
        """Wait until words are shown."""
        self.until(f"document.querySelector({where!r})?.innerText.includes({json.dumps(words)})")

    def click(self, selector: str, words: str = "") -> None:
        """Click what a person would: the first visible match whose text holds the words."""
        find = (
            f"[...document.querySelectorAll({json.dumps(selector)})].find(e => "
            f"e.innerText.includes({json.dumps(words)}) && e.getClientRects().length)"
        )
        self.until(f"!!{find}", f"there is {selector} {words!r}")
        # Two frames in one place and nothing above it: a press on what still moves goes elsewhere.
        spot = (
            f"(async () => {{ const at = () => {{ const e = {find}; if (!e) return null;"
            " e.scrollIntoView({block: 'center', behavior: 'instant'});"
            " const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;"
            " const top = document.elementFromPoint(x, y);"
            " return top && (e.contains(top) || top.contains(e)) ? [x, y] : null; };"
            " const first = at();"
            " await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));"
            " const then = at();"
            " return first && then && first.join() === then.join() ? then : null; })()"
        )
        place, end = self.run(spot), time.monotonic() + _PATIENCE
        while place is None:
            assert time.monotonic() < end, f"{selector} {words!r} cannot be pressed"
            time.sleep(0.03)
            place = self.run(spot)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.command(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1],
                button="left", clickCount=0 if kind == "mouseMoved" else 1,
            )  # fmt: skip

    def type(self, selector: str, words: str) -> None:
        """Put words into a field in place of what it holds."""
        self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.focus(); e.select(); document.execCommand('delete'); })()"
        )
        self.command("Input.insertText", text=words)

    def key(self, name: str) -> None:
        code, text = _KEYS[name]
        common = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        more = {"text": text} if text else {}
        self.command("Input.dispatchKeyEvent", type="keyDown", **common, **more)
        self.command("Input.dispatchKeyEvent", type="keyUp", **common)

    def size(self, width: int, height: int) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def theme(self, name: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.command("Emulation.setEmulatedMedia", features=features)

    def picture(self, path: Path) -> None:
        shot = self.command("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Start Chromium with a fresh profile under `folder`; yields its one tab."""
    profile = folder / "chromium"
    command = [chromium(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with connect(_tab(profile, process), max_size=2**26) as socket:
                page = Page(socket)
                page.size(1440, 900)
                yield page
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _tab(profile: Path, process: subprocess.Popen[bytes]) -> str:
    note = profile / "DevToolsActivePort"
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None, "Chromium ended at once"
        if note.exists() and note.read_text().count("\n"):
            port = int(note.read_text().splitlines()[0])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as found:
                tabs = [one for one in json.load(found) if one["type"] == "page"]
            if tabs:
                return str(tabs[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("Chromium did not open its DevTools port within 30 s")
