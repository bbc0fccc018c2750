"""Which images of a run are meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ConfigurationError, InputError
from backlit.runs import Run


@pytest.fixture
def opened(trained: Path) -> Run:
    """A run with 15 test images and 60 training images."""
    return bl.open_run(trained)


@pytest.mark.parametrize(
    ("images", "indices"),
    [
        (None, [0]),
        (7, [7]),
        (np.int64(7), [7]),
        ([7], [7]),
        ([9, 2, 5], [9, 2, 5]),
        ([3, 3], [3, 3]),
        (np.array([9, 2]), [9, 2]),
        (range(2, 6), [2, 3, 4, 5]),
        (range(6, 2, -2), [6, 4]),
        (slice(0, 8), list(range(8))),
        (slice(None), list(range(15))),
        (slice(-3, None), [12, 13, 14]),
        (slice(10, 99), [10, 11, 12, 13, 14]),
        (slice(0, 9, 4), [0, 4, 8]),
    ],
)
@pytest.mark.parametrize("split", ["test", "train"])
def test_images_are_picked_as_from_a_list(
    images: Any, indices: list[int], split: str, opened: Run
) -> None:
    if split == "train" and isinstance(images, slice):
        indices = list(range(60))[images]
    batch = opened.batch(images, split=split)
    assert list(batch.indices) == indices
    assert batch.split == split
    pictures, labels = getattr(opened.dataset, split)
    np.testing.assert_array_equal(batch.images, pictures[indices])
    np.testing.assert_array_equal(batch.labels, labels[indices])
    both = list(batch)
    assert both[0] is batch.images
    assert both[1] is batch.labels
    assert batch.chosen == (0 if images is None else None)


def test_a_batch_can_be_explained(opened: Run) -> None:
    batch = opened.batch(images=[9, 2])
    trace = opened.explain(batch)
    assert trace.recording.labels.tolist() == batch.labels.tolist()
    assert opened.explain(images=[9, 2]).recording.loss == trace.recording.loss
    assert bl.explain(opened.network, *batch).recording.loss == trace.recording.loss


def test_the_first_mistake(opened: Run) -> None:
    images, labels = opened.dataset.test
    wrong = np.flatnonzero(opened.network.predict(images) != labels)
    assert opened.batch(misclassified=True).indices == range(wrong[0], wrong[0] + 1)
    batch = opened.batch(slice(int(wrong[0]) + 1, None), misclassified=True)
    assert batch.chosen is not None
    assert batch.indices[batch.chosen] == wrong[1]
    assert batch.misclassified
    right = np.flatnonzero(opened.network.predict(images) == labels)
    with pytest.raises(InputError, match=f"gets all of these {len(right)} images right"):
        opened.batch(right.tolist(), misclassified=True)


def test_one_image_of_a_batch(opened: Run) -> None:
    assert opened.batch(range(4, 8), image=6).chosen == 2
    assert opened.batch([9, 6, 1], image=1).chosen == 2
    assert opened.batch(image=6).indices == range(6, 7)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"images": 15}, "there are 15 test images, 0 to 14: there is no image 15"),
        ({"images": -1}, "there is no image -1"),
        ({"images": [3, 99]}, "there is no image 99"),
        ({"images": range(10, 16)}, "there is no batch 10:16"),
        ({"images": range(-2, 3)}, "there is no batch -2:3"),
        ({"images": range(3, 3)}, "there is no batch 3:3"),
        ({"images": slice(20, 30)}, r"and slice\(20, 30, None\) picks none of them"),
        ({"images": slice(0, 8, 0)}, "cannot pick any"),
        ({"images": []}, "an empty list picks none of them"),
        ({"images": [0.5]}, "images are picked by whole numbers, got 0.5"),
        ({"images": [True]}, "images are picked by whole numbers, got True"),
        ({"images": "3"}, "images are picked by whole numbers, got '3'"),
        ({"images": 1.5}, "a number, a slice, a range or a list of numbers, got 1.5"),
        ({"image": 15}, "image 15 is not there: the test images are 0 to 14"),
        ({"images": range(4), "image": 9}, "image 9 is not there: the batch is 0:4"),
        ({"images": [5, 7], "image": 9}, "image 9 is not there: the batch has the images 5, 7"),
        ({"split": "holdout"}, "the splits test and train, but no 'holdout'"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    options: dict[str, Any], words: str, opened: Run
) -> None:
    with pytest.raises(InputError, match=words):
        opened.batch(**options)


def test_one_image_or_a_mistake(opened: Run) -> None:
    with pytest.raises(ConfigurationError, match="by image or by misclassified, not by both"):
        opened.batch(image=3, misclassified=True)


def test_what_a_batch_is_is_told_by_its_repr(opened: Run) -> None:
    assert repr(opened.batch(7)) == "Batch(1 test image: 7)"
    assert repr(opened.batch(range(2, 9), split="train")) == "Batch(7 train images: 2, 3, 4, …)"
