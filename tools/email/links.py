"""Links of ours in emails: unsubscribe, preferences, click, open. No login, no expiry.

A token carries what its page needs, sealed with AES-SIV (RFC 5297): the address is not readable in
the URL, a changed token is refused, and it works although the contact is gone from the CRM. The
cipher is deterministic on purpose: the same input gives the same bytes, so that a message rendered
again is the message that was approved.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import BaseModel, ConfigDict

from placet.errors import BadInput, BadSetting

__all__ = ["LinkKind", "LinkToken", "Links", "mail_key"]

LinkKind = Literal["unsubscribe", "preferences", "click", "open"]
_PATHS: dict[LinkKind, str] = {"unsubscribe": "u", "preferences": "p", "click": "c", "open": "o"}
_KINDS: dict[str, LinkKind] = {letter: kind for kind, letter in _PATHS.items()}
_VERSION = "1"
_SEPARATOR = "\x1f"
_LONGEST = 6_000
"""Characters of a token at most: longer ones are not ours, and cost nothing to refuse."""


class LinkToken(BaseModel):
    """What a token says: for whom, of which campaign, and where a click leads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LinkKind
    email: str
    """As the CRM had it when the message was rendered, lower-cased."""
    campaign: str
    topic: str
    url: str = ""
    """For clicks: where to go on to."""


def mail_key(ledger_key: bytes) -> bytes:
    """Return the key of all links, derived from the ledger's; it must never change."""
    return hmac.new(ledger_key, b"mail links", hashlib.sha256).digest()


class Links:
    """Makes and reads the links. Safe to use from several threads."""

    def __init__(self, base_url: str, key: bytes) -> None:
        """Take the public address of the recipients' pages and the key from `mail_key`.

        Raises:
            BadSetting: the address is none, or the key is too short.
        """
        if not base_url.startswith(("https://", "http://")):
            raise BadSetting(f"PLACET_PUBLIC_URL must begin with https://, but is {base_url!r}.")
        if len(key) < 16:
            raise BadSetting("The key of the mail links is too short; use `mail_key`.")
        self.base_url = base_url.rstrip("/")
        self._cipher = AESSIV(hashlib.sha512(b"placet mail links 1\x00" + key).digest())

    def unsubscribe(self, email: str, campaign: str, topic: str) -> str:
        """Return the unsubscribe page: GET shows it, POST unsubscribes (RFC 8058)."""
        return self._url("unsubscribe", email, campaign, topic)

    def preferences(self, email: str, campaign: str, topic: str) -> str:
        """Return the page where somebody chooses topics."""
        return self._url("preferences", email, campaign, topic)

    def click(self, email: str, campaign: str, topic: str, url: str) -> str:
        """Return a link that records a click and goes on to `url`."""
        return self._url("click", email, campaign, topic, url)

    def open(self, email: str, campaign: str, topic: str) -> str:
        """Return the picture whose loading records an opening."""
        return self._url("open", email, campaign, topic) + ".gif"

    def token(self, kind: LinkKind, email: str, campaign: str, topic: str, url: str = "") -> str:
        """Return the sealed token alone: URL-safe characters, the same for the same input."""
        head = _VERSION + _PATHS[kind]
        said = _SEPARATOR.join((email.lower(), campaign, topic, url))
        sealed = self._cipher.encrypt(said.encode(), [head.encode()])
        return head + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, token: str) -> LinkToken:
        """Return what a token says.

        Raises:
            BadInput: it is not one of ours, or was changed on its way.
        """
        forged = BadInput("This link is not complete or not ours; use the one from the email.")
        head, body = token[:2], token[2:]
        if len(token) > _LONGEST or head[:1] != _VERSION or head[1:] not in _KINDS:
            raise forged
        try:
            sealed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
            if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != body:
                raise forged  # the last character's spare bits: one token has one spelling
            said = self._cipher.decrypt(sealed, [head.encode()]).decode()
            email, campaign, topic, url = said.split(_SEPARATOR)
        except (InvalidTag, ValueError, binascii.Error):
            raise forged from None
        return LinkToken(
            kind=_KINDS[head[1:]], email=email, campaign=campaign, topic=topic, url=url
        )

    def _url(self, kind: LinkKind, email: str, campaign: str, topic: str, url: str = "") -> str:
        return f"{self.base_url}/{_PATHS[kind]}/{self.token(kind, email, campaign, topic, url)}"


assert set(_PATHS) == set(get_args(LinkKind))  # noqa: S101 - the tables must name every kind
