"""What was learned, as kept on SQLite and PostgreSQL; and a search that ends at the gate."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from evals.case import Part
from evals.learning import Candidate, Improved, harvest
from evals.learning.asking import Proposer
from evals.learning.cards import draft_cards
from evals.learning.measuring import Effect, Spent
from evals.learning.normal import HeldOut
from evals.learning.pseudonyms import Pseudonyms
from evals.learning.text import read_text
from evals.paired import Interval
from evals.suite import load_suite
from gates.people import Person
from placet.clock import FixedClock
from placet.errors import BadInput, Conflict, NotAllowed, NotFound
from placet.settings import load_settings
from placet.store.history import SqlHistory
from placet.store.learning import SqlLearning, feedback
from placet.store.learning_schema import candidates as candidate_rows
from placet.store.migrate import MIGRATIONS
from placet.wiring import initialise, open_placet
from placet.wiring.searching import HomeSearch, Search
from prompts import load_prompt
from tests.learned import ANA, BEN, TODAY, Planted, Scripted, leaf, no, past, segment
from tests.support import BEN as PERSON_BEN
from tools.sql import create_engine

SPAIN = leaf("country", "Spain")
NO_CUSTOMERS = no(leaf("lifecycle_stage", "customer"))
CLEO = Person(team="local", user="cleo")


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = create_engine(database_url)
    MIGRATIONS.upgrade(made)
    yield made
    made.dispose()


def found(number: int = 1, **more: Any) -> Candidate:
    (one,), _ = harvest([past(number, f"people in Spain {number}", segment(SPAIN), **more)],
                        Pseudonyms(b"k"), held_out=HeldOut.of([]))  # fmt: skip
    return one


def test_candidates_are_kept_once_and_reviewed_once(engine: sa.Engine, clock: FixedClock) -> None:
    store = SqlLearning(engine, clock)
    one, two = found(1), found(2, verbs=[("reject", BEN, "no")])
    assert store.keep([one, two]).new == 2
    assert store.keep([one, two]).known == 2
    assert store.keep([one.model_copy(update={"up": 1})]).changed == 1
    assert store.candidate(one.id).candidate.up == 1
    accepted = store.review(one.id, "accept", person=PERSON_BEN, note="fine")
    assert (accepted.state, accepted.reviewed_by) == ("accepted", "local/ben")
    assert store.keep([one.model_copy(update={"up": 2})]).known == 1  # reviewed: as it was seen
    with pytest.raises(Conflict, match="accepted already"):
        store.review(one.id, "drop", person=PERSON_BEN)
    with pytest.raises(BadInput, match="no case yet"):
        store.review(two.id, "accept", person=PERSON_BEN)
    with pytest.raises(BadInput, match="no case of segments"):
        store.review(two.id, "accept", person=PERSON_BEN, case={"request": "x"})
    assert store.candidate(two.id).state == "waiting"
    store.review(two.id, "drop", person=PERSON_BEN)
    assert [one.id for one in store.accepted("segments")] == [one.id]
    assert store.accepted("emails") == []
    with pytest.raises(NotFound, match="h-x"):
        store.candidate("h-x")
    assert store.status()["cases"][0]["count"] == 1


def test_no_row_of_the_held_out_part_is_kept(engine: sa.Engine, clock: FixedClock) -> None:
    forced = found().model_copy(update={"part": "test"})
    with pytest.raises(BadInput, match="held-out part grows by hand"):
        SqlLearning(engine, clock).keep([forced])
    with engine.connect() as connection:
        count = sa.select(sa.func.count()).select_from(candidate_rows)
        assert connection.scalar(count) == 0


def test_of_many_reviewers_at_once_one_counts(engine: sa.Engine, clock: FixedClock) -> None:
    store, one = SqlLearning(engine, clock), found()
    store.keep([one])

    def review(number: int) -> str:
        try:
            verdict: Any = "accept" if number % 2 else "drop"
            return store.review(one.id, verdict, person=PERSON_BEN).state
        except Conflict:
            return "second"

    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(review, range(6)))
    assert sorted(ended).count("second") == 5


def test_cards_keep_their_evidence_and_their_effect(engine: sa.Engine, clock: FixedClock) -> None:
    store = SqlLearning(engine, clock)
    pasts = [
        past(n, "people in Spain", segment(SPAIN), segment(SPAIN, NO_CUSTOMERS),
             verbs=[("edit", who, None), ("approve", "local/cleo", None)])
        for n, who in enumerate((ANA, BEN, ANA, BEN))
    ]  # fmt: skip
    first = draft_cards(pasts[:3], "segments", today=TODAY).cards
    more = draft_cards(pasts, "segments", today=TODAY).cards
    assert store.keep_cards(first) == 1
    assert store.keep_cards(more) == 0
    nothing = Interval(value=0.1, low=0.0, high=0.2)
    effect = Effect(part="train", cases=9, first=0.5, second=0.6, right=nothing,
                    silently_wrong=nothing)  # fmt: skip
    store.note_effect(more[0], effect)
    (kept,) = store.cards("segments")
    assert len(kept.card.evidence) == 4
    assert kept.effect == effect
    assert store.drop_card("segments", kept.card.name, note="no").state == "dropped"
    assert store.cards("emails") == []
    with pytest.raises(NotFound):
        store.drop_card("segments", "x", note="no")


def test_terms_and_proposals_are_kept(engine: sa.Engine, clock: FixedClock) -> None:
    store = SqlLearning(engine, clock)
    store.teach("hot leads", "score over 80", person=PERSON_BEN)
    (told,) = store.told()
    assert (told.phrase, told.source, told.people) == ("hot leads", "told", ("local/ben",))
    improved = Improved(optimizer="gepa", after=b"text", reason="better", spent=Spent())
    store.keep_proposal("segments/draft", b"before", improved, person=PERSON_BEN)
    (one,) = store.proposals("segments/draft")
    assert (one["optimizer"], one["outcome"]) == ("gepa", "better")
    assert store.proposals("emails/draft") == []
    assert store.status()["proposals"] == 1


# --- over a home ---------------------------------------------------------------------------------


@pytest.fixture
def placet(tmp_path: Path, clock: FixedClock) -> Iterator[Any]:
    settings = load_settings({}, home=tmp_path / "home")
    initialise(settings)
    opened = open_placet(settings, clock=clock)
    yield opened
    opened.close()


class Grown(Planted):
    """Scores the suites' own cases."""

    def __call__(self, suite: str, text: bytes | None, part: Part) -> Any:
        ids = [case.id for _, case in load_suite(suite).cases(part)]
        return self._result(suite, text, part if part != "all" else "dev", ids)


