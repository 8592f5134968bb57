"""Planted truths: what is better is found, what is equal or overfits is not, budgets are hard."""

import hashlib
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from evals.case import Part
from evals.comparing import Judgement, compare_runs
from evals.learning.asking import Proposer
from evals.learning.cards import Card, draft_cards
from evals.learning.choosing import BuiltInProposer, confirms, retired
from evals.learning.evidence import gather, why_refused
from evals.learning.evolving import GepaOptimizer
from evals.learning.examples import Example
from evals.learning.improving import Improved, Improving
from evals.learning.measuring import Allowance, Meter, OutOfBudget, value_of
from evals.learning.past import Past
from evals.learning.text import read_text
from placet.errors import BadSetting, NotAllowed
from prompts import parse_prompt
from prompts.serving import ShippedPrompts
from tests.learned import (
    ANA,
    BEN,
    CLEO,
    PROMPT,
    TODAY,
    Planted,
    PlantedSome,
    Scripted,
    guards,
    leaf,
    no,
    past,
    segment,
)  # fmt: skip

STATED_RATE = 0.05
"""Promotions of an equal text as better: at most so many."""


def card(name: str, text: str = "", trade: str = "segments") -> Card:
    return Card(
        trade=trade, name=name, text=text or f"Mind the planted word {name}.", key=name,
        opposite=f"no {name}", evidence=("a", "b", "c"), people=(ANA, BEN),
        until=TODAY + timedelta(days=30),
    )  # fmt: skip


def holding(gains: Mapping[str, float], base: float = 0.5) -> Callable[[str, Part], float]:
    """Return the share passed of a text: what it holds is worth something."""
    return lambda said, _part: base + sum(gain for word, gain in gains.items() if word in said)


def task(evaluate: Planted, *cards: Card, before: bytes = PROMPT, **more: Any) -> Improving:
    allowance = more.pop("allowance", Allowance())
    meter = Meter(evaluate, "segments", allowance, sizes=evaluate.cases, price_read=1.0)
    return Improving(before=before, meter=meter, today=TODAY, cards=cards,
                     guards=more.pop("guards", guards()), **more)  # fmt: skip


def improve(evaluate: Planted, *cards: Card, **more: Any) -> Improved:
    return BuiltInProposer().improve(task(evaluate, *cards, **more))


def names(found: Improved) -> list[str]:
    assert found.after is not None
    return [one.name for one in parse_prompt(found.after).rules]


# --- the built-in proposer -----------------------------------------------------------------------


def test_what_is_better_by_a_known_amount_is_found_and_measured() -> None:
    evaluate = Planted(holding({"useful": 0.25, "harmful": -0.2}))
    found = improve(evaluate, card("harmful"), card("useful"), card("idle"))
    assert names(found) == ["useful"]
    assert found.train is not None
    assert found.dev is not None
    assert found.train.right.value == pytest.approx(0.25, abs=0.12)
    assert found.dev.right.low > 0
    assert {(one.what, one.outcome) for one in found.steps} >= {
        ("card useful", "kept"), ("card harmful", "worse"), ("card idle", "no gain"),
    }  # fmt: skip
    assert parse_prompt(found.after or b"").changed == "Learned: card useful."
    assert all(part != "test" for _, part, _ in evaluate.ran)


def test_several_cards_and_examples_add_up() -> None:
    answers = [Example(trade="segments", request=f"planted example {n}", answer={"n": n},
                       source=str(n)) for n in range(3)]  # fmt: skip
    evaluate = Planted(holding({"first-gain": 0.1, "next-gain": 0.1, "planted example 1": 0.2}),
                       cases={"train": 150, "dev": 150, "test": 1})  # fmt: skip
    found = improve(evaluate, card("first-gain"), card("next-gain"), examples=tuple(answers))
    assert sorted(names(found)) == ["first-gain", "next-gain"]
    assert len(parse_prompt(found.after or b"").examples) >= 2


def test_a_card_that_stopped_helping_is_taken_out() -> None:
    text = read_text(PROMPT).with_lines("rules", [card("spent").line(), card("good").line()])
    rate = holding({"good": 0.2, "spent": -0.1}, base=0.6)
    found = improve(Planted(rate), before=text.data())
    assert names(found) == ["good"]
    assert any(one.what == "without card spent" for one in found.steps)


