"""Pooling: nothing to learn, but the error passes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ...errors import ConfigurationError
from ..conditions import phrase, where_places_exist
from ..equation import Equation
from ..expressions import (
    Constant,
    Expression,
    Indicator,
    Let,
    Maximum,
    Ratio,
    Sum,
    WholeNumber,
    Wins,
    over,
    sum_over,
)
from ..indices import IndexExpression, index, letter_of
from ..operation import Operation
from ..tensors import Tensor
from .building import IN_PADDING, C, gradient_of, n
from .geometry import Window, WindowAxis, make_window
from .options import Padding, Pair

PoolStride: TypeAlias = Pair | Literal["kernel"]

c = index("c", C, "channel")


@dataclass(frozen=True)
class _Maps:
    """Input, output and errors of a pool."""

    X: Tensor
    Y: Tensor
    window: Window

    @property
    def read(self) -> Expression:
        """The input that window place (u, v) of output (i, j) looks at."""
        rows, columns = self.window
        return self.X[n, c, rows.input_index, columns.input_index]

    @property
    def vocabulary(self) -> tuple[Tensor, ...]:
        return self.X, self.Y, self.Y.gradient


def _maps(name: str, kernel_size: Pair, stride: PoolStride, padding: Padding) -> _Maps:
    if stride is None and kernel_size is not None:
        stride = kernel_size  # as in the layers: windows side by side
    padded_with = "places that never win" if name == "max_pool2d" else "zeros"
    window = make_window(name, kernel_size, stride, padding, 1, "window", padded_with)
    _check_padding(name, window)
    rows, columns = window
    return _Maps(
        X=Tensor("X", (n, c, rows.input, columns.input), "input"),
        Y=Tensor("Y", (n, c, rows.out, columns.out), "output"),
        window=window,
    )


def _check_padding(name: str, window: Window) -> None:
    """Refuse what the layers refuse, as far as it does not depend on the image.

    Raises:
        ConfigurationError: the first window would lie in the padding altogether.
    """
    for axis in window:
        kernel, before = axis.kernel.constant, axis.before.constant
        if kernel is not None and before is not None and before >= kernel:
            raise ConfigurationError(
                f"{name}: with a kernel of {kernel} and a padding of {before} a window would lie "
                "in the padding altogether; the padding must be smaller than the kernel"
            )


def max_pool2d(
    kernel_size: Pair = None, stride: PoolStride = None, padding: Padding = None
) -> Operation:
    """Y[n,c,i,j] = max_{u,v} X[n,c,i·s + u − p, j·s + v − p]; the error goes to the one that won.

    Args:
        kernel_size: an int or (rows, columns); None leaves the letters kH and kW.
        stride: an int or (rows, columns); None means the kernel size, or, if that is left open,
            the letter s; "kernel" means the kernel size in any case.
        padding: as for :func:`conv2d`; it counts as −∞.

    Raises:
        ConfigurationError: an option that is none of these.
    """
    maps = _maps("max_pool2d", kernel_size, stride, padding)
    rows, columns = maps.window
    largest = Maximum(over(rows.window, columns.window), maps.read)
    outside = (phrase("padding does not take part"),) if maps.window.may_leave else ()
    forward = Equation(
        name="output",
        kind="forward",
        left=maps.Y[n, c, rows.out, columns.out],
        right=largest,
        words="Of the inputs in the window the largest is kept.",
        conditions=outside,
        vocabulary=maps.vocabulary,
        definitions=maps.window.definitions,
    )
    return Operation(
        name="max_pool2d",
        title=f"Max pooling{maps.window.settings}",
        steps=(forward,),
        gradients={"input": _to_the_winner(maps, largest)},
        shapes=maps.window.shapes,
        notes=("Nothing is learned here, but the error passes: whole, to the input that won.",),
    )


def _to_the_winner(maps: _Maps, largest: Maximum) -> Equation:
    """Stated, not derived: a maximum is not linear."""
    rows, columns = maps.window
    h, w = rows.input, columns.input
    lets = (_inside(rows), _inside(columns))
    wins = Wins(largest, (rows.window, columns.window), (h, w), (rows.out, columns.out))
    right = Sum(
        over(rows.out, columns.out),
        maps.Y.gradient[n, c, rows.out, columns.out] * Indicator(wins),
        lets,
    )
    return Equation(
        name="error of X",
        kind="gradient",
        left=maps.X.gradient[n, c, h, w],
        right=right,
        words="The error of each window goes to the one input that was the largest there; one that "
        "won several windows collects from all of them.",
        conditions=(
            *where_places_exist(right, "inside the window"),
            phrase(
                "[",
                *_pair(h, w),
                " wins ",
                *_pair(rows.out, columns.out),
                "] is 1 if the input at row ",
                h,
                ", column ",
                w,
                " is the largest in the window of output ",
                *_pair(rows.out, columns.out),
                ", among equals the first in row order; else 0",
            ),
        ),
        vocabulary=maps.vocabulary,
        definitions=maps.window.definitions,
    )


def _pair(a: IndexExpression, b: IndexExpression) -> tuple[str | IndexExpression, ...]:
    return "(", a, ",", b, ")"


def _inside(axis: WindowAxis) -> Let:
    """Which row of the window an input row is, for a given output row."""
    return Let(letter_of(axis.window), axis.input + axis.before - axis.out * axis.stride)


def avg_pool2d(
    kernel_size: Pair = None,
    stride: PoolStride = None,
    padding: Padding = None,
    count_include_pad: bool = True,
) -> Operation:
    """Y[n,c,i,j] = 1/(kH·kW) Σ_{u,v} X[n,c,i·s + u − p, j·s + v − p].

    Args:
        kernel_size: an int or (rows, columns); None leaves the letters kH and kW.
        stride: an int or (rows, columns); None means the kernel size, or, if that is left open,
            the letter s; "kernel" means the kernel size in any case.
        padding: as for :func:`conv2d`.
        count_include_pad: whether padded zeros count as inputs; otherwise the sum is divided by
            m[i,j], the number of real inputs in the window.

    Raises:
        ConfigurationError: an option that is none of these.
    """
    maps = _maps("avg_pool2d", kernel_size, stride, padding)
    rows, columns = maps.window
    counted = maps.window.may_leave and not count_include_pad
    count = _count(maps)
    places = count.left if counted else WholeNumber(rows.kernel * columns.kernel)
    total = sum_over((rows.window, columns.window), maps.read)
    forward = Equation(
        name="output",
        kind="forward",
        left=maps.Y[n, c, rows.out, columns.out],
        right=Ratio(Constant(1), places) * total,
        words="The output is the mean of the inputs in the window.",
        conditions=(phrase("X is 0 outside the image"),) if maps.window.may_leave else (),
        vocabulary=maps.vocabulary,
        definitions=maps.window.definitions,
        sources=(count,) if counted else (),
        skipped_words=IN_PADDING,
    )
    error = gradient_of(
        forward,
        maps.X,
        "Each input gets an equal part of the error of every window that it lies in.",
    )
    return Operation(
        name="avg_pool2d",
        title=f"Average pooling{maps.window.settings}",
        steps=(count, forward) if counted else (forward,),
        gradients={"input": error},
        shapes=maps.window.shapes,
        notes=("Nothing is learned here, but the error passes: in equal parts.",),
    )


def _count(maps: _Maps) -> Equation:
    """m[i,j], how many inputs of a window lie inside the image."""
    rows, columns = maps.window
    m = Tensor("m", (rows.out, columns.out), "how many real inputs a window holds")
    lets = tuple(Let(letter_of(axis.input), axis.input_index) for axis in maps.window)
    right = Sum(over(rows.window, columns.window), Constant(1), lets)
    return Equation(
        name="number of inputs in the window",
        kind="forward",
        left=m[rows.out, columns.out],
        right=right,
        words="Count the places of the window that lie inside the image.",
        conditions=where_places_exist(right, "inside the image"),
        vocabulary=maps.vocabulary,
        definitions=maps.window.definitions,
    )


def global_avg_pool2d() -> Operation:
    """Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]."""
    rows, columns = make_window("global_avg_pool2d", None, None, 0)
    X = Tensor("X", (n, c, rows.input, columns.input), "input")
    Y = Tensor("Y", (n, c), "output")
    forward = Equation(
        name="output",
        kind="forward",
        left=Y[n, c],
        right=Ratio(Constant(1), WholeNumber(rows.size * columns.size))
        * sum_over((rows.input, columns.input), X[n, c, rows.input, columns.input]),
        words="Each channel becomes one number: the mean of its whole map.",
        vocabulary=(X, Y, Y.gradient),
    )
    error = gradient_of(forward, X, "Every input of a map gets the same share of that map's error.")
    return Operation(
        "global_avg_pool2d", "Global average pooling", (forward,), gradients={"input": error}
    )
