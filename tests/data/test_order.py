import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.data.order import Purpose, permutation, random_words
from backlit.errors import ConfigurationError

seeds = st.integers(0, 2**70)


@given(st.integers(0, 300), st.sampled_from(Purpose), seeds, st.integers(0, 10**6))
def test_a_permutation_has_every_number_once(
    count: int, purpose: Purpose, seed: int, epoch: int
) -> None:
    order = permutation(count, purpose, seed, epoch)
    assert sorted(order.tolist()) == list(range(count))
    np.testing.assert_array_equal(order, permutation(count, purpose, seed, epoch))


def test_purpose_seed_and_epoch_each_give_another_order() -> None:
    keys = [(p, s, e) for p in Purpose for s in range(4) for e in range(4)]
    orders = {tuple(permutation(20, *key).tolist()) for key in keys}
    assert len(orders) == len(keys)


def test_every_number_comes_first_about_equally_often() -> None:
    trials, count = 4000, 5
    first = [int(permutation(count, Purpose.BATCHES, seed)[0]) for seed in range(trials)]
    # Chi-squared with 4 degrees of freedom exceeds 23.5 with probability 1e-4.
    expected = trials / count
    assert sum((n - expected) ** 2 / expected for n in np.bincount(first)) < 23.5


def test_the_stream_is_the_one_that_resumed_runs_and_documented_splits_rely_on() -> None:
    # Recorded when it was introduced: a change here makes old runs impossible to continue.
    words = random_words(3, Purpose.BATCHES, seed=0, epoch=0).tolist()
    assert words == [9441442522235856127, 17532960557476522086, 2659275481604167885]
    assert permutation(8, Purpose.BATCHES, seed=7, epoch=2).tolist() == [5, 1, 4, 6, 7, 3, 0, 2]


@pytest.mark.parametrize("value", [-1, 1.5, True, "1", None])
@pytest.mark.parametrize("name", ["seed", "epoch"])
def test_only_natural_numbers_seed(name: str, value: object) -> None:
    arguments = {"seed": 0, "epoch": 0, name: value}
    with pytest.raises(ConfigurationError, match=f"{name} is a whole number from 0 upwards"):
        random_words(1, Purpose.SPLIT, **arguments)  # type: ignore[arg-type]


def test_numpy_integers_seed_like_python_ones() -> None:
    np.testing.assert_array_equal(
        permutation(9, Purpose.SPLIT, np.int64(5)),  # type: ignore[arg-type]
        permutation(9, Purpose.SPLIT, 5),
    )