def test_what_was_told_ends_as_a_draft_that_somebody_else_approves(placet: Any) -> None:
    store = SqlLearning(placet.engine, placet.clock)
    store.teach("hot leads", "leads with a score over 80", person=placet.person("ana"))
    base = load_prompt("glossary").data
    evaluate = Grown(lambda said, _part: 0.9 if "hot leads: leads with" in said else 0.6, base=base)
    searching = HomeSearch(placet, evaluate=evaluate)
    found, cards = searching.search("glossary", Search())
    assert found.after is not None, found.reason
    assert b"hot leads: leads with a score over 80" in found.after
    assert all(part != "test" for _, part, _ in evaluate.ran)
    draft = searching.propose("glossary", found, cards, Search(), person=placet.person("ana"),
                              share=0.1)  # fmt: skip
    assert draft.revision.kind == "change_prompt"
    assert draft.revision.drafter == "built-in"
    assert "they ask what this glossary says" in str(draft.revision.evidence)
    assert placet.prompts.prompt("glossary").sha256 == load_prompt("glossary").sha256


def test_a_glossary_that_makes_anything_worse_is_not_proposed(placet: Any) -> None:
    store = SqlLearning(placet.engine, placet.clock)
    store.teach("big fish", "customers", person=placet.person("ana"))
    base = load_prompt("glossary").data
    worse = Grown(lambda said, _part: 0.5 if "big fish" in said else 0.9, base=base)
    found, _ = HomeSearch(placet, evaluate=worse).search("glossary", Search())
    assert found.after is None
    assert "worse" in found.reason
    overfits = Grown(
        lambda said, part: (0.3 if part == "test" else 0.9) if "big fish" in said else 0.7,
        base=base,
    )
    searching = HomeSearch(placet, evaluate=overfits)
    found, cards = searching.search("glossary", Search())
    with pytest.raises(NotAllowed, match="not put before a person"):
        searching.propose("glossary", found, cards, Search(), person=placet.person("ana"),
                          share=0.1)  # fmt: skip
    assert placet.desk.drafts() == []


