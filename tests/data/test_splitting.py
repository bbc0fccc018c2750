from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backlit.data import split
from backlit.data.splitting import first_in_proportion, share, split_indices
from backlit.errors import ConfigurationError, InputError

label_arrays = st.lists(st.integers(0, 6), min_size=1, max_size=120).map(
    lambda numbers: np.array(numbers, dtype=np.int64)
)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8), st.data())
def test_shares_are_whole_fair_and_complete(counts: list[int], data: st.DataObject) -> None:
    whole = sum(counts)
    total = data.draw(st.integers(0, whole))
    shares = share(np.array(counts), total).tolist()
    assert sum(shares) == total
    for got, count in zip(shares, counts, strict=True):
        assert 0 <= got <= count
        if whole:
            assert abs(got - Fraction(count * total, whole)) < 1


def test_what_is_left_goes_to_the_largest_remainders() -> None:
    # 4/10 of 3, 3, 4 is 1.2, 1.2, 1.6: one each, and the last one to the class of 4.
    assert share(np.array([3, 3, 4]), 4).tolist() == [1, 1, 2]
    # Equal remainders: the lower class number goes first.
    assert share(np.array([2, 2, 2]), 4).tolist() == [2, 1, 1]


@given(label_arrays, st.floats(0, 0.99), st.integers(0, 9))
def test_a_split_is_a_stratified_partition_in_order(
    labels: NDArray[np.int64], fraction: float, seed: int
) -> None:
    kept, held_out = split_indices(labels, fraction, seed)
    assert sorted([*kept.tolist(), *held_out.tolist()]) == list(range(len(labels)))
    assert (np.diff(kept) > 0).all()
    assert (np.diff(held_out) > 0).all()
    for c in np.unique(labels):
        count, out = np.sum(labels == c), np.sum(labels[held_out] == c)
        assert out < count  # something is left to learn the class from
        assert out <= count * fraction + 1.5  # its share, the rounding of the total and its own


def test_half_of_a_balanced_set_is_half_of_each_class() -> None:
    labels = np.repeat(np.arange(4), 10)
    _, held_out = split_indices(labels, 0.5, 0)
    assert np.bincount(labels[held_out]).tolist() == [5, 5, 5, 5]


def test_classes_of_one_image_stay_for_training() -> None:
    labels = np.array([0, 1, 2, 3])
    kept, held_out = split_indices(labels, 0.5, 0)
    assert kept.tolist() == [0, 1, 2, 3]
    assert held_out.size == 0


def test_rounding_errors_of_the_fraction_cost_no_image() -> None:
    # In binary floating point 0.29 · 100 is 28.999999999999996.
    _, held_out = split_indices(np.zeros(100, dtype=np.int64), 0.29, 0)
    assert len(held_out) == 29


def test_the_seed_chooses() -> None:
    labels = np.repeat(np.arange(2), 50)
    first, again, other = (split_indices(labels, 0.2, seed)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.tolist() != other.tolist()
    # Chosen at random and not, say, from the front: the held-out half of 0 … 99 is spread.
    assert first.min() < 20
    assert first.max() > 80


def test_images_go_with_their_labels() -> None:
    labels = np.arange(30) % 3
    images = labels[:, None].repeat(4, axis=1)
    for part_images, part_labels in split(images, labels, 0.3, seed=4):
        np.testing.assert_array_equal(part_images[:, 0], part_labels)


def test_nothing_is_held_out_of_nothing() -> None:
    (kept, _), (held_out, _) = split(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), 0.5)
    assert kept.shape == held_out.shape == (0, 2)


@pytest.mark.parametrize("fraction", [-0.1, 1.0, 2.0, float("nan"), "half"])
def test_fractions_outside_0_to_1_are_refused(fraction: Any) -> None:
    with pytest.raises(ConfigurationError, match="0 ≤ fraction < 1, not"):
        split(np.zeros((4, 1)), np.zeros(4, dtype=np.int64), fraction)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (np.zeros(3, dtype=np.int64), "4 images but 3 labels"),
        (np.zeros(4), "these are float64"),
        (np.array([0, 1, -1, 0]), "from 0 upwards"),
        (np.zeros((4, 1), dtype=np.int64), r"int64 \(4, 1\)"),
    ],
)
def test_labels_that_are_no_class_numbers_are_refused(
    labels: NDArray[np.int64], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        split(np.zeros((4, 1)), labels)


def test_the_first_of_every_class_are_taken_in_proportion() -> None:
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    assert first_in_proportion(labels, 4).tolist() == [0, 1, 4, 5]