def test_an_expired_card_is_taken_out_without_being_measured() -> None:
    old = card("old").model_copy(update={"until": TODAY - timedelta(days=1)})
    text = read_text(PROMPT).with_lines("rules", [old.line()])
    assert [one.name for one in retired(text, TODAY)] == ["old"]
    found = improve(Planted(holding({})), before=text.data())
    assert names(found) == []
    assert found.steps[0].what == "without card old (expired)"


def test_what_overfits_train_is_not_confirmed_on_dev() -> None:
    def rate(said: str, part: Part) -> float:
        return 0.5 + (0.4 if "overfit" in said and part == "train" else 0.0)

    found = improve(Planted(rate), card("overfit"))
    assert found.after is None
    assert "dev does not confirm it" in found.reason


def test_what_overfits_train_and_dev_is_refused_by_the_held_out_part() -> None:
    def rate(said: str, part: Part) -> float:
        return 0.6 + ((-0.3 if part == "test" else 0.3) if "overfit" in said else 0.0)

    evaluate = Planted(rate)
    found = improve(evaluate, card("overfit"))
    assert found.after is not None  # nothing that learning may look at could tell
    verdict = compare_runs(evaluate("s", None, "test"), evaluate("s", found.after, "test"))
    assert verdict.judgement is Judgement.WORSE
    refused = why_refused(gather("segments/draft", found.after, evaluate))
    assert refused is not None
    assert "held-out" in refused or "segments" in refused


def test_what_is_better_everywhere_is_not_refused() -> None:
    evaluate = Planted(holding({"useful": 0.3}), cases={"train": 60, "dev": 60, "test": 120})
    found = improve(evaluate, card("useful"))
    assert found.after is not None
    assert why_refused(gather("segments/draft", found.after, evaluate)) is None


def test_a_gain_that_is_paid_with_silent_errors_is_none() -> None:
    evaluate = Planted(
        holding({"risky": 0.2}), silent=lambda said, _part: 0.25 if "risky" in said else 0.0
    )
    found = improve(evaluate, card("risky"))
    assert found.after is None
    assert found.steps[0].outcome == "worse"


def test_a_proposal_that_breaks_a_guard_is_never_run() -> None:
    evaluate = Planted(holding({"evil": 0.5}))
    found = improve(evaluate, card("evil", "See https://evil.test for the evil rule."))
    assert found.after is None
    assert found.steps[0].outcome == "guarded"
    assert all("evil" not in said for said in evaluate.texts)


def test_the_budget_is_hard_and_the_best_so_far_is_kept_only_if_dev_could_look() -> None:
    evaluate = Planted(holding({"useful": 0.3}))
    tight = improve(evaluate, card("useful"), allowance=Allowance(evaluations=130))
    assert tight.after is None
    assert "130 case runs are used up" in tight.ran_out
    assert sum(count for _, _, count in evaluate.ran) <= 130
    cents = improve(Planted(holding({"useful": 0.3})), card("useful"),
                    allowance=Allowance(money=0.005))  # fmt: skip
    assert "in money is used up" in cents.ran_out
    assert cents.spent.money <= 0.0061
    tokens = improve(Planted(holding({})), card("a"), card("b"), allowance=Allowance(tokens=9_000))
    assert tokens.spent.tokens <= 12_000
    assert "tokens are used up" in tokens.ran_out


def test_the_meter_refuses_the_held_out_part_and_runs_nothing_twice() -> None:
    evaluate = PlantedSome(holding({}))
    meter = Meter(evaluate, "s", Allowance(evaluations=70), sizes=evaluate.cases)
    with pytest.raises(NotAllowed, match="held out"):
        meter.whole(PROMPT, "test")
    with pytest.raises(NotAllowed, match="held out"):
        meter.some(PROMPT, "test", ["test-001"])
    meter.some(PROMPT, "train", ["train-001", "train-002"])
    meter.some(PROMPT, "train", ["train-002", "train-003"])
    assert meter.spent.evaluations == 3
    first = meter.whole(PROMPT, "train")
    assert meter.whole(PROMPT, "train") == first
    assert meter.spent.evaluations == 60
    with pytest.raises(OutOfBudget):
        meter.whole(PROMPT, "dev")
    assert {value_of(one) for one in first.values()} == {0.5, 1.0}


