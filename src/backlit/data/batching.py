"""Batches: which images are seen together, and when."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backlit.data.order import Purpose, permutation
from backlit.errors import ConfigurationError


def batches(
    count: int, batch_size: int, seed: int = 0, epoch: int = 0, shuffle: bool = True
) -> Iterator[NDArray[np.intp]]:
    """The indices 0 … ``count`` − 1, cut into batches; the last one is small where it must be.

    The order depends on ``seed`` and ``epoch`` alone.  Nothing is carried from one epoch to the
    next, so a run that is resumed in epoch 7 sees the batches that it would have seen.

    Raises:
        ConfigurationError: ``count`` or ``seed`` or ``epoch`` is negative, ``batch_size`` is
            below 1.
    """
    if count < 0:
        raise ConfigurationError(f"there cannot be {count} images")
    if batch_size < 1:
        raise ConfigurationError(f"a batch holds at least 1 image, not {batch_size}")
    order = (
        permutation(count, Purpose.BATCHES, seed, epoch)
        if shuffle
        else np.arange(count, dtype=np.intp)
    )
    return (order[start : start + batch_size] for start in range(0, count, batch_size))
