"""Files beside a draft: kept on every way to a revision, checked on every way out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gates import State, Verb
from gates.files import Attachment, FileRef, file_of
from placet.errors import BadInput, Conflict, NotAllowed, NotFound
from placet.store.files import SqlFiles
from placet.store.schema import files
from placet.store.views import read_receipts
from tests.support import ANA, BEN, FENCES, PaintHandler, paint
from tests.worlds import PaintWorld, proposed
from tools.execution import Undoing


@pytest.fixture
def world(database_url, tmp_path, clock):
    made = PaintWorld(database_url, tmp_path, clock)
    yield made
    made.close()


def lines(count: int, word: str = "fence") -> Attachment:
    body = "".join(f'{{"contact":"{word}-{n:06}","sha256":"{n:064x}"}}\n' for n in range(count))
    return file_of(body.encode(), name="list.ndjson", media_type="application/x-ndjson")


def test_a_file_of_100_000_lines_is_kept_once_and_read_back_as_it_was(world) -> None:
    big = lines(100_000)
    for colour in ("green", "red"):
        world.open(paint(colour=colour, manifest=big.ref), files=(big,))
    assert SqlFiles(world.engine).read(big.ref.sha256) == big.data
    with world.engine.connect() as connection:
        rows = connection.execute(sa.select(files.c.size, sa.func.length(files.c.packed))).all()
    assert [row[0] for row in rows] == [big.ref.size]
    assert rows[0][1] < big.ref.size / 2


def test_files_are_kept_when_asked_edited_and_drafted_anew(world) -> None:
    first, second, third = lines(1, "a"), lines(1, "b"), lines(1, "c")
    run = world.agent.run

    def with_file(file):
        def drafted(**asked):
            answer = run(**asked)
            changed = [one.model_copy(update={"files": (file,)}) for one in answer.proposed]
            return answer.model_copy(update={"proposed": tuple(changed)})

        return drafted

    reader = SqlFiles(world.engine)
    world.agent.run = with_file(first)
    asked = world.desk.ask("green", person=ANA, place="test")
    world.work()
    assert reader.read(first.ref.sha256) == first.data
    (draft,) = world.desk.drafts(request_id=asked)
    world.agent.run = with_file(second)
    world.press(draft.revision.draft_id, Verb.REVISE, reason="red")
    world.work()
    assert reader.read(second.ref.sha256) == second.data
    world.agent.files = (third,)
    world.press(draft.revision.draft_id, Verb.EDIT, edit={"colour": "blue"})
    assert reader.read(third.ref.sha256) == third.data
    assert "files" not in world.draft(draft.revision.draft_id).revision.model_dump()


def test_an_undo_brings_its_file_and_its_own_words(world, monkeypatch) -> None:
    back = lines(3, "back")

    def undo(self, action, results, receipt_id):
        return Undoing(
            action=paint(colour="bare", manifest=back.ref),
            targets=FENCES,
            files=(back,),
            summary="Scrapes the paint off.",
            evidence={"sections": []},
        )

    monkeypatch.setattr(PaintHandler, "undo", undo)
    draft_id = world.open()
    world.press(draft_id, Verb.APPROVE)
    world.work()
    with world.engine.connect() as connection:
        (receipt,) = read_receipts(connection)
    undoing = world.desk.undo(receipt["id"], person=ANA)
    assert undoing.revision.summary == "Scrapes the paint off."
    assert undoing.revision.evidence["undoes"] == receipt["id"]
    assert SqlFiles(world.engine).read(back.ref.sha256) == back.data


def test_what_cannot_be_undone_says_why_in_its_trades_words(world) -> None:
    tried = world.desk.test(world.open(), person=ANA)
    world.work()
    assert world.draft(tried.revision.draft_id).state is State.EXECUTED
    with world.engine.connect() as connection:
        (receipt,) = read_receipts(connection)
    with pytest.raises(NotAllowed, match="cannot be undone: what was sent cannot be called back"):
        world.desk.undo(receipt["id"], person=ANA)


def test_bytes_that_are_not_what_their_name_says_are_never_kept(world) -> None:
    honest = lines(1)
    forged = Attachment(ref=honest.ref, data=b"something else")
    with pytest.raises(Conflict, match="is not what its hash says"):
        world.open(files=(forged,))
    with world.book.begin() as page, pytest.raises(Conflict):
        page.keep_file(forged)
    assert world.desk.drafts() == []


def test_an_action_may_name_only_what_is_kept(world) -> None:
    nowhere = FileRef(sha256="0" * 64, name="x", media_type="text/plain", size=1)
    with pytest.raises(BadInput, match="names a file that is not kept here"):
        world.open(paint(manifest=nowhere))
    assert world.desk.drafts() == []
    here = lines(1)
    with world.book.begin() as page:
        page.keep_file(here)
    world.open(paint(manifest=here.ref))  # an edit need not bring what is here already
    draft_id = world.open()
    with pytest.raises(BadInput, match="not kept"):
        world.press(draft_id, Verb.EDIT, BEN, edit={"manifest": nowhere.model_dump()})
    assert world.draft(draft_id).revision.revision == 1


@pytest.mark.parametrize("change", ["replaced", "broken", "gone"])
def test_a_file_changed_in_the_database_is_not_handed_out(world, change) -> None:
    kept, other = lines(2, "a"), lines(2, "b")
    world.open(files=(kept, other))
    with world.engine.begin() as connection:
        mine = files.c.sha256 == kept.ref.sha256
        if change == "gone":
            connection.execute(files.delete().where(mine))
        elif change == "broken":
            connection.execute(files.update().where(mine).values(packed=b"nonsense"))
        else:
            there = sa.select(files.c.packed).where(files.c.sha256 == other.ref.sha256)
            packed = connection.scalar(there)
            connection.execute(files.update().where(mine).values(packed=packed))
    with pytest.raises(NotFound if change == "gone" else Conflict) as caught:
        SqlFiles(world.engine).read(kept.ref.sha256)
    assert "\n" not in str(caught.value)


# --- self service, through the desk --------------------------------------------------------------


def test_a_try_out_goes_to_the_person_alone_and_needs_nobody_else(world) -> None:
    draft_id = world.open()
    tried = world.desk.test(draft_id, person=ANA)
    assert tried.state is State.APPROVED
    assert tried.revision.request_id == world.draft(draft_id).revision.request_id
    world.work()
    assert world.draft(tried.revision.draft_id).state is State.EXECUTED
    assert world.street.coats == {"ana@example.com": ["green"]}
    assert world.draft(draft_id).state is State.PENDING


def test_a_try_out_that_would_reach_somebody_else_is_refused_and_leaves_nothing(world) -> None:
    world.agent.sends_to = "everybody@example.com"
    with pytest.raises(NotAllowed, match="reaches others than you"):
        world.desk.test(world.open(), person=ANA)
    with pytest.raises(NotAllowed, match="knows no address of @ben"):
        world.desk.test(world.open(), person=BEN)
    with pytest.raises(NotAllowed, match="does not say self_service"):
        world.desk.self_serve(proposed(), person=ANA, request_id="rq_0")
    assert {draft.revision.kind for draft in world.desk.drafts()} == {"paint"}
    world.work()
    assert world.street.coats == {}


def test_a_kind_without_a_tester_says_so(world) -> None:
    tried = world.desk.test(world.open(), person=ANA)
    with pytest.raises(BadInput, match="A draft of kind sample cannot be tried out"):
        world.desk.test(tried.revision.draft_id, person=ANA)
