"""Slightly changed copies of the training pictures, so that a network sees more of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from backlit.data.order import Purpose, random_words
from backlit.errors import ConfigurationError, InputError
from backlit.system.numbers import is_whole

_LARGEST_SHIFT = 2**31 - 1  # of which 2 · shift + 1 choices fit into half a random word


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
        ConfigurationError: ``shift`` or ``seed`` is no whole number from 0 upwards, or ``flip`` is
            neither True nor False.
    """

    shift: int = 0
    flip: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        shift = self.shift
        if not is_whole(shift) or not 0 <= shift <= _LARGEST_SHIFT:
            raise ConfigurationError(
                f"a shift is a whole number of pixels, 0 to {_LARGEST_SHIFT:,}, not {shift!r}"
            )
        if not isinstance(self.flip, bool):
            raise ConfigurationError(f"flip is True or False, not {self.flip!r}")
        random_words(0, Purpose.AUGMENTATION, self.seed)
        # Python's own ints, which a run can write down.
        object.__setattr__(self, "shift", int(shift))
        object.__setattr__(self, "seed", int(self.seed))

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
            raise InputError(f"there are {len(images):,} images but {len(indices):,} indices")
        moves = _moves(self, count, epoch)
        size = images.shape[2:]
        # Further out than the picture is long, every pixel repeats the edge all the same.
        rows, columns = (min(self.shift, side) for side in size)
        down = np.clip(moves.down[indices], -rows, rows)
        right = np.clip(moves.right[indices], -columns, columns)
        mirrored = np.flatnonzero(moves.mirrored[indices])
        changed: NDArray[Any] = images.copy()
        changed[mirrored] = images[mirrored, ..., ::-1]
        changed = np.pad(changed, ((0, 0), (0, 0), (rows, rows), (columns, columns)), mode="edge")
        # All places where a picture can lie in its frame; each takes one of them.
        places = sliding_window_view(changed, size, axis=(2, 3))
        changed = places[np.arange(len(images)), :, rows - down, columns - right]
        return np.ascontiguousarray(changed)


class _Moves(NamedTuple):
    """What happens to every picture of an epoch."""

    down: NDArray[np.int64]
    right: NDArray[np.int64]
    mirrored: NDArray[np.bool_]


@lru_cache(maxsize=2, typed=True)
def _moves(augmentation: Augmentation, count: int, epoch: int) -> _Moves:
    """Three random words for each of ``count`` pictures, turned into what they decide.

    Every batch of an epoch asks for the same, so the answer is kept.
    """
    words = random_words(3 * count, Purpose.AUGMENTATION, augmentation.seed, epoch)
    first, second, third = words.reshape(count, 3).T
    choices = np.uint64(2 * augmentation.shift + 1)
    # −shift … shift, from the upper half of each word; its bias is below 2⁻³² · choices.
    down, right = (
        ((part >> np.uint64(32)) * choices >> np.uint64(32)).astype(np.int64) - augmentation.shift
        for part in (first, second)
    )
    return _Moves(down, right, (third >> np.uint64(63)).astype(bool) & augmentation.flip)
