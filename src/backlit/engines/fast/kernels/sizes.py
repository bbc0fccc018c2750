"""What a plan has to know of the kernels without loading them, and Numba with them."""

from __future__ import annotations

from typing import NamedTuple

from .affine_index import AffineIndex
from .blocks import busy, cycles, tile_size

# Numbers that an optimizer's kernel counts as one unit: a cache line, whole vectors.  The row of
# all weights is whole runs, since `backlit.network.flat` begins every array at a cache line.
RUN = 16
DEPTHWISE_WIDTH = 1  # vectors of channels in a tile of a depthwise convolution


def packed_size(lanes: int, groups: int, inputs: int, outputs: int, taps: int) -> int:
    """How many floats packed weights take (:mod:`.packing`)."""
    return groups * taps * inputs * -(-outputs // lanes) * lanes


class WeightPacking(NamedTuple):
    """How weights are packed, in the order of the kernel's arguments (:mod:`.packing`).

    Attributes:
        groups: of channels.
        inputs: channels that are summed over, in each group.
        outputs: channels that come out, of each group.
        filled: ``outputs`` filled up to whole vectors.
        block: channels that come out of one tile of the convolution.
        begin: where the first tap's weight lies in a filter.
        rows: taps along the rows.
        row_step: weights from one of them to the next.
        columns: taps along the columns.
        column_step: weights from one of them to the next.
        out_step: weights from one channel that comes out to the next.
        in_step: weights from one channel that is summed over to the next.
        size: kH·kW.
    """

    groups: int
    inputs: int
    outputs: int
    filled: int
    block: int
    begin: int
    rows: int
    row_step: int
    columns: int
    column_step: int
    out_step: int
    in_step: int
    size: int

    @classmethod
    def of(
        cls,
        lanes: int,
        groups: int,
        inputs: int,
        outputs: int,
        kernel: tuple[int, int],
        rows: tuple[int, ...],
        columns: tuple[int, ...],
        width: int,
        turned: bool,
    ) -> WeightPacking:
        """Those of a convolution.

        Args:
            lanes: of the vectors.
            groups: of channels.
            inputs: channels that are summed over, in each group.
            outputs: channels that come out, of each group.
            kernel: (kH, kW).
            rows: the :class:`.AffineIndex` along the rows; its taps are packed.
            columns: the one along the columns.
            width: vectors in a tile of the convolution.
            turned: for the input gradient: ``outputs`` are the weight's channels.
        """
        down, across = AffineIndex(*rows), AffineIndex(*columns)
        size = kernel[0] * kernel[1]
        return cls(
            groups,
            inputs,
            outputs,
            filled=-(-outputs // lanes) * lanes,
            block=width * lanes,
            begin=down.weight * kernel[1] + across.weight,
            rows=down.taps,
            row_step=down.weight_step * kernel[1],
            columns=across.taps,
            column_step=across.weight_step,
            out_step=size if turned else inputs * size,
            in_step=outputs * size if turned else size,
            size=size,
        )


def statistics_size(stride: int) -> int:
    """How many floats a thread's part of a batch norm's statistics takes."""
    return 2 * stride + 1


def few_win(
    lanes: int, registers: int, inputs: int, outputs: int, positions: int, taps: int
) -> bool:
    """Whether a convolution to few channels is faster with lanes along those that are summed over.

    Args:
        lanes: of the vectors.
        registers: of the processor.
        inputs: channels that are summed over.
        outputs: channels that come out.
        positions: in a row.
        taps: kH·kW.
    """
    if inputs % lanes or outputs > lanes // 2:
        return False
    along = tile_size(positions, outputs, registers)
    across = tile_size(positions, 1, registers)
    # Three operations for each sum across lanes.
    own = cycles(positions, outputs, *along) * inputs / lanes + 1.5 * positions * outputs / taps
    return own < 0.8 * cycles(positions, 1, *across) * inputs


def transposed_size(lanes: int, outputs: int, height: int, width: int) -> int:
    """How many floats the errors of an image take with positions in the lanes (:mod:`.narrow`)."""
    return height * -(-width // lanes) * outputs * lanes


def winograd_scratch(lanes: int, inputs: int, outputs: int, block: int) -> int:
    """How many floats Winograd's convolution works in (:mod:`.winograd`)."""
    return 36 * (plane(lanes, inputs, block) + plane(lanes, outputs, block) + lanes)


def plane(lanes: int, channels: int, block: int) -> int:
    """Floats from one of its 36 matrices of transformed tiles to the next.

    An odd number of vectors: the 36 numbers of a tile would otherwise meet in the same few places
    of the first cache and drive each other out.
    """
    vectors = block * -(-channels // lanes)
    return (vectors + 1 - vectors % 2) * lanes


def winograd_sizes(
    lanes: int, inputs: int, outputs: int, tiles: int, registers: int
) -> tuple[int, int, int]:
    """(tiles at a time, tiles and vectors of filters in a register tile) that take least time.

    As many tiles at a time as the second cache has room for, and a multiple of the register tile.
    """
    vectors = -(-outputs // lanes)
    channels = (-(-inputs // lanes) + vectors) * lanes
    room = max(16, min(64, 96 * 1024 // (36 * channels)))
    choices = []
    for width in range(1, min(vectors, 4) + 1):
        for height in range(1, min(tiles, room, (registers - 1 - width) // width) + 1):
            block = room // height * height
            rows = tiles // block * block + -(-(tiles % block) // height) * height
            across = vectors // width * busy(height, width)
            if vectors % width:
                across += busy(height, vectors % width)
            choices.append((rows / height * across, -block, height, width))
    _, block, height, width = min(choices)
    return -block, height, width


def winograd_way(
    lanes: int,
    inputs: int,
    outputs: int,
    size: tuple[int, int],
    cut: dict[str, tuple[int, int]],
) -> str | None:
    """Which of Winograd's ways does with fewer vector operations than all others.

    Args:
        lanes: of the vectors.
        inputs: channels that are summed over.
        outputs: channels that come out.
        size: (height, width) of the map that comes out.
        cut: by way, (height, width) of the map that it cuts into tiles.

    Returns:
        The way; None if the plain sum of nine products is at least as fast.
    """
    vectors, into = -(-outputs // lanes), -(-inputs // lanes)
    plain = 0.9 * size[0] * size[1] * 9 * inputs * vectors

    def work(way: str) -> float:
        """36 products, and some operations for each vector that is transformed, measured."""
        tiles = -(-cut[way][0] // 4) * -(-cut[way][1] // 4)
        there, back = (230, 330) if way == "exchanged" else (260, 220)
        return tiles * (36 * inputs * vectors + there * into + back * vectors)

    best = min(cut, key=work, default=None)
    return best if best and work(best) < plain else None
