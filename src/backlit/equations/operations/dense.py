"""The fully connected layer: every output sees every input."""

from __future__ import annotations

from ..equation import Equation
from ..expressions import sum_over
from ..indices import index, size
from ..operation import Operation
from ..tensors import Tensor
from .building import gradient_of, n

F = size("F", "number of inputs of each image")
O = size("O", "number of outputs of each image")  # noqa: E741

o = index("o", O, "output")
f = index("f", F, "input")


def dense(bias: bool = True) -> Operation:
    """Y[n,o] = b[o] + Σ_f W[o,f] · X[n,f].

    Args:
        bias: whether b is added.
    """
    X = Tensor("X", (n, f), "input")
    W = Tensor("W", (o, f), "weights", learned=True)
    b = Tensor("b", (o,), "bias, one number for each output", learned=True)
    Y = Tensor("Y", (n, o), "output")
    products = sum_over((f,), W[o, f] * X[n, f])
    forward = Equation(
        name="output",
        kind="forward",
        left=Y[n, o],
        right=b[o] + products if bias else products,
        words="Each output is the sum of all inputs, each times a weight of its own"
        + (", and a bias." if bias else "."),
        vocabulary=(X, W, b, Y),
    )
    gradients = {
        "weight": gradient_of(
            forward,
            W,
            "A weight's gradient is the error at its output times the input it met, added up over "
            "the images.",
        )
    }
    if bias:
        gradients["bias"] = gradient_of(
            forward, b, "The bias's gradient is the error at its output, added up over the images."
        )
    gradients["input"] = gradient_of(
        forward,
        X,
        "An input fed every output, so it collects all their errors, each times its weight.",
    )
    return Operation("dense", "Dense (fully connected) layer", (forward,), gradients)
