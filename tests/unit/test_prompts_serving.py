"""Which version answers a request: sticky by request, and a canary that grows keeps its own."""

from hypothesis import given
from hypothesis import strategies as st

from prompts import Served, choose

STABLE, CANARY = "a" * 64, "b" * 64
keys = st.text(max_size=40)
shares = st.floats(min_value=0, max_value=1)


def served(share: float, name: str = "segments/draft") -> Served:
    return Served(name=name, stable=STABLE, canary=CANARY, share=share)


@given(key=keys, share=shares)
def test_a_request_gets_the_same_version_each_time(key: str, share: float) -> None:
    assert choose(served(share), key) == choose(served(share), key)


@given(key=keys, first=shares, second=shares)
def test_who_has_the_canary_keeps_it_while_it_grows(key: str, first: float, second: float) -> None:
    low, high = sorted((first, second))
    if choose(served(low), key) == CANARY:
        assert choose(served(high), key) == CANARY


@given(key=keys)
def test_nobody_gets_a_canary_of_nothing_and_everybody_one_of_all(key: str) -> None:
    assert choose(served(0), key) == STABLE
    assert choose(served(1), key) == CANARY
    without = Served(name="segments/draft", stable=STABLE, share=1)
    assert choose(without, key) == STABLE


def test_the_share_is_met_and_names_draw_apart() -> None:
    every = [f"th_{number}" for number in range(4_000)]
    of_one = {key for key in every if choose(served(0.1), key) == CANARY}
    of_other = {key for key in every if choose(served(0.1, "emails/draft"), key) == CANARY}
    assert 320 < len(of_one) < 480
    # The unlucky tenth of one prompt is not the unlucky tenth of all.
    assert len(of_one & of_other) < 0.3 * len(of_one)
