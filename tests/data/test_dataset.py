from dataclasses import replace

import numpy as np
import pytest

from backlit.data import Dataset
from backlit.errors import ConfigurationError, DataError
from tests.data.makers import random_bytes


def labels(count: int, classes: int = 3) -> np.ndarray:
    return np.arange(count) % classes


def small(train: int = 12, test: int = 6) -> Dataset:
    return Dataset(
        name="small",
        train_images=random_bytes(train, 2, 4, 5, seed=1),
        train_labels=labels(train),
        test_images=random_bytes(test, 2, 4, 5, seed=2),
        test_labels=labels(test),
        classes=("ant", "bee", "cat"),
    )


def test_the_parts_are_pairs_and_the_shape_is_a_network_s_input() -> None:
    data = small()
    assert data.train == (data.train_images, data.train_labels)
    assert data.test == (data.test_images, data.test_labels)
    assert data.image_shape == (2, 4, 5)
    assert repr(data) == "<Dataset small: 12 training and 6 test images of 2×4×5, 3 classes>"


def test_there_may_be_no_test_images() -> None:
    assert len(small(test=0).test_images) == 0


def test_the_arrays_are_read_only_but_the_callers_own_are_not() -> None:
    own = random_bytes(12, 2, 4, 5)
    data = replace(small(), train_images=own)
    for array in (*data.train, *data.test):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    own[0] = 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"train_images": np.zeros((12, 2, 4, 5))}, r"training images of small should be uint8"),
        ({"train_images": random_bytes(12, 4, 5)}, r"they are uint8 \(12, 4, 5\)"),
        ({"test_images": np.zeros((6, 2, 0, 5), dtype=np.uint8)}, r"test images .* \(6, 2, 0, 5\)"),
        ({"test_images": random_bytes(6, 1, 4, 5)}, "of 2×4×5 but test images of 1×4×5"),
        ({"train_images": random_bytes(0, 2, 4, 5)}, "small has no training images"),
        ({"train_labels": labels(11)}, "11 training labels of small for 12 images"),
        ({"test_labels": labels(7)}, "7 test labels of small for 6 images"),
        ({"train_labels": labels(12).astype(np.int32)}, r"should be int64 .* int32 \(12,\)"),
        ({"train_labels": labels(12)[:, None]}, r"int64 \(12, 1\)"),
        ({"classes": "abc"}, "classes must be a list of names, got 'abc'"),
        ({"train_labels": labels(12, 4)}, r"0 … 2 \(3 classes\), but the label at index 3 is 3"),
        ({"test_labels": -labels(6)}, "test labels .* the label at index 1 is -1"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(DataError, match=words):
        replace(small(), **change)  # type: ignore[arg-type]


def test_a_limit_keeps_the_first_of_every_class_and_the_proportions() -> None:
    data = small(train=30, test=15)
    limited = data.limited(6)
    np.testing.assert_array_equal(limited.train_images, data.train_images[:6])
    np.testing.assert_array_equal(limited.train_labels, data.train_labels[:6])
    np.testing.assert_array_equal(limited.test_images, data.test_images[:3])
    assert limited.classes == data.classes


def test_a_limit_balances_a_set_that_is_sorted_by_class() -> None:
    by_class = replace(small(), train_labels=np.sort(labels(12)))
    assert np.bincount(by_class.limited(7).train_labels).tolist() == [3, 2, 2]


def test_the_test_part_of_a_limited_set_is_rounded_up() -> None:
    assert len(small(train=30, test=15).limited(1).test_labels) == 1
    assert len(small(train=30, test=15).limited(5).test_labels) == 3
    assert len(small(test=0).limited(5).test_labels) == 0


@pytest.mark.parametrize("limit", [None, 12, 10**9])
def test_a_limit_above_what_there_is_changes_nothing(limit: int | None) -> None:
    data = small()
    limited = data.limited(limit)
    np.testing.assert_array_equal(limited.train_images, data.train_images)
    np.testing.assert_array_equal(limited.test_images, data.test_images)


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_keeps_at_least_one_image(limit: int) -> None:
    with pytest.raises(ConfigurationError, match=f"at least 1 training image, not {limit}"):
        small().limited(limit)


def test_the_validation_split_divides_the_training_part() -> None:
    data = small(train=30)
    (train, train_labels), (held_out, held_out_labels) = data.validation_split(0.2, seed=1)
    assert len(train) == len(train_labels) == 24
    assert np.bincount(held_out_labels).tolist() == [2, 2, 2]
    everything = {image.tobytes() for image in data.train_images}
    assert {image.tobytes() for image in (*train, *held_out)} == everything
