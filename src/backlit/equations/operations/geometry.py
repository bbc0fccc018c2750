"""Where a sliding window looks, along rows and along columns.

Output row i and window row u meet at the input row ``i·s + u·d − p``.
Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..conditions import phrase
from ..indices import IndexExpression, bracketed, floor, index, option, remainder, size, whole
from ..sizes import Definition
from ..typeset import Phrase
from ..typeset.layout import Operator
from .options import Padding, Pair, paddings, pair


@dataclass(frozen=True)
class WindowAxis:
    """The rows (or columns) of an image, and a window that slides along them."""

    size: IndexExpression  # IH
    output: IndexExpression  # OH
    kernel: IndexExpression
    stride: IndexExpression
    before: IndexExpression
    after: IndexExpression
    dilation: IndexExpression
    window: IndexExpression  # the index u
    out: IndexExpression  # the index i
    input: IndexExpression  # the index h
    same: bool = False  # whether the padding makes OH = ⌈IH/s⌉

    @property
    def reach(self) -> IndexExpression:
        """How far the window's last row lies behind its first: d·(kH − 1)."""
        return self.dilation * bracketed(self.kernel - 1)

    @property
    def free(self) -> IndexExpression:
        """How far the window can slide: IH + 2p − d·(kH − 1) − 1."""
        return self.size + self.before + self.after - self.reach - 1

    @property
    def input_index(self) -> IndexExpression:
        """The input row that output row i and window row u meet at."""
        return self.out * self.stride + self.window * self.dilation - self.before

    @property
    def output_size(self) -> IndexExpression:
        """OH = ⌊(IH + 2p − d·(kH − 1) − 1)/s⌋ + 1; with "same" padding ⌈IH/s⌉."""
        if self.same:
            return floor(self.size + self.stride - 1, self.stride)
        return floor(self.free, self.stride) + 1

    @property
    def remainder(self) -> IndexExpression:
        """How many padded input rows at the end no window reaches."""
        return remainder(self.free, self.stride)


@dataclass(frozen=True)
class Window:
    """The two axes, and the sizes that follow from others."""

    rows: WindowAxis
    columns: WindowAxis
    definitions: tuple[Definition, ...]
    settings: str = ""  # for titles: ", kernel 3×3, stride 2, padding 1"

    def __iter__(self) -> Iterator[WindowAxis]:
        return iter((self.rows, self.columns))

    @property
    def shapes(self) -> tuple[Phrase, ...]:
        """How large the output is, typeset."""
        return tuple(phrase(axis.output, Operator("="), axis.output_size) for axis in self)

    @property
    def may_leave(self) -> bool:
        """Whether the window may lie partly in the padding."""
        return any(axis.before != whole(0) or axis.after != whole(0) for axis in self)


def make_window(
    operation: str,
    kernel_size: Pair,
    stride: Pair | Literal["kernel"],
    padding: Padding,
    dilation: Pair = 1,
    what: str = "filter",
    padded_with: str = "zeros",
) -> Window:
    """The window of an operation; every option is a number, two numbers, or None for its letter.

    Args:
        operation: its name, for error messages.
        kernel_size: of the window.
        stride: its step; "kernel" for windows side by side, whatever their size.
        padding: around the image.
        dilation: the distance of neighboring weights.
        what: "filter" or "window".
        padded_with: what the places around the image hold.

    Raises:
        ConfigurationError: an option that is neither.
    """
    kernels = pair(operation, "kernel_size", kernel_size)
    strides = kernels if stride == "kernel" else pair(operation, "stride", stride)
    dilations = pair(operation, "dilation", dilation)
    pads = None if padding == "same" else paddings(operation, padding)
    axes, definitions = [], []
    for k, letters in enumerate((_ROWS, _COLUMNS)):
        axis = letters.axis(
            kernel=None if kernels is None else kernels[k],
            stride=None if strides is None else strides[k],
            dilation=None if dilations is None else dilations[k],
            what=what,
            padded_with=padded_with,
        )
        if stride == "kernel":
            axis = replace(axis, stride=axis.kernel)
        if padding == "same":
            axis, more = with_same_padding(axis, letters.size)
            definitions += more
        elif pads is not None:
            axis = replace(axis, before=whole(pads[k][0]), after=whole(pads[k][1]))
        axes.append(axis)
        definitions.append(Definition(f"O{letters.size}", axis.output_size))
    settings = _settings(kernels, strides, padding, dilations)
    if stride == "kernel" and strides is None:
        settings = f", windows side by side{settings}"
    return Window(axes[0], axes[1], tuple(definitions), settings)


