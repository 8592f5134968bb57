"""Chromium on a leash: one headless browser, spoken to over a pipe, that can reach no network.

A pipe (`--remote-debugging-pipe`) instead of a port: no other process of the machine can steer
the browser, and no websocket library is needed. Messages are JSON, each ended by a NUL byte.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["Browser", "BrowserFailed", "find_chromium", "open_browser"]

_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "chrome-headless-shell", "microsoft-edge",
)  # fmt: skip
_PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--disable-breakpad", "--mute-audio",
    "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-GB", "--password-store=basic",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
    # No name resolves and no address is reached, even if the request filter below were passed by.
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=socks5://127.0.0.1:9",
    "--remote-debugging-pipe",
)  # fmt: skip
# --no-sandbox, because Chromium refuses to start as root with it; scripts are off, nothing is
# loaded, and the page is our own build of an email.
_CHUNK = 1 << 16


class BrowserFailed(Exception):
    """The browser did not do it; the text says why, in words."""


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome of this machine, or None where there is none."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return found or next((one for one in _PLACES if Path(one).exists()), None)


@contextlib.contextmanager
def open_browser(binary: str, *, seconds: float) -> Iterator[Browser]:
    """Start Chromium with a fresh profile, which is gone afterwards.

    Args:
        binary: the path of the executable.
        seconds: how long everything together may take.

    Raises:
        BrowserFailed: it does not start, answers with an error, or takes longer.
    """
    with tempfile.TemporaryDirectory(
        prefix="placet-preview-", ignore_cleanup_errors=True
    ) as profile:
        to_read, to_write = os.pipe(), os.pipe()  # what it reads, what it writes
        try:
            process = _start(binary, profile, to_read[0], to_write[1])
        except OSError as error:
            _close(*to_read, *to_write)
            raise BrowserFailed(f"{binary} does not start: {error.strerror}") from None
        _close(to_read[0], to_write[1])
        try:
            yield Browser(to_read[1], to_write[0], ends=time.monotonic() + seconds)
        finally:
            _close(to_read[1], to_write[0])
            _end(process)


def _start(binary: str, profile: str, reads: int, writes: int) -> subprocess.Popen[bytes]:
    # Chromium speaks on descriptors 3 and 4. A shell puts ours there, because what runs between
    # fork and exec in a process with threads must not be Python.
    script = f'exec "$0" "$@" 3</dev/fd/{reads} 4>/dev/fd/{writes}'
    return subprocess.Popen(  # noqa: S603 - a path that was looked up, flags of ours
        ["/bin/sh", "-c", script, binary, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        pass_fds=(reads, writes), start_new_session=True,
        env={"PATH": os.defpath, "HOME": profile, "TMPDIR": profile, "LANG": "C.UTF-8"},
    )  # fmt: skip


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the browser and all its helpers: the group that it leads."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _close(*descriptors: int) -> None:
    for one in descriptors:
        with contextlib.suppress(OSError):
            os.close(one)


class Browser:
    """Speaks the DevTools protocol; every call is over by the same moment."""

    def __init__(self, writes: int, reads: int, *, ends: float) -> None:
        self._writes, self._reads, self._ends = writes, reads, ends
        self._last, self._rest = 0, b""
        self.asked: list[str] = []
        """Addresses that a page wanted to load, each of them refused."""

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Call a method and return its result.

        Raises:
            BrowserFailed: it answers with an error, not in time, or not at all.
        """
        number = self._send(method, session, params)
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserFailed(f"{method}: {answer['error'].get('message')}")
                return dict(answer["result"])
            if answer.get("method") == "Fetch.requestPaused":
                self._refuse(answer)

    def _refuse(self, paused: dict[str, Any]) -> None:
        """Let a page load nothing at all: not from the network, not from the disk."""
        held = paused["params"]
        self.asked.append(str(held["request"]["url"])[:500])
        refusal = {"requestId": held["requestId"], "errorReason": "BlockedByClient"}
        self._send("Fetch.failRequest", paused.get("sessionId"), refusal)

    def _send(self, method: str, session: str | None, params: dict[str, Any]) -> int:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        rest = json.dumps(message).encode() + b"\0"
        while rest:
            try:
                rest = rest[os.write(self._writes, rest) :]
            except OSError:
                raise BrowserFailed("the browser ended while it was spoken to") from None
        return self._last

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            left = self._ends - time.monotonic()
            if left <= 0 or not select.select([self._reads], [], [], left)[0]:
                raise BrowserFailed("the browser did not answer in time")
            chunk = os.read(self._reads, _CHUNK)
            if not chunk:
                raise BrowserFailed("the browser ended at once")
            self._rest += chunk
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))
