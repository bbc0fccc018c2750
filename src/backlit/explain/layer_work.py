"""The equations of a layer, and which arrays their letters stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backlit.equations import Equation, Operation
from backlit.network import Node, Recording
from backlit.network.engine import Array
from backlit.network.graph import INPUT

from .address import Address
from .opened import evaluate_opened
from .part import Part


@dataclass(frozen=True)
class LayerWork:
    """A layer's equations, and the arrays that their letters stand for.

    Attributes:
        node: the layer in its place.
        operation: its equations.
        tensors: the arrays by letter.
        arrays: their names by letter; see :class:`Part`.
    """

    node: Node
    operation: Operation
    tensors: Mapping[str, Array]
    arrays: Mapping[str, str]

    def forward(self, address: Address) -> Part:
        """The output at ``address``."""
        return self._part(self.operation.forward, address.index)

    def parameter(self, address: Address) -> Part:
        """The gradient of the parameter at ``address``."""
        return self._part(self.operation.gradients[address.quantity], address.index)

    def input_errors(self, name: str, index: tuple[int, ...]) -> list[Part]:
        """What this layer sends back to the output ``name`` that it reads, maybe more than once."""
        gradients = self.operation.gradients
        parts = []
        for place, read in enumerate(self.node.inputs, start=1):
            if read == name:
                equation = gradients.get(f"input{place}") or gradients["input"]
                parts.append(self._part(equation, index, self.node.layer.adds_ways))
        return parts

    def _part(self, equation: Equation, index: tuple[int, ...], opened: bool = False) -> Part:
        evaluate = evaluate_opened if opened else Equation.evaluate
        evaluation = evaluate(equation, index, self.tensors)
        return Part(self.node.name, equation, evaluation, self.arrays)


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
        arrays[f"d{letter}"] = f"dL/d {name}.{quantity}"
    for quantity, array in recording.auxiliary.get(name, {}).items():
        letter = node.layer.letters[quantity]
        tensors[letter], arrays[letter] = array, f"{name}.{quantity}"
    return LayerWork(node, _operation(node, recording.training), tensors, arrays)


@lru_cache(maxsize=1000)  # every trace of a network asks for the same
def _operation(node: Node, training: bool) -> Operation:
    return node.layer.operation(node.input_shapes, training)
