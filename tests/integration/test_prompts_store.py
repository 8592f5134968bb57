"""What serves whom, on both databases: promoted, taken back byte for byte, raced for."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gates.ledger import verify
from placet.clock import FixedClock
from placet.errors import Conflict, EffectRefused, NotAllowed, NotFound
from placet.store.files import read_file
from placet.store.ledger import read_entries
from placet.store.migrate import MIGRATIONS
from placet.store.prompts import SqlPrompts
from placet.store.schema import files
from prompts import load_prompt, parse_prompt
from tests.prompting import NAME, change, keep, permit, promote, shelf_of, text
from tests.support import ANA, BEN, KEY
from tools.prompts.execute import ChangePromptHandler
from tools.sql import create_engine
from tools.tickets.local import read_tickets

SHIPPED = load_prompt(NAME)
A, B, C = text("a"), text("b"), text("c")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = create_engine(database_url)
    MIGRATIONS.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def shelf(engine: sa.Engine, clock: FixedClock) -> SqlPrompts:
    return shelf_of(engine, clock)


def serving(shelf: SqlPrompts, scope: str = "default") -> str:
    return shelf.prompt(NAME, key="th_1", scope=scope).sha256


def test_a_fresh_home_serves_the_files_that_ship(shelf: SqlPrompts) -> None:
    assert shelf.prompt(NAME, key="x").data == SHIPPED.data
    assert shelf.standing(NAME).stable == SHIPPED.sha256
    assert shelf.history(NAME) == []
    with pytest.raises(NotFound):
        shelf.prompt("nope")


def test_a_promoted_text_serves_the_next_request_of_every_process(
    engine: sa.Engine, shelf: SqlPrompts, clock: FixedClock
) -> None:
    other = shelf_of(engine, clock)  # another worker, with a memory of its own
    assert serving(other) == SHIPPED.sha256
    promote(engine, shelf, A)
    assert serving(shelf) == serving(other) == A.sha256
    assert other.prompt(NAME).data == A.data


def test_rollback_restores_the_same_bytes(engine: sa.Engine, shelf: SqlPrompts) -> None:
    for one in (A, B, C):
        promote(engine, shelf, one)
    for expected in (B, A, SHIPPED):
        turned = shelf.rollback(NAME, person=BEN)
        assert turned.after.stable == expected.sha256
        assert shelf.prompt(NAME).data == expected.data
        assert hashlib.sha256(shelf.prompt(NAME).data).hexdigest() == expected.sha256
    with engine.connect() as connection:  # also what shipped is kept: a new release may differ
        assert read_file(connection, SHIPPED.sha256) == SHIPPED.data
    with pytest.raises(Conflict, match="no way back"):
        shelf.rollback(NAME, person=BEN)


def test_rolling_back_after_an_undo_does_not_come_back_to_what_was_undone(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    promote(engine, shelf, A)
    promote(engine, shelf, B)
    undo = change(shelf, A, receipt_id="rc_1")
    shelf.promote(permit("dr_undo"), key="dr_undo", change=undo)
    assert shelf.rollback(NAME, person=BEN).after.stable == SHIPPED.sha256


def test_a_rollback_ends_the_canary_first(engine: sa.Engine, shelf: SqlPrompts) -> None:
    promote(engine, shelf, A)
    promote(engine, shelf, B, share=0.5)
    back = shelf.rollback(NAME, person=BEN, why="odd \x00 words \ud83d\n here")
    assert shelf.history(NAME)[-1].why == "odd \ufffd words ? here"
    assert back.after.words == f"{A.sha256[:12]} serves"
    assert serving(shelf) == A.sha256


def test_only_an_approver_rolls_back_and_is_told_who_may(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    promote(engine, shelf, A)
    with pytest.raises(NotAllowed, match="ask @ben or @cleo"):
        shelf.rollback(NAME, person=ANA)
    assert serving(shelf) == A.sha256


def test_a_canary_serves_its_share_and_keeps_its_requests(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    promote(engine, shelf, A, share=0.3)
    keys = [f"th_{n}" for n in range(300)]
    first = {key for key in keys if shelf.prompt(NAME, key=key).sha256 == A.sha256}
    assert 60 < len(first) < 120
    promote(engine, shelf, A, share=0.6)
    assert first < {key for key in keys if shelf.prompt(NAME, key=key).sha256 == A.sha256}
    promote(engine, shelf, A)
    assert {shelf.prompt(NAME, key=key).sha256 for key in keys} == {A.sha256}


def test_a_workspace_has_its_own_version_and_follows_again_after_its_rollback(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    promote(engine, shelf, A, scope="T1")
    assert (serving(shelf, "T1"), serving(shelf, "T2")) == (A.sha256, SHIPPED.sha256)
    promote(engine, shelf, B)
    assert (serving(shelf, "T1"), serving(shelf, "T2")) == (A.sha256, B.sha256)
    shelf.rollback(NAME, person=BEN)
    shelf.rollback(NAME, "T1", person=BEN)
    promote(engine, shelf, C, draft="dr_c")
    assert (serving(shelf, "T1"), serving(shelf, "T2")) == (C.sha256, C.sha256)
    with pytest.raises(Conflict, match="no version"):
        shelf.rollback(NAME, "T9", person=BEN)


def test_a_promotion_of_what_no_longer_stands_is_refused(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    stale = change(shelf, B)
    handler = ChangePromptHandler(shelf, _Kept(engine))
    keep(engine, B)
    assert handler.drift(stale, [NAME]) is None
    promote(engine, shelf, A)
    assert A.sha256[:12] in (handler.drift(stale, [NAME]) or "")
    with pytest.raises(EffectRefused, match="changed meanwhile"):
        shelf.promote(permit(), key="dr_1", change=stale)
    assert serving(shelf) == A.sha256


def test_a_canary_that_came_meanwhile_makes_a_change_stale_too(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    stale = change(shelf, B)
    promote(engine, shelf, A, share=0.1)
    with pytest.raises(EffectRefused):
        shelf.promote(permit(), key="dr_1", change=stale)


def test_a_step_repeated_after_a_kill_writes_once_and_settles(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    keep(engine, A)
    handler, wanted, given = ChangePromptHandler(shelf, _Kept(engine)), change(shelf, A), permit()
    assert handler.settle(given.key, wanted, [NAME], {}) == {NAME: None}
    first = handler.run(given, wanted, [NAME], {})
    assert handler.run(given, wanted, [NAME], {}) == first
    assert handler.settle(given.key, wanted, [NAME], {}) == first
    assert len(shelf.history(NAME)) == 1


def test_undo_leads_back_to_exactly_what_stood_before(engine: sa.Engine, shelf: SqlPrompts) -> None:
    handler = ChangePromptHandler(shelf, _Kept(engine))
    promote(engine, shelf, A)
    before = shelf.standing(NAME)
    for share in (0.1, 0.4, 1.0):
        keep(engine, B)
        wanted, given = change(shelf, B, share), permit(f"dr_{share}")
        results = handler.run(given, wanted, [NAME], {})
        undoing = handler.undo(wanted, results, "rc_1")
        assert undoing is not None
        assert undoing.action.flags() == ()
        if share < 1:
            before = shelf.standing(NAME)
            continue
        assert handler.drift(undoing.action, undoing.targets) is None  # type: ignore[arg-type]
        back = permit("dr_back")
        handler.run(back, undoing.action, [NAME], {})  # type: ignore[arg-type]
        assert shelf.standing(NAME).stable == before.stable == A.sha256
        assert handler.undo(wanted, results, "rc_1") is None
        assert "changed again" in handler.why_not_undone(wanted, results)


def test_going_back_by_itself_leaves_a_ticket_and_a_sealed_row(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    promote(engine, shelf, A)
    promote(engine, shelf, B, share=0.2)
    turned = shelf.go_back(NAME, "default", "Approved unchanged fell from 70 to 40 per cent.")
    assert turned is not None
    assert serving(shelf) == A.sha256
    with engine.connect() as connection:
        (ticket,) = read_tickets(connection)
        entries = list(read_entries(connection))
    assert "fell from 70" in ticket.text
    assert B.sha256[:12] in ticket.text
    assert [one.event for one in entries] == [
        "prompt.promoted", "prompt.promoted", "prompt.went_back",
    ]  # fmt: skip
    assert entries[0].draft_id is not None
    assert entries[-1].body["stable"] == A.sha256
    verify(entries, key=KEY)


def test_going_back_from_a_text_that_a_person_took_back_already_does_nothing(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    promote(engine, shelf, A)
    promote(engine, shelf, B, share=0.2)
    shelf.rollback(NAME, person=BEN)
    assert shelf.go_back(NAME, "default", "late", gone=B.sha256) is None
    assert serving(shelf) == A.sha256


def test_going_back_where_nothing_was_approved_does_nothing(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    assert shelf.go_back(NAME, "default", "why") is None
    with engine.connect() as connection:
        assert read_tickets(connection) == []
        assert list(read_entries(connection)) == []


def test_a_damaged_text_is_not_served(
    engine: sa.Engine, shelf: SqlPrompts, clock: FixedClock
) -> None:
    promote(engine, shelf, A)
    with engine.begin() as connection:
        connection.execute(
            files.update().where(files.c.sha256 == A.sha256).values(packed=b"something else")
        )
    fresh = shelf_of(engine, clock)
    assert fresh.prompt(NAME).data == SHIPPED.data
    with pytest.raises(Conflict, match="changed outside"):
        fresh.version(NAME, A.sha256)


def test_a_text_whose_inputs_code_no_longer_gives_is_not_served(
    engine: sa.Engine, shelf: SqlPrompts
) -> None:
    odd = parse_prompt(
        A.data.replace(b"{{ attempts }}", b"{{ tries }}").replace(b", attempts]", b", tries]")
    )
    handler = ChangePromptHandler(shelf, _Kept(engine))
    keep(engine, odd)
    wanted = change(shelf, A).model_copy(update={"after": change(shelf, A).after.model_copy(
        update={"sha256": odd.sha256})})  # fmt: skip
    assert "tries" in (handler.drift(wanted, [NAME]) or "")
    shelf.promote(permit(), key="dr_1", change=wanted)  # as an older release of Placet did
    assert shelf.prompt(NAME).data == SHIPPED.data
    assert shelf.rollback(NAME, person=BEN).after.stable == SHIPPED.sha256


def test_a_text_that_no_draft_kept_cannot_serve(shelf: SqlPrompts) -> None:
    with pytest.raises(NotFound):
        shelf.promote(permit(), key="dr_1", change=change(shelf, A))
    assert serving(shelf) == SHIPPED.sha256


def test_texts_are_found_by_the_start_of_their_hash(engine: sa.Engine, shelf: SqlPrompts) -> None:
    keep(engine, A)
    assert shelf.find(A.sha256[:10]).data == A.data
    assert shelf.find(SHIPPED.sha256[:10]).data == SHIPPED.data
    with pytest.raises(NotFound):
        shelf.find("0123456789ab")


def test_a_request_costs_one_read(engine: sa.Engine, shelf: SqlPrompts) -> None:
    promote(engine, shelf, A)
    shelf.prompt(NAME)
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    for scope in ("default", "T1"):
        shelf.prompt(NAME, key="th_1", scope=scope)
    reads = [one for one in seen if one.lstrip().startswith("SELECT")]
    assert len(reads) == 2
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {reads[0]}", (NAME, "T1", "default")[: reads[0].count("?")]
            )
            assert all("SCAN" not in row[3] for row in plan)


class _Kept:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def read(self, sha256: str) -> bytes:
        with self._engine.connect() as connection:
            return read_file(connection, sha256)


def test_of_two_processes_that_promote_at_once_one_is_refused(
    database_url: str, engine: sa.Engine, shelf: SqlPrompts
) -> None:
    keep(engine, A, B)
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.prompting", database_url, word],
            cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for word in ("a", "b")
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate(timeout=60)[0].strip() for child in children]
    assert sorted(one.partition(":")[0] for one in said) == ["promoted", "refused"], said
    winner = (A, B)[said.index("promoted")]
    assert serving(shelf) == winner.sha256
    assert len(shelf.history(NAME)) == 1
