"""Two-dimensional convolution, forward and backward: one nest of loops, three lines inside it.

**The plain case.**  A filter is a small block of weights, as deep as the picture has channels.  Lay
it over the top left corner of the picture, multiply each weight by the number under it, and add up
the products and the filter's bias: that is one number of the output.  Slide the filter one column
to the right for the next number, and at the end of the row one row down.  The numbers that one
filter makes are a picture again, its output map.  So for the output in row i and column j, the
weight in row u and column v of the filter lies on the pixel in row i + u and column j + v.

**The general case.**  Stride s slides the filter s pixels at a time.  Padding p lets it begin p
pixels outside the image, where X is 0.  Dilation d leaves d − 1 pixels free between its weights.
The pixel is then in row a and column e of the image:

    a = i·s − p + u·d        e = j·s − p + v·d

i·s is where the filter begins, −p because it begins p rows above the image, and u·d is how far down
the filter the weight is.  With s = 2, p = 1 and d = 1, output row i = 0 and filter row u = 0 give
a = −1, which lies in the padding; i = 1 and u = 2 give a = 3.  A filter spans (kH − 1)·d + 1 rows,
so there are OH = ⌊(IH + 2p − (kH − 1)·d − 1)/s⌋ + 1 rows of output; OW is the same for columns.

With G groups, the C channels are cut into G parts of C_g = C/G, and the O filters into G parts of
O_g = O/G.  A filter sees only the channels of its own part: what is channel c for filter o is
channel k = (o // O_g)·C_g + c of the image.  For C = 4, O = 6 and G = 2, filters 0 to 2 see
channels 0 and 1, filters 3 to 5 see channels 2 and 3.  With one group, k = c.

**Backward.**  The *error* dY = dL/dY says how much the loss L changes with each output.  It arrives
from the next layer, and everything that happens later is already in it.  A weight that lies on a
pixel connects that pixel with one output, to which it adds the product W·X.  Say X = 3 and dY = 2:
a weight that is 0.01 larger makes the product 0.03 larger and the loss 0.06 larger, so the slope is
dY·X = 6.  In the same way a larger pixel is felt dY·W times.  On each connection meet a weight, a
pixel and an output, each with its gradient; each of the three lines multiplies two of them and adds
the product to the third:

    forward   Y[n][o][i][j]  += W[o][c][u][v]  * X[n][k][a][e]
    filter    dW[o][c][u][v] += dY[n][o][i][j] * X[n][k][a][e]
    input     dX[n][k][a][e] += dY[n][o][i][j] * W[o][c][u][v]

It is ``+=`` each time, and in whatever order the loops run, the sums are the same.  An output adds
up many products.  A weight is *shared*: it is used at every output position of every image, and all
of them add to its gradient.  A pixel lies under several windows and several filters, and all of
them add to its error.

Shapes: X (N, C, IH, IW) · W (O, C/G, kH, kW) · b (O) · Y and dY (N, O, OH, OW); dX and dW like X
and W.  OH, IW and kW are one name each: output height, input width, kernel width.  Nothing is
flipped: what the field calls a convolution is a cross-correlation.  The same sums seen from the
pixel's side, as other books write them, are in ``conv2d_faces.py``.
Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998.
"""

from collections.abc import Iterator
from typing import Any

from .conv2d_sizes import Sizes, conv2d_sizes
from .nested import Batch, Vector, zero_of, zeros


