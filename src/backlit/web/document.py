"""Everything that a page shows of one trace, as plain data.

``tensors`` holds every array of the trace, the network's and the engine's own numbers, as the bytes
of their floats in base64.  Each of ``nodes`` says which of them the letters of its equations stand
for.  From these the page can evaluate any equation for any element, in the browser, and compare
the sum with what the engine computed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

import numpy as np

from backlit.errors import ConfigurationError
from backlit.explain import Trace
from backlit.explain.sentences import mode_words
from backlit.explain.work import LayerWork, LossWork, loss_work, opened
from backlit.network import Node
from backlit.network.graph import INPUT
from backlit.views.data.book import book_lines
from backlit.views.data.layers import Equations, layer_data, sizes

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


def _node(node: Node, work: LayerWork, equations: Equations) -> dict[str, Any]:
    data = layer_data(
        node.layer,
        work.operation,
        equations,
        input_shape=node.input_shapes[0],
        letters=work.arrays,
        tensors=work.tensors,
        # Where an error is a sum of ways, each of them is a term.
        opening=opened if node.layer.adds_ways else None,
    )
    return {
        **data,
        "name": node.name,
        "inputs": list(node.inputs),
        "shape": list(node.output_shape),
        "parameters": {name: list(shape) for name, shape in node.parameter_shapes.items()},
    }


def _loss(work: LossWork, equations: Equations) -> dict[str, Any]:
    probabilities, loss = work.operation.steps
    error = work.operation.gradients["input"]
    return {
        "title": work.operation.title,
        "notes": list(work.operation.notes),
        "probability": equations.add(probabilities),
        "loss": equations.add(loss),
        "error": equations.add(error, opened(error.right)),
        "letters": dict(work.arrays),
        "sizes": sizes(work.operation.equations(), work.tensors),
        "book": book_lines(work.operation.name),
    }
