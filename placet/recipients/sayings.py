"""What somebody says by these pages, as statements; each is recorded once.

"Unsubscribe" after "subscribe again" is a new statement and must never be taken for the first one
sent twice. What holds already is recorded once more at most: an address that takes nothing because
it bounced may say so itself too, and that counts on when the bounce is forgiven.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from typing import Literal

from placet.clock import Clock
from tools.email.links import LinkToken
from tools.email.port import Statement, Statements

__all__ = ["Sayings"]

_EVERYTHING = ""
_LONGEST_URL = 2_000


class Sayings:
    """Records what the holder of a link says about the address in it."""

    def __init__(self, statements: Statements, clock: Clock, topics: tuple[str, ...]) -> None:
        self._statements, self._clock, self._topics = statements, clock, topics

    def takes(self, of: LinkToken) -> Mapping[str, bool]:
        """Return for each of the brand's topics whether the address takes it."""
        said = self._statements.topics(of.email)
        everything = said.get(_EVERYTHING, True)
        return {topic: everything and said.get(topic, True) for topic in self._topics}

    def takes_nothing(self, of: LinkToken) -> bool:
        """Return whether the address takes no email at all."""
        return not self._statements.topics(of.email).get(_EVERYTHING, True)

    def leave(self, of: LinkToken) -> None:
        """Unsubscribe from everything."""
        hour = self._clock.now().strftime("%Y%m%d%H")
        again = _key(of, "unsubscribed", hour) if self.takes_nothing(of) else ""
        self._say(of, "unsubscribed", None, key=again)

    def choose(self, of: LinkToken, chosen: Collection[str]) -> None:
        """Take exactly these topics; none of them is unsubscribing from everything."""
        wanted = {topic for topic in self._topics if topic in chosen}
        if not wanted:
            self.leave(of)
            return
        if self.takes_nothing(of):
            self._say(of, "resubscribed", None)
        said = self._statements.topics(of.email)
        for topic in self._topics:
            if said.get(topic, True) != (topic in wanted):
                self._say(of, "resubscribed" if topic in wanted else "unsubscribed", topic)

    def clicked(self, of: LinkToken) -> None:
        """Note a click, the same link once a minute at most."""
        self._note(of, "clicked", of.url[:_LONGEST_URL], "%Y%m%d%H%M")

    def opened(self, of: LinkToken) -> None:
        """Note an opening, once an hour at most."""
        self._note(of, "opened", "", "%Y%m%d%H")

    def _note(
        self, of: LinkToken, said: Literal["opened", "clicked"], detail: str, once_in: str
    ) -> None:
        now = self._clock.now()
        key = _key(of, said, detail, now.strftime(once_in))
        self._statements.take(
            Statement(
                email=of.email, said=said, at=now, asset=of.campaign, detail=detail, key=key,
                topic=of.topic or None,
            )
        )  # fmt: skip

    def _say(
        self, of: LinkToken, said: Literal["unsubscribed", "resubscribed"], topic: str | None,
        key: str = "",
    ) -> None:  # fmt: skip
        self._statements.take(
            Statement(
                email=of.email, said=said, topic=topic, at=self._clock.now(), asset=of.campaign,
                key=key or f"page:{secrets.token_hex(20)}", detail="by the page for recipients",
            )
        )  # fmt: skip


def _key(of: LinkToken, *parts: str) -> str:
    text = "\x1f".join((of.email, of.campaign, *parts))
    return f"page:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
