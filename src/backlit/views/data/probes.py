"""A probe of :mod:`backlit.check` as a page's document: one layer, its small numbers, no network.

So the page's own views show which numbers a wrong element should have been made of, and a click
goes on from there.  The standard library suffices.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from typing import Any

from backlit.check import FirstWrong
from backlit.check.adapting import result_axes
from backlit.check.probes import Probe
from backlit.layers import AvgPool2d, Conv2d, Dense, Layer, MaxPool2d
from backlit.layers.activation import Activation
from backlit.layers.base import Shape
from backlit.pure.nested import flat, shape

from .layers import Equations, layer_data

_ACTIVATIONS = {each.equation().name: each for each in Activation.__subclasses__()}
_NOTHING: dict[str, Any] = {"title": "", "notes": [], "letters": {}, "sizes": {}, "book": {}}


def probe_document(first: FirstWrong) -> dict[str, Any] | None:
    """The document of a probe, and where a page of it begins.

    Returns:
        ``document``, in the form of :func:`backlit.web.document.document`; and ``address``, of the
        first wrong element.  None where an operation is no layer of maps or rows, or where no
        element is wrong but the shape.
    """
    probe = first.probe
    layer = None if probe is None or not first.index else _layer(probe)
    if probe is None or layer is None:
        return None
    name = f"{layer.kind}1"
    tensors = {
        key: numbers
        for letter, key in _names(name).items()
        if (numbers := _numbers(probe, letter)) is not None
    }
    known = {letter: key for letter, key in _names(name).items() if key in tensors}
    equations = Equations()
    x = shape(tensors["input"])
    data = layer_data(
        layer,
        probe.operation,
        equations,
        input_shape=x[1:],
        letters=known,
        tensors={letter: tensors[key] for letter, key in known.items()},
    )
    weights = {
        each: list(shape(tensors[f"{name}.{each}"]))
        for each in ("weight", "bias")
        if f"{name}.{each}" in tensors
    }
    node = {
        **data,
        "name": name,
        "inputs": ["input"],
        "shape": list(shape(tensors[f"{name}.output"])[1:]),
        "parameters": weights,
    }
    document = {
        "format": 1,
        "title": probe.words,
        "note": "",
        "command": "",
        "engine": "pure",
        "dtype": "float64",
        "training": True,
        "mode": "",
        "classes": [],
        "labels": [0] * x[0],
        "indices": list(range(x[0])),
        "input": {"shape": list(x[1:])},
        "normalization": None,
        "output": "",
        "nodes": [node],
        "loss": _NOTHING,
        "equations": equations.data,
        "tensors": {key: _tensor(numbers) for key, numbers in tensors.items()},
    }
    key = {"output": f"{name}.output", "input": "input.error"}.get(
        first.result, f"{name}.{first.result}"
    )
    # A finding may leave out axes that the reader's arrays do not have; of these there is only one.
    places = dict(zip(first.letters, first.index, strict=True))
    index = [places.get(letter, 0) for letter in result_axes(probe, first.result)]
    return {"document": document, "address": f"{key}[{','.join(map(str, index))}]"}


def _names(layer: str) -> dict[str, str]:
    """The arrays of a page that an operation's letters stand for."""
    return {
        "X": "input",
        "dX": "input.error",
        "Y": f"{layer}.output",
        "dY": f"{layer}.error",
        "W": f"{layer}.weight",
        "dW": f"{layer}.weight.gradient",
        "b": f"{layer}.bias",
        "db": f"{layer}.bias.gradient",
    }


def _numbers(probe: Probe, letter: str) -> Any:
    """What stands behind a letter; None where the operation has no such thing."""
    given = probe.letters
    if letter in given:
        return given[letter]
    of = {f"d{probe.kind.symbols[role]}": name for name, role in probe.kind.results.items()}
    return probe.right.get(of.get(letter, ""))


def _layer(probe: Probe) -> Layer | None:
    """The layer that a probe is of."""
    options, name = dict(probe.options), probe.kind.name
    makers: Mapping[str, Callable[[], Layer]] = {
        "conv2d": lambda: Conv2d(*_filters(probe.tensors["w"]), **options),
        "dense": lambda: Dense(len(probe.tensors["w"])),
        "max_pool2d": lambda: MaxPool2d(**options),
        "avg_pool2d": lambda: AvgPool2d(**options),
    }
    if name in makers:
        return makers[name]()
    return _ACTIVATIONS[name](**options) if name in _ACTIVATIONS else None


def _filters(w: Any) -> tuple[int, Shape]:
    filters, _, *kernel = shape(w)
    return filters, tuple(kernel)


def _tensor(nested: Any) -> dict[str, Any]:
    """As :func:`backlit.web.document.tensor_data`, of nested lists."""
    numbers = flat(nested)
    data = base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode("ascii")
    return {"shape": list(shape(nested)), "dtype": "float64", "data": data}
