"""The stops of the tour about emails: asked for, tried, approved, sent, left, scheduled, stopped.

The mail server is the embedded mailbox, so that every message can be counted where it arrived; the
recipients' pages really listen, and unsubscribing is the POST that a mail program makes.
"""

from __future__ import annotations

import hashlib
import http.client
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from gates.draft import Draft
from tools.email.mailbox.parts import one_click, parts_of
from tools.email.manifest import read_manifest

from .tour import Tour

__all__ = ["another_time", "invited", "left", "sent", "tried"]

_PEOPLE = "people in the United Kingdom who attended a webinar in the last 12 months"
_DAYS_AHEAD = 18
_SECONDS = 12
_MOST = 1_000
_ONE_CLICK = b"List-Unsubscribe=One-Click"
_DATE = re.compile(rb"^Date:[^\r\n]*\r\n", re.MULTILINE)


def invited(tour: Tour) -> None:
    """Ask for an email and read its card."""
    tour.stop("An email is asked for in words; who gets it, what it says and when are shown apart")
    words = _words(tour, "the follow-up", "follow-up")
    draft = tour.kept["email"] = tour.ask(words, person="ana")
    tour.card(draft)
    names = [one["name"] for one in draft.revision.evidence.get("sections", ())]
    shown = {"audience", "content", "schedule"}
    tour.must(shown <= set(names), "audience, content and schedule each have a section")
    checks = draft.revision.checks
    wrong = [one.message for one in checks if one.status == "error"]
    tour.show(not wrong, f"{len(checks)} groups of checks, none of them an error")
    members = tour.placet.desk.members(draft)
    tour.show(len(members) > 0, f"it is for {len(members):,} people, a rendered message for each")
    tour.show(_arrived(tour) == 0, "nothing was sent")


def tried(tour: Tour) -> None:
    """Send a test to oneself, which needs nobody's yes."""
    tour.stop("ana sends herself a test: that needs no approval, and reaches nobody else")
    draft_id = tour.kept["email"].revision.draft_id
    tour.command(f"placet test {draft_id} --as ana")
    test = tour.placet.desk.test(draft_id, person=tour.person("ana"))
    tour.settled(test, into="executed")
    address = tour.placet.policy.address_of(tour.person("ana")) or ""
    tour.show(
        _arrived(tour) == _arrived(tour, to=address) == 1,
        f"one message arrived in the mailbox, for {address}",
    )


def sent(tour: Tour) -> None:
    """Approve the email; everybody gets exactly one message, in the approved bytes."""
    tour.stop("Somebody else says yes to exactly that, and it is sent, once, at a steady rate")
    draft = tour.kept["email"]
    tour.decide(draft, "approve", person="ben")
    ended = tour.settled(draft, into="executed")
    approved = _approved(tour, ended)
    arrived = _messages(tour, ended)
    tour.show(
        sorted(to for to, _ in arrived) == sorted(approved),
        f"{len(arrived):,} messages arrived in the mailbox: one for each of those approved",
    )
    same = all(hashlib.sha256(_undated(raw)).hexdigest() == approved[to] for to, raw in arrived)
    tour.show(same, "each is byte for byte what was approved, but for its Date")
    # A test is no campaign: it went to ana, and ana alone.
    tour.must(_arrived(tour) == len(arrived) + 1, "nobody else got anything")
    tour.kept["messages"] = dict(arrived)


def left(tour: Tour) -> None:
    """Unsubscribe one of them, as a mail program does behind its button."""
    tour.stop("One of them unsubscribes with one click; looking at the link does not")
    who, raw = min(tour.kept["messages"].items())
    address = one_click(parts_of(raw))
    tour.must(address is not None, "the message has a one-click address")
    tour.command(f"curl -X POST -d List-Unsubscribe=One-Click {str(address)[:52]}...")
    looked, _ = _ask("GET", str(address))
    takes = tour.placet.mail.statements.topics(who).get("", True)
    tour.show(looked == http.client.OK and takes, "a GET, as mail scanners do, changes nothing")
    status, said = _ask("POST", str(address))
    tour.line(f"The page answers: {said}")
    takes = tour.placet.mail.statements.topics(who).get("", True)
    tour.show(status == http.client.OK and not takes, f"{who} is unsubscribed")
    tour.kept["left"] = who


def another_time(tour: Tour) -> None:
    """Ask for another, for tomorrow: who left is left out; approve it, and stop it in time."""
    tour.stop(
        "A second email is for tomorrow: who left gets nothing; a scheduled one can be stopped"
    )
    words = _words(tour, "the product tour", "product-tour", more="Send it tomorrow at 9 am.")
    draft = tour.ask(words, person="ana")
    tour.line(f"Draft {draft.revision.draft_id}: {draft.revision.summary}")
    before, now = (set(_approved(tour, one)) for one in (tour.kept["email"], draft))
    gone = {tour.kept["left"]}
    tour.show(before - now == gone, f"it is for {len(now):,} people, without {tour.kept['left']}")
    count = _arrived(tour)
    tour.decide(draft, "approve", person="ben")
    tour.must(tour.draft(draft.revision.draft_id).state.value == "approved", "it is approved")
    tour.decide(draft, "stop", person="ana", reason="The date is not settled yet")
    ended = tour.settled(draft, into="withdrawn")
    tour.show(
        ended.stopped_by is not None and _arrived(tour) == count,
        "it was stopped before its time, and nothing of it was sent",
    )


# --- reading state back --------------------------------------------------------------------------


def _words(tour: Tour, to: str, page: str, more: str = "") -> str:
    day = tour.placet.clock.now() + timedelta(days=_DAYS_AHEAD)
    return (
        f"Invite {_PEOPLE} to {to} on {day:%-d %B} at 4 pm, "
        f"link https://www.halden.example/{page}, friendly. {more}"
    ).strip()


def _approved(tour: Tour, draft: Draft) -> dict[str, str]:
    """Return the approved message's hash by address."""
    data = tour.placet.files.read(draft.revision.action["manifest"]["sha256"])
    return {line.to.lower(): line.sha256 for line in read_manifest(data).values()}


def _arrived(tour: Tour, to: str = "") -> int:
    return tour.placet.mail.kept.count(to=to)


def _messages(tour: Tour, draft: Draft) -> list[tuple[str, bytes]]:
    kept, campaign = tour.placet.mail.kept, str(draft.revision.action["campaign"])
    found = kept.page(campaign=campaign, size=_MOST)
    posts: list[Any] = [kept.post(one.id) for one in found]
    test = tour.placet.policy.address_of(tour.person("ana"))
    return [(one.recipient, one.raw) for one in posts if one.raw and one.recipient != test]


def _undated(raw: bytes) -> bytes:
    head, gap, body = raw.partition(b"\r\n\r\n")
    return _DATE.sub(b"", head + b"\r\n", count=1)[:-2] + gap + body


def _ask(method: str, address: str) -> tuple[int, str]:
    """Call the recipients' pages over HTTP; returns the status and the first line."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=_SECONDS)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, parts.path, _ONE_CLICK if method == "POST" else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace").partition("\n")[0]
    finally:
        connection.close()
