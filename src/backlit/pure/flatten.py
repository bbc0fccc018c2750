"""Flatten: write the maps of an image one after the other as one long row, and back again.

    forward   Y[n, (c·IH + h)·IW + w] = X[n,c,h,w]
    input     dX[n,c,h,w] = dY[n, (c·IH + h)·IW + w]

Nothing is computed.  This is the place where the error of the dense layers becomes error *maps*
again: each number goes back to the pixel that it came from.
"""

from .nested import Batch, Matrix, check_shape, zero_of, zeros


def flatten_forward(x: Batch) -> Matrix:
    """Y[n, (c·IH + h)·IW + w] = X[n,c,h,w].

    Args:
        x: maps, (N, C, IH, IW).

    Returns:
        Rows, (N, C·IH·IW).
    """
    if not len(x):
        return []
    X, (N, C, IH, IW) = x, check_shape("x", x, 4)
    Y: Matrix = zeros(N, C * IH * IW, zero=zero_of(X))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    Y[n][(c * IH + h) * IW + w] = X[n][c][h][w]
    return Y


def flatten_backward(dy: Matrix, x: Batch) -> Batch:
    """dX[n,c,h,w] = dY[n, (c·IH + h)·IW + w].

    Args:
        dy: the error dL/dY, (N, C·IH·IW).
        x: the maps that the forward pass saw, (N, C, IH, IW); only their shape is used.

    Returns:
        Error maps, (N, C, IH, IW).

    Raises:
        ValueError: dY does not have as many numbers as X.
    """
    if not len(x):
        return []
    dY, (N, C, IH, IW) = dy, check_shape("x", x, 4)
    if check_shape("dy", dY, 2) != (N, C * IH * IW):
        raise ValueError(f"dy must have shape {(N, C * IH * IW)}")
    dX: Batch = zeros(N, C, IH, IW, zero=zero_of(dY))
    for n in range(N):  # each image
        for c in range(C):  # each channel
            for h in range(IH):  # each row
                for w in range(IW):  # each column
                    dX[n][c][h][w] = dY[n][(c * IH + h) * IW + w]
    return dX
