"""Everything that a page shows of one trace, as plain data.

``tensors`` holds every array of the trace, the network's and the engine's own numbers, as the bytes
of their floats in base64.  Each of ``nodes`` says which of them the letters of its equations stand
for.  From these the page can evaluate any equation for any element, in the browser, and compare
the sum with what the engine computed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from backlit.equations import Equation
from backlit.equations.sizes import resolve
from backlit.errors import ConfigurationError
from backlit.explain import Trace
from backlit.explain.sentences import mode_words
from backlit.explain.words import json_number
from backlit.explain.work import LayerWork, LossWork, loss_work, opened
from backlit.network import Node
from backlit.network.graph import INPUT

from .algebra import equation_data
from .book import book_lines

LOSS = "loss"


def document(
    trace: Trace, title: str, indices: Iterable[int] | None = None, note: str = ""
) -> dict[str, Any]:
    """The data of a page.

    Args:
        trace: of the batch that is shown.
        title: what the page is about, such as the run's name.
        indices: the number of each image in its data set.
        note: a sentence or two for the top of the page.
    """
    recording, graph = trace.recording, trace.graph
    normalization = trace.snapshot.normalization
    equations = Equations()
    nodes = [_node(node, trace.work(node.name), equations) for node in graph]
    return {
        "format": 1,
        "title": _sendable(title),
        "note": _sendable(note),
        "command": "",  # that serves such a page, if there is one
        "engine": trace.snapshot.engine,
        "dtype": str(trace.snapshot.dtype),
        "training": recording.training,
        "mode": mode_words(graph, recording.training),
        "classes": list(trace.snapshot.classes or map(str, range(graph.output_shape[0]))),
        "labels": [int(label) for label in recording.labels],
        "indices": list(indices if indices is not None else range(trace.images)),
        "input": {"shape": list(graph.input_shape)},
        "normalization": normalization.to_config() if normalization else None,
        "output": graph.output,
        "nodes": nodes,
        "loss": _loss(loss_work(recording, graph.output), equations),
        "equations": equations.data,
        "tensors": {name: tensor_data(array) for name, array in tensors(trace).items()},
    }


def _sendable(text: str) -> str:
    """A text as UTF-8 can hold it: names of files may hold more."""
    return text.encode("utf-8", "replace").decode("utf-8")


def checked_image(trace: Trace, image: int | None) -> int | None:
    """An image's number in the batch; None stays None.

    Raises:
        ConfigurationError: there is no such image.
    """
    if image is not None and not 0 <= image < trace.images:
        raise ConfigurationError(
            f"image must be a number from 0 to {trace.images - 1}, got {image!r}"
        )
    return image


def tensors(trace: Trace) -> dict[str, Any]:
    """Every array of a trace by the name under which the page knows it."""
    recording = trace.recording
    found: dict[str, Any] = {INPUT: recording.images, f"{INPUT}.error": recording.errors[INPUT]}
    for node in trace.graph:
        found[f"{node.name}.output"] = recording.activations[node.name]
        found[f"{node.name}.error"] = recording.errors[node.name]
        for quantity in node.parameter_shapes:
            name = f"{node.name}.{quantity}"
            found[name] = trace.snapshot.parameters[name]
            found[f"{name}.gradient"] = recording.gradients[name]
        for quantity, array in recording.auxiliary.get(node.name, {}).items():
            found[f"{node.name}.{quantity}"] = array
    found["probability"] = recording.probabilities
    found["truth"] = np.eye(recording.probabilities.shape[1])[recording.labels]
    found[LOSS] = np.array(recording.loss)
    return found


def tensor_data(array: Any) -> dict[str, Any]:
    """An array as its shape, its type and its bytes, row-major: the last index runs fastest."""
    kind = "float64" if array.dtype == np.float64 else "float32"
    numbers = np.ascontiguousarray(array, np.dtype(kind).newbyteorder("<"))
    data = base64.b64encode(numbers.tobytes()).decode("ascii")
    return {"shape": list(array.shape), "dtype": kind, "data": data}


class Equations:
    """A list in which equal equations stand once."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def add(self, equation: Equation, as_terms: bool = False) -> int:
        """The place of an equation; ``as_terms`` opens the bracket in it."""
        data, key = _typeset(equation, as_terms)
        if key not in self._places:
            self._places[key] = len(self.data)
            self.data.append(data)
        return self._places[key]


@lru_cache(maxsize=1000)  # the next document of a network has the same ones
def _typeset(equation: Equation, as_terms: bool) -> tuple[dict[str, Any], str]:
    """The data, and a text that is the same for equations that look and work alike."""
    data = equation_data(equation, opened(equation.right) if as_terms else None)
    return data, json.dumps(data, sort_keys=True)


def _node(node: Node, work: LayerWork, equations: Equations) -> dict[str, Any]:
    operation = work.operation
    as_terms = node.layer.adds_ways
    gradients = {
        name: equations.add(each, as_terms and name.startswith("input"))
        for name, each in operation.gradients.items()
    }
    axes = node.layer.window(node.input_shapes[0])
    return {
        "name": node.name,
        "kind": type(node.layer).__name__,
        "facts": node.layer.facts(),
        "operation": operation.name,
        "title": operation.title,
        "notes": list(operation.notes),
        "inputs": list(node.inputs),
        "shape": list(node.output_shape),
        "parameters": {name: list(shape) for name, shape in node.parameter_shapes.items()},
        "groups": getattr(node.layer, "groups", 1),
        "eps": getattr(node.layer, "eps", None),
        "scale": node.layer.function_scale,
        "window": axes and [_axis(each) for each in axes],
        "forward": equations.add(operation.forward),
        "gradients": gradients,
        "faces": {name: equations.add(each) for name, each in operation.faces.items()},
        "letters": dict(work.arrays),
        "sizes": _sizes(operation.equations(), work.tensors),
        "book": book_lines(operation.name),
    }


def _loss(work: LossWork, equations: Equations) -> dict[str, Any]:
    probabilities, loss = work.operation.steps
    error = work.operation.gradients["input"]
    return {
        "title": work.operation.title,
        "notes": list(work.operation.notes),
        "probability": equations.add(probabilities),
        "loss": equations.add(loss),
        "error": equations.add(error, as_terms=True),
        "letters": dict(work.arrays),
        "sizes": _sizes(work.operation.equations(), work.tensors),
        "book": book_lines(work.operation.name),
    }


def _sizes(equations: Iterable[Equation], arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers behind the letters for sizes and options."""
    found: dict[str, Any] = {}
    for equation in equations:
        found |= resolve(arrays, equation.vocabulary, equation.definitions, {})
    return {symbol: json_number(value) for symbol, value in found.items()}


def _axis(axis: Any) -> dict[str, int]:
    names = ("size", "kernel", "stride", "before", "after", "dilation", "output")
    return {name: getattr(axis, name) for name in names}
