"""Which layer is to be drawn, and a sentence where it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from backlit.errors import AddressError
from backlit.network import Graph, Node
from backlit.network.graph import INPUT


def convolution(graph: Graph, name: str | None = None) -> Node:
    """The convolution of that name; the first one if none is named.

    Raises:
        AddressError: there is none, or the layer is something else.
    """
    names = [node.name for node in graph if node.layer.has_filters]
    if not names:
        raise AddressError("the network has no convolution, so it has no filters to be drawn")
    fitting = f"convolutions are {', '.join(names)}"
    if name is None:
        return graph[names[0]]
    if name in names:
        return graph[name]
    if name == INPUT or name in graph:
        raise AddressError(f"{name} has no filters: the {fitting}")
    raise AddressError(_unknown(name, names, fitting))


def any_layer(graph: Graph, name: str | None = None) -> str:
    """The name, once it is known to be that of a layer or "input".

    Without one, that of the first convolution, or of the first layer if there is no convolution.

    Raises:
        AddressError: there is no such layer.
    """
    names = [INPUT, *(node.name for node in graph)]
    if name is None:
        return next((n.name for n in graph if n.layer.has_filters), names[1])
    if name not in names:
        raise AddressError(_unknown(name, names, f"layers are {', '.join(names)}"))
    return name


def _unknown(name: str, names: Iterable[str], fitting: str) -> str:
    shown = name if len(name) <= 80 else f"{name[:60]}…"
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}? The" if close else "the"
    return f"there is no layer {shown!r}; {hint} {fitting}"
