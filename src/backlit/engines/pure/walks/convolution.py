"""The convolution of :mod:`backlit.pure.conv2d`, several times as fast and still plain Python.

What the book's loops do most is to compute addresses.  Here the numbers under a window are
collected once, as a flat list, and every filter is laid over it as one dot product.  Seen from a
pixel, the input gradient is the same walk over the errors.  An error of zero is not skipped,
although that would be faster still: zero times NaN is NaN.
"""

from operator import mul
from typing import Any

from backlit.pure.conv2d_sizes import conv2d_sizes
from backlit.pure.nested import Batch, Vector, zero_of, zeros
from backlit.pure.window import Taps


def conv2d_forward(
    x: Batch,
    w: Batch,
    b: Vector | None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,k,a,e]."""
    sizes = conv2d_sizes(w, stride, padding, dilation, groups, x=x, b=b)
    start = [zero_of(w)] * len(w) if b is None else b
    u_and_a, v_and_e = sizes.rows.taps_by_output(), sizes.columns.taps_by_output()
    return _slide(x, w, start, u_and_a, v_and_e, groups)


def conv2d_input_gradient(
    dy: Batch,
    w: Batch,
    size: tuple[int, int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dX[n,k,h,w] = Σ_{o,u,v} dY[n,o,(h+p−u·d)/s,(w+p−v·d)/s] · W[o, k mod C_g, u, v]."""
    sizes = conv2d_sizes(w, stride, padding, dilation, groups, size=size, dy=dy)
    filters_per_group = len(w) // groups
    # Seen from a pixel, filter and channel change places: entry [k][o] is the slice [o][c].
    exchanged = [
        [filter_o[c] for filter_o in w[first : first + filters_per_group]]
        for first in range(0, len(w), filters_per_group)
        for c in range(len(w[0]))
    ]
    start = [zero_of(w)] * len(exchanged)
    u_and_i, v_and_j = sizes.rows.taps_by_input(), sizes.columns.taps_by_input()
    return _slide(dy, exchanged, start, u_and_i, v_and_j, groups)


def conv2d_filter_gradient(
    dy: Batch,
    x: Batch,
    w: Batch,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,k,a,e]."""
    sizes = conv2d_sizes(w, stride, padding, dilation, groups, x=x, dy=dy)
    zero = zero_of(w)
    dw: Batch = zeros(*sizes.filters, zero=zero)
    if not x:
        return dw
    i_and_a = sizes.rows.taps_by_kernel()  # for each u: error rows i and the image rows a below
    j_and_e = sizes.columns.taps_by_kernel()  # for each v: the same for columns
    channels_per_group, filters_per_group = len(w[0]), len(w) // groups
    for u, taps_u in enumerate(i_and_a):
        for v, taps_v in enumerate(j_and_e):
            js, es = _spans(taps_v, sizes.columns.stride)
            # Everything that met through (u, v), in all images, as flat lists in one order.
            errors = [
                [error for image in dy for i, _ in taps_u for error in image[o][i][js]]
                for o in range(len(w))
            ]
            for k in range(len(x[0])):
                inputs = [number for image in x for _, a in taps_u for number in image[k][a][es]]
                first_filter = k // channels_per_group * filters_per_group
                for o in range(first_filter, first_filter + filters_per_group):
                    dw[o][k % channels_per_group][u][v] = sum(map(mul, errors[o], inputs), zero)
    return dw


def conv2d_bias_gradient(dy: Batch, filters: int) -> Vector:
    """db[o] = Σ_{n,i,j} dY[n,o,i,j]."""
    zero = zero_of(dy)
    return [sum((sum(row, zero) for image in dy for row in image[o]), zero) for o in range(filters)]


def conv2d_backward(
    dy: Batch,
    x: Batch,
    w: Batch,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> tuple[Batch, Batch, Vector]:
    """All three gradients: (dX, dW, db)."""
    options = (stride, padding, dilation, groups)
    dw = conv2d_filter_gradient(dy, x, w, *options)
    dx = conv2d_input_gradient(dy, w, (len(x[0][0]), len(x[0][0][0])), *options) if x else []
    return dx, dw, conv2d_bias_gradient(dy, len(w))


def _slide(x: Batch, w: Batch, start: Vector, rows: Taps, columns: Taps, groups: int) -> Batch:
    """At each place, for each filter: start[o] + Σ weight · number over what lies under the window.

    The walk that forward and backward share.  ``rows[i]`` and ``columns[j]`` say which window
    positions meet which positions of ``x`` at place (i, j).  Forward they are the inputs that an
    output is made of; backward, with errors for ``x``, the outputs that an input has fed.
    """
    channels_per_group, filters_per_group = len(w[0]), len(w) // groups
    weights = _weights_under_window(w, rows, columns)
    y = []
    for image in x:
        y_image: list[Any] = [[[] for _ in rows] for _ in w]
        for i, taps_i in enumerate(rows):
            for j, taps_j in enumerate(columns):
                for group in range(groups):
                    first = group * channels_per_group
                    channels = image[first : first + channels_per_group]
                    # The numbers under the window, channel by channel, row by row.
                    numbers = [m[a][e] for m in channels for _, a in taps_i for _, e in taps_j]
                    first = group * filters_per_group
                    for o in range(first, first + filters_per_group):
                        total = sum(map(mul, weights[i][j][o], numbers), start[o])
                        y_image[o][i].append(total)
        y.append(y_image)
    return y


def _weights_under_window(w: Batch, rows: Taps, columns: Taps) -> list[list[list[Vector]]]:
    """For each place (i, j) and each filter: its weights that lie on the image, as one flat list.

    Away from the border that is always the whole filter, so each list is made once and shared.
    """
    made: dict[Any, list[Vector]] = {}

    def flat(us: tuple[int, ...], vs: tuple[int, ...]) -> list[Vector]:
        if (us, vs) not in made:
            made[us, vs] = [[part[u][v] for part in f for u in us for v in vs] for f in w]
        return made[us, vs]

    return [
        [flat(tuple(u for u, _ in taps_i), tuple(v for v, _ in taps_j)) for taps_j in columns]
        for taps_i in rows
    ]


def _spans(taps: list[tuple[int, int]], stride: int) -> tuple[slice, slice]:
    """Where taps (j, e) lie in an error row and in an image row, the latter a stride apart."""
    if not taps:
        return slice(0), slice(0)
    (first_j, first_e), (last_j, last_e) = taps[0], taps[-1]
    return slice(first_j, last_j + 1), slice(first_e, last_e + 1, stride)
