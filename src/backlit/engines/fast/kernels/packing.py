"""Weights from their public order into the order in which the convolution reads them.

    packed[g][block of filters][u][v][c][filter in the block]

so that a tile finds its vectors of weights one after the other.  Filters are filled up with zeros
to whole vectors.  For the input gradient, the roles of filters and channels are exchanged, and the
taps come in the order of the index, which is the reverse.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats
from backlit.engines.fast.simd.unroll import function_of

from .affine_index import AffineIndex
from .blocks import blocks


def pack(
    lanes: int,
    groups: int,
    inputs: int,
    outputs: int,
    kernel: tuple[int, int],
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    width: int,
    turned: bool,
) -> Any:
    """Arguments: W (O, C/G, kH, kW), packed weights.  Units are filters of packed weights' groups.

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
    vectors = -(-outputs // lanes)
    # How far apart neighbors in the public array are: filters that come out, and summed channels.
    step_out, step_in = (size, outputs * size) if turned else (inputs * size, size)
    lines = [
        "w, packed = floats(a, 1), floats(a, 2)",
        "k = 0",
        f"for g in range({groups}):",
        f" wg = g * {inputs * outputs * size}",
    ]
    for first, behind, columns_of_tile in blocks(vectors, width):
        lines += [
            f" for o in range({first * lanes}, {behind * lanes}, {columns_of_tile * lanes}):",
            f"  some = max(0, min({columns_of_tile * lanes}, {outputs} - o))",
            f"  for u in range({down.taps}):",
            f"   for v in range({across.taps}):",
            f"    at = wg + ({down.weight} + {down.weight_step} * u) * {kernel[1]}"
            f" + {across.weight} + {across.weight_step} * v + o * {step_out}",
            f"    for c in range({inputs}):",
            "     for l in range(some):",
            f"      packed[k + l] = w[at + c * {step_in} + l * {step_out}]",
            f"     for l in range(some, {columns_of_tile * lanes}):",
            "      packed[k + l] = 0.0",
            f"     k += {columns_of_tile * lanes}",
        ]
    names = {"floats": floats, "min": min, "max": max}
    return function_of("a", lines, names, "pack")
