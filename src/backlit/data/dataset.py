"""A data set: raw pictures with their labels, checked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.data.splitting import Labeled, first_in_proportion, split
from backlit.errors import ConfigurationError, DataError
from backlit.network.class_names import is_printable
from backlit.system.names import checked_names
from backlit.system.numbers import is_count


@dataclass(frozen=True, eq=False)
class Dataset:
    """Raw pictures in a training and a test part.

    Attributes:
        name: ``digits``, ``fashion-mnist``, … or the name of the folder that was read.
        train_images: ``uint8`` (N, C, H, W), values 0 … 255.
        train_labels: ``int64`` (N,), class numbers from 0.
        test_images: Like ``train_images``, same C, H, W; there may be none.
        test_labels: Like ``train_labels``.
        classes: The name of every class; label k means ``classes[k]``.
        source: Where the pictures came from: a folder, a file, or the package itself.
        license: The terms under which the pictures may be used, as far as they are known.
        credit: Whose work they are, to be named with results.
        official: Whether every byte is as published; ``None`` where nothing was published.
        notes: What the loader decided on its own (a size, a split), one sentence each.

    The arrays are read-only, since one data set may serve several networks; copy what is to be
    changed.

    Raises:
        DataError: The parts do not fit together; the message says which and how.
    """

    name: str
    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.int64]
    classes: tuple[str, ...]
    source: str = ""
    license: str = ""
    credit: str = ""
    official: bool | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "classes", checked_names("classes", self.classes))
        except ConfigurationError as problem:
            raise DataError(str(problem)) from None
        for name in self.classes:
            if not is_printable(name):
                raise DataError(
                    f"the class name {name!a} of {self.name!a} holds a character that cannot be "
                    "shown; rename that class"
                )
        check_images(f"training images of {self.name}", self.train_images)
        check_images(f"test images of {self.name}", self.test_images)
        if len(self.train_images) == 0:
            raise DataError(f"{self.name} has no training images")
        if self.train_images.shape[1:] != self.test_images.shape[1:]:
            raise DataError(
                f"{self.name} has training images of {shape_text(self.train_images)} "
                f"but test images of {shape_text(self.test_images)}"
            )
        for part in ("train", "test"):
            images, labels = getattr(self, f"{part}_images"), getattr(self, f"{part}_labels")
            what = f"{'training' if part == 'train' else 'test'} labels of {self.name}"
            check_labels(what, labels, len(images), len(self.classes))
            object.__setattr__(self, f"{part}_images", _read_only(images))
            object.__setattr__(self, f"{part}_labels", _read_only(labels))

    @property
    def train(self) -> Labeled:
        """The training part: (images, labels)."""
        return self.train_images, self.train_labels

    @property
    def test(self) -> Labeled:
        """The test part: (images, labels)."""
        return self.test_images, self.test_labels

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W), the input shape that a network for these pictures has."""
        channels, height, width = self.train_images.shape[1:]
        return channels, height, width

    def validation_split(self, fraction: float = 0.1, seed: int = 0) -> tuple[Labeled, Labeled]:
        """The training part, divided: (to train on, to validate on); see :func:`split`."""
        return split(self.train_images, self.train_labels, fraction, seed)

    def limited(self, limit: int | None) -> Dataset:
        """A smaller data set: ``limit`` training images and a proportionate test part.

        From every class in proportion the first images are taken, in the order of the file, so
        the choice needs no seed and the classes keep their balance.  The test part keeps
        ⌈limit · N_test / N_train⌉ images.  A limit that is not below N_train changes nothing.

        Raises:
            ConfigurationError: ``limit`` is below 1.
        """
        if limit is None:
            return self
        train, test = limited_indices(self.train_labels, self.test_labels, limit)
        return replace(
            self,
            train_images=self.train_images[train],
            train_labels=self.train_labels[train],
            test_images=self.test_images[test],
            test_labels=self.test_labels[test],
        )

    def __repr__(self) -> str:
        return (
            f"<Dataset {self.name}: {len(self.train_images):,} training and "
            f"{len(self.test_images):,} test images of {shape_text(self.train_images)}, "
            f"{len(self.classes)} classes>"
        )


def limited_indices(
    train_labels: NDArray[np.int64], test_labels: NDArray[np.int64], limit: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which training and test images :meth:`Dataset.limited` keeps."""
    check_limit(limit)
    limit = min(limit, len(train_labels))
    test_limit = -(-limit * len(test_labels) // len(train_labels))  # rounded up
    return (
        first_in_proportion(train_labels, limit),
        first_in_proportion(test_labels, test_limit),
    )


def check_limit(limit: object) -> None:
    """Make sure that a limit is a number of images.

    Raises:
        ConfigurationError: it is not.
    """
    if not is_count(limit):
        raise ConfigurationError(
            f"a limit is a whole number, at least 1 training image, not {limit!r}"
        )


def numbered_classes(
    train_labels: NDArray[Any], test_labels: NDArray[Any], source: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The classes "0", "1", … of labels that nothing names, and a note where some have no image.

    Raises:
        DataError: There would be more classes than images, or most classes would have no training
            image, so that a label must be wrong.
    """
    highest = max((int(part.max()) for part in (train_labels, test_labels) if part.size), default=0)
    images = len(train_labels) + len(test_labels)
    if highest >= images:
        raise DataError(
            f"{source} has a label {highest:,}, but only {images:,} images; labels are class "
            "numbers and count from 0"
        )
    empty = highest + 1 - len(np.unique(train_labels))
    if 2 * empty > highest + 1:
        raise DataError(
            f"{source} has labels up to {highest:,}, which would be {highest + 1:,} classes, but "
            f"{empty:,} of them have no training image; labels are class numbers and count from 0 "
            "without gaps"
        )
    notes: tuple[str, ...] = ()
    if empty:
        notes = (
            f"The labels go up to {highest}, so there are {highest + 1} classes, but {empty} of "
            "them have no training image.",
        )
    return tuple(str(k) for k in range(highest + 1)), notes


def check_images(what: str, images: NDArray[Any]) -> None:
    """Raise DataError unless the images are ``uint8`` (N, C, H, W) with C, H, W of at least 1."""
    if images.dtype != np.uint8 or images.ndim != 4 or 0 in images.shape[1:]:
        raise DataError(
            f"the {what} should be uint8 of shape (N, C, H, W), "
            f"but they are {images.dtype} {images.shape}"
        )


def check_labels(what: str, labels: NDArray[Any], images: int, classes: int) -> None:
    """Raise DataError unless there is one ``int64`` label in 0 … classes − 1 for every image."""
    if labels.dtype != np.int64 or labels.ndim != 1:
        raise DataError(
            f"the {what} should be int64 of shape (N,), but they are {labels.dtype} {labels.shape}"
        )
    if len(labels) != images:
        raise DataError(f"there are {len(labels):,} {what} for {images:,} images")
    outside = np.flatnonzero((labels < 0) | (labels >= classes))
    if outside.size:
        first = int(outside[0])
        raise DataError(
            f"the {what} should lie in 0 … {classes - 1} ({classes} classes), "
            f"but the label at index {first} is {labels[first]}"
        )


def shape_text(images: NDArray[Any]) -> str:
    """C × H × W, as a message says it."""
    return "×".join(str(side) for side in images.shape[1:])


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
