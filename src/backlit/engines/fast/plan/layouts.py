"""How the tensors of a network lie in the engine's memory."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from backlit.layers import Shape

SLACK = 64  # floats behind every buffer, so that a whole vector may be loaded at its end


@dataclass(frozen=True)
class Layout:
    """One image's numbers: maps (H, W, stride) channels last, or a row of them.

    Attributes:
        shape: as in the public interface, (C, H, W) or (K,).
        stride: floats from pixel to pixel, or from row to row: C or K, filled up to whole vectors.
        halo: rows and columns of zeros around a map, (top, bottom, left, right).
    """

    shape: Shape
    stride: int
    halo: tuple[int, int, int, int] = (0, 0, 0, 0)

    @classmethod
    def of(cls, shape: Shape, lanes: int) -> Layout:
        """The layout of a layer's output."""
        return cls(shape, whole_vectors(shape[0], lanes))

    @property
    def is_maps(self) -> bool:
        """Whether it is maps; else a row."""
        return len(self.shape) == 3

    @property
    def channels(self) -> int:
        """C of maps, K of a row."""
        return self.shape[0]

    @property
    def height(self) -> int:
        """Rows in memory, the halo included."""
        return self.shape[1] + self.halo[0] + self.halo[1] if self.is_maps else 1

    @property
    def width(self) -> int:
        """Columns in memory, the halo included."""
        return self.shape[2] + self.halo[2] + self.halo[3] if self.is_maps else 1

    @property
    def pixels(self) -> int:
        """H·W in memory."""
        return self.height * self.width

    @property
    def size(self) -> int:
        """Floats of one image."""
        return self.pixels * self.stride

    @property
    def steps(self) -> tuple[int, int, int]:
        """Floats from image to image, row to row and pixel to pixel."""
        return self.size, self.width * self.stride, self.stride

    @property
    def numbers(self) -> int:
        """How many of them are real, without what fills up vectors."""
        return prod(self.shape)


def whole_vectors(count: int, lanes: int) -> int:
    """``count`` filled up to a multiple of ``lanes``."""
    return -(-count // lanes) * lanes
