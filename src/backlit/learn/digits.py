"""The digits that come with the package, as lists, with nothing but the standard library."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from random import Random

from backlit.errors import DataError

_FOLDER = Path(__file__).parents[1] / "data" / "embedded"
DIGIT_FILES = _PIXELS, _LABELS = (
    _FOLDER / "digits-images-idx3-ubyte.gz",
    _FOLDER / "digits-labels-idx1-ubyte.gz",
)
"""All that this room reads of another one."""
TRAINING, TEST = 300, 100
_LARGEST = 16  # dots in a pixel

Pictures = list[list[list[float]]]


@cache
def digits() -> tuple[Pictures, list[int], Pictures, list[int]]:
    """Pictures to train on and their labels, then others to test with.

    Pixels are from 0 to 1; a picture has 8 rows of 8.

    Raises:
        DataError: the files are not there, as in a copy that holds only a part of the package.
    """
    try:
        # A header of 16 bytes, then a byte for each pixel; of 8 bytes, then one for each label.
        pixels = gzip.decompress(_PIXELS.read_bytes())[16:]
        labels = gzip.decompress(_LABELS.read_bytes())[8:]
    except OSError as problem:
        raise DataError(f"the digits cannot be read: {problem}") from None
    order = list(range(len(labels)))
    Random(0).shuffle(order)
    pictures = [
        [[pixels[64 * n + 8 * h + w] / _LARGEST for w in range(8)] for h in range(8)]
        for n in order[: TRAINING + TEST]
    ]
    chosen = [labels[n] for n in order[: TRAINING + TEST]]
    return pictures[:TRAINING], chosen[:TRAINING], pictures[TRAINING:], chosen[TRAINING:]
