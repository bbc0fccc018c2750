"""When a number is no longer finite: which layer it came from, and what may help."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from backlit.network import Network
from backlit.network.engine import Array, Recording

from .training import Training


def origin(net: Network, images: Array, labels: Array, training: bool = True) -> str:
    """Where on the way forward, then backward, a batch first meets a number that is not finite.

    A phrase for a message, with a comma before it; empty where the pass cannot be repeated.
    """
    try:
        with np.errstate(all="ignore"):
            recording = net.record(images, labels, training=training)
    except ArithmeticError:
        return ""
    return next(_findings(net, recording), "")


def _findings(net: Network, recording: Recording) -> Iterator[str]:
    for node in net.graph:
        if not np.isfinite(recording.activations[node.name]).all():
            yield f", first in the output of {node.name}"
    if not math.isfinite(recording.loss):
        yield f", although every output up to that of {net.graph.output} is finite"
    for node in reversed(list(net.graph)):
        if not np.isfinite(recording.errors[node.name]).all():
            yield f", first in the error that arrives at {node.name} on the way back"
        for name in node.parameter_shapes:
            if not np.isfinite(recording.gradients[f"{node.name}.{name}"]).all():
                yield f", first in the gradient of {node.name}.{name} on the way back"


def message(training: Training, what: str, where: str = "") -> str:
    """The sentence of a TrainingError, with the step and what may help."""
    position = training.position
    hints = [f"a lower learning rate (it was {training.learning_rate:.4g})"]
    if training.settings.clip is None:
        hints.append("clip=1.0")
    hints.append("a look at the images for extreme values")
    when = f"after epoch {position.epoch + 1}"
    if position.batch < training.batches:
        when = f"epoch {position.epoch + 1}, batch {position.batch + 1} of {training.batches}"
        when += f" (step {training.step + 1})"
    return f"{when}: {what}{where}; what may help is {', '.join(hints[:-1])} or {hints[-1]}"
