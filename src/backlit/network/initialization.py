"""The numbers a network starts from.

    He      W ~ N(0, g/fan_in)
    Glorot  W ~ U(−r, r), r = √(6/(fan_in + fan_out))

fan_in is how many inputs one output adds up, C/G·kH·kW for a filter; fan_out how many outputs one
input goes into (for a filter O/G·kH·kW).  The gain g makes up for what the next activation takes
away; the activation knows it (:attr:`.Layer.gain`).  It is 2 before a ReLU, GELU or SiLU, which
send on half of the numbers or thereabouts, 2/(1 + a²) before a leaky ReLU of slope a, and 1 before
anything else or nothing, as ELU, sigmoid and tanh are close to the identity around 0.  Biases and
shifts start at 0, scales and running variances at 1.

Sources: K. He et al., "Delving deep into rectifiers", 2015; G. Klambauer et al., "Self-normalizing
neural networks", 2017 (g = 1); X. Glorot and Y. Bengio, "Understanding the difficulty of training
deep feedforward neural networks", 2010.
"""

from __future__ import annotations

from math import sqrt
from typing import Any
from zlib import crc32

import numpy as np

from backlit.errors import ConfigurationError
from backlit.layers import Shape

from .engine import Array
from .flat import FlatArrays, flat_copy
from .graph import Graph, Node

INITIALIZATIONS = ("he", "glorot")


def first_numbers(
    graph: Graph, dtype: np.dtype[Any], method: str | None, seed: int
) -> tuple[FlatArrays, FlatArrays]:
    """All parameters, zeros where no method is named, and all buffers of a graph.

    Raises:
        ConfigurationError: more than fits into memory.
    """
    try:
        if method is None:
            parameters = FlatArrays(graph.parameter_shapes, dtype)
        else:
            parameters = flat_copy(initial_parameters(graph, method, seed), dtype)
        buffers = flat_copy(initial_buffers(graph), dtype)
    except MemoryError:
        count = sum(node.parameter_count for node in graph)
        raise ConfigurationError(
            f"the network has {count:,} parameters, which do not fit into memory"
        ) from None
    return parameters, buffers


def initial_parameters(graph: Graph, method: str, seed: int) -> dict[str, Array]:
    """All parameters of a graph, by name, as float32.

    Each array has a stream of random numbers of its own, made of the seed and its name, so that
    adding a layer does not change the others.

    ``method`` is one of :data:`INITIALIZATIONS`.
    """
    return {
        f"{node.name}.{name}": _initial(graph, node, name, shape, method, seed)
        for node in graph
        for name, shape in node.parameter_shapes.items()
    }


def initial_buffers(graph: Graph) -> dict[str, Array]:
    """All running statistics of a graph, by name: means 0, variances 1."""
    return {
        f"{node.name}.{name}": np.full(shape, node.layer.first_values[name], np.float32)
        for node in graph
        for name, shape in node.buffer_shapes.items()
    }


def check_initialization(method: object) -> None:
    """Make sure that there is such a method.

    Raises:
        ConfigurationError: there is not.
    """
    if method not in INITIALIZATIONS:
        raise ConfigurationError(
            f"initialization must be one of {', '.join(INITIALIZATIONS)}, got {method!r}"
        )


def _initial(graph: Graph, node: Node, name: str, shape: Shape, method: str, seed: int) -> Array:
    if name in node.layer.first_values:
        return np.full(shape, node.layer.first_values[name], np.float32)
    stream = np.random.SeedSequence([seed, crc32(f"{node.name}.{name}".encode())])
    random = np.random.Generator(np.random.PCG64(stream))
    fan_in, fan_out = node.layer.fans(shape)
    if method == "he":
        gain = gain_of(graph, node.name) or 1.0
        return random.normal(0.0, sqrt(gain / fan_in), shape).astype(np.float32)
    reach = sqrt(6 / (fan_in + fan_out))
    return random.uniform(-reach, reach, shape).astype(np.float32)


def gain_of(graph: Graph, name: str) -> float | None:
    """g of the first activation behind a layer; None if there is none before the next weights.

    Each path is followed to its end before the next one, and each layer is looked at once: where
    paths meet again and again, there are very many of them.
    """
    waiting, seen = list(reversed(graph.readers(name))), set()
    while waiting:
        reader = waiting.pop()
        if reader.layer.gain is not None:
            return reader.layer.gain
        if reader.name not in seen and not _draws_weights(reader):
            seen.add(reader.name)
            waiting += reversed(graph.readers(reader.name))
    return None


def _draws_weights(node: Node) -> bool:
    """Whether a layer begins with weights of its own, which follow a gain of their own."""
    return any(name not in node.layer.first_values for name in node.parameter_shapes)
