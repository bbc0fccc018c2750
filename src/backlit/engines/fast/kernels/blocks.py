"""How a convolution is cut into register tiles: how many positions, how many vectors of filters.

A tile of P positions and Q vectors needs P·Q accumulators and does P·Q multiply-adds for every
P + Q loads.  It has to fit the registers, and it should be large.  Two multiply-adds can start in
each cycle; of loads, most of which are broadcasts, about one (measured: 92 GFLOP/s with P, Q = 6, 2
and 46 with 13, 1, on a Zen 3 core whose large matrix products reach 87); and small tiles leave the
processor waiting for sums, which take four cycles each.
"""

from __future__ import annotations

from functools import cache

_LOAD = 0.9  # cycles
_WAIT = 2.5  # cycles, if next to nothing is done; some of the four overlap with other tiles
_COLUMNS = 4  # more vectors than that do not help


@cache
def tile_size(positions: int, vectors: int, registers: int) -> tuple[int, int]:
    """(P, Q) with the fewest cycles for so many positions in a row and vectors of filters."""
    choices = [
        (rows, columns)
        for columns in range(1, min(vectors, _COLUMNS) + 1)
        for rows in range(1, min(positions, max(1, (registers - 1 - columns) // columns)) + 1)
    ]
    return min(choices, key=lambda size: (cycles(positions, vectors, *size), -size[0] * size[1]))


def cycles(positions: int, vectors: int, rows: int, columns: int) -> float:
    """For one weight of each filter: all tiles, the smaller ones at the ends included."""
    total = 0.0
    for width, tiles_across in _pieces(vectors, columns):
        for height, tiles_down in _pieces(positions, rows):
            total += busy(height, width) * tiles_across * tiles_down
    return total


def busy(height: int, width: int) -> float:
    """Cycles of one outer product in a tile of that many positions and vectors."""
    return max(height * width / 2, (height + width) * _LOAD, _WAIT)


def _pieces(whole: int, part: int) -> list[tuple[int, int]]:
    """(size, how many) of the parts that a whole falls into."""
    pieces = [(part, whole // part), (whole % part, 1)]
    return [(size, count) for size, count in pieces if size and count]


def blocks(vectors: int, columns: int) -> list[tuple[int, int, int]]:
    """(first vector, behind the last, width) of the runs of equal blocks of vectors."""
    runs, first = [], 0
    for width, count in _pieces(vectors, columns):
        runs.append((first, first + width * count, width))
        first += width * count
    return runs
