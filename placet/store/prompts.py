"""Which prompt serves whom: read with each request, changed by an approved draft or a way back.

A request reads one row by its primary key, so a change counts from the next request on, in every
process. Texts never change under their hash and are kept in memory. Each change is one transaction
with its row of the history and of the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from gates.ledger import Event as LedgerEvent
from gates.people import Person
from gates.permit import Permit
from gates.policy import Policy
from placet.clock import Clock
from placet.errors import BadInput, Conflict, EffectRefused, NotAllowed, NotFound, PlacetError
from placet.ids import new_id
from placet.log import get_logger
from prompts import EVERYWHERE, Prompt, choose, load_prompt, parse_prompt, prompt_names
from tools.portable import queue_behind
from tools.prompts.action import ChangePrompt
from tools.prompts.drafting import as_file, check_fits, reason_of
from tools.prompts.port import Standing, Turned
from tools.sql import reading
from tools.tickets.local import LocalTracker
from tools.tickets.port import NewTicket

from .files import keep_file, read_file
from .ledger import append
from .prompt_rows import (
    Change,
    Event,
    approved_before,
    ever_served,
    read_change,
    read_history,
    read_served,
    read_since,
    standing_of,
    write_change,
)
from .schema import files

__all__ = ["KIND", "SqlPrompts"]

KIND = "change_prompt"
"""The kind of action whose approvers may also go back at once."""
_SHORTEST = 6
_MOST = 20
_log = get_logger(__name__)


class SqlPrompts:
    """Implements `prompts.PromptSource` and `tools.prompts.PromptShelf` over Placet's database."""

    def __init__(self, engine: sa.Engine, clock: Clock, *, key: bytes, policy: Policy) -> None:
        """Take the database, the clock, the ledger's key, and who may do what."""
        self._engine, self._reader = engine, reading(engine)
        self._clock, self._key, self._policy = clock, key, policy
        self._texts: dict[str, Prompt] = {}
        self._served: dict[tuple[str, str], Prompt | None] = {}

    # --- for requests --------------------------------------------------------------------------

    def prompt(self, name: str, *, key: str = "", scope: str = EVERYWHERE) -> Prompt:
        """Return the version that answers the request `key` in a workspace.

        A version that cannot be used any more (its text was damaged, or a newer release of Placet
        fills in other inputs) is replaced by the file that ships; the log says so.

        Raises:
            NotFound: there is no prompt of that name.
        """
        shipped = load_prompt(name)
        with self._reader.connect() as connection:
            chosen = choose(read_served(connection, name, scope), key)
        return shipped if chosen is None else self._usable(name, chosen) or shipped

    def version(self, name: str, sha256: str) -> Prompt:
        """Return one version by its hash, whatever serves now.

        Raises:
            NotFound: that version is not known here.
        """
        text = self.text(sha256)
        if text.name != name:
            raise NotFound(f"The prompt {name} has no version {sha256[:12]} here.")
        return text

    def usable(self, name: str, sha256: str) -> bool:
        """Return whether a version can serve with this release of Placet."""
        return self._usable(name, sha256) is not None

    def _usable(self, name: str, sha256: str) -> Prompt | None:
        """Return a version that can serve; reading and checking one is done once."""
        if (name, sha256) not in self._served:
            try:
                text = self.text(sha256)
                check_fits(name, text)
            except PlacetError as error:
                _log.error("prompt %s: %s The file that ships serves instead.", name, error)
                self._served[name, sha256] = None
            else:
                self._served[name, sha256] = text
        return self._served[name, sha256]

    # --- looking -------------------------------------------------------------------------------

    def standing(self, name: str, scope: str = EVERYWHERE) -> Standing:
        """Return what serves a name in a scope.

        Raises:
            NotFound: there is no prompt of that name.
        """
        load_prompt(name)
        with self._reader.connect() as connection:
            return standing_of(read_served(connection, name, scope))

    def serving(self, name: str, scope: str = EVERYWHERE) -> Prompt:
        """Return the approved text that serves a name in a scope, never a canary.

        Raises:
            NotFound: there is no prompt of that name.
            Conflict: the kept bytes are not what the hash says.
        """
        return self.text(self.standing(name, scope).stable)

    def standings(self) -> Sequence[tuple[Standing, Change | None]]:
        """Return what serves each name, everywhere and where a workspace has its own.

        Beside each stands the change that made it so; None: the file has served from the start.
        """
        with self._reader.connect() as connection:
            rows = {(name, scope) for name, scope, _ in read_since(connection)}
            rows |= {(name, EVERYWHERE) for name in prompt_names()}
            last = {(one.after.name, one.after.scope): one for one in read_history(connection)}
            return [
                (standing_of(read_served(connection, name, scope)), last.get((name, scope)))
                for name, scope in sorted(rows)
                if name in prompt_names()
            ]

    def history(self, name: str, scope: str | None = None) -> Sequence[Change]:
        """Return the changes of a name, oldest first."""
        with self._reader.connect() as connection:
            return read_history(connection, name, scope)

    def text(self, sha256: str) -> Prompt:
        """Return the text of this hash, checked.

        Raises:
            NotFound: it is not kept here.
            Conflict: the kept bytes are not what the hash says.
        """
        there = self._texts.get(sha256) or _shipped(sha256)
        if there is None:
            with self._reader.connect() as connection:
                there = _read_text(connection, sha256)
        self._texts[sha256] = there
        return there

    def find(self, prefix: str) -> Prompt:
        """Return the one text whose hash starts so, of those that ship and those kept here.

        Raises:
            BadInput: it is too short, or no hash.
            NotFound: there is none, or several.
        """
        if len(prefix) < _SHORTEST or prefix.strip("0123456789abcdef"):
            raise BadInput(f"{prefix!r} is no hash; give at least {_SHORTEST} of its hex digits.")
        found = {
            one.sha256: one for one in map(load_prompt, prompt_names())
            if one.sha256.startswith(prefix)
        }  # fmt: skip
        query = sa.select(files.c.sha256).where(
            files.c.sha256 >= prefix, files.c.sha256 < f"{prefix}g"
        )
        with self._reader.connect() as connection:
            for sha256 in connection.scalars(query.limit(_MOST)):
                try:
                    found[sha256] = _read_text(connection, sha256)
                except PlacetError:
                    continue  # another kind of file
        if len(found) != 1:
            many = f"{len(found)} texts have" if found else "No text kept here has"
            raise NotFound(f"{many} a hash that starts with {prefix}; `placet prompts list`.")
        return next(iter(found.values()))

    def turned(self, key: str) -> Turned | None:
        """Return what was written under an idempotency key, if anything was."""
        with self._reader.connect() as connection:
            found = read_change(connection, key)
        return found.turned if found else None

    def served_before(self, name: str, scope: str, sha256: str) -> bool:
        """Return whether this text was ever approved to serve there, or ships."""
        if load_prompt(name).sha256 == sha256:
            return True
        return ever_served(self.history(name, scope), sha256)

    # --- changing ------------------------------------------------------------------------------

    def promote(self, permit: Permit, *, key: str, change: ChangePrompt) -> Turned:
        """Let the change's text serve, if what serves is still what the change names.

        Raises:
            EffectRefused: something else serves by now; nothing was changed.
        """
        named = (change.before, change.canary, change.canary_share)

        def goal(now: Standing, _connection: sa.Connection) -> Standing:
            if (now.stable, now.canary, now.share) != named:
                raise EffectRefused(f"{change.name} was changed meanwhile: now {now.words}.")
            return _promoted(now, change.after.sha256, change.share)

        event = LedgerEvent(
            event="prompt.promoted", draft_id=permit.draft_id, revision=permit.revision,
            digest=permit.digest,
        )  # fmt: skip
        return self._turn(change.name, change.scope, key, "promoted", event, goal, change.why)

    def rollback(
        self, name: str, scope: str = EVERYWHERE, *, person: Person, why: str = ""
    ) -> Turned:
        """Go back at once: end the canary, else serve what was approved before, byte for byte.

        Raises:
            NotAllowed: the person is no approver of prompt changes.
            Conflict: there is nothing to go back to.
        """
        approvers = self._policy.may_approve(KIND)
        if person.bot or person.key not in {one.key for one in approvers}:
            names = " or ".join(f"@{self._policy.name_of(one)}" for one in approvers) or "nobody"
            raise NotAllowed(
                f"@{self._policy.name_of(person)} may not roll back prompts: it takes an approver "
                f"of {KIND}; ask {names}."
            )
        event = LedgerEvent(event="prompt.rolled_back", person=person.key)
        key = new_id("pb")
        return self._turn(name, scope, key, "rolled_back", event, self._back, why)

    def go_back(self, name: str, scope: str, why: str, *, gone: str | None = None) -> Turned | None:
        """Go back to what was approved last, with a ticket and without a person.

        Nothing else changes what serves by itself.

        Args:
            name: which prompt.
            scope: everywhere, or a workspace.
            why: what was seen; the ticket says it.
            gone: the hash of the text that is to go; where it does not serve any more, a person was
                first and nothing happens. None: whatever was promoted last.

        Returns:
            What changed; None where there is nothing to go back to.
        """

        def goal(now: Standing, connection: sa.Connection) -> Standing:
            if gone not in (None, now.canary or now.stable):
                raise Conflict(f"{name} was changed meanwhile: now {now.words}.")
            return self._back(now, connection)

        event = LedgerEvent(event="prompt.went_back")
        try:
            return self._turn(name, scope, new_id("pb"), "went_back", event, goal, why)
        except Conflict:
            return None

    def _turn(
        self, name: str, scope: str, key: str, kind: Event, event: LedgerEvent,
        goal: Callable[[Standing, sa.Connection], Standing], why: str,
    ) -> Turned:  # fmt: skip
        """Write one change: from what serves, as the transaction reads it, to its `goal`."""
        load_prompt(name)
        at, why = self._clock.now(), reason_of(why)
        with self._engine.begin() as connection:
            queue_behind(connection, f"placet-prompt:{name}")
            there = read_change(connection, key)
            if there is not None:
                return there.turned
            now = standing_of(read_served(connection, name, scope))
            then = goal(now, connection)
            _keep(connection, now.stable, then.canary or then.stable)
            write_change(
                connection, key=key, event=kind, before=now, after=then, why=why,
                draft_id=event.draft_id, person=event.person, at=at,
            )  # fmt: skip
            turned = Turned(before=now, after=then)
            if kind == "went_back":
                self._log_ticket(connection, turned, key, why)
            body = {**turned.as_result(), "why": why}
            append(connection, event.model_copy(update={"body": body}), at=at, key=self._key)
        return turned

    def _back(self, now: Standing, connection: sa.Connection) -> Standing:
        history = read_history(connection, now.name, now.scope)
        if now.scope != EVERYWHERE and not history:
            raise Conflict(
                f"Workspace {now.scope} has no version of {now.name} of its own; roll back what "
                "serves everywhere."
            )
        if now.canary is not None:
            return _promoted(now, now.stable, 1.0)
        shipped = load_prompt(now.name).sha256
        for sha256 in (*approved_before(history), shipped):
            if sha256 != now.stable and self._fits(connection, now.name, sha256):
                return _promoted(now, sha256, 1.0)
        raise Conflict(f"{now.name} has served nothing before {now.stable[:12]}: no way back.")

    def _fits(self, connection: sa.Connection, name: str, sha256: str) -> bool:
        try:
            check_fits(name, _shipped(sha256) or _read_text(connection, sha256))
        except PlacetError:
            return False
        return True

    def _log_ticket(self, connection: sa.Connection, turned: Turned, key: str, why: str) -> None:
        was, now = turned.before, turned.after
        gone = was.canary or was.stable
        LocalTracker(connection, self._clock).log(
            NewTicket(
                cause=f"prompt:{key}",
                reason="quality",
                title=f"Went back to the last approved text of {now.name}",
                text=f"{why}\n\n{gone[:12]} was taken back and {now.words}. "
                "It stays so until a person promotes another text.",
                steps=(
                    f"Compare the texts: `placet prompts diff {now.stable[:12]} {gone[:12]}`.",
                    "Find the requests that got worse, and add them to the suite as cases.",
                    f"Promote a better text: `placet prompts promote {now.name} FILE`.",
                ),
            )
        )


def _promoted(now: Standing, sha256: str, share: float) -> Standing:
    """Return what serves once a text serves a share of the requests, or all."""
    if share < 1:
        return now.model_copy(update={"canary": sha256, "share": share})
    return Standing(name=now.name, scope=now.scope, stable=sha256)


def _keep(connection: sa.Connection, was: str, becomes: str) -> None:
    """Keep the bytes of files that ship: a newer release of Placet has others.

    Every other text is kept since its draft was opened. What becomes of a damaged one that goes
    does not matter; one that comes is refused.
    """
    for text in filter(None, map(_shipped, (was, becomes))):
        keep_file(connection, as_file(text))
    _read_text(connection, becomes)


def _shipped(sha256: str) -> Prompt | None:
    return next((p for p in map(load_prompt, prompt_names()) if p.sha256 == sha256), None)


def _read_text(connection: sa.Connection, sha256: str) -> Prompt:
    try:
        text = parse_prompt(read_file(connection, sha256))
    except NotFound:
        raise NotFound(
            f"There is no prompt text {sha256[:12]} here; see `placet prompts list`."
        ) from None
    if text.sha256 != sha256:
        raise Conflict(f"The kept text {sha256[:12]} is not whole; promote it again.")
    return text
