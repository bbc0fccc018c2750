"""Flatten: write the maps of an image one after the other as one long row, and back again.

    forward   Y[n, (c·IH + h)·IW + w] = X[n,c,h,w]
    input     dX[n,c,h,w] = dY[n, (c·IH + h)·IW + w]

Nothing is computed.  This is the place where the error of the dense layers becomes error *maps*
again: each number goes back to the pixel that it came from.
"""

from .nested import Batch, Matrix, check_shape


def flatten_forward(x: Batch) -> Matrix:
    """Y[n, (c·IH + h)·IW + w] = X[n,c,h,w].

    Args:
        x: maps, (N, C, IH, IW).

    Returns:
        Rows, (N, C·IH·IW).
    """
    return [[number for x_map in image for row in x_map for number in row] for image in x]


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
    if not x:
        return []
    _, channels, height, width = check_shape("x", x, 4)
    if check_shape("dy", dy, 2) != (len(x), channels * height * width):
        raise ValueError(f"dy must have shape {(len(x), channels * height * width)}")
    return [
        [
            [row[(c * height + h) * width : (c * height + h + 1) * width] for h in range(height)]
            for c in range(channels)
        ]
        for row in dy
    ]
