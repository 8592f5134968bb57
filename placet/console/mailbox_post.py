"""Ringing at the recipients' pages as a mailbox provider does (RFC 8058), over real HTTP.

Only at our own: an address in a message is a stranger's, and must not make this process call
whatever listens on this machine.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["Doorbell", "Said"]

_BODY = b"List-Unsubscribe=One-Click"
_SECONDS = 10.0
_READ = 300


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came back."""

    ok: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Doorbell:
    """Where the recipients' pages are: as emails name them, and where they listen here."""

    public_url: str
    port: int | None
    """On loopback; None where this process does not serve them."""
    why_not: str = ""
    """Why it does not, in words."""

    def ring(self, address: str) -> Said:
        """POST a one-click unsubscribing to an address in a message."""
        base = self.public_url.rstrip("/")
        if not address.startswith(base + "/u/"):
            words = f"Its address is not one of ours ({base}/u/...); nothing was sent."
            return Said(ok=False, words=words)
        if self.port is None:
            return Said(
                ok=False, words=self.why_not or "The recipients' pages are not served here."
            )
        path = urlsplit(address).path.removeprefix(urlsplit(base).path)
        return self._post(path, self.port)

    @staticmethod
    def _post(path: str, port: int) -> Said:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
        try:
            connection.request("POST", path, _BODY, headers)
            answer = connection.getresponse()
            text = answer.read(_READ).decode("utf-8", "replace").partition("\n")[0]
        except (OSError, http.client.HTTPException) as error:
            return Said(ok=False, words=f"The recipients' pages did not answer: {error}.")
        finally:
            connection.close()
        done = answer.status == http.HTTPStatus.OK
        said = text if answer.getheader("content-type", "").startswith("text/plain") else ""
        return Said(ok=done, words=f"POST {path[:18]}… answered {answer.status}. {said}".strip())
