import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.data import batches
from backlit.errors import ConfigurationError


@given(st.integers(0, 200), st.integers(1, 64), st.integers(0, 5), st.integers(0, 5), st.booleans())
def test_every_image_is_seen_once_in_batches_of_the_size_asked_for(
    count: int, size: int, seed: int, epoch: int, shuffle: bool
) -> None:
    parts = list(batches(count, size, seed, epoch, shuffle))
    assert sorted(np.concatenate([[], *parts]).tolist()) == list(range(count))
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
    assert all(1 <= len(part) <= size for part in parts)


def test_the_last_batch_is_small() -> None:
    assert [len(part) for part in batches(10, 4)] == [4, 4, 2]


def test_without_shuffling_the_order_is_that_of_the_images() -> None:
    assert np.concatenate(list(batches(10, 3, seed=5, epoch=2, shuffle=False))).tolist() == list(
        range(10)
    )


def test_an_epoch_needs_no_epoch_before_it() -> None:
    whole_run = [[part.tolist() for part in batches(50, 8, seed=3, epoch=e)] for e in range(4)]
    resumed = [part.tolist() for part in batches(50, 8, seed=3, epoch=3)]
    assert resumed == whole_run[3]
    assert len({str(epoch) for epoch in whole_run}) == 4


def test_the_batch_size_only_cuts_the_same_order_elsewhere() -> None:
    cut_in_7 = np.concatenate(list(batches(50, 7, seed=1)))
    np.testing.assert_array_equal(cut_in_7, np.concatenate(list(batches(50, 50, seed=1))))


@pytest.mark.parametrize(
    ("count", "size", "seed", "words"),
    [
        (-1, 4, 0, "cannot be -1 images"),
        (4, 0, 0, "at least 1 image, not 0"),
        (4, 4, -1, "seed is a whole number"),
    ],
)
def test_unusable_arguments_are_refused_before_the_first_batch(
    count: int, size: int, seed: int, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        batches(count, size, seed)