def test_nothing_decided_teaches_nothing(placet: Any) -> None:
    assert SqlHistory(placet.engine).past() == []
    with placet.engine.begin() as connection, pytest.raises(NotFound):
        feedback(connection, "dr_x", CLEO, "up", clock=placet.clock)
    evaluate = Grown(lambda _said, _part: 0.5, base=load_prompt("segments/draft").data)
    found, _ = HomeSearch(placet, evaluate=evaluate).search("segments/draft", Search())
    assert found.after is None
    assert found.spent.evaluations == 0
    with pytest.raises(BadInput, match="nothing to propose"):
        HomeSearch(placet).propose("segments/draft", found, (), Search(),
                                   person=placet.person("ana"), share=0.1)  # fmt: skip


EDITED = [
    past(n, f"people in Spain {n}", segment(SPAIN), segment(SPAIN, NO_CUSTOMERS),
         verbs=[("edit", who, None), ("approve", "local/cleo", None)])
    for n, who in enumerate((ANA, BEN, ANA))
]  # fmt: skip


def test_a_card_that_helps_goes_to_the_gate_with_its_evidence(placet: Any) -> None:
    base = load_prompt("segments/draft").data
    evaluate = Grown(lambda said, _part: 0.9 if "is not customer; unless" in said else 0.6,
                     base=base)  # fmt: skip
    searching = HomeSearch(placet, evaluate=evaluate)
    searching._home.__dict__["pasts"] = EDITED  # what people decided, without a day of clicking
    found, cards = searching.search("segments/draft", Search())
    assert found.after is not None, found.reason
    draft = searching.propose("segments/draft", found, cards, Search(),
                              person=placet.person("ana"), share=0.1)  # fmt: skip
    said = str(draft.revision.evidence)
    assert "3 decisions by 2 people" in said
    assert "case runs" in said
    (kept,) = SqlLearning(placet.engine, placet.clock).cards("segments")
    assert kept.effect is not None
    assert kept.effect.right.value > 0.1


def test_gepa_goes_the_same_way(placet: Any) -> None:
    base = load_prompt("segments/draft").data
    text = read_text(base).free()[0]
    better = text.replace("Never guess", "With planted care, never guess")
    if better == text:
        better = text.rstrip("\n") + "\nRead with planted care.\n"
    evaluate = Grown(lambda said, _part: 0.9 if "planted care" in said else 0.5, base=base)
    searching = HomeSearch(placet, evaluate=evaluate)
    model = Scripted(better)
    searching._proposer = lambda _how: Proposer(model, placet.prompts)  # type: ignore[method-assign]
    found, cards = searching.search("segments/draft", Search(optimizer="gepa"))
    assert found.after is not None, found
    assert found.optimizer == "gepa"
    draft = searching.propose("segments/draft", found, cards, Search(),
                              person=placet.person("ana"), share=0.1)  # fmt: skip
    assert draft.revision.drafter == "gepa"
