"""Groups: every pair above the floor, no two hard differences, a cap; tiers, their reasons."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.hygiene.duplicates.clusters import MOST, Group, Pair, components, groups
from tools.hygiene.duplicates.comparisons import COMPARISONS, ELSE
from tools.hygiene.duplicates.differences import (
    hard_differences,
    is_exact,
    is_lean,
    is_thin,
    levels_of,
)
from tools.hygiene.duplicates.model import load_model

SAME = {
    "name": "same", "email": ELSE, "phone": "same_own", "company": "same_domain",
    "place": "same_city", "title": "same",
}  # fmt: skip


def pair(left: int, right: int, weight: float = 12.0, differences: tuple[str, ...] = ()) -> Pair:
    return Pair(left, right, weight, SAME, differences, exact=False, thin=False)


def members(pairs: list[Pair], link: float = 0.0) -> list[tuple[int, ...]]:
    return [one.members for one in groups(pairs, link)]


def test_a_chain_is_not_taken_at_its_word() -> None:
    assert members([pair(1, 2, 9), pair(2, 3, 8)]) == [(1, 2)]
    assert members([pair(1, 2, 9), pair(2, 3, 8), pair(1, 3, -3)]) == [(1, 2, 3)]


def test_two_hard_differences_are_never_merged() -> None:
    two = ("given name", "employer")
    assert members([pair(1, 2, 30, two)]) == []
    assert members([pair(1, 2, 9), pair(2, 3, 9), pair(1, 3, 30, two)]) in ([(1, 2)], [(2, 3)])


def test_a_pair_below_the_link_joins_nothing() -> None:
    assert members([pair(1, 2, -1)], link=0.0) == []


def test_a_group_stays_within_the_cap() -> None:
    crowd = [pair(a, b) for a, b in combinations(range(40), 2)]
    assert max(map(len, members(crowd))) <= MOST


def test_a_group_is_as_sure_as_its_least_sure_pair() -> None:
    doubtful = pair(1, 3, 2)
    (group,) = groups([pair(1, 2), pair(2, 3), doubtful], 0.0)
    assert group.tier(0.999) == "review"
    assert group.confidence == doubtful.probability
    (sure,) = groups([pair(1, 2), pair(2, 3), pair(1, 3)], 0.0)
    assert sure.tier(0.999) == "certain"
    (key,) = groups([replace(pair(1, 2), exact=True)], 0.0)
    assert key.tier(0.999) == "exact"


def test_one_hard_difference_or_little_to_go_by_is_for_review() -> None:
    assert pair(1, 2, 30, ("phone",)).tier(0.999) == "review"
    assert replace(pair(1, 2, 30), thin=True).tier(0.999) == "review"


def test_families_and_colleagues_differ() -> None:
    sister = SAME | {"name": "other_given"}
    assert hard_differences("contact", sister) == ("given name",)
    moved = SAME | {"company": ELSE, "phone": ELSE}
    assert hard_differences("contact", moved) == ("employer", "phone")
    reader = moved | {"email": "same"}
    assert hard_differences("contact", reader) == ()
    assert is_exact("contact", reader)
    assert is_thin("contact", SAME | {"title": ELSE})
    assert not is_exact("contact", SAME)


def test_a_name_and_an_employer_alone_are_not_for_bulk() -> None:
    bare = SAME | {"phone": "unknown", "title": "unknown"}
    assert is_thin("contact", bare)
    assert not is_thin("contact", bare | {"email": "local_one_off"})
    assert not is_thin("contact", bare | {"title": "same"})
    assert not is_thin("contact", bare | {"company": "unknown"})


@pytest.mark.parametrize("name", ["no_given", "given_alone", "unknown"])
def test_a_shared_mailbox_without_a_whole_name_is_for_review(name: str) -> None:
    levels = SAME | {"email": "same", "name": name}
    assert not is_exact("contact", levels)
    assert is_thin("contact", levels)


def test_three_records_need_more_than_name_employer_and_title() -> None:
    bare = SAME | {"phone": "unknown"}
    assert is_lean("contact", bare)
    assert not is_lean("contact", SAME)
    assert not is_lean("contact", bare | {"email": "host_one_off"})
    lean = [replace(pair(a, b), lean=True) for a, b in combinations(range(3), 2)]
    assert Group((0, 1, 2), tuple(lean)).tier(0.9) == "review"
    assert Group((0, 1), (lean[0],)).tier(0.9) == "certain"


def test_a_subsidiary_is_another_company() -> None:
    levels = {"name": "same", "domain": "same_label", "phone": ELSE, "place": ELSE}
    assert hard_differences("company", levels) == ("phone", "country")
    assert is_exact("company", {"name": "same", "domain": "same", "phone": "unknown",
                                "place": "same_city"})  # fmt: skip


@pytest.mark.parametrize("subject", ["contact", "company"])
def test_every_level_has_weights_and_a_number(subject: str) -> None:
    model = load_model(subject)  # type: ignore[arg-type]  # parametrised text
    for one in COMPARISONS[subject]:  # type: ignore[index]  # parametrised text
        for level in (*(step.name for step in one.steps), ELSE):
            found = model.weights[one.name, level]
            assert 0 < found.m <= 1
            assert 0 < found.u <= 1
            assert 0 <= found.tf <= 0.9
            assert one.level(one.gamma(level)) == level
        assert one.level(-1) == "unknown"


def test_thresholds_rise_with_the_rows() -> None:
    model = load_model("contact")
    assert model.prior_at(1_000_000) < model.prior_at(10_000)
    assert model.certain_at(1_000_000) > model.certain_at(100_000) > model.certain
    assert model.certain_at(100) == model.certain


def test_levels_are_named_in_the_order_of_the_comparisons() -> None:
    gammas = tuple(len(one.steps) for one in COMPARISONS["contact"])
    assert set(levels_of("contact", gammas).values()) <= {"same", "same_own", "same_domain",
                                                          "same_city"}  # fmt: skip


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(0, 15), st.floats(-5, 30), st.integers(0, 3)),
        max_size=80,
    )
)
def test_whatever_the_pairs_the_promises_hold(raw: list[tuple[int, int, float, int]]) -> None:
    unique = {
        (min(a, b), max(a, b)): pair(min(a, b), max(a, b), weight, ("x",) * hard)
        for a, b, weight, hard in raw
        if a != b
    }
    found = list(groups(list(unique.values()), 0.0))
    assert found == list(groups(list(reversed(unique.values())), 0.0))
    taken = [one for group in found for one in group.members]
    assert len(taken) == len(set(taken))
    for group in found:
        assert 2 <= len(group.members) <= MOST
        for two in combinations(group.members, 2):
            assert len(unique[two].differences) < 2
    together = {one for part in components(unique.values()) for one in part}
    assert set(taken) <= together
