"""Tiles that are summed across their lanes, and tiles that are transposed on the way to memory."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .intrinsics import FLOATS, address_of
from .tiles import Tile
from .vectors import INTEGER, Vector


def store_sums(shape: Tile, add: bool) -> Any:
    """``store_sums(tile, p, i, step)``: sums across lanes, [r, q] to p[i + r·step + q].

    Args:
        shape: of the tile.
        add: to what is there.
    """
    vector, rows, columns = shape.vector, shape.rows, shape.columns

    @intrinsic
    def operation(typing: Any, tile: Any, p: Any, i: Any, step: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            tile, p, i, step = args
            entries = [builder.extract_value(tile, k) for k in range(rows * columns)]
            groups = [entries[k : k + vector.lanes] for k in range(0, len(entries), vector.lanes)]
            sums = [_sums(builder, vector, group) for group in groups]
            for row in range(rows):
                for column in range(columns):
                    group, lane = divmod(row * columns + column, vector.lanes)
                    value = builder.extract_element(sums[group], ir.Constant(INTEGER, lane))
                    place = builder.gep(p, [builder.add(i, ir.Constant(i.type, column))])
                    if add:
                        value = builder.fadd(value, builder.load(place))
                    builder.store(value, place)
                i = builder.add(i, step)
            return context.get_dummy_value()

        return types.void(shape.type, FLOATS, types.intp, types.intp), generate

    return operation


def _sums(builder: Any, vector: Vector, values: list[Any]) -> Any:
    """One vector with the sum of each of these in the lane of its number.

    Two vectors become one by adding neighbors; after log₂(lanes) times every lane is a whole sum.
    """
    lanes = vector.lanes
    width = 1
    while width < lanes:
        if len(values) % 2:
            values = [*values, values[-1]]
        pairs = zip(values[::2], values[1::2], strict=True)
        values = [builder.fadd(*_even_and_odd(builder, lanes, *pair)) for pair in pairs]
        width *= 2
    return values[0]


def _even_and_odd(builder: Any, lanes: int, a: Any, b: Any) -> tuple[Any, Any]:
    """Every second lane of both, and the others."""
    return _picked(builder, a, b, range(0, 2 * lanes, 2)), _picked(
        builder, a, b, range(1, 2 * lanes, 2)
    )


def _picked(builder: Any, a: Any, b: Any, lanes: Any) -> Any:
    """Lanes of a, and of b counted on from them."""
    numbers = list(lanes)
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(INTEGER, len(numbers)), numbers))


def store_transposed(shape: Tile, width: int, count: int) -> Any:
    """``store_transposed(tile, p, i, step)``: lanes become rows.

    Number k of a row of the tile goes to p[i + k·step + r], for the first ``count`` numbers; p has
    room for ``width`` numbers each time, and those from the tile's rows on become 0.

    Args:
        shape: of the tile.
        width: a power of 2, not below the tile's rows nor above its lanes.
        count: of numbers in a row of the tile that are wanted.
    """
    lanes, rows = shape.lanes, shape.rows

    @intrinsic
    def operation(typing: Any, tile: Any, p: Any, i: Any, step: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            tile, p, i, step = args
            kind = ir.VectorType(ir.FloatType(), width)
            for number in range(count):
                column, lane = divmod(number, lanes)
                if lane == 0:
                    transposed = _interleaved(builder, shape, tile, column, width)
                vector, part = divmod(lane * width, lanes)
                picked = _picked(
                    builder, transposed[vector], transposed[vector], range(part, part + width)
                )
                builder.store(picked, address_of(builder, p, i, kind), align=4)
                i = builder.add(i, step)
            return context.get_dummy_value()

        assert rows <= width <= lanes
        return types.void(shape.type, FLOATS, types.intp, types.intp), generate

    return operation


def _interleaved(builder: Any, shape: Tile, tile: Any, column: int, width: int) -> list[Any]:
    """``width`` vectors: lane 0 of every row of a column, then lane 1 of every row, and so on."""
    nothing = ir.Constant(shape.vector.llvm, None)
    series = [
        [builder.extract_value(tile, row * shape.columns + column) if row < shape.rows else nothing]
        for row in range(width)
    ]
    while len(series) > 1:
        half = len(series) // 2
        series = [_woven(builder, shape.lanes, series[k], series[k + half]) for k in range(half)]
    return series[0]


def _woven(builder: Any, lanes: int, first: list[Any], second: list[Any]) -> list[Any]:
    """Two series of numbers as one that takes a number of each in turn."""
    low = [lane for k in range(lanes // 2) for lane in (k, lanes + k)]
    high = [lane + lanes // 2 for lane in low]
    return [
        _picked(builder, a, b, half)
        for a, b in zip(first, second, strict=True)
        for half in (low, high)
    ]


def load_transposed(shape: Tile, width: int, count: int) -> Any:
    """``load_transposed(p, i, step)``: rows become lanes.

    The reverse of :func:`store_transposed`.  Number k of row r of the tile is p[i + k·step + r],
    for the first ``count`` numbers, and 0 from there on.

    Args:
        shape: of the tile, of one column.
        width: numbers that are read each time, a power of 2 as there.
        count: of numbers in a row of the tile that there are.
    """
    lanes, rows = shape.lanes, shape.rows

    @intrinsic
    def operation(typing: Any, p: Any, i: Any, step: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            p, i, step = args
            kind = ir.VectorType(ir.FloatType(), width)
            parts = []
            for number in range(lanes):
                if number < count:
                    parts.append(builder.load(address_of(builder, p, i, kind), align=4))
                    i = builder.add(i, step)
                else:
                    parts.append(ir.Constant(kind, None))
            series = _unwoven(builder, lanes, _joined(builder, parts, lanes))
            tile = ir.Constant(ir.ArrayType(shape.vector.llvm, rows), ir.Undefined)
            for row in range(rows):
                tile = builder.insert_value(tile, series[row][0], row)
            return tile

        assert rows <= width <= lanes
        assert shape.columns == 1
        return shape.type(FLOATS, types.intp, types.intp), generate

    return operation


def _joined(builder: Any, parts: list[Any], lanes: int) -> list[Any]:
    """Short vectors one behind the other in whole ones."""
    while parts[0].type.count < lanes:
        both = range(2 * parts[0].type.count)
        parts = [_picked(builder, a, b, both) for a, b in zip(parts[::2], parts[1::2], strict=True)]
    return parts


def _unwoven(builder: Any, lanes: int, series: list[Any]) -> list[list[Any]]:
    """A series of numbers as so many series as it has vectors, each of which took turns in it."""
    if len(series) == 1:
        return [series]
    pairs = [
        _even_and_odd(builder, lanes, a, b) for a, b in zip(series[::2], series[1::2], strict=True)
    ]
    even = _unwoven(builder, lanes, [first for first, _ in pairs])
    odd = _unwoven(builder, lanes, [second for _, second in pairs])
    return [each for both in zip(even, odd, strict=True) for each in both]
