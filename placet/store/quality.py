"""The watch over quality: collects what was decided, alarms where a chart leaves control, reports.

Each piece of work by the clock is a turn that one worker claims for a while. An alarm is keyed by
its source and the decision at which the chart crossed its limit, so that it is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict

from evals.judge import JudgeId, Power
from evals.quality import (
    Chart,
    Crossing,
    Diagnosis,
    Ending,
    Outcome,
    Prices,
    QualityReport,
    Replay,
    Source,
    Stream,
    diagnose,
    report,
    streams,
)
from evals.quality.figures import monday
from evals.statistics import Rate, wilson
from gates.people import Person
from gates.policy import Policy
from placet.clock import Clock
from placet.errors import NotAllowed, NotFound, PlacetError
from placet.ids import new_id
from placet.log import get_logger
from tools.sql import reading

from . import outbox
from .announce import direct, lane_of
from .judging import Judging
from .outbox import NewPost, insert_once
from .outcomes import decided_after, keep_outcomes, read_outcomes
from .quality_schema import alarms, mutes, replays
from .quality_turns import Turn, Turns
from .thumbs import Thumbs, read_thumbs

__all__ = ["MUTED_FOR", "Alarm", "GoBack", "JudgeStanding", "Replayer", "Watch"]

_log = get_logger(__name__)
MUTED_FOR: Final = timedelta(days=7)
_SHOWN: Final = timedelta(weeks=12)
"""How far back a report goes where nobody says."""
_NEWS: Final = timedelta(days=14)
"""An older crossing, found late, is kept and not told."""
_USED: Final = timedelta(days=28)
"""A trade in which nothing was decided for so long is not replayed: that would cost for nothing."""
_RULE = "change_prompt"

Replayer = Callable[[str], Replay]
"""Replays the frozen cases of a trade with what drafts now; raises `PlacetError`."""
GoBack = Callable[[str, str], str]
"""Takes back the prompt of this hash where it is a canary, with a reason; returns what was done."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alarm(_Value):
    """A chart left control."""

    id: str
    source: Source
    at: AwareDatetime
    draft_id: str
    """The decision at which it did."""
    since: AwareDatetime
    """When the drift began, as far as the chart tells."""
    reference: Rate
    """Approved unchanged in control."""
    now: Rate
    """Approved unchanged since it began."""
    chart: Chart
    diagnosis: Diagnosis
    muted: bool = False
    """Whether it was kept and not told."""
    went_back: str = ""
    """What was done by itself, in words: a canary goes back to what was approved before it."""


class JudgeStanding(_Value):
    """A judge that judged, and whether it may decide."""

    judge: JudgeId
    power: Power


