"""The pools of :mod:`backlit.pure.pooling`, with what lies under each window found once.

For each output row i, and for each output column j, a list says which rows a, or columns e, of the
image lie under the window; all maps of all images share it.
"""

from typing import Any

from backlit.pure.nested import Batch, Matrix, shape, zero_of, zeros
from backlit.pure.pooling import pool_window
from backlit.pure.window import pair

Places = list[list[int]]


def max_pool2d_forward(x: Batch, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Batch:
    """Y[n,c,i,j] = max_{u,v} X[n,c,a,e], the padding left out."""
    if not x:
        return []
    a_of, e_of = _under("max_pool2d", x, kernel_size, stride, padding)
    y = []
    for image in x:
        y_image = []
        for x_map in image:
            y_map = []
            for a_of_i in a_of:
                y_row = []
                for e_of_j in e_of:
                    a, e = _winner(x_map, a_of_i, e_of_j)
                    y_row.append(x_map[a][e])
                y_map.append(y_row)
            y_image.append(y_map)
        y.append(y_image)
    return y


def max_pool2d_backward(
    dy: Batch, x: Batch, kernel_size: Any, stride: Any = None, padding: Any = 0
) -> Batch:
    """For each n, c, i, j:  dX[n,c,a*,e*] += dY[n,c,i,j], where (a*, e*) is the pixel that won."""
    if not x:
        return []
    a_of, e_of = _under("max_pool2d", x, kernel_size, stride, padding, dy)
    dx: Batch = zeros(*shape(x), zero=zero_of(dy))
    for x_image, dy_image, dx_image in zip(x, dy, dx, strict=True):
        for x_map, dy_map, dx_map in zip(x_image, dy_image, dx_image, strict=True):
            for a_of_i, dy_row in zip(a_of, dy_map, strict=True):
                for e_of_j, error in zip(e_of, dy_row, strict=True):
                    a, e = _winner(x_map, a_of_i, e_of_j)
                    dx_map[a][e] += error
    return dx


def _winner(x_map: Matrix, a_of_i: list[int], e_of_j: list[int]) -> Any:
    """The position (a, e) of the window's largest number, the first in row order among equals."""
    a_best, e_best = a_of_i[0], e_of_j[0]
    best = x_map[a_best][e_best]
    for a in a_of_i:
        x_row = x_map[a]
        for e in e_of_j:
            value = x_row[e]
            if value > best or value != value:  # only NaN differs from itself
                best, a_best, e_best = value, a, e
    return a_best, e_best


def avg_pool2d_forward(
    x: Batch,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    count_include_pad: bool = True,
) -> Batch:
    """Y[n,c,i,j] = (1/m) Σ_{u,v} X[n,c,a,e], m = kH·kW or the number of inputs under the window."""
    if not x:
        return []
    a_of, e_of = _under("avg_pool2d", x, kernel_size, stride, padding)
    counts = _counts(a_of, e_of, kernel_size, count_include_pad)
    zero = zero_of(x)
    return [
        [
            [
                [
                    sum((x_map[a][e] for a in a_of_i for e in e_of_j), zero) / count
                    for e_of_j, count in zip(e_of, counts_i, strict=True)
                ]
                for a_of_i, counts_i in zip(a_of, counts, strict=True)
            ]
            for x_map in image
        ]
        for image in x
    ]


def avg_pool2d_backward(
    dy: Batch,
    x: Batch,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    count_include_pad: bool = True,
) -> Batch:
    """For each n, c, i, j and each (a, e) in its window:  dX[n,c,a,e] += dY[n,c,i,j] / m."""
    if not x:
        return []
    a_of, e_of = _under("avg_pool2d", x, kernel_size, stride, padding, dy)
    counts = _counts(a_of, e_of, kernel_size, count_include_pad)
    dx: Batch = zeros(*shape(x), zero=zero_of(dy))
    for dy_image, dx_image in zip(dy, dx, strict=True):
        for dy_map, dx_map in zip(dy_image, dx_image, strict=True):
            for a_of_i, dy_row, counts_i in zip(a_of, dy_map, counts, strict=True):
                for e_of_j, error, count in zip(e_of, dy_row, counts_i, strict=True):
                    part = error / count
                    for a in a_of_i:
                        for e in e_of_j:
                            dx_map[a][e] += part
    return dx


def _under(
    name: str, x: Batch, kernel_size: Any, stride: Any, padding: Any, dy: Batch | None = None
) -> tuple[Places, Places]:
    """The image rows under the window at each output row, and the same for columns."""
    rows, columns = pool_window(name, x, kernel_size, stride, padding, dy)
    a_of, e_of = (
        [[place for _, place in taps] for taps in axis.taps_by_output()] for axis in (rows, columns)
    )
    return a_of, e_of


def _counts(a_of: Places, e_of: Places, kernel_size: Any, include_pad: bool) -> list[list[int]]:
    """How many inputs each window's sum is divided by."""
    rows, columns = pair("kernel_size", kernel_size)
    return [
        [rows * columns if include_pad else len(a_of_i) * len(e_of_j) for e_of_j in e_of]
        for a_of_i in a_of
    ]
