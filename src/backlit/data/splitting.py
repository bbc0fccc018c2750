"""Parts of a data set in which every class keeps its share."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backlit.data.order import Purpose, permutation
from backlit.errors import ConfigurationError, InputError
from backlit.system.numbers import is_number

Labeled: TypeAlias = tuple[NDArray[Any], NDArray[np.int64]]
"""Images and their labels."""


def split(
    images: NDArray[Any], labels: NDArray[np.int64], fraction: float = 0.1, seed: int = 0
) -> tuple[Labeled, Labeled]:
    """Hold a part of the images out, for validation: (training part, held-out part).

    The held-out part has round(``fraction`` · N) images, chosen at random by ``seed``, from every
    class in proportion.  Both parts keep the order of the whole.

    Raises:
        ConfigurationError: ``fraction`` is not between 0 and 1, ``seed`` is negative.
        InputError: There are not as many labels as images, or they are not class numbers.
    """
    if len(images) != len(labels):
        raise InputError(f"there are {len(images):,} images but {len(labels):,} labels")
    if labels.dtype.kind not in "iu" or labels.ndim != 1 or (labels < 0).any():
        raise InputError(
            "labels are class numbers from 0 upwards, one per image; "
            f"these are {labels.dtype} {labels.shape}"
        )
    kept, held_out = split_indices(labels, fraction, seed)
    return (images[kept], labels[kept]), (images[held_out], labels[held_out])


def split_indices(
    labels: NDArray[np.int64], fraction: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of the images kept and of those held out, both ascending.

    A class never gives its last image away: something must be left to learn it from.  Where
    that binds (classes of a single image), the held-out part is smaller by as many.
    """
    if not is_number(fraction) or not 0 <= fraction < 1:
        raise ConfigurationError(
            f"the fraction held out lies in 0 ≤ fraction < 1, not {fraction!r}"
        )
    counts = np.bincount(labels)
    total = round(fraction * len(labels))
    wanted = np.minimum(share(counts, total), np.maximum(counts - 1, 0))
    order = permutation(len(labels), Purpose.SPLIT, seed)
    held_out = first_of_each(labels[order], wanted)
    chosen = np.zeros(len(labels), dtype=bool)
    chosen[order[held_out]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def first_in_proportion(labels: NDArray[np.int64], total: int) -> NDArray[np.intp]:
    """Ascending indices of ``total`` images: the first few of every class, in proportion."""
    return first_of_each(labels, share(np.bincount(labels), total))


def share(counts: NDArray[np.intp], total: int) -> NDArray[np.intp]:
    """Divide ``total`` among classes in proportion to ``counts`` (method of largest remainders).

    Class c gets ⌊total · counts[c] / N⌋; what is left goes, one each, to the classes with the
    largest remainders, the lower class number first among equals.  No class gets more than it
    has, and nothing is lost: the result sums to ``total`` ≤ N.
    """
    whole = int(counts.sum())
    if whole == 0:
        return np.zeros_like(counts)
    shares, remainders = np.divmod(counts * total, whole)
    by_remainder = np.argsort(-remainders, kind="stable")
    shares[by_remainder[: total - int(shares.sum())]] += 1
    return shares


def first_of_each(labels: NDArray[np.int64], wanted: NDArray[np.intp]) -> NDArray[np.intp]:
    """Ascending indices of the first ``wanted[c]`` images of every class c."""
    picked = [np.flatnonzero(labels == c)[:number] for c, number in enumerate(wanted)]
    return np.sort(np.concatenate([np.zeros(0, dtype=np.intp), *picked]))
