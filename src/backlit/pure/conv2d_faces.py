"""Two more faces of the input gradient of a convolution.

Learners meet dX in three forms that look different and are the same numbers:

* **scatter** (:func:`~backlit.pure.conv2d.conv2d_input_gradient`): each output hands its error back
  to the pixels it was made of, with ``+=``;
* **gather**, here: each pixel asks which outputs it fed, and adds up what it hears;
* **full correlation**, here: the error map, stride gaps filled with zeros and padded, is correlated
  with the filter turned by 180°.

The turn is book-keeping: reading "which outputs did this pixel feed?" in order of the outputs
meets the filter's entries in reverse order.  It appears *only* in the third face: not in the
forward pass, not in scatter, never in dW.
"""

from typing import Any

from .conv2d import conv2d_forward, conv2d_input_gradient
from .conv2d_sizes import conv2d_sizes
from .nested import Batch, Matrix, Number, zero_of, zeros
from .window import Axis

conv2d_input_gradient_scatter = conv2d_input_gradient  # the face of the book's own loops


def conv2d_input_gradient_gather(
    dy: Batch,
    w: Batch,
    size: tuple[int, int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dX[n,k,h,w] = Σ_{o,u,v} dY[n,o,(h+p−u·d)/s,(w+p−v·d)/s] · W[o, k mod C_g, u, v].

    Pixel (h, w), here (a, e), lay under weight (u, v) at that output row i for which
    a = i·s − p + u·d.  Solved for i, there is a division by the stride: where it leaves a rest, the
    filter was never laid like that.
    Arguments, result and errors as in :func:`backlit.pure.conv2d.conv2d_input_gradient`.
    """
    dY, W = dy, w
    sizes = conv2d_sizes(W, stride, padding, dilation, groups, size=size, dy=dY)
    N, C, IH, IW = sizes.input  # the shape of X
    O, C_g, kH, kW = sizes.filters  # the shape of W
    N, O, OH, OW = sizes.output  # the shape of Y
    O_g = O // groups
    s, p, d = sizes.stride, sizes.padding, sizes.dilation  # each has [0] for rows, [1] for columns
    dX: Batch = zeros(*sizes.input, zero=zero_of(W))
    for n in range(N):  # each image
        for k in range(C):  # each channel
            first = (k // C_g) * O_g
            for a in range(IH):  # each row of the image
                for e in range(IW):  # each column of the image
                    for o in range(first, first + O_g):  # each filter that saw the channel
                        for u in range(kH):  # each row of the filter
                            for v in range(kW):  # each column of the filter
                                i, rest_i = divmod(a + p[0] - u * d[0], s[0])
                                j, rest_j = divmod(e + p[1] - v * d[1], s[1])
                                if rest_i == 0 and rest_j == 0 and 0 <= i < OH and 0 <= j < OW:
                                    dX[n][k][a][e] += dY[n][o][i][j] * W[o][k % C_g][u][v]
    return dX


def conv2d_input_gradient_correlation(
    dy: Batch,
    w: Batch,
    size: tuple[int, int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dX as a full correlation of the error with the filter turned by 180°.

    Put s − 1 zeros between the entries of dY, pad with d(k − 1) − p before and d(k − 1) − p' + r
    after (r: padded input that no window reached; where negative, crop), and run an ordinary
    forward convolution, with dilation d and stride 1, over it.  Its filters are W turned by 180°
    with the roles of o and c exchanged: pixel k collects from every filter that saw it.
    Groups are computed one by one.  Arguments, result and errors as in
    :func:`backlit.pure.conv2d.conv2d_input_gradient`.
    """
    sizes = conv2d_sizes(w, stride, padding, dilation, groups, size=size, dy=dy)
    rows, columns = sizes.rows, sizes.columns
    filters_per_group = len(w) // groups
    zero = zero_of(w)
    dx: Batch = [[] for _ in dy]
    for first in range(0, len(w), filters_per_group):
        group = slice(first, first + filters_per_group)
        turned = exchange_and_turn(w[group])
        spread = [[spread_and_pad(m, rows, columns, zero) for m in image[group]] for image in dy]
        steps = (rows.dilation, columns.dilation)
        for image, part in zip(
            dx, conv2d_forward(spread, turned, None, dilation=steps), strict=True
        ):
            image.extend(part)
    return dx


def turn_180(matrix: Matrix) -> Matrix:
    """The matrix turned by 180°: rows and columns both in reverse order."""
    return [row[::-1] for row in reversed(matrix)]


def exchange_and_turn(w: Batch) -> Batch:
    """Filters for the way back: entry [c][o] is the slice [o][c], turned by 180°."""
    return [[turn_180(filter_o[c]) for filter_o in w] for c in range(len(w[0]))]


def spread_and_pad(error: Matrix, rows: Axis, columns: Axis, zero: Number) -> Matrix:
    """One error map with s − 1 zeros between its entries, then padded (or cropped) to full size."""
    width = sum(_full_padding(columns)) + (columns.output - 1) * columns.stride + 1
    spread: Matrix = []
    for i, error_row in enumerate(error):
        if i:
            spread.extend([[zero] * width] * (rows.stride - 1))
        row = [zero] * ((columns.output - 1) * columns.stride + 1)
        row[:: columns.stride] = error_row
        spread.append(_pad(row, *_full_padding(columns), zero))
    return _pad(spread, *_full_padding(rows), [zero] * width)


def _full_padding(axis: Axis) -> tuple[int, int]:
    """Positions to add before and after the spread error; negative ones are to be cropped."""
    reach = axis.dilation * (axis.kernel - 1)
    return reach - axis.before, reach - axis.after + axis.remainder


def _pad(items: list[Any], before: int, after: int, filler: Any) -> list[Any]:
    """``items`` with ``filler`` at both ends, then cropped where a count is negative.

    In this order, since the padding of one end may be what is cropped from the other.
    """
    padded = [filler] * max(before, 0) + items + [filler] * max(after, 0)
    return padded[max(-before, 0) : len(padded) - max(-after, 0)]
