"""What one weight of a convolution met in one image, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.errors import AddressError
from backlit.explain import Address, Trace
from backlit.explain.address import Key, addressable_shapes, find_address
from backlit.network import Graph, Node

from .layers import convolution

Map = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Products:
    """The error map of a weight's filter, and the input that the weight met position by position.

    Attributes:
        error: dL/dY of the filter, (OH, OW).
        input: what the weight met at each of these positions; masked where that is the padding.
        products: error times input; masked alike.
        slice: what the image adds to dL/dW of the weight and its neighbors, (kH, kW).
    """

    error: Map
    input: np.ma.MaskedArray[Any, Any]
    products: np.ma.MaskedArray[Any, Any]
    slice: Map

    @property
    def meets_padding(self) -> bool:
        """Whether the weight met the padding anywhere."""
        return bool(np.ma.getmaskarray(self.input).any())


def products_of(trace: Trace, address: Address, image: int) -> Products:
    """What the weight at ``address`` met in an image of the trace."""
    node = trace.graph[address.owner]
    o, c, u, v = address.index
    error = np.asarray(trace.recording.errors[node.name][image, o], dtype=float)
    inputs = trace.recording.activations[node.inputs[0]]
    channel = np.asarray(inputs[image, input_channel(node, o, c)], dtype=float)
    shape = trace.snapshot.parameters[address.name].shape[2:]
    sums = [np.ma.filled((error * _met(node, channel, at)).sum(), 0.0) for at in np.ndindex(shape)]
    met = _met(node, channel, (u, v))
    return Products(error, met, error * met, np.array(sums, dtype=float).reshape(shape))


def steepest(trace: Trace, layer: str | None = None) -> Address:
    """The weight of a convolution, the first one if none is named, whose gradient is the largest.

    Raises:
        AddressError: there is no such convolution.
    """
    name = convolution(trace.graph, layer).name
    sizes = np.nan_to_num(np.abs(trace.recording.gradients[f"{name}.weight"]))
    place = np.unravel_index(int(sizes.argmax()), sizes.shape)
    return Address(name, "weight", tuple(int(k) for k in place))


def weight_address(graph: Graph, key: Key) -> Address:
    """The address that was written, once it is known to be of a weight of a convolution.

    Raises:
        AddressError: it is not.
    """
    address = find_address(key, addressable_shapes(graph, 1))
    names = [node.name for node in graph if node.layer.has_filters]
    if address.quantity != "weight" or address.owner not in names:
        those = f"such as {names[0]}.weight[0,0,0,0]" if names else "of which there is none"
        raise AddressError(
            f"{address} is no weight of a convolution, {those}; only such a weight meets an input "
            "at many positions"
        )
    return address


def hardest(trace: Trace, key: Key) -> int:
    """The image that adds most to the gradient of a weight of a convolution, sign left aside."""
    address = weight_address(trace.graph, key)
    _, _, u, v = address.index
    sums = [products_of(trace, address, n).slice[u, v] for n in range(trace.images)]
    return int(np.nan_to_num(np.abs(sums)).argmax())


def input_channel(node: Node, o: int, c: int) -> int:
    """Which channel of the input is channel ``c`` of filter ``o``: with groups another one."""
    layer: Any = node.layer
    own = node.input_shapes[0][0] // int(layer.groups)
    return o // int(layer.filters // layer.groups) * own + c


def reading(node: Node, address: Address) -> str:
    """Where the weight reads at position i, j of the output: "X[2i − 1, 2j]"."""
    axes: Any = node.layer.window(node.input_shapes[0])
    u, v = address.index[2:]
    rows, columns = (
        _position(axis.stride, axis.input_position(0, place), letter)
        for axis, place, letter in zip(axes, (u, v), "ij", strict=True)
    )
    return f"X[{rows}, {columns}]"


def _position(stride: int, offset: int, letter: str) -> str:
    step = letter if stride == 1 else f"{stride}{letter}"
    return step if offset == 0 else f"{step} {'−' if offset < 0 else '+'} {abs(offset)}"


def _met(node: Node, channel: Map, at: tuple[int, ...]) -> np.ma.MaskedArray[Any, Any]:
    """What the weight in row and column ``at`` of the filter meets; masked in the padding."""
    axes: Any = node.layer.window(node.input_shapes[0])
    reads = [
        np.array([axis.input_position(i, place) for i in range(axis.output)])
        for axis, place in zip(axes, at, strict=True)
    ]
    inside = [(read >= 0) & (read < axis.size) for read, axis in zip(reads, axes, strict=True)]
    clipped = [np.clip(read, 0, axis.size - 1) for read, axis in zip(reads, axes, strict=True)]
    return np.ma.MaskedArray(channel[np.ix_(*clipped)], mask=~np.logical_and.outer(*inside))
