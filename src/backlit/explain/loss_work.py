"""Softmax and cross-entropy, which stand behind the last layer: where the error begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from backlit.equations import Operation, softmax_cross_entropy
from backlit.network import Recording
from backlit.network.engine import Array

from .address import LOSS, PROBABILITY, THE_LOSS, Address
from .opened import evaluate_opened
from .part import Part


@dataclass(frozen=True)
class LossWork:
    """The loss's equations, and the arrays that their letters stand for."""

    operation: Operation
    tensors: Mapping[str, Array]
    arrays: Mapping[str, str]

    def forward(self, address: Address) -> Part:
        """One probability, or the loss."""
        probabilities, loss = self.operation.steps
        equation = probabilities if address.owner == PROBABILITY else loss
        evaluation = equation.evaluate(address.index, self.tensors)
        return Part(THE_LOSS, equation, evaluation, self.arrays)

    def error(self, index: tuple[int, ...]) -> Part:
        """The error of one score: P/N − T/N."""
        equation = self.operation.gradients["input"]
        evaluation = evaluate_opened(equation, index, self.tensors)
        return Part(THE_LOSS, equation, evaluation, self.arrays)


def loss_work(recording: Recording, output: str) -> LossWork:
    """The equations of the loss, with the arrays of one recorded pass.

    Args:
        recording: the pass.
        output: the name of the last layer.
    """
    truth = np.eye(recording.logits.shape[1])[recording.labels]
    tensors = {"Z": recording.logits, "P": recording.probabilities, "T": truth}
    arrays = {
        "Z": f"{output}.output",
        "dZ": f"{output}.error",
        "P": PROBABILITY,
        "T": "truth",
        "L": LOSS,
    }
    return LossWork(_operation(), tensors, arrays)


@cache
def _operation() -> Operation:
    return softmax_cross_entropy()
