"""Slightly changed copies of the training pictures, so that a network sees more of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.errors import ConfigurationError, InputError
from backlit.order import Purpose, random_words


@dataclass(frozen=True)
class Augmentation:
    """Random shifts and mirroring.

    What happens to a picture depends on ``seed``, the epoch and the picture's number in the
    training set alone, not on its batch: a resumed run sees the same pictures.

    Attributes:
        shift: Pictures move by −shift … shift pixels down and right, each number as likely;
            what comes in at an edge repeats the edge.
        flip: Every second picture, on average, is mirrored left to right.  Not for digits.
        seed: Of the random choices.

    Raises:
        ConfigurationError: ``shift`` or ``seed`` is negative.
    """

    shift: int = 0
    flip: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.shift < 0:
            raise ConfigurationError(f"A shift is 0 or more pixels, not {self.shift}.")
        random_words(0, Purpose.AUGMENTATION, self.seed)

    def apply(
        self, images: NDArray[Any], indices: NDArray[np.intp], count: int, epoch: int
    ) -> NDArray[Any]:
        """Changed copies of a batch.

        X'[n, c, h, w] = X[n, c, clip(h − down[n]), clip(w − right[n])], mirrored before that
        where ``flip`` says so.

        Args:
            images: (N, C, H, W), raw or normalized.
            indices: The number of each image in the training set, 0 … ``count`` − 1.
            count: Number of images in the training set.
            epoch: Number of the epoch.

        Raises:
            InputError: There are not as many indices as images.
        """
        if len(images) != len(indices):
            raise InputError(f"There are {len(images):,} images but {len(indices):,} indices.")
        # Three words for every picture of the epoch; those of this batch are picked out.
        words = random_words(3 * count, Purpose.AUGMENTATION, self.seed, epoch).reshape(count, 3)
        down, right = (self._offsets(words[indices, k]) for k in (0, 1))
        mirrored = (words[indices, 2] >> np.uint64(63)).astype(bool) & self.flip
        height, width = images.shape[2:]
        rows = np.clip(np.arange(height) - down[:, np.newaxis], 0, height - 1)
        columns = np.clip(np.arange(width) - right[:, np.newaxis], 0, width - 1)
        columns = np.where(mirrored[:, np.newaxis], width - 1 - columns, columns)
        batch = np.arange(len(images))[:, np.newaxis, np.newaxis, np.newaxis]
        channel = np.arange(images.shape[1])[:, np.newaxis, np.newaxis]
        rows, columns = rows[:, np.newaxis, :, np.newaxis], columns[:, np.newaxis, np.newaxis, :]
        changed: NDArray[Any] = images[batch, channel, rows, columns]
        return changed

    def _offsets(self, words: NDArray[np.uint64]) -> NDArray[np.int64]:
        """−shift … shift, from the upper half of each word; its bias is below 2⁻³² · choices."""
        choices = np.uint64(2 * self.shift + 1)
        return ((words >> np.uint64(32)) * choices >> np.uint64(32)).astype(np.int64) - self.shift
