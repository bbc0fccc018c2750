"""The engine "pure": a network run through the plain Python of :mod:`backlit.pure`.

Arrays become nested lists at the door and arrays again on the way out.  In between, the layers
work by the book, or where its loops take long by a quicker form of the same loops
(:mod:`~backlit.engines.pure.walks`).  All is plain Python on float64.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from backlit import pure
from backlit.layers import Call
from backlit.network.engine import Array, Arrays, ProposedStep, Recording
from backlit.network.graph import INPUT, Graph, Node
from backlit.pure.nested import Nested, apply2

from . import walks

# The functions of the book by name, and where there is a quicker form of one, that.
BOOK = SimpleNamespace(**{name: getattr(walks, name, getattr(pure, name)) for name in pure.__all__})


class PureEngine:
    """The arithmetic of one graph over nested lists, in float64.

    Args:
        graph: the network's graph.
        seed: of the dropout masks.
    """

    name = "pure"
    dtype = np.dtype(np.float64)

    def __init__(self, graph: Graph, seed: int) -> None:
        self.graph = graph
        self.seed = seed
        self._places = {node.name: place for place, node in enumerate(graph)}
        self._trained = graph.trained_upstream()

    def prepare(self, images: int) -> None:
        """There is nothing to prepare."""

    def plan(self, images: int, *, training: bool) -> str:
        """Layer after layer forward, and back again in training."""
        names = [node.name for node in self.graph]
        lines = [f"for a batch of {images}, one after the other, in plain Python"]
        lines += [f"  {name}" for name in names]
        if training:
            lines += ["  loss", *(f"  {name}: back" for name in reversed(names))]
        return "\n".join(lines)

    def forward(
        self, parameters: Arrays, buffers: Arrays, images: Array, *, training: bool, step: int
    ) -> Array:
        """The output of the last layer, (N, …)."""
        outputs, _ = self._forward(parameters, buffers, images, training, step)
        return self._array(outputs[self.graph.output], (len(images), *self.graph.output_shape))

    def loss_and_gradients(
        self, parameters: Arrays, buffers: Arrays, images: Array, labels: Array, *, step: int
    ) -> ProposedStep:
        """Mean softmax cross-entropy and dL/d of every parameter, in training mode."""
        outputs, calls = self._forward(parameters, buffers, images, True, step)
        scores = outputs[self.graph.output]
        classes = labels.tolist()
        loss = pure.softmax_cross_entropy_forward(scores, classes)
        _, gradients = self._backward(calls, scores, classes, self._trained.__contains__)
        return ProposedStep(
            float(loss),
            self._array(scores),
            {name: self._array(gradients[name]) for name in parameters},
            self._new_buffers(calls),
        )

    def record(
        self,
        parameters: Arrays,
        buffers: Arrays,
        images: Array,
        labels: Array,
        *,
        training: bool,
        step: int,
    ) -> Recording:
        """Everything that a pass forward and backward computes."""
        outputs, calls = self._forward(parameters, buffers, images, training, step)
        scores = outputs[self.graph.output]
        classes = labels.tolist()
        errors, gradients = self._backward(calls, scores, classes, lambda name: True)
        return Recording(
            images=images,
            labels=labels,
            loss=float(pure.softmax_cross_entropy_forward(scores, classes)),
            logits=self._array(scores),
            probabilities=self._array(pure.softmax(scores)),
            activations={name: self._array(output) for name, output in outputs.items()},
            errors={name: self._array(errors[name]) for name in outputs},
            gradients={name: self._array(gradients[name]) for name in parameters},
            auxiliary={
                name: {key: self._array(value) for key, value in call.auxiliary.items()}
                for name, call in calls.items()
                if call.auxiliary
            },
            training=training,
        )

    def _forward(
        self, parameters: Arrays, buffers: Arrays, images: Array, training: bool, step: int
    ) -> tuple[dict[str, Nested], dict[str, Call]]:
        """Every layer's output by name, and its call, which backward will want."""
        outputs: dict[str, Nested] = {INPUT: images.tolist()}
        calls: dict[str, Call] = {}
        for node in self.graph:
            call = Call(
                inputs=[outputs[name] for name in node.inputs],
                parameters=_lists(parameters, node, node.parameter_shapes),
                buffers=_lists(buffers, node, node.buffer_shapes),
                training=training,
                key=pure.dropout_key(self.seed, self._places[node.name], step),
                book=BOOK,
            )
            outputs[node.name] = node.layer.forward(call)
            calls[node.name] = call
        return outputs, calls

    def _backward(
        self,
        calls: dict[str, Call],
        scores: Nested,
        classes: list[int],
        needs_error: Callable[[str], bool],
    ) -> tuple[dict[str, Nested], dict[str, Nested]]:
        """The error of every output that needs one, and the gradient of every parameter."""
        errors = {self.graph.output: pure.softmax_cross_entropy_backward(scores, classes)}
        gradients: dict[str, Nested] = {}
        for node in reversed(list(self.graph)):
            if node.name not in errors:
                continue
            call = calls[node.name]
            call.needs_input_error = any(map(needs_error, node.inputs))
            input_errors, of_parameters = node.layer.backward(call, errors[node.name])
            for name, gradient in of_parameters.items():
                gradients[f"{node.name}.{name}"] = gradient
            for name, error in zip(node.inputs, input_errors, strict=True):
                if needs_error(name):
                    errors[name] = _add_up(errors.get(name), error)
        return errors, gradients

    def _new_buffers(self, calls: dict[str, Call]) -> dict[str, Array]:
        """What layers remember after this batch."""
        return {
            f"{node.name}.{name}": self._array(value)
            for node in self.graph
            for name, value in node.layer.new_buffers(calls[node.name]).items()
        }

    def _array(self, nested: Nested, shape: tuple[int, ...] | None = None) -> Array:
        array = np.array(nested, dtype=self.dtype)
        return array if shape is None else array.reshape(shape)


def _lists(arrays: Arrays, node: Node, names: dict[str, Any]) -> dict[str, Nested]:
    return {name: arrays[f"{node.name}.{name}"].tolist() for name in names}


def _add_up(first: Nested | None, second: Nested) -> Nested:
    """Errors that come back to the same output on several paths add up."""
    return second if first is None else apply2(lambda one, other: one + other, first, second)
