"""The update: a small step against the gradient."""

from __future__ import annotations

from ..conditions import phrase
from ..equation import Equation
from ..expressions import Number
from ..operation import Operation
from ..tensors import Tensor
from .building import scalar


def update(learning_rate: Number | None = None, parameter: str = "W") -> Operation:
    """W ← W − η·dW, plain gradient descent.

    Args:
        learning_rate: η; None leaves the letter.
        parameter: the letter of what is learned, for example "b".
    """
    eta = scalar("η", learning_rate, "learning rate: how large the step is", "learning_rate")
    W = Tensor(parameter, None, "what is learned", learned=True)
    equation = Equation(
        name=f"new {parameter}",
        kind="update",
        left=W[...],
        right=W[...] - eta * W.gradient[...],
        relation="←",
        words="Each number moves a small step against its gradient, so that the loss falls.",
        conditions=(phrase("every gradient was computed with the numbers from before the update"),),
        vocabulary=(W, W.gradient),
    )
    return Operation("update", "Update (plain gradient descent)", (equation,))
