"""Random orders that are the same on every machine and with every version of NumPy.

NumPy promises that the raw stream of ``PCG64`` and the mixing of ``SeedSequence`` never change;
it makes no such promise for ``Generator.permutation``.  A run that is resumed years later, and
a split that a README quotes a number for, must not depend on that, so only the raw stream is
used here.  Source: NumPy's reference, "Random sampling: compatibility policy", and NEP 19.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from backlit.errors import ConfigurationError
from backlit.system.numbers import is_whole


class Purpose(IntEnum):
    """What a random stream is for: with the same seed each purpose has a stream of its own."""

    BATCHES = 1
    SPLIT = 2
    AUGMENTATION = 3


def random_words(count: int, purpose: Purpose, seed: int, epoch: int = 0) -> NDArray[np.uint64]:
    """``count`` random 64-bit words that depend on the purpose, the seed and the epoch alone.

    Raises:
        ConfigurationError: The seed or the epoch is negative or not an integer.
    """
    key = [int(purpose), _natural("seed", seed), _natural("epoch", epoch)]
    words = np.random.PCG64(np.random.SeedSequence(key)).random_raw(count)
    return np.asarray(words, dtype=np.uint64)


def permutation(count: int, purpose: Purpose, seed: int, epoch: int = 0) -> NDArray[np.intp]:
    """The numbers 0 … ``count`` − 1 in a random order.

    Every number draws a word and the words are sorted.  Two equal words (the chance is below
    count²/2⁶⁵) keep their order.
    """
    return np.argsort(random_words(count, purpose, seed, epoch), kind="stable")


def _natural(name: str, value: int) -> int:
    if not is_whole(value) or value < 0:
        raise ConfigurationError(f"the {name} is a whole number from 0 upwards, not {value!r}")
    return int(value)
