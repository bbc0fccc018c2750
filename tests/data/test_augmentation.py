import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from backlit.data import Augmentation, augmentation, batches
from backlit.data.order import Purpose, random_words
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


def moved(image: np.ndarray, words: np.ndarray, shift: int, flip: bool) -> np.ndarray:
    """Pixel by pixel, as the equation has it, from the three words of a picture."""
    down, right = ((int(word) >> 32) * (2 * shift + 1) // 2**32 - shift for word in words[:2])
    if flip and int(words[2]) >> 63:
        image = image[..., ::-1]
    changed = np.empty_like(image)
    _, height, width = image.shape
    for h in range(height):
        for w in range(width):
            row, column = min(max(h - down, 0), height - 1), min(max(w - right, 0), width - 1)
            changed[:, h, w] = image[:, row, column]
    return changed


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("shift", [0, 1, 4, 5, 6, 30])
def test_every_pixel_is_where_the_equation_puts_it(shift: int, flip: bool) -> None:
    """These words decide for ever: a run is resumed bit for bit with any later version."""
    indices = np.array([7, 0, 39, 7, 12])
    words = random_words(3 * 40, Purpose.AUGMENTATION, 6, 2).reshape(40, 3)
    changed = Augmentation(shift, flip, seed=6).apply(IMAGES[indices], indices, 40, epoch=2)
    for k, index in enumerate(indices):
        np.testing.assert_array_equal(changed[k], moved(IMAGES[index], words[index], shift, flip))


def test_the_random_words_of_an_epoch_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def counted(count: int, *key: int) -> np.ndarray:
        drawn.append(key)
        return random_words(count, *key)  # type: ignore[arg-type]

    chosen = Augmentation(shift=1, seed=987654)  # a seed that no other test has used
    monkeypatch.setattr(augmentation, "random_words", counted)
    for epoch in (0, 1):
        for part in batches(40, 7):
            chosen.apply(IMAGES[part], part, 40, epoch)
    assert drawn == [(Purpose.AUGMENTATION, 987654, epoch) for epoch in (0, 1)]


def test_the_pictures_given_stay_as_they_are() -> None:
    before = IMAGES.copy()
    Augmentation(shift=1, flip=True).apply(IMAGES, EVERY, 40, 0)
    np.testing.assert_array_equal(IMAGES, before)


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


def test_numpys_whole_numbers_become_ones_that_a_run_can_write_down() -> None:
    one: Any = np.int64(1)
    assert json.dumps(asdict(Augmentation(shift=one, seed=one))) == (
        '{"shift": 1, "flip": false, "seed": 1}'
    )


def test_unusable_arguments_are_refused() -> None:
    for shift in (-1, 1.5, "x", True, 2**31):
        with pytest.raises(ConfigurationError, match=f"whole number of pixels, .*, not {shift!r}"):
            Augmentation(shift=shift)  # type: ignore[arg-type]
    for flip in ("no", 1, None):
        with pytest.raises(ConfigurationError, match=f"flip is True or False, not {flip!r}"):
            Augmentation(flip=flip)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="seed is a whole number"):
        Augmentation(seed=-1)
    with pytest.raises(InputError, match="40 images but 3 indices"):
        Augmentation().apply(IMAGES, EVERY[:3], 40, 0)
