"""The graph of a network: named layers, who reads whom, every shape before any number exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from backlit.errors import AddressError, BacklitError, ConfigurationError, ShapeError
from backlit.layers import Layer, Shape
from backlit.layers.base import LARGEST
from backlit.system.numbers import is_count

INPUT = "input"  # the name under which the network's input is read and reported


@dataclass(frozen=True)
class ReceptiveField:
    """How much of the picture one output number can see, as (rows, columns).

    ``jump`` is the distance on the picture between two neighboring outputs.
    """

    size: tuple[int, int] = (1, 1)
    jump: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Node:
    """One layer in its place: its name, its inputs, and all shapes (without the batch)."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    receptive_field: ReceptiveField

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """The arrays that training changes: ``{"weight": …, "bias": …}``."""
        return self.layer.parameter_shapes(self.input_shapes[0])

    @property
    def buffer_shapes(self) -> dict[str, Shape]:
        """The arrays that the layer remembers without a gradient."""
        return self.layer.buffer_shapes(self.input_shapes[0])

    @property
    def parameter_count(self) -> int:
        """How many numbers training changes here."""
        return sum(map(prod, self.parameter_shapes.values()))

    @property
    def multiply_adds(self) -> int:
        """Multiplications with a weight for one image, each followed by an addition."""
        return self.layer.multiply_adds(self.input_shapes[0])


class Graph:
    """The layers in an order in which each comes after what it reads.

    Args:
        input_shape: (channels, height, width) of one image.
        layers: as given to the network.

    Raises:
        ConfigurationError: no layers, a name used twice, an unknown input, an output nobody reads.
        ShapeError: a layer that what arrives at it does not fit.
    """

    def __init__(self, input_shape: Shape, layers: Sequence[Layer]) -> None:
        self.input_shape = _checked_input_shape(input_shape)
        self.layers = _checked_layers(layers)
        names = _names(self.layers)
        self._nodes: dict[str, Node] = {}
        previous = INPUT
        for name, layer in zip(names, self.layers, strict=True):
            self._nodes[name] = self._make_node(name, layer, previous)
            previous = name
        self.output = previous
        self._check_all_read()

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes.values())

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def __getitem__(self, name: str) -> Node:
        if name not in self._nodes:
            raise AddressError(f"no layer is called {name!r}; there are {', '.join(self._nodes)}")
        return self._nodes[name]

    @property
    def parameter_shapes(self) -> dict[str, Shape]:
        """All arrays that training changes: ``{"conv1.weight": …, "conv1.bias": …}``."""
        return {
            f"{node.name}.{name}": shape
            for node in self
            for name, shape in node.parameter_shapes.items()
        }

    @property
    def buffer_shapes(self) -> dict[str, Shape]:
        """All arrays that layers remember without a gradient, by name."""
        return {
            f"{node.name}.{name}": shape
            for node in self
            for name, shape in node.buffer_shapes.items()
        }

    @property
    def output_shape(self) -> Shape:
        """The shape of the last layer's output."""
        return self.shape(self.output)

    def shape(self, name: str) -> Shape:
        """The shape of a layer's output, or of the network's input."""
        return self.input_shape if name == INPUT else self[name].output_shape

    def readers(self, name: str) -> list[Node]:
        """The layers that read the output of ``name``, in order."""
        return [node for node in self if name in node.inputs]

    def trained_upstream(self) -> frozenset[str]:
        """The layers at or before which there is something to learn, so that they need an error."""
        found: set[str] = set()
        for node in self:
            if node.parameter_shapes or any(name in found for name in node.inputs):
                found.add(node.name)
        return frozenset(found)

    def _make_node(self, name: str, layer: Layer, previous: str) -> Node:
        first = previous if layer.inputs is None else layer.inputs
        if not isinstance(first, str):
            raise ConfigurationError(f"{name}: inputs must be the name of a layer, got {first!r}")
        inputs = (first, *layer.also_reads)
        for read in inputs:
            if read != INPUT and read not in self._nodes:
                known = ", ".join([INPUT, *self._nodes])
                raise ConfigurationError(
                    f"{name} reads {read!r}, but no such layer comes before it; there are {known}"
                )
        shapes = tuple(map(self.shape, inputs))
        try:
            output_shape = layer.shape_of(shapes)
        except BacklitError as problem:
            raise ShapeError(f"{name} (which reads {' and '.join(inputs)}): {problem}") from None
        _check_size(f"output of {name}", output_shape)
        for what, shape in layer.parameter_shapes(shapes[0]).items():
            _check_size(f"{what} of {name}", shape)
        axes = layer.window(shapes[0])
        if axes:
            padded = (axis.size + axis.before + axis.after for axis in axes)
            _check_size(f"padded input of {name}", (shapes[0][0], *padded))
        field = self._receptive_field(layer, inputs, shapes)
        return Node(name, layer, inputs, shapes, output_shape, field)

    def _receptive_field(
        self, layer: Layer, inputs: tuple[str, ...], shapes: tuple[Shape, ...]
    ) -> ReceptiveField:
        seen = [ReceptiveField() if r == INPUT else self[r].receptive_field for r in inputs]
        sizes = tuple(max(field.size[k] for field in seen) for k in range(2))
        jumps = tuple(max(field.jump[k] for field in seen) for k in range(2))
        whole = (self.input_shape[1], self.input_shape[2])
        if layer.sees_whole_input:
            return ReceptiveField(whole, whole)
        axes = layer.window(shapes[0])
        if axes is None:
            return ReceptiveField((sizes[0], sizes[1]), (jumps[0], jumps[1]))
        rows, columns = (
            (size + (axis.extent - 1) * jump, jump * axis.stride)
            for size, axis, jump in zip(sizes, axes, jumps, strict=True)
        )
        return ReceptiveField((rows[0], columns[0]), (rows[1], columns[1]))

    def _check_all_read(self) -> None:
        for node in self:
            if node.name != self.output and not self.readers(node.name):
                raise ConfigurationError(f"no layer reads the output of {node.name}")


