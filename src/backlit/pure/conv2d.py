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

Shapes: X (N, C, H, W) · W (O, C/G, kH, kW) · b (O) · Y and dY (N, O, OH, OW).
Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998.
"""

from typing import Any

from .nested import Batch, Vector, Volume, check_shape, shape, zero_of, zeros
from .window import Axis, window


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
        x: images, (N, C, H, W).
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
    u_and_a = rows.taps_by_output()  # for each i: filter rows u and the image rows a they meet
    v_and_e = columns.taps_by_output()  # for each j: the same for columns
    zero = zero_of(w)
    y = []
    for image in x:
        y_image = []
        for o, (filter_o, channels) in enumerate(_filters_and_channels(w, image, groups)):
            bias = zero if b is None else b[o]
            y_map = []
            for taps_i in u_and_a:
                # All pairs (filter row, image row) that meet for output row i, channel by channel.
                meeting = [
                    (w_slice[u], x_map[a])
                    for w_slice, x_map in zip(filter_o, channels, strict=True)
                    for u, a in taps_i
                ]
                y_row = []
                for taps_j in v_and_e:
                    total = bias
                    for w_row, x_row in meeting:
                        for v, e in taps_j:
                            total += w_row[v] * x_row[e]
                    y_row.append(total)
                y_map.append(y_row)
            y_image.append(y_map)
        y.append(y_image)
    return y


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
        x: the input that the forward pass saw, (N, C, H, W).
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
    if not x:
        return [[zeros(*shape(w)[2:], zero=zero) for _ in filter_o] for filter_o in w]
    rows, columns = _axes(x, w, None, stride, padding, dilation, groups)
    _check_error(dy, (len(x), len(w), rows.output, columns.output))
    i_and_a = rows.taps_by_kernel()  # for each u: error rows i and the image rows a they meet
    j_and_e = columns.taps_by_kernel()  # for each v: the same for columns
    channels_per_group, filters_per_group = len(w[0]), len(w) // groups
    dw = []
    for o in range(len(w)):
        first_channel = (o // filters_per_group) * channels_per_group
        dw_filter = []
        for k in range(first_channel, first_channel + channels_per_group):
            dw_slice = []
            for taps_u in i_and_a:
                # All pairs (error row, image row) that meet through filter row u, image by image.
                meeting = [
                    (dy_image[o][i], x_image[k][a])
                    for dy_image, x_image in zip(dy, x, strict=True)
                    for i, a in taps_u
                ]
                dw_row = []
                for taps_v in j_and_e:
                    total = zero
                    for dy_row, x_row in meeting:
                        for j, e in taps_v:
                            total += dy_row[j] * x_row[e]
                    dw_row.append(total)
                dw_slice.append(dw_row)
            dw_filter.append(dw_slice)
        dw.append(dw_filter)
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
        size: (H, W) of the input, which stride can make impossible to tell from dY.
        stride: as in the forward pass, like the other arguments.
        padding: see ``stride``.
        dilation: see ``stride``.
        groups: see ``stride``.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    rows, columns = check_input_gradient(dy, w, size, stride, padding, dilation, groups)
    u_and_i = rows.taps_by_input()  # for each h: the filter rows u and the error rows i it fed
    v_and_j = columns.taps_by_input()  # for each w: the same for columns
    zero = zero_of(w)
    channels_per_group, filters_per_group = len(w[0]), len(w) // groups
    dx = []
    for dy_image in dy:
        dx_image = []
        for k in range(channels_per_group * groups):
            first_filter = (k // channels_per_group) * filters_per_group
            c = k % channels_per_group
            group = range(first_filter, first_filter + filters_per_group)
            dx_map = []
            for taps_h in u_and_i:
                # All pairs (filter row, error row) through which image row h was seen.
                meeting = [(w[o][c][u], dy_image[o][i]) for o in group for u, i in taps_h]
                dx_row = []
                for taps_w in v_and_j:
                    total = zero
                    for w_row, dy_row in meeting:
                        for v, j in taps_w:
                            total += w_row[v] * dy_row[j]
                    dx_row.append(total)
                dx_map.append(dx_row)
            dx_image.append(dx_map)
        dx.append(dx_image)
    return dx


def _filters_and_channels(w: Batch, image: Volume, groups: int) -> list[tuple[Volume, Volume]]:
    """Each filter together with the input channels of its group."""
    channels_per_group, filters_per_group = len(w[0]), len(w) // groups
    pairs = []
    for o, filter_o in enumerate(w):
        first = (o // filters_per_group) * channels_per_group
        pairs.append((filter_o, image[first : first + channels_per_group]))
    return pairs


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
