"""The filters of a convolution, and the gradients that change them."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from numpy.typing import NDArray

from backlit.explain import Trace
from backlit.network import Network, Node
from backlit.network.graph import INPUT

from .colors import diverging
from .figure import own_style
from .layers import convolution
from .tiles import tile_figure


def filters(network: Network, layer: str | None = None) -> Figure:
    """All filters of a convolution, with one scale: rows are filters, columns are channels.

    Filters of a single channel stand side by side, each with its number above.

    Args:
        network: a network.
        layer: the name of one of its convolutions; the first one if it is None.

    Raises:
        AddressError: there is no such convolution.
    """
    node = convolution(network.graph, layer)
    weights = network.parameters[f"{node.name}.weight"]
    return _figure(node, weights, f"Filters of {node.name}", "weight", "weight W", "")


def gradients(trace: Trace, layer: str | None = None, called: str = "") -> Figure:
    """dL/dW of all filters of a convolution, laid out as :func:`filters` does.

    Args:
        trace: of one image or a batch.
        layer: the name of a convolution; the first one if it is None.
        called: whose loss L is, in words.

    Raises:
        AddressError: there is no such convolution.
    """
    node = convolution(trace.graph, layer)
    gradient = trace.recording.gradients[f"{node.name}.weight"]
    title = f"Gradients of the filters of {node.name}"
    return _figure(node, gradient, title, "gradient", "gradient dL/dW", called)


def _figure(
    node: Node, numbers: NDArray[Any], title: str, role: str, label: str, called: str
) -> Figure:
    filters, channels, height, width = numbers.shape
    count = "1 filter" if filters == 1 else f"{filters} filters"
    size = f"{count} of {height} × {width}"
    size += ", 1 channel" if channels == 1 else f", {channels} channels"
    names = ("", "")
    if channels > 1:
        colored = channels == 3 and node.inputs == (INPUT,)
        names = ("filter", "channel (red, green, blue)" if colored else "channel")
    with own_style():
        head = (title, role, [size, called])
        return tile_figure(head, numbers, diverging(numbers), label, names).figure
