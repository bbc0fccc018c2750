"""The fully connected (dense) layer.

    forward   Y[n,o]  = b[o] + Σ_f W[o,f] · X[n,f]          Y = X·Wᵀ + b
    weight    dW[o,f] = Σ_n dY[n,o] · X[n,f]                dW = dYᵀ·X
    bias      db[o]   = Σ_n dY[n,o]
    input     dX[n,f] = Σ_o dY[n,o] · W[o,f]                dX = dY·W

Shapes: X (N, F) · W (O, F) · b (O) · Y and dY (N, O).
Source: D. Rumelhart, G. Hinton, R. Williams, "Learning representations by back-propagating
errors", 1986.
"""

from operator import mul

from .nested import Matrix, Vector, check_shape, zero_of


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
    _check(x, w)
    if b is not None and len(b) != len(w):
        raise ValueError(f"b has {len(b)} entries for {len(w)} units")
    biases = [zero_of(w)] * len(w) if b is None else b
    return [
        [sum(map(mul, row, x_row), bias) for row, bias in zip(w, biases, strict=True)]
        for x_row in x
    ]


def dense_backward(dy: Matrix, x: Matrix, w: Matrix) -> tuple[Matrix, Matrix, Vector]:
    """The three gradients of a dense layer, each with the weights from before any update.

    Args:
        dy: the error dL/dY, (N, O).
        x: the input that the forward pass saw, (N, F).
        w: the weights, (O, F).

    Returns:
        (dX, dW, db) in the shapes of X, W and b.

    Raises:
        ValueError: shapes that do not fit each other.
    """
    _check(x, w)
    if len(dy) != len(x) or check_shape("dy", dy, 2)[1:] not in {(), (len(w),)}:
        raise ValueError(f"dy must have the shape of the output, {(len(x), len(w))}")
    zero = zero_of(w)
    if not x:
        return [], [[zero] * len(row) for row in w], [zero] * len(w)
    inputs = list(zip(*x, strict=True))  # for each f: its value in every image
    errors = list(zip(*dy, strict=True))  # for each o: its error in every image
    weights = list(zip(*w, strict=True))  # for each f: the weights it goes out through
    dx = [[sum(map(mul, dy_row, column), zero) for column in weights] for dy_row in dy]
    dw = [[sum(map(mul, error, values), zero) for values in inputs] for error in errors]
    db = [sum(error, zero) for error in errors]
    return dx, dw, db


def _check(x: Matrix, w: Matrix) -> None:
    _, inputs = check_shape("w", w, 2)
    if x and check_shape("x", x, 2)[1] != inputs:
        raise ValueError(f"the weights expect {inputs} inputs, x has {len(x[0])}")
