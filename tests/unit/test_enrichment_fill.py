"""Filling gaps: the budget holds whatever a source charges, and no source overrules another."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placet.errors import BadInput, EffectRefused
from tools.crm.local.catalogue import build_catalogue
from tools.enrichment.domains import country_of_ending, own_domain
from tools.enrichment.fill import fill_gaps
from tools.enrichment.port import Gap, Lookup, Sourced

CATALOGUE = build_catalogue()


class Register:
    """A source with a price: it knows what it is given, and remembers what it was asked."""

    def __init__(self, known, *, name="Register", price=2, charges=None, closed=False) -> None:
        self.known, self.name, self.price, self.closed = known, name, price, closed
        self.charges = price if charges is None else charges
        self.asked: list[Sequence[str]] = []

    def look_up(self, domains: Sequence[str]) -> Sequence[Lookup]:
        self.asked.append(domains)
        if self.closed:
            raise EffectRefused("The account is out of credits; top it up.")
        return [
            Lookup(domain=one, credits=self.charges, values=tuple(
                Sourced(field=field, value=value, source=self.name, confidence=0.99,
                        as_of=datetime(2026, 1, 2, tzinfo=UTC))
                for field, value in self.known.get(one, {}).items()))
            for one in domains
        ]  # fmt: skip


def gap(number: int, domain: str, field: str = "industry") -> Gap:
    return Gap(subject="company", record=f"co_{number}", field=field, domain=domain)


def test_the_domains_with_most_gaps_are_asked_first_and_the_rest_is_told() -> None:
    gaps = [gap(1, "a.com"), gap(2, "b.com"), gap(3, "b.com"), gap(4, "c.com")]
    source = Register({one: {"industry": "software"} for one in ("a.com", "b.com", "c.com")})
    found = fill_gaps(gaps, [source], CATALOGUE, budget=5)
    assert source.asked == [["b.com", "a.com"]]
    assert {one.record for one in found.changes} == {"co_1", "co_2", "co_3"}
    assert found.words() == "4 of 5 credits spent; 1 look-ups left out"
    assert "Register, as of 2026-01-02" in found.changes[0].evidence


def test_without_a_budget_nothing_that_costs_is_asked() -> None:
    source = Register({"a.com": {"industry": "software"}})
    found = fill_gaps([gap(1, "a.com")], [source], CATALOGUE)
    assert (source.asked, found.changes, found.not_asked) == ([], (), 1)
    with pytest.raises(BadInput, match="0 or more"):
        fill_gaps([], [source], CATALOGUE, budget=-1)


def test_a_later_source_is_asked_only_about_what_is_open() -> None:
    free = Register({"a.com": {"industry": "software"}}, name="Own", price=0)
    paid = Register({"b.com": {"industry": "media"}})
    found = fill_gaps([gap(1, "a.com"), gap(2, "b.com")], [free, paid], CATALOGUE, budget=10)
    assert paid.asked == [["b.com"]]
    assert {one.after for one in found.changes} == {"software", "media"}
    assert found.spent == {"Own": 0, "Register": 2}


def test_two_sources_that_differ_settle_nothing() -> None:
    free = Register({"a.com": {"industry": "software"}}, name="Own", price=0)
    paid = Register({"a.com": {"industry": "media", "employees": "12"}})
    gaps = [gap(1, "a.com"), gap(1, "a.com", "employees")]
    found = fill_gaps(gaps, [free, paid], CATALOGUE, budget=10)
    assert [(one.field, one.after) for one in found.changes] == [("employees", "12")]
    assert found.disputed == 1


def test_a_source_that_does_not_answer_is_named_and_the_others_stand() -> None:
    free = Register({"a.com": {"industry": "software"}}, name="Own", price=0)
    paid = Register({}, closed=True)
    found = fill_gaps([gap(1, "a.com"), gap(2, "b.com")], [free, paid], CATALOGUE, budget=10)
    assert len(found.changes) == 1
    assert found.trouble == ("Register: The account is out of credits; top it up.",)


@given(
    domains=st.lists(st.sampled_from([f"d{n}.com" for n in range(300)]), max_size=300),
    budget=st.integers(0, 400), price=st.integers(1, 7),
)  # fmt: skip
def test_no_more_is_spent_than_the_budget(domains, budget, price) -> None:
    source = Register({}, price=price)
    gaps = [gap(n, domain) for n, domain in enumerate(domains)]
    found = fill_gaps(gaps, [source], CATALOGUE, budget=budget)
    assert found.credits <= budget
    asked = sum(map(len, source.asked))
    assert asked == min(len(set(domains)), budget // price)
    assert asked + found.not_asked == len(set(domains))


def test_whose_domain_it_is() -> None:
    assert own_domain("https://www.Acme.com/de") == "acme.com"
    for one in ("gmail.com", "co.uk", "mailinator.com", "", None, "no domain"):
        assert own_domain(one) is None
    assert country_of_ending("acme.de") == "Germany"
    assert country_of_ending("acme.co.uk") == "United Kingdom"
    assert country_of_ending("acme.io") is None
    assert country_of_ending("acme.com") is None
