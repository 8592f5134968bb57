import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.statistics import wilson


# Newcombe (1998), Statistics in Medicine 17:857, table I, method 3 (Wilson without correction).
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_published_examples(hits: int, of: int, low: float, high: float) -> None:
    rate = wilson(hits, of)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_share_and_mirrors(pair: tuple[int, int]) -> None:
    hits, of = pair
    rate, mirrored = wilson(hits, of), wilson(of - hits, of)
    assert rate.value is not None
    assert 0 <= rate.low <= rate.value <= rate.high <= 1
    assert rate.low == pytest.approx(1 - mirrored.high, abs=1e-12)


def test_nothing_counted_says_nothing() -> None:
    rate = wilson(0, 0)
    assert (rate.value, rate.low, rate.high) == (None, 0, 1)
    with pytest.raises(ValueError, match="no share"):
        wilson(3, 2)
