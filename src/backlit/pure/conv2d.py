"""Two-dimensional convolution, forward and backward.

What the field calls a convolution is a *cross-correlation*: the filter is laid over the image as
it is, nothing is turned.

One filter ``W[o]`` sees **all** input channels (of its group) and adds them up, so C channels
become O maps with O filters.  Its weights are *shared*: ``W[o][c][u][v]`` is used once at every
output position of every image, which is why its gradient is a **sum** over all of them.

    forward   Y[n,o,i,j]  = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n, g(o)·C_g + c, a, e]
    bias      db[o]       = Σ_{n,i,j} dY[n,o,i,j]
    filter    dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n, g(o)·C_g + c, a, e]
    input     dX[n,k,h,w] = Σ_{o,u,v} dY[n,o,i,j] · W[o, k mod C_g, u, v]   where a = h and e = w

with a = i·s − p + u·d and e = j·s − p + v·d, X = 0 outside the image, C_g = C/G channels and
O_g = O/G filters in each of the G groups, g(o) = o div O_g, and dY short for dL/dY, the error
that arrives from the layer above.  A layer that is followed by many others still needs only dY:
everything that happened later is already inside it.

Shapes: X (N, C, IH, IW) · W (O, C/G, kH, kW) · b (O) · Y and dY (N, O, OH, OW).
Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998.
"""

from operator import mul
from typing import Any

from .nested import Batch, Vector, check_shape, zero_of, zeros
from .window import Axis, Taps, window


def conv2d_forward(
    x: Batch,
    w: Batch,
    b: Vector | None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n, g(o)·C_g + c, a, e].

    Args:
        x: images, (N, C, IH, IW).
        w: filters, (O, C/G, kH, kW).
        b: one bias for each filter, (O), or None.
        stride: step of the window, an int or (rows, columns).
        padding: zeros around the image: an int, (rows, columns), ((top, bottom), (left, right)),
            "same" or "valid".
        dilation: distance of neighbouring filter weights on the image, an int or (rows, columns).
        groups: the channels are cut into so many groups, each with filters of its own.

    Returns:
        The output maps, (N, O, OH, OW).

    Raises:
        ValueError: shapes that do not fit each other.
    """
    if not x:
        return []
    rows, columns = _axes(x, w, b, stride, padding, dilation, groups)
    biases = [zero_of(w)] * len(w) if b is None else b
    return _slide(x, w, biases, rows.taps_by_output(), columns.taps_by_output(), groups)


def conv2d_backward(
    dy: Batch,
    x: Batch,
    w: Batch,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> tuple[Batch, Batch, Vector]:
    """All three gradients of a convolution, each with the weights from *before* any update.

    Args:
        dy: the error dL/dY that arrives from above, (N, O, OH, OW).
        x: the input that the forward pass saw, (N, C, IH, IW).
        w: the filters, (O, C/G, kH, kW).
        stride: as in the forward pass, like the other arguments.
        padding: see ``stride``.
        dilation: see ``stride``.
        groups: see ``stride``.

    Returns:
        (dX, dW, db) in the shapes of X, W and b.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    size = (len(x[0][0]), len(x[0][0][0])) if x else None
    dx = conv2d_input_gradient(dy, w, size, stride, padding, dilation, groups) if size else []
    dw = conv2d_filter_gradient(dy, x, w, stride, padding, dilation, groups)
    db = conv2d_bias_gradient(dy, len(w))
    return dx, dw, db


def conv2d_bias_gradient(dy: Batch, filters: int) -> Vector:
    """db[o] = Σ_{n,i,j} dY[n,o,i,j]: one bias per filter, so the sum of its whole error map."""
    zero = zero_of(dy)
    return [sum((sum(row, zero) for image in dy for row in image[o]), zero) for o in range(filters)]


