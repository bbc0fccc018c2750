"""Pooling: one number for each window of a map.  Nothing to learn, but the error passes through.

    max       Y[n,c,i,j] = max_{u,v} X[n,c,a,e]            dX: the error goes to the one that won
    average   Y[n,c,i,j] = 1/(kH·kW) Σ_{u,v} X[n,c,a,e]    dX: everyone gets an equal part
    global    Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]

with a = i·s − p + u and e = j·s − p + v.  Where windows overlap, a pixel collects from several:
``+=``.  Among equals the first in row order wins, and only that one (a popular mistake gives the
error to all of them).  Padding counts as −∞ for the maximum and as 0 for the average.

Shapes: X (N, C, IH, IW) · Y and dY (N, C, OH, OW), for the global average (N, C).
"""

from collections.abc import Iterator
from typing import Any

from .nested import Batch, Matrix, check_shape, zero_of, zeros
from .window import Axis, window


def under_window(i: int, j: int, rows: Axis, columns: Axis) -> Iterator[tuple[int, int]]:
    """Visit the pixels (a, e) under the window of output (i, j), but not those in the padding."""
    for u in range(rows.kernel):  # each row of the window
        for v in range(columns.kernel):  # each column of the window
            a = i * rows.stride - rows.before + u  # i·s − p + u
            e = j * columns.stride - columns.before + v  # j·s − p + v
            if 0 <= a < rows.size and 0 <= e < columns.size:  # inside the image
                yield a, e


