"""`placet demo --tour`: the main job on a throw-away home, checked at each stop.

Every stop reads the state back (the CRM's list, the receipt, the ticket, the ledger) and compares
it with what should have happened. The tour passes only where all of it did.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from placet.errors import PlacetError

from .output import draw, indented, say, text
from .progress import spinner

if TYPE_CHECKING:
    from gates.draft import Draft
    from gates.people import Person
    from placet.wiring import Placet

__all__ = ["Outcome", "Tour", "Unmet", "walk"]

T = TypeVar("T")
_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LONG = 2_000


class Unmet(Exception):
    """Something that the tour promised did not happen; the message says what."""


@dataclass
class Outcome:
    """How the tour ended: what was checked at each stop, and what failed."""

    stops: list[dict[str, Any]] = field(default_factory=list)
    failed: str | None = None
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything happened."""
        return self.failed is None

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "passed": self.passed,
            "failed": self.failed,
            "seconds": round(self.seconds, 2),
            "stops": self.stops,
        }


class Tour:
    """What the stops share: the opened home, who is who, and how to print and to check."""

    def __init__(self, placet: Placet, folder: Path, outcome: Outcome, *, quiet: bool) -> None:
        self.placet, self.folder = placet, folder
        self._outcome, self._quiet = outcome, quiet
        self.kept: dict[str, Any] = {}
        """What one stop leaves for a later one."""

    # --- people and drafts -----------------------------------------------------------------------

    def person(self, name: str) -> Person:
        """Return one of the three people of the sample policy."""
        return self.placet.person(name)

    def draft(self, draft_id: str) -> Draft:
        """Return a draft as it stands now."""
        return self.placet.desk.draft(draft_id)

    def ask(self, words: str, *, person: str) -> Draft:
        """Ask, wait for the answer, and return the one draft it brought.

        Raises:
            Unmet: there was no answer, or not exactly one waiting draft with members.
        """
        from placet.store.views import read_request

        self.command(f'placet ask "{words}" --as {person}')
        request_id = self.placet.desk.ask(words, person=self.person(person), place="cli")

        def answered() -> dict[str, Any] | None:
            with self.placet.book.reader.connect() as connection:
                request = read_request(connection, request_id)
            return None if request["state"] == "drafting" else request

        request = self.until(answered, "the request is answered")
        found = self.placet.desk.drafts(request_id=request_id)
        self.must(len(found) == 1, f"one draft came back ({request['reply']})")
        self.must(found[0].state.value == "pending", "it waits; nothing was done yet")
        return found[0]

    def decide(self, draft: Draft, verb: str, *, person: str, **rest: Any) -> str:
        """Decide on exactly what the card showed; returns what the person was told."""
        from gates.decision import Verb

        why = f' --reason "{rest["reason"]}"' if rest.get("reason") else ""
        self.command(f"placet decide {draft.revision.draft_id} {verb} --as {person}{why}")
        decided = self.placet.desk.decide(
            draft.revision.draft_id,
            Verb(verb),
            person=self.person(person),
            seen=(draft.revision.revision, draft.digest),
            **rest,
        )
        self.line(decided.words)
        return decided.words

    def settled(self, draft: Draft, *, into: str) -> Draft:
        """Wait until the worker brought a draft into a state.

        Raises:
            Unmet: it ended elsewhere, or nowhere.
        """

        def there() -> Draft | None:
            now = self.draft(draft.revision.draft_id)
            return None if now.state.value in ("approved", "executing") else now

        now = self.until(there, f"the worker ends it as {into}")
        self.must(now.state.value == into, f"it is {into} ({now.note or 'no note'})")
        return now

    # --- printing and checking -------------------------------------------------------------------

    def line(self, words: str) -> None:
        """Print a line of the story."""
        if not self._quiet:
            draw(indented(text(words, limit=_LONG)))

    def command(self, words: str) -> None:
        """Print the command that does the same by hand."""
        if not self._quiet:
            draw(indented(text(f"$ {words}", "bold", _LONG)))

    def card(self, draft: Draft) -> None:
        """Print a draft's card."""
        if not self._quiet:
            from .card import card, read_facts

            draw(card(read_facts(self.placet, draft)))

    def must(self, happened: bool, words: str) -> None:
        """Note a check.

        Raises:
            Unmet: it does not hold.
        """
        if not happened:
            raise Unmet(words)
        self._outcome.stops[-1]["checked"].append(words)

    def show(self, happened: bool, words: str) -> None:
        """Note a check and print it."""
        self.must(happened, words)
        if not self._quiet:
            draw(indented(text(f"checked: {words}", "green")))

    def until(self, look: Callable[[], T | None], words: str) -> T:
        """Wait until `look` returns something.

        Raises:
            Unmet: it did not for a minute.
        """
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            found = look()
            if found is not None:
                return found
            time.sleep(_POLL_SECONDS)
        raise Unmet(f"{words} (waited {_PATIENCE_SECONDS:.0f} s)")

    def stop(self, title: str) -> None:
        """Begin the next stop."""
        self._outcome.stops.append({"stop": title, "checked": []})
        if not self._quiet:
            say()
            draw(text(f"{len(self._outcome.stops)}. {title}", "bold cyan"))


def walk(*, quiet: bool = False) -> Outcome:
    """Walk the whole tour on a throw-away home; nothing outside it is read or changed."""
    from .stops import STOPS

    outcome, begun = Outcome(), time.monotonic()
    if not quiet:
        draw(text("Placet: it drafts, a person approves, it runs exactly once.", "bold"))
    with tempfile.TemporaryDirectory(prefix="placet-tour-") as name:
        try:
            with _worked_home(Path(name)) as placet:
                tour = Tour(placet, Path(name), outcome, quiet=quiet)
                for stop in STOPS:
                    stop(tour)
        except (Unmet, PlacetError) as unmet:
            outcome.failed = str(unmet)
    outcome.seconds = time.monotonic() - begun
    if not quiet:
        _close(outcome)
    return outcome


@contextmanager
def _worked_home(folder: Path) -> Iterator[Placet]:
    """Open a fresh home with the sample company and one worker in this process."""
    from placet.recipients import Recipients, any_site
    from placet.settings import load_settings
    from placet.wiring import initialise, open_placet

    from .home import SAMPLE, fill_sample

    # An environment of its own: the operator's databases, key and model stay out of it.
    site = any_site()
    own = {"PLACET_DRAFTER": "rules", "PLACET_PUBLIC_URL": site.public_url}
    settings = load_settings(own, home=folder / "home")
    with spinner("Making a throw-away home ..."):
        initialise(settings)
    fill_sample(settings, SAMPLE)
    placet = open_placet(settings)
    from placet.worker import worker_for  # late: loads DBOS

    worker = worker_for(placet)
    mail = placet.mail
    pages = Recipients(mail.links, mail.statements, mail.brand(), placet.clock)
    try:
        worker.start(prefix="tour")
        with site.serve_beside(pages):
            yield placet
    finally:
        worker.stop()
        placet.close()


def _close(outcome: Outcome) -> None:
    say()
    if not outcome.passed:
        draw(text(f"FAILED, this did not happen: {outcome.failed}", "bold red", _LONG))
        return
    checked = sum(len(stop["checked"]) for stop in outcome.stops)
    words = f"All of it happened: {checked} checks at {len(outcome.stops)} stops"
    draw(text(f"{words}, {outcome.seconds:.1f} s.", "bold green"))
    say("The same by hand: `placet init --sample`, then the commands above in a home of your own.")