class Watch:
    """Quality over time in Placet's own database."""

    def __init__(
        self, *, engine: sa.Engine, policy: Policy, clock: Clock, timezone: str,
        prices: Prices, judging: Judging, replay: Replayer | None = None,
        trades: Sequence[str] = (), go_back: GoBack = lambda _prompt, _why: "",
    ) -> None:  # fmt: skip
        """Take the database, who may be told, the operator's clock, and what replays.

        `trades` are those with frozen cases; without `replay` the drafter is never cleared.
        """
        self.judging = judging
        self._engine, self._reader = engine, reading(engine)
        self._policy, self._clock = policy, clock
        self._prices, self._trades = prices, trades
        self._replay, self._go_back = replay, go_back
        self.turns = Turns(engine, timezone)

    # --- looking -------------------------------------------------------------------------------

    def report(self, *, since: datetime | None = None, prompt: str | None = None) -> QualityReport:
        """Return what was decided since then (default: twelve weeks), as of now."""
        self.collect()
        now = self._clock.now()
        return report(
            self.outcomes(), since=since or monday(now - _SHOWN), until=now, prices=self._prices,
            prompt=prompt,
        )  # fmt: skip

    def outcomes(self) -> list[Outcome]:
        """Return everything that was decided, with what the last judges said."""
        said = {
            draft_id: found.verdict == "pass"
            for judge in self.judging.last_judges()
            for draft_id, found in self.judging.verdicts(judge).items()
            if found.verdict is not None
        }
        with self._reader.connect() as connection:
            found = read_outcomes(connection)
        return [
            one.model_copy(update={"judged": said[one.draft_id]}) if one.draft_id in said else one
            for one in found
        ]

    def thumbs(self, *, since: datetime) -> tuple[Thumbs, Thumbs]:
        """Return the thumbs on drafts and on replies since a moment."""
        with self._reader.connect() as connection:
            return read_thumbs(connection, since=since)

    def judges(self) -> list[JudgeStanding]:
        """Return the judges that judged last, each with its power."""
        return [
            JudgeStanding(judge=one, power=self.judging.power(one))
            for one in self.judging.last_judges()
        ]

    def alarms(self, *, limit: int = 20) -> list[Alarm]:
        """Return the latest alarms, the newest first."""
        query = sa.select(alarms.c.body).order_by(alarms.c.at.desc(), alarms.c.id.desc())
        with self._reader.connect() as connection:
            return [Alarm.model_validate_json(b) for b in connection.scalars(query.limit(limit))]

    def alarm(self, alarm_id: str) -> Alarm:
        """Return one alarm.

        Raises:
            NotFound: there is none.
        """
        query = sa.select(alarms.c.body).where(alarms.c.id == alarm_id)
        with self._reader.connect() as connection:
            body = connection.scalar(query)
        if body is None:
            raise NotFound(f"There is no alarm {alarm_id}; `placet quality` lists them.")
        return Alarm.model_validate_json(body)

    # --- what people may do --------------------------------------------------------------------

    def check_may(self, person: Person, what: str) -> None:
        """Let admins and those who approve prompts go on.

        Raises:
            NotAllowed: the person is neither.
        """
        rule = self._policy.rules.get(_RULE)
        may = {self._policy.person(name).key for name in rule.approvers} if rule else set()
        if person.key not in may and not self._policy.is_admin(person):
            who = self._policy.name_of(person)
            raise NotAllowed(
                f"@{who} may not {what}: only admins and those who approve prompts may; see "
                f"[rules.{_RULE}] in policy.toml."
            )

    def mute(self, trade: str, *, person: Person) -> datetime:
        """Keep a trade's alarms without telling them, for a week; returns until when.

        Raises:
            NotAllowed: the person may not.
        """
        self.check_may(person, "mute alarms")
        until = self._clock.now() + MUTED_FOR
        values = {"until": until, "person": person.key}
        with self._engine.begin() as connection:
            if not insert_once(connection, mutes, trade=trade, **values):
                connection.execute(mutes.update().where(mutes.c.trade == trade).values(**values))
        return until

    def _muted(self, trade: str) -> bool:
        query = sa.select(mutes.c.until).where(mutes.c.trade == trade)
        with self._reader.connect() as connection:
            until = connection.scalar(query)
        return until is not None and until > self._clock.now()

    # --- by the clock --------------------------------------------------------------------------

    def run_due(self) -> int:
        """Do the turns that are due; returns how many did something."""
        now, done = self._clock.now(), 0
        for turn in self.turns.due(now):
            if not self.turns.claim(turn, now):
                continue  # another worker was faster
            try:
                done += self._do(turn)
            except PlacetError as error:
                _log.warning("quality, %s: %s", turn.name, error)
            else:
                self.turns.end(turn, self._clock.now())
        return done

    def _do(self, turn: Turn) -> int:
        match turn.name:
            case "collect":
                return int(self.collect() > 0) + self.watch()
            case "replay":
                return sum(self._replayed(trade) is not None for trade in self._in_use())
            case "digest":
                return self._digest(turn)

    def collect(self) -> int:
        """Take in what was decided meanwhile; returns how many drafts."""
        new = 0
        while True:
            position = self.turns.position()
            with self._reader.connect() as connection:
                found, read_to = decided_after(connection, position)
            if read_to == position:
                return new
            with self._engine.begin() as connection:
                new += keep_outcomes(connection, found)
                self.turns.moved(connection, read_to)

    def watch(self) -> int:
        """Look for charts that left control; returns how many new alarms there are."""
        return sum(
            self._crossed(line, crossing)
            for line in streams(self.outcomes())
            for crossing in line.crossings
        )

    def _crossed(self, line: Stream, crossing: Crossing) -> int:
        key = f"{line.source.key}:{crossing.draft_id}"[:300]
        with self._reader.connect() as connection:
            if connection.scalar(sa.select(alarms.c.id).where(alarms.c.key == key)) is not None:
                return 0
        alarm = self._alarm(line, crossing)
        with self._engine.begin() as connection:
            if not insert_once(
                connection, alarms, id=alarm.id, key=key, trade=alarm.source.trade, at=alarm.at,
                body=alarm.model_dump_json(),
            ):  # fmt: skip
                return 0  # another worker found it at the same moment
            if not alarm.muted:
                self._tell(connection, "quality_alarm", alarm.id, {"alarm": alarm.id})
        self._take_back(alarm)
        return 1

    def _take_back(self, alarm: Alarm) -> None:
        """Take a canary back that does worse than what it was to follow; only its finder does."""
        if alarm.source.prompt is None or self._clock.now() - alarm.at > _NEWS:
            return
        why = (
            f"Alarm {alarm.id}: {alarm.now.hits} of {alarm.now.of} drafts were approved unchanged, "
            f"against {alarm.reference.hits} of {alarm.reference.of} before."
        )
        done = self._go_back(alarm.source.prompt, why)
        if done:
            body = alarm.model_copy(update={"went_back": done}).model_dump_json()
            with self._engine.begin() as connection:
                connection.execute(alarms.update().where(alarms.c.id == alarm.id).values(body=body))

    def _alarm(self, line: Stream, crossing: Crossing) -> Alarm:
        after = line.outcomes[crossing.since : crossing.index + 1]
        began, at = after[0].decided_at, after[-1].decided_at
        trade, chart = line.source.trade, line.chart
        assert chart is not None  # noqa: S101 - without a chart nothing crosses
        old = self._clock.now() - at > _NEWS
        now = None if old else self._fresh(trade, at)
        return Alarm(
            id=new_id("qa"), source=line.source, at=at, draft_id=crossing.draft_id, since=began,
            reference=line.reference,
            now=wilson(sum(one.ending is Ending.UNCHANGED for one in after), len(after)),
            chart=chart, muted=old or self._muted(trade),
            diagnosis=diagnose(
                self._named(line.before), self._named(after),
                then=self._replay_before(trade, began), now=now,
            ),
        )  # fmt: skip

    def _named(self, some: Sequence[Outcome]) -> list[Outcome]:
        """Return outcomes with people as the policy calls them: the cause may name one."""
        return [
            one.model_copy(
                update={"decided_by": f"@{self._policy.name_of(Person.from_key(one.decided_by))}"}
            )
            for one in some
        ]

    # --- replays -------------------------------------------------------------------------------

    def _in_use(self) -> list[str]:
        with self._reader.connect() as connection:
            some = read_outcomes(connection, since=self._clock.now() - _USED)
        used = {one.source.trade for one in some}
        return [trade for trade in self._trades if trade in used]

    def _fresh(self, trade: str, moment: datetime) -> Replay | None:
        """Return a replay made after a moment: the latest, or one that is made now."""
        latest = self.replays(trade, limit=1)
        if latest and latest[0][0] > moment:
            return latest[0][1]
        try:
            return self._replayed(trade)
        except PlacetError as error:
            _log.warning("the frozen cases of %s could not be replayed: %s", trade, error)
            return None

    def _replayed(self, trade: str) -> Replay | None:
        """Replay the frozen cases now and keep what came of it."""
        if self._replay is None or trade not in self._trades:
            return None
        found = self._replay(trade)
        with self._engine.begin() as connection:
            connection.execute(
                replays.insert().values(
                    id=new_id("qr"), trade=trade, at=self._clock.now(), body=found.model_dump_json()
                )
            )
        return found

    def _replay_before(self, trade: str, moment: datetime) -> Replay | None:
        query = (
            sa.select(replays.c.body)
            .where(replays.c.trade == trade, replays.c.at < moment)
            .order_by(replays.c.at.desc(), replays.c.id.desc())
        )
        with self._reader.connect() as connection:
            body = connection.scalar(query.limit(1))
        return None if body is None else Replay.model_validate_json(body)

    def replays(self, trade: str, *, limit: int = 12) -> list[tuple[datetime, Replay]]:
        """Return the latest replays of a trade's frozen cases, the newest first."""
        query = (
            sa.select(replays.c.at, replays.c.body)
            .where(replays.c.trade == trade)
            .order_by(replays.c.at.desc(), replays.c.id.desc())
            .limit(limit)
        )
        with self._reader.connect() as connection:
            return [
                (at, Replay.model_validate_json(body)) for at, body in connection.execute(query)
            ]

    # --- telling -------------------------------------------------------------------------------

    def _digest(self, turn: Turn) -> int:
        """Have the last whole week told, if anything was decided in it."""
        self.collect()
        # Monday morning there may still be Sunday in UTC, whose weeks these are.
        week = monday(turn.next_at + timedelta(hours=12)) - timedelta(days=7)
        if not self.week(week).figures.decided:
            return 0
        with self._engine.begin() as connection:
            self._tell(connection, "quality_digest", f"{week:%Y-%m-%d}", {"week": week.isoformat()})
        return 1

    def week(self, start: datetime) -> QualityReport:
        """Return the report of one week, from its Monday."""
        last = start + timedelta(days=7) - timedelta(microseconds=1)
        return report(self.outcomes(), since=start, until=last, prices=self._prices)

    def _tell(self, connection: sa.Connection, kind: str, key: str, body: dict[str, str]) -> None:
        """Put one message for each admin, and for the channel that was named, into the outbox."""
        places = [direct(one.person) for one in self._policy.people.values() if one.admin]
        if channel := self.turns.place():
            places.append(channel)
        posts = [
            NewPost(
                key=f"{kind}:{key}:{place}", lane=lane_of(place), kind=kind,
                body=body | {"place": place},
            )
            for place in dict.fromkeys(places)
        ]  # fmt: skip
        outbox.put(connection, posts, at=self._clock.now())