def max_pool2d_forward(x: Batch, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Batch:
    """Y[n,c,i,j] = max_{u,v} X[n,c,a,e], the padding left out.

    Args:
        x: maps, (N, C, IH, IW).
        kernel_size: of the window, an int or (rows, columns).
        stride: step of the window; None means the kernel size, so that windows do not overlap.
        padding: an int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid".

    Returns:
        Maps, (N, C, OH, OW).  A NaN in a window wins, so that it is not lost on the way.

    Raises:
        ValueError: the window does not fit, or lies in the padding altogether.
    """
    if not len(x):
        return []
    rows, columns = pool_window("max_pool2d", x, kernel_size, stride, padding)
    X, N, C = x, len(x), len(x[0])
    Y: Batch = zeros(N, C, rows.output, columns.output, zero=zero_of(X))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for i in range(rows.output):  # each row of the output
                for j in range(columns.output):  # each column of the output
                    a, e = winner(X[n][c], i, j, rows, columns)
                    Y[n][c][i][j] = X[n][c][a][e]
    return Y


def max_pool2d_backward(
    dy: Batch, x: Batch, kernel_size: Any, stride: Any = None, padding: Any = 0
) -> Batch:
    """For each n, c, i, j:  dX[n,c,a,e] += dY[n,c,i,j], where (a, e) is the pixel that won.

    Args:
        dy: the error dL/dY, (N, C, OH, OW).
        x: the input that the forward pass saw, (N, C, IH, IW).
        kernel_size: as in the forward pass, like the other arguments.
        stride: see ``kernel_size``.
        padding: see ``kernel_size``.

    Returns:
        dX in the shape of X.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    if not len(x):
        return []
    rows, columns = pool_window("max_pool2d", x, kernel_size, stride, padding, dy)
    X, dY, N, C = x, dy, len(x), len(x[0])
    dX: Batch = zeros(N, C, rows.size, columns.size, zero=zero_of(dY))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for i in range(rows.output):  # each row of the output
                for j in range(columns.output):  # each column of the output
                    a, e = winner(X[n][c], i, j, rows, columns)
                    dX[n][c][a][e] += dY[n][c][i][j]
    return dX


def winner(x_map: Matrix, i: int, j: int, rows: Axis, columns: Axis) -> tuple[int, int]:
    """The pixel (a, e) with the largest number under a window, the first of them among equals."""
    best = None
    for a, e in under_window(i, j, rows, columns):
        number = x_map[a][e]
        if best is None or number > best or number != number:  # only NaN differs from itself
            best, place = number, (a, e)
    return place


def avg_pool2d_forward(
    x: Batch,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    count_include_pad: bool = True,
) -> Batch:
    """Y[n,c,i,j] = (1/m) Σ_{u,v} X[n,c,a,e], m = kH·kW or the number of real inputs in the window.

    Args:
        x: maps, (N, C, IH, IW).
        kernel_size: of the window, an int or (rows, columns).
        stride: step of the window; None means the kernel size.
        padding: an int, (rows, columns), ((top, bottom), (left, right)), "same" or "valid".
        count_include_pad: whether padded zeros count as inputs, as PyTorch calls it.

    Returns:
        Maps, (N, C, OH, OW).

    Raises:
        ValueError: the window does not fit, or has nothing but padding to average.
    """
    if not len(x):
        return []
    rows, columns = pool_window("avg_pool2d", x, kernel_size, stride, padding)
    X, N, C = x, len(x), len(x[0])
    Y: Batch = zeros(N, C, rows.output, columns.output, zero=zero_of(X))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for i in range(rows.output):  # each row of the output
                for j in range(columns.output):  # each column of the output
                    for a, e in under_window(i, j, rows, columns):
                        Y[n][c][i][j] += X[n][c][a][e]
                    Y[n][c][i][j] /= divisor(i, j, rows, columns, count_include_pad)
    return Y


def avg_pool2d_backward(
    dy: Batch,
    x: Batch,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    count_include_pad: bool = True,
) -> Batch:
    """For each n, c, i, j and each (a, e) in its window:  dX[n,c,a,e] += dY[n,c,i,j] / m.

    Arguments, result and errors as in :func:`max_pool2d_backward` and :func:`avg_pool2d_forward`.
    """
    if not len(x):
        return []
    rows, columns = pool_window("avg_pool2d", x, kernel_size, stride, padding, dy)
    dY, N, C = dy, len(x), len(x[0])
    dX: Batch = zeros(N, C, rows.size, columns.size, zero=zero_of(dY))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for i in range(rows.output):  # each row of the output
                for j in range(columns.output):  # each column of the output
                    m = divisor(i, j, rows, columns, count_include_pad)
                    for a, e in under_window(i, j, rows, columns):
                        dX[n][c][a][e] += dY[n][c][i][j] / m
    return dX


def divisor(i: int, j: int, rows: Axis, columns: Axis, count_include_pad: bool) -> int:
    """m, by which the sum of the window of output (i, j) is divided."""
    if count_include_pad:
        return rows.kernel * columns.kernel
    return len(list(under_window(i, j, rows, columns)))


def global_avg_pool2d_forward(x: Batch) -> Matrix:
    """Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]: one number for each whole map, (N, C)."""
    if not len(x):
        return []
    X, (N, C, IH, IW) = x, check_shape("x", x, 4)
    Y: Matrix = zeros(N, C, zero=zero_of(X))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    Y[n][c] += X[n][c][h][w]
            Y[n][c] /= IH * IW
    return Y


def global_avg_pool2d_backward(dy: Matrix, x: Batch) -> Batch:
    """dX[n,c,h,w] = dY[n,c] / (IH·IW): each pixel of a map gets the same part of its error."""
    if not len(x):
        return []
    dY, (N, C, IH, IW) = dy, check_shape("x", x, 4)
    dX: Batch = zeros(N, C, IH, IW, zero=zero_of(dY))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    dX[n][c][h][w] = dY[n][c] / (IH * IW)  # =: a pixel lies in one map only
    return dX


def pool_window(
    name: str, x: Batch, kernel_size: Any, stride: Any, padding: Any, dy: Batch | None = None
) -> tuple[Axis, Axis]:
    """The two axes (rows, columns) of a pool's window, once its arguments are known to fit.

    Raises:
        ValueError: they do not, or a window lies in the padding altogether.
    """
    images, channels, height, width = check_shape("x", x, 4)
    stride = kernel_size if stride is None else stride
    rows, columns = window((height, width), kernel_size, stride, padding)
    for axis in (rows, columns):
        if any(not inside for inside in axis.taps_by_output()):  # of one output, no position
            raise ValueError(f"{name}: a window lies in the padding altogether; use less padding")
    expected = (images, channels, rows.output, columns.output)
    if dy is not None and check_shape("dy", dy, 4) != expected:
        found = check_shape("dy", dy, 4)
        raise ValueError(f"dy must have the shape of the output, {expected}, got {found}")
    return rows, columns
