"""Operations that move numbers about: flatten, dropout, add and concat."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import ConfigurationError
from ..equation import Equation
from ..expressions import Cases, Comparison, Constant, Expression, Number, Ratio, Total, WholeNumber
from ..indices import IndexExpression, floor, index, option, remainder, size, whole
from ..operation import Operation
from ..tensors import Tensor
from .building import C, gradient_of, n, scalar
from .options import positive

IH, IW = size("IH", "height of the maps"), size("IW", "width of the maps")
c = index("c", C, "channel")
h = index("h", IH, "row")
w = index("w", IW, "column")

_EACH = "Each number for itself: all letters stand for the same place."


def flatten() -> Operation:
    """Y[n,f] = X[n, ⌊f/(IH·IW)⌋, ⌊f/IW⌋ mod IH, f mod IW];  dX[n,c,h,w] = dY[n, (c·IH+h)·IW+w]."""
    f = index("f", C * IH * IW, "place in the row of all numbers of an image")
    X = Tensor("X", (n, c, h, w), "input maps")
    Y = Tensor("Y", (n, f), "the same numbers in one row")
    place = floor(f, IH * IW), remainder(floor(f, IW), IH), remainder(f, IW)
    forward = Equation(
        name="output",
        kind="forward",
        left=Y[n, f],
        right=X[(n, *place)],
        words="The maps of an image are written one after the other, row by row.",
        vocabulary=(X, Y, Y.gradient),
    )
    error = gradient_of(forward, X, "Each error goes back to the place that its number came from.")
    notes = ("Nothing is computed: here the dense layers' errors become error maps again.",)
    return Operation("flatten", "Flatten", (forward,), {"input": error}, notes=notes)


def dropout(rate: Number | None = None) -> Operation:
    """Y = X · M/(1 − r) with M = 1 for what is kept, 0 for what is dropped;  dX = dY · M/(1 − r).

    Args:
        rate: r, the share that is dropped, 0 ≤ r < 1; None leaves the letter.

    Raises:
        ConfigurationError: a rate outside that range.
    """
    if rate is not None and not 0 <= rate < 1:
        raise ConfigurationError(f"dropout: rate must be at least 0 and below 1, got {rate!r}")
    X = Tensor("X", None, "input")
    Y = Tensor("Y", None, "output")
    mask = Tensor("M", None, "mask: 1 for what is kept, 0 for what is dropped", alias="mask")
    kept: Expression = 1 - scalar("r", None, "share that is dropped", "rate")
    if rate is not None:
        kept = Constant(1 - rate)
    forward = Equation(
        name="output",
        kind="forward",
        left=Y[...],
        right=X[...] * Ratio(mask[...], kept),
        words="In training a random share of the numbers is set to 0, the others are made larger.",
        vocabulary=(X, Y, mask),
    )
    error = gradient_of(forward, X, "The error passes where the number passed, made larger alike.")
    notes = (
        _EACH,
        "In evaluation nothing is dropped: Y = X and dX = dY.",
    )
    return Operation("dropout", "Dropout (training)", (forward,), {"input": error}, notes=notes)


def add(n: int = 2) -> Operation:
    """Y = X₁ + X₂ + …;  dX₁ = dX₂ = … = dY.

    Args:
        n: how many inputs.

    Raises:
        ConfigurationError: not a whole number of at least 1.
    """
    count = positive("add", "n", n) or 2
    inputs = [Tensor(f"X{k + 1}", None, f"input number {k + 1}") for k in range(count)]
    Y = Tensor("Y", None, "output")
    forward = Equation(
        name="output",
        kind="forward",
        left=Y[...],
        right=Total(tuple((1, X[...]) for X in inputs)),
        words="The inputs are added up, number by number.",
        vocabulary=(*inputs, Y),
    )
    gradients = {
        f"input{k + 1}": gradient_of(
            forward,
            X,
            "A sum has slope 1 towards each of its parts: each gets the whole error.",
        )
        for k, X in enumerate(inputs)
    }
    notes = (
        _EACH,
        "An output that several layers read gets the sum of their errors.",
    )
    return Operation("add", "Add", (forward,), gradients, notes=notes)


def concat(channels: Sequence[int] | None = None, maps: bool = True) -> Operation:
    """Y has the channels of X₁, then those of X₂, …;  each gets back the error of its own channels.

    Args:
        channels: how many each input has; None stands for two inputs with C₁ and C₂ channels.
        maps: whether the inputs are maps (n, channel, row, column); else rows of numbers (n, f).

    Raises:
        ConfigurationError: not a sequence of whole numbers of at least 1.
    """
    counts = _channel_counts(channels)
    inner = (h, w) if maps else ()
    starts = [sum(counts[:number], whole(0)) for number in range(len(counts) + 1)]
    axes = [index("c", count, "channel of one input", ranged=False) for count in counts]
    inputs = [
        Tensor(f"X{number + 1}", (n, axis, *inner), f"input number {number + 1}")
        for number, axis in enumerate(axes)
    ]
    k = index("k", starts[-1], "channel of the output")
    Y = Tensor("Y", (n, k, *inner), "output")
    parts = [X[(n, k - start, *inner)] for X, start in zip(inputs, starts, strict=False)]
    ends = [Comparison(WholeNumber(k), "<", WholeNumber(end)) for end in starts[1:-1]]
    forward = Equation(
        name="output",
        kind="forward",
        left=Y[(n, k, *inner)],
        right=Cases(tuple(zip(parts, [*ends, None], strict=True))) if ends else parts[0],
        words="The channels of the inputs are put one behind the other.",
        vocabulary=(*inputs, Y, Y.gradient),
    )
    gradients = {
        f"input{number + 1}": gradient_of(
            forward, X, "Each input gets back the error of its own channels."
        )
        for number, X in enumerate(inputs)
    }
    return Operation("concat", "Concat", (forward,), gradients)


def _channel_counts(channels: Sequence[int] | None) -> list[IndexExpression]:
    if channels is None:
        return [option(f"C{k}", f"number of channels of input {k}") for k in (1, 2)]
    if isinstance(channels, str) or not isinstance(channels, Sequence) or not channels:
        raise ConfigurationError(
            f"concat: channels must list the number of channels of each input, got {channels!r}"
        )
    return [whole(positive("concat", "channels", count) or 1) for count in channels]
