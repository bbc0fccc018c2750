"""Where a sliding window looks: stride, padding and dilation along rows and along columns.

Every operation with a window (convolution, pooling) needs to know which input positions meet
which window positions.  That is book-keeping, the same for rows and for columns, so it is done
once, here, and the operations are left with their sums.

Along one axis, output position ``i`` and window position ``u`` meet at the input position

    a = i·s − p + u·d        (s stride, p padding before the image, d dilation)

and there are ``⌊(IH + p + p' − d(k − 1) − 1) / s⌋ + 1`` output positions (p' padding after).

Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from dataclasses import dataclass
from numbers import Integral
from typing import Any

Taps = list[list[tuple[int, int]]]


@dataclass(frozen=True)
class Axis:
    """A window that slides along one axis (the rows, or the columns) of an image."""

    size: int  # input positions
    kernel: int  # window positions
    stride: int
    before: int  # padding before the first input position
    after: int  # padding after the last one
    dilation: int

    @property
    def extent(self) -> int:
        """How many input positions the window spans: ``d(k − 1) + 1``."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def output(self) -> int:
        """The number of places where the window fits."""
        return (self.size + self.before + self.after - self.extent) // self.stride + 1

    @property
    def remainder(self) -> int:
        """Padded input positions at the end that no window reaches."""
        return (self.size + self.before + self.after - self.extent) % self.stride

    def input_position(self, i: int, u: int) -> int:
        """``a = i·s − p + u·d``, which may lie in the padding."""
        return i * self.stride - self.before + u * self.dilation

    def taps_by_output(self) -> Taps:
        """For each output position i: all (u, a) whose input position a lies inside the image."""
        taps: Taps = [[] for _ in range(self.output)]
        for i, u, a in self._meetings():
            taps[i].append((u, a))
        return taps

    def taps_by_input(self) -> Taps:
        """For each input position a: all (u, i), the outputs i that it fed through u."""
        taps: Taps = [[] for _ in range(self.size)]
        for i, u, a in self._meetings():
            taps[a].append((u, i))
        return [sorted(pairs) for pairs in taps]

    def taps_by_kernel(self) -> Taps:
        """For each window position u: all (i, a) where it met the image."""
        taps: Taps = [[] for _ in range(self.kernel)]
        for i, u, a in self._meetings():
            taps[u].append((i, a))
        return taps

    def _meetings(self) -> list[tuple[int, int, int]]:
        """All (i, u, a) with a inside the image; the others lie in the padding, where X is 0."""
        return [
            (i, u, a)
            for i in range(self.output)
            for u in range(self.kernel)
            if 0 <= (a := self.input_position(i, u)) < self.size
        ]


def pair(name: str, value: Any, least: int = 1) -> tuple[int, int]:
    """``value`` for rows and columns: an int stands for both, a pair gives each.

    Raises:
        ValueError: neither an int nor a pair of ints, or one below ``least``.
    """
    both = (value, value) if _is_int(value) else value
    if not _is_int_pair(both) or min(both) < least:
        raise ValueError(
            f"{name} must be an int or a pair of ints, at least {least}, got {value!r}"
        )
    return int(both[0]), int(both[1])


def padding_pairs(
    padding: Any,
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Padding as ``((top, bottom), (left, right))``.

    ``padding`` is an int, a pair (rows, columns), a pair of pairs, ``"valid"`` (none) or
    ``"same"``: as much as makes the output ``⌈size / stride⌉`` long, an odd one after the image.

    Raises:
        ValueError: anything else.
    """
    if padding == "valid":
        return (0, 0), (0, 0)
    if padding == "same":
        rows, columns = (_same(*axis) for axis in zip(size, kernel, stride, dilation, strict=True))
        return rows, columns
    if isinstance(padding, tuple | list) and len(padding) == 2 and not _is_int_pair(padding):
        rows, columns = padding
        if _is_int_pair(rows) and _is_int_pair(columns) and min(*rows, *columns) >= 0:
            return (rows[0], rows[1]), (columns[0], columns[1])
    elif not isinstance(padding, str):
        both = pair("padding", padding, least=0)
        return (both[0], both[0]), (both[1], both[1])
    raise ValueError(
        "padding must be an int, a pair of ints, a pair of pairs ((top, bottom), (left, right)), "
        f'"same" or "valid", got {padding!r}'
    )


def _same(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    output = -(-size // stride)
    total = max((output - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    return total // 2, total - total // 2


def window(
    size: tuple[int, int], kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> tuple[Axis, Axis]:
    """The two axes (rows, columns) of a window of ``kernel_size`` on an image of ``size`` (IH, IW).

    Raises:
        ValueError: an argument is unusable, or the window does not fit the padded image.
    """
    kernel = pair("kernel_size", kernel_size)
    stride = pair("stride", stride)
    dilation = pair("dilation", dilation)
    padded = padding_pairs(padding, size, kernel, stride, dilation)
    axes = [
        Axis(size[k], kernel[k], stride[k], padded[k][0], padded[k][1], dilation[k])
        for k in range(2)
    ]
    for name, axis in zip(("rows", "columns"), axes, strict=True):
        if axis.output < 1:
            raise ValueError(
                f"the window spans {axis.extent} {name}, the padded image has only "
                f"{axis.size + axis.before + axis.after}"
            )
    return axes[0], axes[1]


def _is_int(value: Any) -> bool:
    # Written out here, so that the folder of the book can be copied anywhere.
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_int_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_int, value))
