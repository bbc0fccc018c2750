"""Softmax and cross-entropy of float32 arrays."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.engines.fast.plan.builder import PlanPurpose
from backlit.engines.fast.plan.collecting import collect
from backlit.engines.fast.plan.outcome import public
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.simd.lanes import lanes
from backlit.engines.fast.threads import team
from backlit.errors import InputError
from backlit.layers import Flatten
from backlit.network.graph import Graph

from .arrays import Array, float32

__all__ = [
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
]


def softmax_cross_entropy_forward(z: Any, labels: Any) -> float:
    """L = (1/N) Σ_n (ln Σ_m e^{Z[n,m]} − Z[n, label(n)]).

    Args:
        z: scores of the classes, (N, K), any real numbers.
        labels: the true class of each image, N whole numbers from 0 to K − 1.

    Returns:
        The mean loss.

    Raises:
        InputError: an empty batch, or a label that is no class.
    """
    losses, _ = _pass(*_checked(z, labels))
    return float(losses.mean(dtype=np.float64))


def softmax_cross_entropy_backward(z: Any, labels: Any) -> Array:
    """dZ[n,k] = (P[n,k] − [k = label(n)])/N.

    Arguments and errors as in the forward pass.
    """
    _, dz = _pass(*_checked(z, labels))
    return dz


def _checked(z: Any, labels: Any) -> tuple[Array, NDArray[np.int64]]:
    z = float32("z", z, 2)
    if not len(z):
        raise InputError("an empty batch has no mean loss")
    classes = np.asarray(labels)
    if classes.shape != (len(z),) or classes.dtype.kind not in "iu":
        raise InputError(f"labels must be {len(z)} whole numbers, one for each row of z")
    wrong = np.flatnonzero((classes < 0) | (classes >= z.shape[1]))
    if wrong.size:
        n = wrong[0]
        raise InputError(f"label {classes[n]} of image {n} is not one of 0 to {z.shape[1] - 1}")
    return z, np.ascontiguousarray(classes, np.int64)


def _pass(z: Array, labels: NDArray[np.int64]) -> tuple[Array, Array]:
    """The loss of each image, and the error of the scores."""
    count, classes = z.shape
    builder = _builder(classes, lanes(), team().size)
    losses = np.empty(count, np.float32)
    external: dict[str, NDArray[Any]] = {
        "images": z.reshape(count, classes, 1, 1),
        "labels": labels,
        "losses": losses,
        "share": np.array([1 / count], np.float32),
    }
    runner = Runner(builder.plan(), team(), count, count)
    runner.run(count, external)
    return losses, public(runner, builder.errors[builder.graph.output], external)


@cache
def _builder(classes: int, width: int, threads: int) -> Any:
    graph = Graph((classes, 1, 1), [Flatten()])
    return collect(graph, PlanPurpose(True, gradients=True, everything=True), width, threads)
