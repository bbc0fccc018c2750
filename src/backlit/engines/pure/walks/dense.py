"""The dense layer of :mod:`backlit.pure.dense`, with sums of products that Python runs in C."""

from operator import mul

from backlit.pure.dense import dense_sizes
from backlit.pure.nested import Matrix, Vector, zero_of


def dense_forward(x: Matrix, w: Matrix, b: Vector | None) -> Matrix:
    """Y[n,o] = b[o] + Σ_f W[o,f] · X[n,f]: each unit weighs all inputs and adds them up."""
    dense_sizes(x, w, b=b)
    biases = [zero_of(w)] * len(w) if b is None else b
    return [
        [sum(map(mul, row, x_row), bias) for row, bias in zip(w, biases, strict=True)]
        for x_row in x
    ]


def dense_backward(dy: Matrix, x: Matrix, w: Matrix) -> tuple[Matrix, Matrix, Vector]:
    """The three gradients of a dense layer, each with the weights from before any update."""
    dense_sizes(x, w, dy=dy)
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
