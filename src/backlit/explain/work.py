"""Which equations give a number: those of its layer, with the arrays that their letters stand for.

Two gradients are written with a bracket because they are best understood so: probability minus
truth, and the three ways back through a batch norm.  To follow one way, it needs a term of its own:
there a·(b − c) is read as the two terms a·b and −a·c, see :func:`opened`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

from backlit.equations import ElementEvaluation, Equation, Operation, softmax_cross_entropy
from backlit.equations.expressions import Constant, Expression, Product, Ratio, Total
from backlit.network import Node, Recording
from backlit.network.engine import Array
from backlit.network.graph import INPUT

from .address import LOSS, PROBABILITY, THE_LOSS, Address
from .agreement import inside_layer, inside_softmax
from .explanation import Part

_GRADIENT = ".gradient"  # how the key of a parameter's gradient ends


@dataclass(frozen=True)
class LayerWork:
    """A layer's equations, and the arrays that their letters stand for.

    Attributes:
        node: the layer in its place.
        operation: its equations.
        tensors: the arrays by letter.
        arrays: their keys by letter: those of :func:`.address.addressable_shapes`, and
            "conv1.weight.gradient".
    """

    node: Node
    operation: Operation
    tensors: Mapping[str, Array]
    arrays: Mapping[str, str]

    def forward(self, address: Address) -> Part:
        """The output at ``address``."""
        return self._part(self.operation.forward, "output", address.index)

    def parameter(self, address: Address) -> Part:
        """The gradient of the parameter at ``address``."""
        equation = self.operation.gradients[address.quantity]
        return self._part(equation, "parameter", address.index)

    def input_errors(self, name: str, index: tuple[int, ...]) -> list[Part]:
        """What this layer sends back to the output ``name`` that it reads, maybe more than once."""
        gradients = self.operation.gradients
        parts = []
        for place, read in enumerate(self.node.inputs, start=1):
            if read == name:
                equation = gradients.get(f"input{place}") or gradients["input"]
                parts.append(self._part(equation, "error", index))
        return parts

    @cached_property
    def _names(self) -> dict[str, str]:
        """What the letters stand for as it is shown, by letter; see :class:`Part`."""
        return {letter: _shown(key) for letter, key in self.arrays.items()}

    def _part(self, equation: Equation, role: str, index: tuple[int, ...]) -> Part:
        layer = self.node.layer
        opens = role == "error" and layer.adds_ways
        evaluate = evaluate_opened if opens else Equation.evaluate
        evaluation = evaluate(equation, index, self.tensors)
        inside = inside_layer(layer, self.tensors, role, index)
        return Part(self.node.name, equation, evaluation, self._names, inside)


def _shown(key: str) -> str:
    """An array's key as a reader knows it: the gradient of a parameter is "dL/d conv1.weight"."""
    return f"dL/d {key.removesuffix(_GRADIENT)}" if key.endswith(_GRADIENT) else key


def layer_work(node: Node, recording: Recording, parameters: Mapping[str, Array]) -> LayerWork:
    """The equations of one layer, with the arrays of one recorded pass."""
    name = node.name
    tensors = {"Y": recording.activations[name], "dY": recording.errors[name]}
    arrays = {"Y": f"{name}.output", "dY": f"{name}.error"}
    identity = node.layer.is_identity(node.input_shapes[0], recording.training)
    single = len(node.inputs) == 1 and not identity
    for place, read in enumerate(node.inputs, start=1):
        letter = "X" if single else f"X{place}"
        tensors[letter] = recording.activations[read]
        arrays[letter] = read if read == INPUT else f"{read}.output"
        arrays[f"d{letter}"] = f"{read}.error"
    for quantity in node.parameter_shapes:
        letter = node.layer.letters[quantity]
        tensors[letter] = parameters[f"{name}.{quantity}"]
        tensors[f"d{letter}"] = recording.gradients[f"{name}.{quantity}"]
        arrays[letter] = f"{name}.{quantity}"
        arrays[f"d{letter}"] = f"{name}.{quantity}{_GRADIENT}"
    for quantity, array in recording.auxiliary.get(name, {}).items():
        letter = node.layer.letters[quantity]
        tensors[letter], arrays[letter] = array, f"{name}.{quantity}"
    return LayerWork(node, _operation(node, recording.training), tensors, arrays)


@lru_cache(maxsize=1000)  # every trace of a network asks for the same
def _operation(node: Node, training: bool) -> Operation:
    return node.layer.operation(node.input_shapes, training)


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
        return Part(THE_LOSS, equation, evaluation, self.arrays, inside_softmax(self.tensors["Z"]))

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
    return LossWork(_of_the_loss(), tensors, arrays)


@cache
def _of_the_loss() -> Operation:
    return softmax_cross_entropy()


def evaluate_opened(
    equation: Equation, index: tuple[int, ...], tensors: Mapping[str, Any]
) -> ElementEvaluation:
    """One element of the equation, with a term for each piece of the bracket in it."""
    whole, right = equation.evaluate(index, tensors), opened(equation.right)
    if right is equation.right:
        return whole
    pieces = replace(equation, right=right).evaluate(index, tensors)
    return replace(whole, terms=pieces.terms, total=pieces.total)


def opened(right: Expression) -> Expression:
    """A right-hand side with the bracket in it multiplied out; others stay as they are."""
    match right:
        case Ratio(Total(pieces), below):
            outside: Expression = Ratio(Constant(1), below)
        case Product((outside, Total(pieces))):
            pass
        case _:
            return right
    return Total(tuple((sign, Product((outside, *_factors(piece)))) for sign, piece in pieces))


def _factors(piece: Expression) -> tuple[Expression, ...]:
    return piece.factors if isinstance(piece, Product) else (piece,)
