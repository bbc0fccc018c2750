"""One layer as a plan of its own: the same kernels as in a whole network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from backlit.engines.fast.plan.builder import Builder, PlanPurpose
from backlit.engines.fast.plan.collecting import collect, collect_from_error
from backlit.engines.fast.plan.outcome import public
from backlit.engines.fast.plan.running import CHUNK, Runner
from backlit.engines.fast.simd.lanes import lanes
from backlit.engines.fast.threads import team
from backlit.layers import Layer, Shape
from backlit.network.graph import INPUT, Graph
from backlit.system.turns import Turns

from .arrays import Array

_KEPT = 64  # plans, with their memory


class Single:
    """A layer, perhaps behind others that bring its input into shape, run alone.

    Args:
        shape: (C, H, W) of what goes in.
        layers: the last one is the operation.
        training: whether it behaves as in training.
    """

    def __init__(self, shape: Shape, layers: Sequence[Layer], training: bool) -> None:
        self.graph = Graph(shape, layers)
        self.name = self.graph.output
        self.training = training
        self._runners: dict[bool, tuple[Builder, Runner]] = {}
        self._turns = Turns(self._runners.clear)  # a plan's memory is used by one call at a time

    @property
    def output_shape(self) -> Shape:
        """The shape of the output, without the batch."""
        return self.graph.output_shape

    def forward(self, images: Array, parameters: Mapping[str, Array]) -> Array:
        """The output; ``parameters`` by their names in the layer."""
        with self._turns:
            external = self._external(images, parameters)
            builder, runner = self._run(False, external)
            return public(runner, builder.values[self.name], external)

    def backward(
        self, dy: Array, images: Array, parameters: Mapping[str, Array]
    ) -> tuple[Array, dict[str, Array]]:
        """The error of the input, and the gradients of the layer's parameters by name."""
        with self._turns:
            external = self._external(images, parameters)
            external["error"] = dy
            gradients = {
                name: np.zeros(shape, np.float32)
                for name, shape in self.graph[self.name].parameter_shapes.items()
            }
            for name, array in gradients.items():
                external[f"{self.name}.{name}.gradient"] = array
            builder, runner = self._run(True, external)
            return public(runner, builder.errors[INPUT], external), gradients

    def _external(self, images: Array, parameters: Mapping[str, Array]) -> dict[str, Array]:
        return {
            "images": images.reshape(len(images), *self.graph.input_shape),
            **{f"{self.name}.{name}": array for name, array in parameters.items()},
        }

    def _run(self, backward: bool, external: dict[str, Array]) -> tuple[Builder, Runner]:
        count = len(external["images"])
        found = self._runners.get(backward)
        if found is None or found[1].capacity < count:
            builder = found[0] if found else self._built(backward)
            found = builder, Runner(builder.plan(), team(), CHUNK, count)
            self._runners[backward] = found
        found[1].run(count, external)
        return found

    def _built(self, backward: bool) -> Builder:
        if backward:
            return collect_from_error(self.graph, self.training, lanes(), team().size)
        purpose = PlanPurpose(self.training, gradients=False, everything=True)
        return collect(self.graph, purpose, lanes(), team().size)


def single(shape: Shape, *layers: Layer, training: bool = True, **_: Any) -> Single:
    """The plan of these layers, made when it is first asked for."""
    return _single(tuple(shape), layers, training, lanes(), team().size)


@lru_cache(_KEPT)
def _single(
    shape: Shape, layers: tuple[Layer, ...], training: bool, width: int, threads: int
) -> Single:
    return Single(shape, layers, training)
