"""Some of the images that a run was trained or tested on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.data import Dataset
from backlit.errors import InputError
from backlit.network import Network
from backlit.system.numbers import is_whole

AT_A_TIME = 64  # images that are looked at together for one that the network gets wrong
SPLITS = ("test", "train")

Indices = int | slice | range | Sequence[int] | NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Batch:
    """Some images of a run's data, with their labels: ``images, labels = batch``.

    Attributes:
        split: "test" or "train".
        indices: which images of the split they are.
        images: raw pictures, uint8 of (N, C, H, W).
        labels: their N class numbers.
        chosen: the place in the batch of the one image that was asked for; None if none was.
        misclassified: whether that image was chosen because the network gets it wrong.
    """

    split: str
    indices: Sequence[int]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    chosen: int | None = None
    misclassified: bool = False

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """The images and the labels, as :func:`backlit.explain` takes them."""
        yield self.images
        yield self.labels

    def __repr__(self) -> str:
        count = len(self.labels)
        some = ", ".join(map(str, self.indices[:3])) + (", …" if count > 3 else "")
        return f"Batch({count} {self.split} {'image' if count == 1 else 'images'}: {some})"


def part_of(dataset: Dataset, split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The images and labels of a split.

    Raises:
        InputError: there is no such split, or nothing is in it.
    """
    if split not in SPLITS:
        raise InputError(f"a run has the splits {' and '.join(SPLITS)}, but no {split!r}")
    images, labels = dataset.test if split == "test" else dataset.train
    if not len(labels):
        raise InputError(f"the run's data has no {split} images")
    return images, labels


def make_batch(
    dataset: Dataset,
    split: str,
    wanted: Indices | None,
    image: int | None,
    wrong_for: Network | None,
) -> Batch:
    """The images that were asked for; the first one if none were.

    Args:
        dataset: the run's.
        split: "test" or "train".
        wanted: which images of the split; None for the one image alone.
        image: the one image to choose among them.
        wrong_for: choose the first image that this network gets wrong instead.

    Raises:
        InputError: there is no such split or image, or none that is wrong.
    """
    images, labels = part_of(dataset, split)
    count = len(labels)
    indices = range(count) if wanted is None else checked_indices(wanted, count, split)
    if image is not None:
        _check_image(image, wanted, indices, split)
    chosen = image
    if wrong_for is not None:
        chosen = first_wrong(wrong_for, images, labels, indices)
        if chosen is None:
            raise InputError(f"the network gets all of these {len(indices):,} images right")
    if wanted is None:
        chosen = chosen or 0
        indices = range(chosen, chosen + 1)
    place = None if chosen is None else indices.index(chosen)
    part = _part(indices)
    return Batch(split, indices, images[part], labels[part], place, wrong_for is not None)


def checked_indices(wanted: Indices, count: int, split: str) -> Sequence[int]:
    """The numbers of images that exist.

    Args:
        wanted: a number, a slice, a range, or several numbers.
        count: how many images there are.
        split: of which split, for messages.

    Raises:
        InputError: numbers that no image has, or no numbers at all.
    """
    there = f"there are {count:,} {split} images, 0 to {count - 1:,}"
    if isinstance(wanted, slice):
        try:
            found: Sequence[int] = range(count)[wanted]
        except (TypeError, ValueError) as problem:
            raise InputError(f"{there}, and {wanted} cannot pick any: {problem}") from None
        if not found:
            raise InputError(f"{there}, and {wanted} picks none of them")
        return found
    if isinstance(wanted, range):
        if not wanted or min(wanted) < 0 or max(wanted) >= count:
            raise InputError(f"{there}: there is no batch {wanted.start}:{wanted.stop}")
        return wanted
    numbers: list[Any] = [wanted] if is_whole(wanted) else _listed(wanted)
    if not numbers:
        raise InputError(f"{there}, and an empty list picks none of them")
    for number in numbers:
        if not is_whole(number):
            raise InputError(f"images are picked by whole numbers, got {number!r}")
        if not 0 <= number < count:
            raise InputError(f"{there}: there is no image {number}")
    return tuple(map(int, numbers))


def first_wrong(
    network: Network, images: NDArray[np.uint8], labels: NDArray[np.int64], indices: Sequence[int]
) -> int | None:
    """The first of these images that the network takes for something else; None if none is."""
    for start in range(0, len(indices), AT_A_TIME):
        some = indices[start : start + AT_A_TIME]
        part = _part(some)
        wrong = np.flatnonzero(network.predict(images[part]) != labels[part])
        if wrong.size:
            return int(some[int(wrong[0])])
    return None


def _part(indices: Sequence[int]) -> slice | list[int]:
    """What picks these from an array; neighbors without a copy."""
    if isinstance(indices, range) and indices.step == 1:
        return slice(indices.start, indices.stop)
    return list(indices)


def _listed(wanted: Any) -> list[Any]:
    try:
        return list(wanted)
    except TypeError:
        raise InputError(
            f"images are picked by a number, a slice, a range or a list of numbers, got {wanted!r}"
        ) from None


def _check_image(image: int, wanted: Indices | None, indices: Sequence[int], split: str) -> None:
    if image in indices:
        return
    where = f"the {split} images are 0 to {len(indices) - 1:,}"
    if isinstance(wanted, range):
        where = f"the batch is {wanted.start}:{wanted.stop}"
    elif wanted is not None:
        where = f"the batch has the images {', '.join(map(str, indices[:8]))}" + (
            ", …" if len(indices) > 8 else ""
        )
    raise InputError(f"image {image} is not there: {where}")
