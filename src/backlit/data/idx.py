"""The idx format of MNIST: a magic number, the sizes, then the values.

Bytes 0 and 1 are zero, byte 2 is the kind of value (0x08 is an unsigned byte, the only kind that
occurs here), byte 3 is the number of dimensions D.  Then D sizes, four bytes each, most
significant first; then the values, last dimension fastest.  Source: Y. LeCun, C. Cortes,
C. J. C. Burges, "The MNIST database of handwritten digits", section on file formats.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backlit.errors import DataError

_LABELS, _IMAGES = 0x0801, 0x0803
_KINDS = {_LABELS: "labels", _IMAGES: "images"}


def parse_idx_images(data: bytes, path: Path) -> NDArray[np.uint8]:
    """Images (N, 1, H, W) from the uncompressed bytes of an idx3-ubyte file.

    Raises:
        DataError: These are not the bytes of such a file; ``path`` is named.
    """
    images = _parse(data, path, _IMAGES)
    return images[:, np.newaxis]


def parse_idx_labels(data: bytes, path: Path) -> NDArray[np.int64]:
    """Labels (N,) from the uncompressed bytes of an idx1-ubyte file.

    Raises:
        DataError: These are not the bytes of such a file; ``path`` is named.
    """
    return _parse(data, path, _LABELS).astype(np.int64)


def _parse(data: bytes, path: Path, magic: int) -> NDArray[np.uint8]:
    dimensions = magic & 0xFF
    header = 4 + 4 * dimensions
    if len(data) < header:
        raise DataError(
            f"{path} is cut off: an idx file of {_KINDS[magic]} begins with {header} bytes "
            f"of header, and here are {len(data)} bytes in all"
        )
    found, *sizes = struct.unpack(f">{1 + dimensions}I", data[:header])
    if found != magic:
        raise DataError(
            f"{path} should be an idx file of {_KINDS[magic]} (magic number 0x{magic:08x}), "
            f"but it begins with 0x{found:08x}{_meaning(found)}"
        )
    announced = header + math.prod(sizes)
    if len(data) != announced:
        fault = "is cut off" if len(data) < announced else "is too long"
        raise DataError(
            f"{path} {fault}: its header announces {_sizes_text(sizes)}, "
            f"{announced:,} bytes in all, but there are {len(data):,}"
        )
    if 0 in sizes:
        raise DataError(
            f"{path} holds no {_KINDS[magic]}: its header announces {_sizes_text(sizes)}"
        )
    return np.frombuffer(data, dtype=np.uint8, offset=header).reshape(sizes)


def _meaning(magic: int) -> str:
    return f", that of {_KINDS[magic]}" if magic in _KINDS else ""


def _sizes_text(sizes: list[int]) -> str:
    count, *image = sizes
    return f"{count:,} images of {'×'.join(map(str, image))}" if image else f"{count:,} labels"