def _settings(
    kernels: tuple[int, int] | None,
    strides: tuple[int, int] | None,
    padding: Padding,
    dilations: tuple[int, int] | None,
) -> str:
    """The options that are known, in words."""
    parts = [
        f"kernel {kernels[0]}×{kernels[1]}" if kernels else "",
        f"stride {_short(strides)}" if strides else "",
        f"padding {_short(padding)}" if padding is not None else "",
        f"dilation {_short(dilations)}" if dilations and dilations != (1, 1) else "",
    ]
    return "".join(f", {part}" for part in parts if part)


def _short(value: object) -> str:
    """(2, 2) as 2."""
    match value:
        case (first, second) if first == second:
            return _short(first)
        case (first, second):
            return f"({_short(first)}, {_short(second)})"
    return str(value)


@dataclass(frozen=True)
class _Letters:
    """The letters of one axis, and its name."""

    size: str
    window: str
    out: str
    input: str
    name: str
    extent: str

    def axis(
        self,
        kernel: int | None,
        stride: int | None,
        dilation: int | None,
        what: str,
        padded_with: str,
    ) -> WindowAxis:
        """An axis with a letter for each option that is None, and padding p."""
        extent = size(f"I{self.size}", f"{self.extent} of the input")
        output = size(f"O{self.size}", f"{self.extent} of the output")
        k = _known(kernel) or size(f"k{self.size}", f"{self.extent} of the {what}")
        s = _known(stride) or option("s", "stride: how far the window moves each time")
        d = _known(dilation) or option("d", "dilation: the distance of neighboring weights")
        p = option("p", f"padding: rows and columns of {padded_with} around the image")
        return WindowAxis(
            size=extent,
            output=output,
            kernel=k,
            stride=s,
            before=p,
            after=p,
            dilation=d,
            window=index(self.window, k, f"{self.name} inside the {what}"),
            out=index(self.out, output, f"{self.name} of the output"),
            input=index(self.input, extent, f"{self.name} of the input"),
        )


def _known(number: int | None) -> IndexExpression | None:
    return None if number is None else whole(number)


_ROWS = _Letters("H", "u", "i", "h", "row", "height")
_COLUMNS = _Letters("W", "v", "j", "w", "column", "width")


def with_same_padding(axis: WindowAxis, letter: str) -> tuple[WindowAxis, list[Definition]]:
    """The padding that makes the output ⌈IH/s⌉ long; what is odd goes behind.

    With stride 1 it does not depend on the image and is a number; otherwise it gets letters of its
    own, since rows and columns may differ.
    """
    total = axis.reach.constant if axis.stride == whole(1) else None
    if total is not None:
        return replace(axis, before=whole(total // 2), after=whole(total - total // 2)), []
    before = option(f"p{letter}", f'"same" padding before the first of the I{letter} positions')
    after = option(f"q{letter}", f'"same" padding behind the last of the I{letter} positions')
    definitions = [
        Definition(f"p{letter}", SamePadding(axis, 0)),
        Definition(f"q{letter}", SamePadding(axis, 1)),
    ]
    return replace(axis, before=before, after=after, same=True), definitions


@dataclass(frozen=True)
class SamePadding:
    """max(0, (⌈IH/s⌉ − 1)·s + d·(kH − 1) + 1 − IH), the smaller half before, the larger behind."""

    axis: WindowAxis
    extra: int  # 0: before, 1: behind

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The padding for these sizes."""
        axis = self.axis
        last = floor(axis.size - 1, axis.stride) * axis.stride  # where the last window begins
        total = max(0, (last + axis.reach + 1 - axis.size).evaluate(values))
        return (total + self.extra) // 2
