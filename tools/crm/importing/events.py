"""Events: what a known person did and when; an unsubscribe, bounce or complaint also suppresses."""

import hashlib
from collections.abc import Sequence
from typing import Any, get_args

import sqlalchemy as sa

from tools.crm.local.schema import contacts, events
from tools.crm.values import email, squash
from tools.segments.tree import EventType

from .cells import Cells, Convert
from .reader import Row
from .repeats import Repeats
from .report import Tally
from .upsert import Writes, by_column, new_suppressions

__all__ = ["Events", "event_key"]

# HubSpot, Salesforce, Marketo and plain words. A soft bounce is none of these: the address works.
_ALIASES = {
    "email_sent": "sent|send|delivered|email delivered|email send|send email|processed|emailsent",
    "email_open": "open|opened|email opened|open email|opens|emailopen|email opens",
    "email_click": "click|clicked|email clicked|click email|clicks|email link clicked|emailclick|"
                   "clicked link in email|click link in email",
    "page_view": "pageview|visit|visited page|page visit|visit web page|visit webpage|page viewed|"
                 "website visit|viewed page|visited url",
    "form_submit": "form submission|form submitted|submitted form|submit form|fill out form|form|"
                   "filled out form|form fill",
    "webinar_registered": "webinar registration|registered|registered for webinar|registrant|"
                          "webinar register|webinar registrant",
    "webinar_attended": "webinar attendance|attended|attended webinar|attendee|webinar attend|"
                        "webinar attendee",
    "unsubscribed": "unsubscribe|unsubscribe email|unsubscribed email|opt out|opted out|optout|"
                    "email unsubscribed|unsubscribed from email",
    "bounced": "bounce|hard bounce|email bounced|email bounce|hardbounce|email bounced hard|"
               "hard bounced|dropped",
    "complaint": "spam|spam report|spamreport|complained|marked as spam|spam complaint|"
                 "reported spam|abuse",
}  # fmt: skip
_TYPES = {squash(alias): name for name, text in _ALIASES.items() for alias in text.split("|")}
_TYPES |= {squash(name): name for name in get_args(EventType)}
_REASONS = {"unsubscribed": "unsubscribed", "bounced": "bounced", "complaint": "complained"}


def event_key(address: str, kind: str, occurred_at: int, asset: str | None) -> str:
    """Return what makes an event that event: asked twice, it is stored once."""
    text = f"{address}\n{kind}\n{occurred_at}\n{asset or ''}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Events:
    """How rows become events."""

    required = (("email",), ("event",), ("occurred_at",))

    def __init__(self, cells: Cells, tally: Tally, repeats: Repeats, *, now: int) -> None:
        del now  # an event says when it was
        self._cells = cells
        self._tally = tally
        self._repeats = repeats
        self._converts: dict[str, Convert] = {
            "email": cells.email, "event": cells.text, "occurred_at": self._when,
            "asset": cells.name,
        }  # fmt: skip

    def _when(self, line: int, at: int, text: str) -> int | None:
        return self._cells.moment(line, at, text, "row left out")

    def keys(self, row: Row) -> Sequence[str]:
        """Return by what the row's event is known."""
        names = ("email", "event", "occurred_at", "asset")
        return ("\n".join(self._cells.raw(row, name) for name in names).casefold(),)

    def parse(self, row: Row) -> dict[str, Any] | None:
        """Return what the row says, or None where it was left out and reported."""
        raw = self._cells.raw(row, "email")
        if email(raw) is None:
            self._cells.skip(row.line, "email", raw, "is no email address; row left out")
            return None
        name = self._cells.raw(row, "event")
        kind = _TYPES.get(squash(name))
        if kind is None:
            self._cells.skip(row.line, "event", name, "is no event the CRM keeps; row left out")
            return None
        when = self._cells.raw(row, "occurred_at")
        values = self._cells.values(row, self._converts)
        if "occurred_at" not in values:
            if when:
                self._tally.skipped += 1  # the cell itself is reported already
            else:
                self._cells.skip(row.line, "occurred_at", "", "no time; row left out")
            return None
        return values | {"type": kind, "line": row.line, "keys": self.keys(row)}

    def plan(self, connection: sa.Connection, batch: Sequence[dict[str, Any]]) -> Writes:
        """Look up what is there, count what is new, and return what to write."""
        writes, rows = Writes(), self._rows(connection, batch)
        found = by_column(connection, events.c.key, (key for key, _ in rows))
        known = {row["key"] for row in found}
        wanted = []
        for key, values in rows:
            if values["type"] in _REASONS:
                reason = _REASONS[values["type"]]
                wanted.append((values["email"], reason, values["occurred_at"]))
            again = self._repeats.first_line(values["keys"], key, values["line"])
            if key in known or again is not None:
                self._tally.unchanged += 1
                continue
            known.add(key)
            writes.insert(events, {name: values.get(name) for name in _STORED} | {"key": key})
            self._tally.created += 1
        writes.suppressed = new_suppressions(connection, wanted)
        self._tally.suppressed += len(writes.suppressed)
        return writes

    def _rows(
        self, connection: sa.Connection, batch: Sequence[dict[str, Any]]
    ) -> list[tuple[str, dict[str, Any]]]:
        found = by_column(connection, contacts.c.email, (values["email"] for values in batch))
        ids = {row["email"]: row["id"] for row in found}
        rows = []
        for values in batch:
            address = values["email"]
            if address not in ids:
                message = "is no contact here; import the contacts first; row left out"
                self._cells.skip(values["line"], "email", address, message)
                continue
            values["contact_id"] = ids[address]
            asset = values.get("asset")
            rows.append((event_key(address, values["type"], values["occurred_at"], asset), values))
        return rows


_STORED = ("contact_id", "type", "occurred_at", "asset")