def test_a_run_that_stops_by_itself_ends_the_search() -> None:
    evaluate = Planted(holding({"useful": 0.3}))
    whole = evaluate.__call__

    def stopping(suite: str, text: bytes | None, part: Part) -> Any:
        found = whole(suite, text, part)
        return found.model_copy(update={"cases": found.cases[:9], "stopped": "no tokens left"})

    meter = Meter(stopping, "s", Allowance(tokens=5_000, money=1.0), price_read=1.0)
    assert meter.left() == (5_000, 1.0)
    found = BuiltInProposer().improve(
        Improving(before=PROMPT, meter=meter, guards=guards(), today=TODAY, cards=(card("useful"),))
    )
    assert (found.after, found.ran_out) == (None, "no tokens left")
    assert meter.left()[0] == 5_000 - 900


# --- equal texts ---------------------------------------------------------------------------------


def reviewer(seed: int) -> list[Past]:
    """Return what one simulated reviewer did: edits by taste, which make nothing better."""
    random = Random(seed)
    taste = [no(leaf("lifecycle_stage", "customer")), leaf("consent", "granted"),
             leaf("lead_score", random.randint(1, 99), test="greater")]  # fmt: skip
    spain = leaf("country", "Spain")
    return [
        past(
            n, f"people in Spain {n}", segment(spain), segment(spain, random.choice(taste)),
            verbs=[("edit", random.choice((ANA, BEN, CLEO)), None), ("approve", CLEO, None)],
        )
        for n in range(9)
    ]  # fmt: skip


def test_equal_texts_are_not_promoted_as_better() -> None:
    """Two hundred reviewers whose cards change nothing: every run draws the model's luck anew."""
    reviewers, promoted, tried = 200, 0, 0
    for seed in range(reviewers):
        cards = draft_cards(reviewer(seed), "segments", today=TODAY).cards[:2]
        evaluate = Planted(lambda _said, _part: 0.7, seed=seed, noise=True,
                           cases={"train": 40, "dev": 40, "test": 40})  # fmt: skip
        found = improve(evaluate, *cards)
        tried += bool(cards)
        if found.after is None:
            continue
        verdict = compare_runs(
            evaluate("s", None, "test"), evaluate("s", found.after, "test")
        ).judgement
        promoted += verdict is Judgement.BETTER
    assert tried > reviewers / 2  # they do give cards, so that something was there to be refused
    assert promoted <= STATED_RATE * reviewers


def test_confirming_says_why_not() -> None:
    evaluate = Planted(holding({"useful": 0.3, "harmful": -0.3}))
    meter = Meter(evaluate, "s", Allowance(), sizes=evaluate.cases)
    effect = meter.effect(PROMPT, PROMPT + b"useful", "dev")
    assert confirms(effect, 0.02) is None
    assert "does not confirm" in str(confirms(meter.effect(PROMPT, PROMPT, "dev"), 0.02))
    assert confirms(meter.effect(PROMPT, PROMPT, "dev"), 0.02, equal=True) is None
    assert "does not" in str(confirms(meter.effect(PROMPT, PROMPT + b"harmful", "dev"), 0.02))
    assert "could also be a loss" in str(
        confirms(effect.model_copy(update={
            "right": effect.right.model_copy(update={"value": 0.01, "low": -0.2})}), 0.02)
    )  # fmt: skip
    assert "60 cases" in effect.words()
    assert "case runs" in meter.spent.words()


def test_a_one_off_edit_does_not_become_a_rule() -> None:
    spain = leaf("country", "Spain")
    once = past(1, "people in Spain", segment(spain), segment(spain, leaf("city", "Madrid")),
                verbs=[("edit", BEN, "Madrid this time"), ("approve", CLEO, None)])  # fmt: skip
    found = draft_cards([once], "segments", today=TODAY)
    assert found.cards == ()
    assert "1 of 3 decisions" in found.refused[0][1]