def _checked_layers(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    if isinstance(layers, str | bytes | dict) or not isinstance(layers, Iterable):
        raise ConfigurationError(
            f"layers must be a list of layers such as [Conv2d(8, 3), ReLU()], got {layers!r}"
        )
    found = tuple(layers)
    if not found:
        raise ConfigurationError("a network needs at least one layer")
    return found


def _check_size(what: str, shape: Shape) -> None:
    if prod(shape) > LARGEST:
        raise ShapeError(
            f"the {what} would have shape {shape}, {prod(shape):,} numbers; an array may have "
            f"{LARGEST:,}"
        )


def _names(layers: Sequence[Layer]) -> list[str]:
    """The given names, and for the others kind and number: conv1, conv2, dense1."""
    counts: Counter[str] = Counter()
    names = []
    for layer in layers:
        if not isinstance(layer, Layer):
            raise ConfigurationError(f"layers must be backlit layers such as Conv2d, got {layer!r}")
        counts[layer.kind] += 1
        name = _automatic(layer.kind, counts[layer.kind]) if layer.name is None else layer.name
        if not isinstance(name, str) or not name.replace("_", "").replace("-", "").isalnum():
            raise ConfigurationError(
                f"a layer's name is made of letters, digits, - and _, got {name!r}"
            )
        if name == INPUT or name in names:
            raise ConfigurationError(f"two things in the network are called {name!r}")
        names.append(name)
    return names


def _automatic(kind: str, number: int) -> str:
    """Kind and number, as conv1; a kind that ends in a digit is kept apart from the number."""
    return f"{kind}_{number}" if kind[-1].isdigit() else f"{kind}{number}"


def _checked_input_shape(shape: Shape) -> Shape:
    sizes = tuple(shape) if isinstance(shape, tuple | list) else ()
    if len(sizes) != 3 or not all(map(is_count, sizes)):
        raise ConfigurationError(
            "input_shape must be (channels, height, width), three ints of at least 1, "
            f"got {shape!r}"
        )
    _check_size("network's input", sizes)
    return tuple(map(int, sizes))
