"""Pooling: one number for each window of a map.  Nothing to learn, but the error passes through.

    max       Y[n,c,i,j] = max_{u,v} X[n,c,a,e]            dX: the error goes to the one that won
    average   Y[n,c,i,j] = 1/(kH·kW) Σ_{u,v} X[n,c,a,e]    dX: everyone gets an equal part
    global    Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]

with a = i·s − p + u and e = j·s − p + v.  Where windows overlap, a pixel collects from several:
``+=``.  Among equals the first in row order wins, and only that one (a popular mistake gives the
error to all of them).  Padding counts as −∞ for the maximum and as 0 for the average.

Shapes: X (N, C, IH, IW) · Y and dY (N, C, OH, OW), for the global average (N, C).
"""

from typing import Any

from .nested import Batch, Matrix, Number, check_shape, zero_of, zeros
from .window import Taps, window


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
    if not x:
        return []
    u_and_a, v_and_e = _taps(x, kernel_size, stride, padding, "max_pool2d")
    y = []
    for image in x:
        y_image = []
        for x_map in image:
            y_map = []
            for taps_i in u_and_a:
                y_row = []
                for taps_j in v_and_e:
                    a, e = _winner(x_map, taps_i, taps_j)
                    y_row.append(x_map[a][e])
                y_map.append(y_row)
            y_image.append(y_map)
        y.append(y_image)
    return y


def max_pool2d_backward(
    dy: Batch, x: Batch, kernel_size: Any, stride: Any = None, padding: Any = 0
) -> Batch:
    """For each n, c, i, j:  dX[n,c,a*,e*] += dY[n,c,i,j], where (a*, e*) is the pixel that won.

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
    dx = zeros(*check_shape("x", x, 4), zero=zero_of(dy)) if x else []
    if not x:
        return []
    u_and_a, v_and_e = _taps(x, kernel_size, stride, padding, "max_pool2d")
    _check_error(dy, x, u_and_a, v_and_e)
    for x_image, dy_image, dx_image in zip(x, dy, dx, strict=True):
        for x_map, dy_map, dx_map in zip(x_image, dy_image, dx_image, strict=True):
            for taps_i, dy_row in zip(u_and_a, dy_map, strict=True):
                for taps_j, error in zip(v_and_e, dy_row, strict=True):
                    a, e = _winner(x_map, taps_i, taps_j)
                    dx_map[a][e] += error
    result: Batch = dx
    return result


def _winner(x_map: Matrix, taps_i: list[tuple[int, int]], taps_j: list[tuple[int, int]]) -> Any:
    """The position (a, e) of the window's largest number, the first in row order among equals."""
    a_best, e_best = taps_i[0][1], taps_j[0][1]
    best = x_map[a_best][e_best]
    for _, a in taps_i:
        x_row = x_map[a]
        for _, e in taps_j:
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
    if not x:
        return []
    u_and_a, v_and_e = _taps(x, kernel_size, stride, padding, "avg_pool2d")
    counts = _counts(u_and_a, v_and_e, kernel_size, count_include_pad)
    zero = zero_of(x)
    return [
        [
            [
                [
                    sum((x_map[a][e] for _, a in taps_i for _, e in taps_j), zero) / count
                    for taps_j, count in zip(v_and_e, counts_i, strict=True)
                ]
                for taps_i, counts_i in zip(u_and_a, counts, strict=True)
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
    """For each n, c, i, j and each (a, e) in its window:  dX[n,c,a,e] += dY[n,c,i,j] / m.

    Arguments, result and errors as in :func:`max_pool2d_backward` and :func:`avg_pool2d_forward`.
    """
    if not x:
        return []
    u_and_a, v_and_e = _taps(x, kernel_size, stride, padding, "avg_pool2d")
    _check_error(dy, x, u_and_a, v_and_e)
    counts = _counts(u_and_a, v_and_e, kernel_size, count_include_pad)
    dx = zeros(*check_shape("x", x, 4), zero=zero_of(dy))
    for dy_image, dx_image in zip(dy, dx, strict=True):
        for dy_map, dx_map in zip(dy_image, dx_image, strict=True):
            for taps_i, dy_row, counts_i in zip(u_and_a, dy_map, counts, strict=True):
                for taps_j, error, count in zip(v_and_e, dy_row, counts_i, strict=True):
                    part = error / count
                    for _, a in taps_i:
                        for _, e in taps_j:
                            dx_map[a][e] += part
    result: Batch = dx
    return result


def global_avg_pool2d_forward(x: Batch) -> Matrix:
    """Y[n,c] = 1/(IH·IW) Σ_{h,w} X[n,c,h,w]: one number for each whole map, (N, C)."""
    zero = zero_of(x)
    return [
        [
            sum((number for row in x_map for number in row), zero) / (len(x_map) * len(x_map[0]))
            for x_map in image
        ]
        for image in x
    ]


def global_avg_pool2d_backward(dy: Matrix, x: Batch) -> Batch:
    """dX[n,c,h,w] = dY[n,c] / (IH·IW): each pixel of a map gets the same part of its error."""
    if not x:
        return []
    _, _, height, width = check_shape("x", x, 4)

    def spread(error: Number) -> Matrix:
        return [[error / (height * width)] * width for _ in range(height)]

    return [[spread(error) for error in row] for row in dy]


def _taps(x: Batch, kernel_size: Any, stride: Any, padding: Any, name: str) -> tuple[Taps, Taps]:
    """For each output row and column, the window and image positions that meet there."""
    _, _, height, width = check_shape("x", x, 4)
    stride = kernel_size if stride is None else stride
    rows, columns = window((height, width), kernel_size, stride, padding)
    u_and_a, v_and_e = rows.taps_by_output(), columns.taps_by_output()
    if not all(u_and_a) or not all(v_and_e):
        raise ValueError(f"{name}: a window lies in the padding altogether; use less padding")
    return u_and_a, v_and_e


def _counts(u_and_a: Taps, v_and_e: Taps, kernel_size: Any, include_pad: bool) -> list[list[int]]:
    """How many inputs each window's sum is divided by."""
    if not include_pad:
        return [[len(taps_i) * len(taps_j) for taps_j in v_and_e] for taps_i in u_and_a]
    rows, columns = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
    return [[rows * columns] * len(v_and_e) for _ in u_and_a]


def _check_error(dy: Batch, x: Batch, u_and_a: Taps, v_and_e: Taps) -> None:
    expected = (len(x), len(x[0]), len(u_and_a), len(v_and_e))
    found = check_shape("dy", dy, 4)
    if found != expected:
        raise ValueError(f"dy must have the shape of the output, {expected}, got {found}")
