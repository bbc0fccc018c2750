"""Each kind of layer and its equations, and which arrays their letters stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from backlit import equations
from backlit.equations import Equation, Operation
from backlit.layers import (
    ELU,
    GELU,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Tanh,
)
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
                opened = isinstance(self.node.layer, BatchNorm2d)
                parts.append(self._part(equation, index, opened))
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
    single = len(node.inputs) == 1 and not _is_identity(node, recording.training)
    for place, read in enumerate(node.inputs, start=1):
        letter = "X" if single else f"X{place}"
        tensors[letter] = recording.activations[read]
        arrays[letter] = read if read == INPUT else f"{read}.output"
        arrays[f"d{letter}"] = f"{read}.error"
    for quantity, letter in _parameter_letters(node).items():
        tensors[letter] = parameters[f"{name}.{quantity}"]
        tensors[f"d{letter}"] = recording.gradients[f"{name}.{quantity}"]
        arrays[letter] = f"{name}.{quantity}"
        arrays[f"d{letter}"] = f"dL/d {name}.{quantity}"
    for quantity, array in recording.auxiliary.get(name, {}).items():
        letter = _AUXILIARY[quantity]
        tensors[letter], arrays[letter] = array, f"{name}.{quantity}"
    return LayerWork(node, _operation(node, recording.training), tensors, arrays)


_AUXILIARY = {"mean": "μ", "variance": "σ²", "mask": "M"}


def _parameter_letters(node: Node) -> dict[str, str]:
    norm = isinstance(node.layer, BatchNorm2d)
    letters = {"weight": "γ", "bias": "β"} if norm else {"weight": "W", "bias": "b"}
    return {quantity: letters[quantity] for quantity in node.parameter_shapes}


def _is_identity(node: Node, training: bool) -> bool:
    """Dropout in evaluation, and a Flatten of what is flat already."""
    if isinstance(node.layer, Flatten):
        return len(node.input_shapes[0]) == 1
    return isinstance(node.layer, Dropout) and not training


@lru_cache(maxsize=1000)  # every trace of a network asks for the same
def _operation(node: Node, training: bool) -> Operation:
    """The one table of which layer has which equations."""
    if _is_identity(node, training):
        return equations.add(1)
    match node.layer:
        case Conv2d() as layer:
            return equations.conv2d(
                layer.kernel_size,
                layer.stride,
                layer.padding,
                layer.dilation,
                layer.groups,
                layer.bias,
            )
        case MaxPool2d() as layer:
            return equations.max_pool2d(layer.kernel_size, layer.step, layer.padding)
        case AvgPool2d() as layer:
            window = layer.kernel_size, layer.step, layer.padding
            return equations.avg_pool2d(*window, layer.count_include_pad)
        case Concat():
            channels = [shape[0] for shape in node.input_shapes]
            return equations.concat(channels, maps=len(node.output_shape) == 3)
        case Dense(bias=bias):
            return equations.dense(bias)
        case LeakyReLU(slope=slope):
            return equations.leaky_relu(slope)
        case ELU(alpha=alpha):
            return equations.elu(alpha)
        case BatchNorm2d(eps=eps):
            return equations.batch_norm2d(training, eps)
        case Dropout(rate=rate):
            return equations.dropout(rate)
        case Add():
            return equations.add(len(node.inputs))
    return _WITHOUT_OPTIONS[type(node.layer)]()


_WITHOUT_OPTIONS: dict[type[Layer], Callable[[], Operation]] = {
    Flatten: equations.flatten,
    GlobalAvgPool2d: equations.global_avg_pool2d,
    ReLU: equations.relu,
    Sigmoid: equations.sigmoid,
    Tanh: equations.tanh,
    GELU: equations.gelu,
    SiLU: equations.silu,
}