def connections(sizes: Sizes) -> Iterator[tuple[int, ...]]:
    """Visit each connection: weight W[o][c][u][v] joins pixel X[n][k][a][e] to Y[n][o][i][j].

    A loop ``for … in connections(sizes)`` runs once for each ``yield`` below, which hands it these
    ten indices and goes on from there when the loop asks for the next ten.
    """
    N, O, OH, OW = sizes.output  # the shape of Y
    _, C_g, kH, kW = sizes.filters  # the shape of W, whose first is O again
    _, _, IH, IW = sizes.input  # the shape of X, which begins with N and C
    O_g = O // sizes.groups
    s, p, d = sizes.stride, sizes.padding, sizes.dilation  # each has [0] for rows, [1] for columns
    for n in range(N):  # each image
        for o in range(O):  # each filter
            for i in range(OH):  # each row of the output
                for j in range(OW):  # each column of the output
                    for c in range(C_g):  # each channel that the filter sees
                        k = (o // O_g) * C_g + c  # the same channel, counted in the image
                        for u in range(kH):  # each row of the filter
                            for v in range(kW):  # each column of the filter
                                a = i * s[0] - p[0] + u * d[0]
                                e = j * s[1] - p[1] + v * d[1]
                                # In the padding X is 0, which adds nothing, and there is no pixel
                                # that could take an error.  (X[-1] would be the last row.)
                                if 0 <= a < IH and 0 <= e < IW:
                                    yield n, o, i, j, c, u, v, k, a, e


def conv2d_forward(
    x: Batch,
    w: Batch,
    b: Vector | None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,k,a,e], where k, a, e follow from c, u, v.

    Args:
        x: images, (N, C, IH, IW).
        w: filters, (O, C/G, kH, kW).
        b: one bias for each filter, (O), or None.
        stride: step of the window, an int or (rows, columns).
        padding: zeros around the image: an int, (rows, columns), ((top, bottom), (left, right)),
            "same" or "valid".
        dilation: distance of neighboring filter weights on the image, an int or (rows, columns).
        groups: the channels are cut into so many groups, each with filters of its own.

    Returns:
        The output maps, (N, O, OH, OW).

    Raises:
        ValueError: shapes that do not fit each other.
    """
    X, W = x, w  # no copies, only the capital letters of the equations
    sizes = conv2d_sizes(W, stride, padding, dilation, groups, x=X, b=b)
    Y: Batch = zeros(*sizes.output, zero=zero_of(W))  # the zero of the kind of number that W holds
    if b is not None:
        add_bias(Y, b)
    for n, o, i, j, c, u, v, k, a, e in connections(sizes):
        Y[n][o][i][j] += W[o][c][u][v] * X[n][k][a][e]
    return Y


def conv2d_filter_gradient(
    dy: Batch,
    x: Batch,
    w: Batch,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,k,a,e].

    ``dy`` is the error dL/dY, (N, O, OH, OW).  Of ``w`` only the shape is used, and whether its
    numbers are floats or fractions.  The other arguments, and what is raised, are those of
    :func:`conv2d_forward`.
    """
    dY, X, W = dy, x, w
    sizes = conv2d_sizes(W, stride, padding, dilation, groups, x=X, dy=dY)
    dW: Batch = zeros(*sizes.filters, zero=zero_of(W))
    for n, o, i, j, c, u, v, k, a, e in connections(sizes):
        dW[o][c][u][v] += dY[n][o][i][j] * X[n][k][a][e]
    return dW


def conv2d_input_gradient(
    dy: Batch,
    w: Batch,
    size: tuple[int, int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Batch:
    """dX[n,k,a,e] = Σ dY[n,o,i,j] · W[o,c,u,v] over all connections of that pixel.

    ``dy`` is the error dL/dY, (N, O, OH, OW), and ``size`` the (IH, IW) of the input, which dY does
    not tell: with stride 2, a filter of 2 by 2 makes 2 by 2 outputs of 4 by 4 pixels and of 5 by 5.
    The other arguments, and what is raised, are those of :func:`conv2d_forward`.
    """
    dY, W = dy, w
    sizes = conv2d_sizes(W, stride, padding, dilation, groups, size=size, dy=dY)
    dX: Batch = zeros(*sizes.input, zero=zero_of(W))
    for n, o, i, j, c, u, v, k, a, e in connections(sizes):
        dX[n][k][a][e] += dY[n][o][i][j] * W[o][c][u][v]
    return dX


def add_bias(Y: Batch, b: Vector) -> None:
    """Y[n,o,i,j] += b[o]: each filter adds its bias to its whole map."""
    for n in range(len(Y)):
        for o in range(len(b)):
            for i in range(len(Y[n][o])):
                for j in range(len(Y[n][o][i])):
                    Y[n][o][i][j] += b[o]


def conv2d_bias_gradient(dy: Batch, filters: int) -> Vector:
    """db[o] = Σ_{n,i,j} dY[n,o,i,j]: a bias collects the error of its filter's whole map."""
    dY = dy
    db = [zero_of(dY)] * filters
    for n in range(len(dY)):
        for o in range(filters):
            for i in range(len(dY[n][o])):
                for j in range(len(dY[n][o][i])):
                    db[o] += dY[n][o][i][j]
    return db


def conv2d_backward(
    dy: Batch,
    x: Batch,
    w: Batch,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> tuple[Batch, Batch, Vector]:
    """All three gradients of a convolution.

    Nothing is updated here: change W only when all three are known, since dX needs the old W.

    The first argument is the error dL/dY, (N, O, OH, OW); the others, and the errors that are
    raised, are those of :func:`conv2d_forward`.  The result is (dX, dW, db) in the shapes of X, W
    and b.
    """
    options = (stride, padding, dilation, groups)
    dw = conv2d_filter_gradient(dy, x, w, *options)
    db = conv2d_bias_gradient(dy, len(w))
    if not len(x):  # no images: nothing says how large they would be
        return [], dw, db
    IH, IW = len(x[0][0]), len(x[0][0][0])
    return conv2d_input_gradient(dy, w, (IH, IW), *options), dw, db