def conv2d_filter_gradient(
    dy: Batch,
    x: Batch,
    w: Batch,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n, g(o)·C_g + c, a, e].

    Lay the error map over the input map, shifted by (u, v); multiply what lies on each other and
    add everything up.  A first layer needs only this one, since nobody asks for the error of the
    picture.  Arguments and errors as in :func:`conv2d_backward`; of W only the shape is used.
    """
    zero = zero_of(w)
    dw: Batch = zeros(*check_shape("w", w, 4), zero=zero)
    if not x:
        return dw
    rows, columns = _axes(x, w, None, stride, padding, dilation, groups)
    _check_error(dy, (len(x), len(w), rows.output, columns.output))
    i_and_a = rows.taps_by_kernel()  # for each u: error rows i and the image rows a they meet
    j_and_e = columns.taps_by_kernel()  # for each v: the same for columns
    channels_per_group, filters_per_group = len(w[0]), len(w) // groups
    for u, taps_u in enumerate(i_and_a):
        for v, taps_v in enumerate(j_and_e):
            js, es = _spans(taps_v, columns.stride)
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


def conv2d_input_gradient(
    dy: Batch,
    w: Batch,
    size: tuple[int, int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dX[n,k,h,w] = Σ_{o,u,v} dY[n,o,(h+p−u·d)/s,(w+p−v·d)/s] · W[o, k mod C_g, u, v].

    The *gather* face: ask each pixel which outputs it fed, and through which weight; only those u
    and v count for which both quotients are whole numbers inside the output.  The same numbers
    come out of the two other faces in :mod:`backlit.pure.conv2d_faces`.

    Args:
        dy: the error dL/dY, (N, O, OH, OW).
        w: the filters, (O, C/G, kH, kW).
        size: (IH, IW) of the input, which stride can make impossible to tell from dY.
        stride: as in the forward pass, like the other arguments.
        padding: see ``stride``.
        dilation: see ``stride``.
        groups: see ``stride``.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    rows, columns = check_input_gradient(dy, w, size, stride, padding, dilation, groups)
    filters_per_group = len(w) // groups
    # Seen from a pixel, filter and channel change places: entry [k][o] is the slice [o][c].
    exchanged = [
        [filter_o[c] for filter_o in w[first : first + filters_per_group]]
        for first in range(0, len(w), filters_per_group)
        for c in range(len(w[0]))
    ]
    nothing = [zero_of(w)] * len(exchanged)
    return _slide(dy, exchanged, nothing, rows.taps_by_input(), columns.taps_by_input(), groups)


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


def check_input_gradient(
    dy: Batch,
    w: Batch,
    size: tuple[int, int],
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> tuple[Axis, Axis]:
    """The window's two axes (rows, columns) for an input gradient, once dY and W are known to fit.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    filters, _, *kernel = check_shape("w", w, 4)
    _check_groups(filters, groups)
    rows, columns = window(size, kernel, stride, padding, dilation)
    _check_error(dy, (len(dy), filters, rows.output, columns.output))
    return rows, columns


def _axes(
    x: Batch,
    w: Batch,
    b: Vector | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> tuple[Axis, Axis]:
    """The window's two axes, once all shapes are known to fit."""
    filters, channels_per_group, *kernel = check_shape("w", w, 4)
    _check_groups(filters, groups)
    if b is not None and len(b) != filters:
        raise ValueError(f"b has {len(b)} entries for {filters} filters")
    _, channels, height, width = check_shape("x", x, 4)
    if channels != channels_per_group * groups:
        raise ValueError(
            f"the filters expect {channels_per_group * groups} channels "
            f"({channels_per_group} in each of {groups} groups), x has {channels}"
        )
    return window((height, width), kernel, stride, padding, dilation)


def _check_groups(filters: int, groups: int) -> None:
    if groups < 1 or filters % groups:
        raise ValueError(f"{filters} filters cannot be cut into {groups} groups")


def _check_error(dy: Batch, expected: tuple[int, ...]) -> None:
    found = check_shape("dy", dy, 4)
    if (dy and found != expected) or len(dy) != expected[0]:
        raise ValueError(f"dy must have the shape of the output, {expected}, got {found}")
