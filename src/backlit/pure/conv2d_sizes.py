"""What a convolution's arguments say: the shapes of its tensors, and how the window slides.

All checks are here, so that the operations themselves are left with their loops.
"""

from dataclasses import dataclass
from typing import Any

from .nested import Batch, Vector, check_shape
from .window import Axis, window

Shape = tuple[int, int, int, int]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Sizes:
    """The shapes of a convolution's tensors, which fit each other, and the two axes of its window.

    Args:
        input: of X and dX, (N, C, IH, IW).
        filters: of W and dW, (O, C/G, kH, kW).
        output: of Y and dY, (N, O, OH, OW).
        groups: G.
        rows: the window along the rows.
        columns: the window along the columns.
    """

    input: Shape
    filters: Shape
    output: Shape
    groups: int
    rows: Axis
    columns: Axis

    @property
    def stride(self) -> Pair:
        """s of the rows and of the columns."""
        return self.rows.stride, self.columns.stride

    @property
    def padding(self) -> Pair:
        """p above and on the left of the image."""
        return self.rows.before, self.columns.before

    @property
    def dilation(self) -> Pair:
        """d of the rows and of the columns."""
        return self.rows.dilation, self.columns.dilation


def conv2d_sizes(
    w: Batch,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    *,
    x: Batch | None = None,
    size: tuple[int, int] | None = None,
    b: Vector | None = None,
    dy: Batch | None = None,
) -> Sizes:
    """The sizes of a convolution, once its arguments are known to fit each other.

    Args:
        w: the filters, (O, C/G, kH, kW).
        stride: an int or (rows, columns).
        padding: an int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid".
        dilation: an int or (rows, columns).
        groups: G.
        x: the images, (N, C, IH, IW), where they are known.
        size: their (IH, IW) where they are not.
        b: the biases, (O), if there are any.
        dy: the error, (N, O, OH, OW), on the way back.

    Raises:
        ValueError: an argument that cannot be used, or shapes that do not fit each other.
    """
    filters, channels_per_group, kernel_rows, kernel_columns = check_shape("w", w, 4)
    if groups < 1 or filters % groups:
        raise ValueError(f"{filters} filters cannot be cut into {groups} groups")
    if b is not None and len(b) != filters:
        raise ValueError(f"b has {len(b)} entries for {filters} filters")
    channels = channels_per_group * groups
    if x is not None and len(x):
        _, found, height, width = check_shape("x", x, 4)
        if found != channels:
            raise ValueError(
                f"the filters expect {channels} channels "
                f"({channels_per_group} in each of {groups} groups), x has {found}"
            )
        size = height, width
    if size is not None:
        rows, columns = window(size, (kernel_rows, kernel_columns), stride, padding, dilation)
        output = rows.output, columns.output
    else:  # an empty batch does not tell the size of its images
        rows, columns = (Axis(0, kernel, 1, 0, 0, 1) for kernel in (kernel_rows, kernel_columns))
        size = output = 0, 0
    images = len([] if dy is None else dy) if x is None else len(x)
    sizes = Sizes(
        (images, channels, *size),
        (filters, channels_per_group, kernel_rows, kernel_columns),
        (images, filters, *output),
        groups,
        rows,
        columns,
    )
    if dy is not None:
        _check_error(dy, sizes.output)
    return sizes


def _check_error(dy: Batch, expected: Shape) -> None:
    found = check_shape("dy", dy, 4)
    if (dy and found != expected) or len(dy) != expected[0]:
        raise ValueError(f"dy must have the shape of the output, {expected}, got {found}")
