import numpy as np
import pytest

from backlit.data import Augmentation, batches
from backlit.errors import ConfigurationError, InputError
from tests.data.makers import random_bytes

EVERY = np.arange(40)
IMAGES = random_bytes(40, 2, 5, 6)


def shifted(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """By NumPy's own padding, which repeats the edge, and a cut."""
    height, width = image.shape[1:]
    padded = np.pad(image, ((0, 0), (5, 5), (5, 5)), mode="edge")
    return padded[:, 5 - down : 5 - down + height, 5 - right : 5 - right + width]


def test_every_picture_is_one_of_the_shifts_and_every_shift_occurs() -> None:
    images = random_bytes(400, 2, 5, 6)
    changed = Augmentation(shift=1).apply(images, np.arange(400), 400, epoch=0)
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    found = []
    for image, result in zip(images, changed, strict=True):
        found += [move for move in moves if np.array_equal(result, shifted(image, *move))]
    assert len(found) == 400
    # Each of 9 moves has the chance 1/9; below 20 of 400 lie fewer than 1 in 10,000 cases.
    assert min(found.count(move) for move in moves) > 20


def test_half_of_the_pictures_are_mirrored() -> None:
    changed = Augmentation(flip=True).apply(IMAGES, EVERY, 40, epoch=0)
    mirrored = [np.array_equal(a, b[:, :, ::-1]) for a, b in zip(changed, IMAGES, strict=True)]
    kept = [np.array_equal(a, b) for a, b in zip(changed, IMAGES, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert 8 < sum(mirrored) < 32  # outside lies 1 case in 10,000


def test_mirroring_comes_before_shifting() -> None:
    both = Augmentation(shift=2, flip=True, seed=3)
    one = Augmentation(shift=2, seed=3)
    mirror = Augmentation(flip=True, seed=3)
    expected = one.apply(mirror.apply(IMAGES, EVERY, 40, 1), EVERY, 40, 1)
    np.testing.assert_array_equal(both.apply(IMAGES, EVERY, 40, 1), expected)


def test_without_either_nothing_changes() -> None:
    np.testing.assert_array_equal(Augmentation().apply(IMAGES, EVERY, 40, 0), IMAGES)


def test_a_picture_does_not_depend_on_its_batch() -> None:
    augmentation = Augmentation(shift=2, flip=True)
    whole = augmentation.apply(IMAGES, EVERY, 40, epoch=5)
    for part in batches(40, 7, seed=1, epoch=5):
        result = augmentation.apply(IMAGES[part], part, 40, epoch=5)
        np.testing.assert_array_equal(result, whole[part])


def test_epochs_and_seeds_differ() -> None:
    versions = {
        Augmentation(shift=2, seed=seed).apply(IMAGES, EVERY, 40, epoch).tobytes()
        for seed in (0, 1)
        for epoch in (0, 1)
    }
    assert len(versions) == 4


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_raw_and_normalized_pictures_keep_their_type(dtype: type) -> None:
    result = Augmentation(shift=9).apply(IMAGES.astype(dtype), EVERY, 40, 0)
    assert result.dtype == dtype
    assert result.flags.c_contiguous
    assert result.shape == IMAGES.shape


def test_an_empty_batch_stays_empty() -> None:
    none = np.zeros(0, dtype=np.intp)
    assert Augmentation(shift=1).apply(IMAGES[:0], none, 40, 0).shape == (0, 2, 5, 6)


def test_unusable_arguments_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="0 or more pixels, not -1"):
        Augmentation(shift=-1)
    with pytest.raises(ConfigurationError, match="seed is a whole number"):
        Augmentation(seed=-1)
    with pytest.raises(InputError, match="40 images but 3 indices"):
        Augmentation().apply(IMAGES, EVERY[:3], 40, 0)
