"""The handwritten digits that come with the package."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from backlit.data.dataset import Dataset
from backlit.data.files import unpack
from backlit.data.idx import parse_idx_images, parse_idx_labels
from backlit.data.splitting import split_indices

HELD_OUT = 0.2
"""Share of the digits that are test images; the split never changes."""

_SPLIT_SEED = 0


@cache
def load_digits() -> Dataset:
    """1,797 handwritten digits of 8×8 pixels: 1,438 to train on, 359 to test with.

    The file holds counts of black dots, 0 … 16 per pixel; a raw picture has ⌊(255·v + 8)/16⌋,
    which is 255·v/16 rounded half up: 0 stays 0, 16 becomes 255, and no two counts become one.

    The test part is a fixed random fifth of every class.  The pictures come from 13 people and
    it is not recorded who wrote which, so the same hands occur in both parts: the accuracy on
    the test part says how well *these* writers' digits are read, not a stranger's.

    Source and terms: ``embedded/README.md`` beside this module.
    """
    images = parse_idx_images(*_embedded("digits-images-idx3-ubyte.gz"))
    labels = parse_idx_labels(*_embedded("digits-labels-idx1-ubyte.gz"))
    images = ((images.astype("uint16") * 255 + 8) // 16).astype("uint8")
    train, test = split_indices(labels, HELD_OUT, _SPLIT_SEED)
    return Dataset(
        name="digits",
        train_images=images[train],
        train_labels=labels[train],
        test_images=images[test],
        test_labels=labels[test],
        classes=tuple(str(digit) for digit in range(10)),
        source="embedded in backlit",
        license="CC BY 4.0",
        credit=(
            "digits: E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, "
            "UCI Machine Learning Repository, 1998, https://doi.org/10.24432/C50P49"
        ),
        official=True,
    )


def _embedded(name: str) -> tuple[bytes, Path]:
    file = resources.files("backlit.data") / "embedded" / name
    return unpack(file.read_bytes(), Path(name)), Path(name)
