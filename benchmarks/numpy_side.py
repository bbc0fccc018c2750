"""The side of a learner: :mod:`benchmarks.numpy_cnn` with the layers of a case."""

from __future__ import annotations

from typing import Any

import numpy as np

import backlit as bl
from backlit.network import Node
from benchmarks import numpy_cnn
from benchmarks.cases import Case


class Side:
    """See :mod:`benchmarks.worker` for what a side can be asked."""

    def __init__(self, case: Case, way: str) -> None:
        self._nodes = list(bl.Network(case.shape, case.layers(), engine="pure").graph)

    def load(self, parameters: dict[str, Any], images: Any, labels: Any) -> None:
        self.layers = {node.name: _layer(node, parameters) for node in self._nodes}
        self.images, self.labels = images, labels
        self._chain = list(self.layers.values())
        self._optimizer = numpy_cnn.SGD(self._chain, 1e-4, momentum=0.9)

    def gradients(self) -> tuple[float, dict[str, Any]]:
        loss = numpy_cnn.loss_and_gradients(self._chain, self.images, self.labels)
        return loss, {
            f"{node}.{name}": array
            for node, layer in self.layers.items()
            for name, array in layer.gradients.items()
        }

    def step(self) -> None:
        numpy_cnn.loss_and_gradients(self._chain, self.images, self.labels)
        self._optimizer.step()

    def predict(self) -> Any:
        scores = self.images
        for layer in self._chain:
            scores = layer.forward(scores)
        return scores


def _layer(node: Node, parameters: dict[str, Any]) -> numpy_cnn.Layer:
    layer: Any = node.layer
    kind = type(layer).__name__
    own = {
        letter: np.array(parameters[f"{node.name}.{name}"])  # a copy, since it is trained
        for letter, name in (("W", "weight"), ("b", "bias"))
        if f"{node.name}.{name}" in parameters
    }
    if kind == "Conv2d":
        first = node.inputs == ("input",)
        return numpy_cnn.Convolution(padding=layer.padding, first=first, **own)
    known: dict[str, Any] = {
        "MaxPool2d": lambda: numpy_cnn.MaxPool(layer.kernel_size),
        "Dense": lambda: numpy_cnn.Dense(**own),
        "Flatten": numpy_cnn.Flatten,
        "ReLU": numpy_cnn.ReLU,
        "ELU": numpy_cnn.ELU,
    }
    found: numpy_cnn.Layer = known[kind]()
    return found
