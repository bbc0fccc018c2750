"""Pools on maps, channels last: vectors run along the channels of one pixel.

A window that reaches into the padding is cut off at the image's border before it is looked at.
Averages add up sums of parts, since a sum of a million numbers in a row loses the last of them.
The error of a maximum goes to the window position that won, which a forward pass with a way back
notes for each number: the first in row order among equals, and the last NaN if there is one, as in
:mod:`backlit.pure.pooling`.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats, integers, intrinsics
from backlit.engines.fast.simd.subroutine import subroutine
from backlit.pure.window import Axis

from .activations import activation as activation_of
from .activations import error_through

Activation = tuple[str, float]
_AT_A_TIME = 128  # pixels that are summed up before they are added to the sum of all


def max_forward(
    lanes: int,
    stride: int,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    notes_winners: bool,
    activation: Activation | None = None,
) -> Any:
    """Arguments: X, Y, winners (int32, u·kW + v; only written where they are noted).

    Args:
        lanes: of the vectors.
        stride: floats from pixel to pixel, whole vectors.
        rows: the :class:`backlit.pure.window.Axis` of the rows, as numbers.
        columns: that of the columns.
        notes_winners: whether the winners are noted, for a pass that goes back.
        activation: a rising one, applied to the maximum instead of to all numbers before it.
    """
    down, across = Axis(*rows), Axis(*columns)
    simd = intrinsics(lanes)
    load, store, where, splat_int = simd.load, simd.store, simd.where, simd.splat_int
    first, behind = _clips(down, across)
    bend = subroutine(activation_of(*activation, lanes) if activation else lambda z: z)
    out_rows, out_columns, width, taps = down.output, across.output, across.size, across.kernel
    height, i_step, i_pad, i_kernel = down.size, down.stride, down.before, down.kernel
    j_step, j_pad = across.stride, across.before

    def body(a):
        x, y, winners = floats(a, 1), floats(a, 2), integers(a, 3)
        to = 0
        for n in range(a[0]):
            for i in range(out_rows):
                top = i * i_step - i_pad
                u0, u1 = first(top), behind(top, height, i_kernel)
                for j in range(out_columns):
                    left = j * j_step - j_pad
                    v0, v1 = first(left), behind(left, width, taps)
                    corner = ((n * height + top) * width + left) * stride
                    for c in range(0, stride, lanes):
                        best = load(x, corner + (u0 * width + v0) * stride + c)
                        winner = splat_int(u0 * taps + v0)
                        for u in range(u0, u1):
                            for v in range(v0, v1):
                                z = load(x, corner + (u * width + v) * stride + c)
                                better = (z > best) | (z != z)
                                best = where(better, z, best)
                                winner = where(better, splat_int(u * taps + v), winner)
                        store(y, to + c, bend(best))
                        if notes_winners:
                            store(winners, to + c, winner)
                    to += stride

    return body


def max_backward(
    lanes: int,
    stride: int,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    accumulate: bool,
    activation: Activation | None = None,
) -> Any:
    """Arguments: dY, winners, dX, Y (only read where an activation is told from it).

    Args:
        lanes: of the vectors.
        stride: floats from pixel to pixel, whole vectors.
        rows: the :class:`backlit.pure.window.Axis` of the rows, as numbers.
        columns: that of the columns.
        accumulate: whether to add to what is in dX.
        activation: that of the forward pass.
    """
    down, across = Axis(*rows), Axis(*columns)
    simd = intrinsics(lanes)
    load, store, where, zero, splat_int = (
        simd.load,
        simd.store,
        simd.where,
        simd.zero,
        simd.splat_int,
    )
    first, behind = _clips(down, across)
    through = error_through(*activation, lanes) if activation else lambda dy, y: dy
    straighten = subroutine(through)
    out_rows, out_columns, width, taps = down.output, across.output, across.size, across.kernel
    height, i_step, i_pad, i_kernel = down.size, down.stride, down.before, down.kernel
    j_step, j_pad = across.stride, across.before
    add, wipe = _how_to_write(down, across, accumulate)
    fill = _fill(lanes, height * width * stride)

    def body(a):
        dy, winners, dx, y = floats(a, 1), integers(a, 2), floats(a, 3), floats(a, 4)
        at = 0
        for n in range(a[0]):
            if wipe:
                fill(dx, n * height * width * stride)
            for i in range(out_rows):
                top = i * i_step - i_pad
                u0, u1 = first(top), behind(top, height, i_kernel)
                for j in range(out_columns):
                    left = j * j_step - j_pad
                    v0, v1 = first(left), behind(left, width, taps)
                    corner = ((n * height + top) * width + left) * stride
                    for c in range(0, stride, lanes):
                        error = straighten(load(dy, at + c), load(y, at + c))
                        winner = load(winners, at + c)
                        for u in range(u0, u1):
                            for v in range(v0, v1):
                                to = corner + (u * width + v) * stride + c
                                part = where(winner == splat_int(u * taps + v), error, zero())
                                if add:
                                    part = part + load(dx, to)
                                store(dx, to, part)
                    at += stride

    return body


def average_forward(
    lanes: int, stride: int, rows: tuple[int, ...], columns: tuple[int, ...], count_pad: bool
) -> Any:
    """Arguments: X, Y.

    Args:
        lanes: of the vectors.
        stride: floats from pixel to pixel, whole vectors.
        rows: the :class:`backlit.pure.window.Axis` of the rows, as numbers.
        columns: that of the columns.
        count_pad: whether padding counts when the sum is divided.
    """
    down, across = Axis(*rows), Axis(*columns)
    simd = intrinsics(lanes)
    load, store, zero = simd.load, simd.store, simd.zero
    first, behind = _clips(down, across)
    out_rows, out_columns, width, taps = down.output, across.output, across.size, across.kernel
    height, i_step, i_pad, i_kernel = down.size, down.stride, down.before, down.kernel
    j_step, j_pad = across.stride, across.before

    def body(a):
        x, y = floats(a, 1), floats(a, 2)
        to = 0
        for n in range(a[0]):
            for i in range(out_rows):
                top = i * i_step - i_pad
                u0, u1 = first(top), behind(top, height, i_kernel)
                for j in range(out_columns):
                    left = j * j_step - j_pad
                    v0, v1 = first(left), behind(left, width, taps)
                    corner = ((n * height + top) * width + left) * stride
                    share = 1.0 / (i_kernel * taps if count_pad else (u1 - u0) * (v1 - v0))
                    for c in range(0, stride, lanes):
                        total = zero()
                        for u in range(u0, u1):
                            of_row = zero()
                            for v in range(v0, v1):
                                of_row = of_row + load(x, corner + (u * width + v) * stride + c)
                            total = total + of_row
                        store(y, to + c, total * share)
                    to += stride

    return body


def average_backward(
    lanes: int,
    stride: int,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    count_pad: bool,
    accumulate: bool,
) -> Any:
    """Arguments: dY, dX; the others as in :func:`average_forward`."""
    down, across = Axis(*rows), Axis(*columns)
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store
    first, behind = _clips(down, across)
    out_rows, out_columns, width, taps = down.output, across.output, across.size, across.kernel
    height, i_step, i_pad, i_kernel = down.size, down.stride, down.before, down.kernel
    j_step, j_pad = across.stride, across.before
    add, wipe = _how_to_write(down, across, accumulate)
    fill = _fill(lanes, height * width * stride)

    def body(a):
        dy, dx = floats(a, 1), floats(a, 2)
        at = 0
        for n in range(a[0]):
            if wipe:
                fill(dx, n * height * width * stride)
            for i in range(out_rows):
                top = i * i_step - i_pad
                u0, u1 = first(top), behind(top, height, i_kernel)
                for j in range(out_columns):
                    left = j * j_step - j_pad
                    v0, v1 = first(left), behind(left, width, taps)
                    corner = ((n * height + top) * width + left) * stride
                    share = 1.0 / (i_kernel * taps if count_pad else (u1 - u0) * (v1 - v0))
                    for c in range(0, stride, lanes):
                        error = load(dy, at + c) * share
                        for u in range(u0, u1):
                            for v in range(v0, v1):
                                to = corner + (u * width + v) * stride + c
                                store(dx, to, error + load(dx, to) if add else error)
                    at += stride

    return body


def global_average_forward(lanes: int, pixels: int, stride: int) -> Any:
    """Arguments: X maps, Y rows of the same stride."""
    simd = intrinsics(lanes)
    load, store, zero = simd.load, simd.store, simd.zero

    def body(a):
        x, y = floats(a, 1), floats(a, 2)
        for n in range(a[0]):
            for c in range(0, stride, lanes):
                total = zero()
                for begin in range(0, pixels, _AT_A_TIME):
                    part = zero()
                    for p in range(begin, min(begin + _AT_A_TIME, pixels)):
                        part = part + load(x, (n * pixels + p) * stride + c)
                    total = total + part
                store(y, n * stride + c, total / pixels)

    return body


def global_average_backward(lanes: int, pixels: int, stride: int, accumulate: bool) -> Any:
    """Arguments: dY rows, dX maps."""
    simd = intrinsics(lanes)
    load, store = simd.load, simd.store

    def body(a):
        dy, dx = floats(a, 1), floats(a, 2)
        for n in range(a[0]):
            for p in range(pixels):
                for c in range(0, stride, lanes):
                    error = load(dy, n * stride + c) / pixels
                    to = (n * pixels + p) * stride + c
                    store(dx, to, error + load(dx, to) if accumulate else error)

    return body


def _clips(down: Axis, across: Axis) -> tuple[Any, Any]:
    """The first window position inside the image, and the one behind the last."""
    inside = all(
        axis.before == 0 and (axis.output - 1) * axis.stride + axis.kernel <= axis.size
        for axis in (down, across)
    )

    # Where no window reaches out, loops over it have constant ends, and can be unrolled.
    @subroutine
    def first(corner):
        return 0 if inside else max(0, -corner)

    @subroutine
    def behind(corner, size, kernel):
        return kernel if inside else min(kernel, size - corner)

    return first, behind


def _how_to_write(down: Axis, across: Axis, accumulate: bool) -> tuple[bool, bool]:
    """Whether parts of the error are added, and whether dX has to be wiped before."""
    overlap = any(axis.stride < axis.kernel for axis in (down, across))
    covered = all(len(taps) > 0 for axis in (down, across) for taps in axis.taps_by_input())
    return overlap or accumulate, not accumulate and (overlap or not covered)


def _fill(lanes: int, size: int) -> Any:
    """A function that fills an image's maps with zeros."""
    simd = intrinsics(lanes)
    store, zero = simd.store, simd.zero

    @subroutine
    def fill(dx, start):
        for i in range(0, size, lanes):
            store(dx, start + i, zero())

    return fill
