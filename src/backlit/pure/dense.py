"""The fully connected (dense) layer.

    forward   Y[n,o]  = b[o] + Σ_f W[o,f] · X[n,f]          Y = X·Wᵀ + b
    weight    dW[o,f] = Σ_n dY[n,o] · X[n,f]                dW = dYᵀ·X
    bias      db[o]   = Σ_n dY[n,o]
    input     dX[n,f] = Σ_o dY[n,o] · W[o,f]                dX = dY·W

Shapes: X (N, F) · W (O, F) · b (O) · Y and dY (N, O).
Source: D. Rumelhart, G. Hinton, R. Williams, "Learning representations by back-propagating
errors", 1986.
"""

from .nested import Matrix, Vector, check_shape, zero_of, zeros


def dense_forward(x: Matrix, w: Matrix, b: Vector | None) -> Matrix:
    """Y[n,o] = b[o] + Σ_f W[o,f] · X[n,f]: each unit weighs all inputs and adds them up.

    Args:
        x: inputs, (N, F).
        w: weights, (O, F), one row for each of O units.
        b: one bias for each unit, (O), or None.

    Returns:
        The outputs, (N, O).

    Raises:
        ValueError: shapes that do not fit each other.
    """
    X, W = x, w
    N, O, F = dense_sizes(X, W, b=b)
    Y: Matrix = zeros(N, O, zero=zero_of(W))
    for n in range(N):  # each image
        for o in range(O):  # each unit
            if b is not None:
                Y[n][o] += b[o]
            for f in range(F):  # each input
                Y[n][o] += W[o][f] * X[n][f]
    return Y


def dense_backward(dy: Matrix, x: Matrix, w: Matrix) -> tuple[Matrix, Matrix, Vector]:
    """The three gradients of a dense layer; nothing is updated, so W is the same for all of them.

    Args:
        dy: the error dL/dY, (N, O).
        x: the input that the forward pass saw, (N, F).
        w: the weights, (O, F).

    Returns:
        (dX, dW, db) in the shapes of X, W and b.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    dY, X, W = dy, x, w
    N, O, F = dense_sizes(X, W, dy=dY)
    zero = zero_of(W)
    dX, dW, db = zeros(N, F, zero=zero), zeros(O, F, zero=zero), zeros(O, zero=zero)
    for n in range(N):  # each image
        for o in range(O):  # each unit
            db[o] += dY[n][o]
            for f in range(F):  # each input
                dW[o][f] += dY[n][o] * X[n][f]
                dX[n][f] += dY[n][o] * W[o][f]
    return dX, dW, db


def dense_sizes(
    x: Matrix, w: Matrix, *, b: Vector | None = None, dy: Matrix | None = None
) -> tuple[int, int, int]:
    """(N, O, F), once the arguments are known to fit each other.

    Raises:
        ValueError: they do not.
    """
    units, inputs = check_shape("w", w, 2)
    if len(x) and check_shape("x", x, 2)[1] != inputs:
        raise ValueError(f"the weights expect {inputs} inputs, x has {len(x[0])}")
    if b is not None and len(b) != units:
        raise ValueError(f"b has {len(b)} entries for {units} units")
    if dy is not None:
        columns = check_shape("dy", dy, 2)[1:]  # none in an empty batch
        if len(dy) != len(x) or (dy and columns != (units,)):
            raise ValueError(f"dy must have the shape of the output, {(len(x), units)}")
    return len(x), units, inputs