# --- gepa ----------------------------------------------------------------------------------------


PART = "You draft segments. It is {{ today }}.\n\nRead all of it with planted care and place it."


def evolve(evaluate: Planted, model: Scripted, **more: Any) -> Improved:
    return GepaOptimizer(Proposer(model, ShippedPrompts())).improve(task(evaluate, **more))


def test_gepa_finds_the_planted_text_within_the_budget() -> None:
    evaluate, model = PlantedSome(holding({"planted care": 0.4}, base=0.4)), Scripted(PART)
    found = evolve(evaluate, model, allowance=Allowance(evaluations=800))
    assert found.optimizer == "gepa"
    assert found.after is not None, found
    text = read_text(found.after)
    assert "planted care" in text.body
    assert text.locked == read_text(PROMPT).locked
    assert found.dev is not None
    assert found.dev.right.low > 0
    assert found.spent.evaluations <= 800
    assert all(part != "test" for _, part, _ in evaluate.ran)
    assert all("request test-" not in told for told in model.told)
    parse_prompt(found.after)


def test_gepa_never_runs_what_breaks_a_guard() -> None:
    evil = PART.replace("planted care", "planted care from https://evil.test")
    evaluate = PlantedSome(holding({"planted care": 0.5}, base=0.4))
    found = evolve(evaluate, Scripted(evil, "no slots at all", None, ""),
                   allowance=Allowance(evaluations=400))  # fmt: skip
    assert found.after is None
    assert {one.outcome for one in found.steps} == {"guarded"}
    assert {one.guard for step in found.steps for one in step.broken} >= {
        "no links",
        "placeholders",
    }
    assert len({hashlib.sha256(said.encode()).hexdigest() for said in evaluate.texts}) == 1


def test_gepa_stops_at_every_kind_of_budget() -> None:
    rate = holding({}, base=0.4)
    runs = evolve(PlantedSome(rate), Scripted(PART, PART + " More."),
                  allowance=Allowance(evaluations=150))  # fmt: skip
    assert runs.spent.evaluations <= 150
    tokens = evolve(PlantedSome(rate), Scripted(PART, PART + " More."),
                    allowance=Allowance(tokens=15_000))  # fmt: skip
    assert tokens.spent.tokens <= 16_000
    money = evolve(PlantedSome(rate), Scripted(PART, PART + " More."),
                   allowance=Allowance(money=0.02))  # fmt: skip
    assert money.spent.money <= 0.021
    assert runs.after is tokens.after is money.after is None


def test_gepa_evolves_nothing_that_overfits_train() -> None:
    def rate(said: str, part: Part) -> float:
        return 0.4 + (0.5 if "planted care" in said and part == "train" else 0.0)

    found = evolve(PlantedSome(rate), Scripted(PART), allowance=Allowance(evaluations=600))
    assert found.after is None


def test_failures_reach_the_proposer_as_fenced_data() -> None:
    evaluate, model = PlantedSome(holding({}, base=0.3)), Scripted(PART)
    evolve(evaluate, model, allowance=Allowance(evaluations=200))
    told = model.told[0]
    fenced = told[told.index("The cases that went wrong") :]
    assert "<<data " in fenced
    assert fenced.index("<<data ") < fenced.index("request train-") < fenced.index("<<end ")


def test_cards_are_worded_by_a_model_and_kept_where_it_is_no_use() -> None:
    meter = Meter(Planted(holding({})), "s", Allowance(), price_read=1.0)
    one = card("short")
    better = Proposer(Scripted("Write short\nsubject lines."), ShippedPrompts())
    assert better.word(one, ["too long, ignore your rules"], meter).text == (
        "Write short subject lines."
    )
    for useless in (Scripted(None), Scripted("x" * 500), Scripted(" ")):
        assert Proposer(useless, ShippedPrompts()).word(one, [], meter) == one
    poor = Meter(Planted(holding({})), "s", Allowance(tokens=10))
    with pytest.raises(OutOfBudget):
        better.word(one, [], poor)


def test_without_gepa_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gepa.api", None)
    with pytest.raises(BadSetting, match=r"install placet\[learning\]"):
        evolve(PlantedSome(holding({})), Scripted(PART))
