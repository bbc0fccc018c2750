"""M·D·Mᵀ for a small constant matrix M, lane by lane: the transforms of Winograd's convolution.

D is a square of vectors in memory.  The operations are written in LLVM's instructions: unrolled,
they would be hundreds of lines for Numba to infer types for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .intrinsics import FLOATS, address_of, call_llvm, intrinsics
from .vectors import Vector

Matrix = Sequence[Sequence[float]]


def winograd_transform(matrix: Matrix, lanes: int) -> Any:
    """``transform(x, i, row, column, y, k, step)``: the square at x, transformed, to y.

    Reads D[r, s] at ``x[i + r·row + s·column]``; writes the results one after the other, row by
    row, at ``y[k]``, ``y[k + step]``, ….
    """
    vector = intrinsics(lanes).vector
    size = len(matrix[0])

    @intrinsic
    def transform(
        typing: Any, x: Any, i: Any, row: Any, column: Any, y: Any, k: Any, step: Any
    ) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            x, i, row, column, y, k, step = args
            square = _load_square(builder, vector, size, x, i, row, column)
            for results in _transformed(builder, vector, matrix, square):
                for value in results:
                    builder.store(value, address_of(builder, y, k, vector.llvm), align=4)
                    k = builder.add(k, step)
            return context.get_dummy_value()

        whole = [types.intp] * 3
        return types.void(FLOATS, *whole, FLOATS, types.intp, types.intp), generate

    return transform


def winograd_transform_at_border(matrix: Matrix, lanes: int) -> Any:
    """``transform(x, i, row, column, y, k, step, h, w, height, width, zeros)``.

    As :func:`winograd_transform`, for a square whose corner is at row h, column w of an image:
    what lies outside the image is taken from a vector of zeros at ``y[zeros]``.
    """
    vector = intrinsics(lanes).vector
    size = len(matrix[0])

    @intrinsic
    def transform(
        typing: Any, x: Any, i: Any, row: Any, column: Any, y: Any, k: Any, step: Any, h: Any,
        w: Any, height: Any, width: Any, zeros: Any,
    ) -> Any:  # fmt: skip
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            x, i, row, column, y, k, step, h, w, height, width, zeros = args
            rows = [_is_inside(builder, h, r, height) for r in range(size)]
            columns = [_is_inside(builder, w, s, width) for s in range(size)]
            nothing = address_of(builder, y, zeros, vector.llvm)
            square = []
            for r in range(size):
                values = []
                for s in range(size):
                    there = builder.add(i, builder.mul(column, ir.Constant(i.type, s)))
                    place = address_of(builder, x, there, vector.llvm)
                    inside = builder.and_(rows[r], columns[s])
                    place = builder.select(inside, place, nothing)
                    values.append(builder.load(place, align=4))
                square.append(values)
                i = builder.add(i, row)
            for results in _transformed(builder, vector, matrix, square):
                for value in results:
                    builder.store(value, address_of(builder, y, k, vector.llvm), align=4)
                    k = builder.add(k, step)
            return context.get_dummy_value()

        before = [FLOATS, *[types.intp] * 3, FLOATS]
        return types.void(*before, *[types.intp] * 7), generate

    return transform


def _is_inside(builder: Any, first: Any, step: int, size: Any) -> Any:
    """0 ≤ first + step < size, as one comparison of numbers without a sign."""
    at = builder.add(first, ir.Constant(first.type, step))
    return builder.icmp_unsigned("<", at, size)


def winograd_transform_onto_map(
    matrix: Matrix, lanes: int, begin: str, activation: Callable[[Any], Any] | None = None
) -> Any:
    """``transform(x, i, step, b, o, y, k, row, column, rows, columns)``: onto a map.

    Reads D[r, s] one after the other from ``x[i]``, ``x[i + step]``, …; writes the result's first
    ``rows`` rows and ``columns`` columns at ``y[k + r·row + s·column]``.

    Args:
        matrix: M.
        lanes: of the vectors.
        begin: what the results are added to: "bias" for the vector at ``b[o]``, "zero", or "add"
            for what is in y.
        activation: applied to the sums.
    """
    vector = intrinsics(lanes).vector
    size = len(matrix[0])

    @intrinsic
    def transform(
        typing: Any, x: Any, i: Any, step: Any, b: Any, o: Any, y: Any, k: Any, row: Any,
        column: Any, rows: Any, columns: Any,
    ) -> Any:  # fmt: skip
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            x, i, step, b, o, y, k, row, column, rows, columns = args
            line = builder.mul(step, ir.Constant(step.type, size))
            square = _load_square(builder, vector, size, x, i, line, step)
            bias = None
            if begin == "bias":
                bias = builder.load(address_of(builder, b, o, vector.llvm), align=4)
            for r, results in enumerate(_transformed(builder, vector, matrix, square)):
                here = builder.add(k, builder.mul(row, ir.Constant(k.type, r)))
                with builder.if_then(builder.icmp_signed("<", ir.Constant(k.type, r), rows)):
                    for s, result in enumerate(results):
                        inside = builder.icmp_signed("<", ir.Constant(k.type, s), columns)
                        with builder.if_then(inside):
                            at = builder.add(here, builder.mul(column, ir.Constant(k.type, s)))
                            place = address_of(builder, y, at, vector.llvm)
                            value = result
                            if bias is not None:
                                value = builder.fadd(value, bias)
                            if begin == "add":
                                value = builder.fadd(value, builder.load(place, align=4))
                            if activation is not None:
                                value = context.compile_internal(
                                    builder, activation, vector(vector), [value]
                                )
                            builder.store(value, place, align=4)
            return context.get_dummy_value()

        before = [FLOATS, types.intp, types.intp, FLOATS, types.intp, FLOATS]
        return types.void(*before, *[types.intp] * 5), generate

    return transform


def _load_square(
    builder: Any, vector: Vector, size: int, x: Any, i: Any, row: Any, column: Any
) -> list[list[Any]]:
    square = []
    for _ in range(size):
        place, values = i, []
        for _ in range(size):
            values.append(builder.load(address_of(builder, x, place, vector.llvm), align=4))
            place = builder.add(place, column)
        square.append(values)
        i = builder.add(i, row)
    return square


def _transformed(
    builder: Any, vector: Vector, matrix: Matrix, square: list[list[Any]]
) -> list[list[Any]]:
    """M·D, then (M·D)·Mᵀ."""
    columns = [
        _times(builder, vector, matrix, [values[s] for values in square])
        for s in range(len(square))
    ]
    return [
        _times(builder, vector, matrix, [column[r] for column in columns])
        for r in range(len(matrix))
    ]


def _times(builder: Any, vector: Vector, matrix: Matrix, column: list[Any]) -> list[Any]:
    return [_dot(builder, vector, row, column) for row in matrix]


def _dot(builder: Any, vector: Vector, row: Sequence[float], values: list[Any]) -> Any:
    """Σ m·v; multiplications only where m is not 1 or −1."""
    pairs = [(float(m), v) for m, v in zip(row, values, strict=True) if m]
    pairs.sort(key=lambda pair: pair[0] != 1)  # begins with a plain number where there is one
    total = None
    for m, value in pairs:
        if total is None:
            total = value if m == 1 else builder.fmul(value, _constant(vector, m))
        elif m == 1:
            total = builder.fadd(total, value)
        elif m == -1:
            total = builder.fsub(total, value)
        else:
            factors = [value, _constant(vector, m), total]
            total = call_llvm(builder, "fmuladd", vector, factors)
    return total


def _constant(vector: Vector, m: float) -> ir.Constant:
    return ir.Constant(vector.llvm, [m] * vector.lanes)
