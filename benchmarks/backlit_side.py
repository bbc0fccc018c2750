"""Our side of a comparison: one network, its steps and its predictions."""

from __future__ import annotations

from typing import Any

import numpy as np

import backlit as bl
from backlit.training.interrupts import Interrupts
from backlit.training.settings import Settings
from backlit.training.stepping import Stepper
from backlit.training.training import Training
from benchmarks.cases import Case


class Side:
    """See :mod:`benchmarks.worker` for what a side can be asked."""

    def __init__(self, case: Case, way: str) -> None:
        self.net = bl.Network(case.shape, case.layers(), engine=way or "fast")

    def load(self, parameters: dict[str, Any], images: Any, labels: Any) -> None:
        self.net.load_parameters(parameters)
        self.images = np.asarray(images, self.net.dtype)
        self.labels = np.asarray(labels)
        settings = Settings(optimizer=bl.SGD(1e-4, momentum=0.9))
        self._stepper = Stepper(Training(self.net, settings, len(labels)), Interrupts())

    def gradients(self) -> tuple[float, dict[str, Any]]:
        return self.net.loss_and_gradients(self.images, self.labels)

    def step(self) -> None:
        self._stepper.step(self.images, self.labels)

    def predict(self) -> Any:
        return self.net.forward(self.images)
