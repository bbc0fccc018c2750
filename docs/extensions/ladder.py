"""The steps of the toy's ladder with all their numbers, as text that can be copied onto paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import Any

import numpy as np

from backlit.equations import format_number
from backlit.explain import Explanation, Trace
from backlit.web.ladder import CLASSES, STEPS, Step
from backlit.web.toy import toy
from docs.extensions.headings import slug

COLUMNS = 78
RATE = 0.1
_FOLLOWED = {  # the weight whose update is worked out
    "filter": "conv1.weight[0,0,0,1]",
    "channels": "conv1.weight[0,1,0,1]",
    "filters": "conv1.weight[1,0,0,1]",
    "relu": "conv1.weight[0,0,0,1]",
    "pool": "conv1.weight[0,0,0,1]",
    "stride": "conv1.weight[0,0,1,1]",
    "layers": "conv1.weight[1,0,1,0]",
    "batch": "conv1.weight[0,0,1,0]",
}
_Map = tuple[str, np.ndarray]


def ladder_list() -> str:
    """The steps as a list, each with its link."""
    return "\n".join(
        f"{step.number}. [{step.title}](#{slug(heading_of(step))}): `backlit toy {step.name}`"
        for step in STEPS.values()
    )


def ladder() -> str:
    """Every step: forward, backward, one number in full, and an update."""
    return "\n\n".join(part for step in STEPS.values() for part in _parts(step))


def heading_of(step: Step) -> str:
    """What stands above a step."""
    return f"Step {step.number}: {step.title}"


def _parts(step: Step) -> Iterator[str]:
    trace = toy(step.name)
    yield f"## {heading_of(step)}"
    site = f'<!-- site: <a href="toy-{step.name}.html">Open it.</a> -->'
    yield f"{step.sentence} (`backlit toy {step.name}`) {site}"
    yield "Forward:"
    yield _block([*_beside(_forward(trace)), "", *_scores(trace)])
    yield "Backward:"
    yield _block(_beside(_backward(trace)))
    for address in dict.fromkeys((step.first, _FOLLOWED[step.name])):
        yield f"In full, `{_called(address)}`:"
        yield _block(_in_full(trace[address]))
    yield f"The update, with a learning rate of {RATE}:"
    yield _block(_update(trace, _FOLLOWED[step.name]))


def _block(lines: Iterable[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines)
    return f"```text\n{text}\n```"


def _forward(trace: Trace) -> Iterator[_Map]:
    """What stands between the picture and the scores, as maps in the order of the way."""
    activations = trace.recording.activations
    yield from _maps("input", activations["input"])
    last = activations["input"]
    for node in trace.graph:
        for name in node.parameter_shapes:
            values = trace.snapshot.parameters[f"{node.name}.{name}"]
            if node.name == trace.graph.output:  # each class weighs the maps below
                rows = values.reshape(len(values), *last.shape[1:])
                for label, row in zip(CLASSES, rows, strict=True):
                    yield from _maps(f"{node.name}.weight, {label}", row[None])
            elif name == "bias":
                yield f"{node.name}.bias", values[None]
            else:
                yield from _maps(f"{node.name}.weight", values)
        if node.name != trace.graph.output and activations[node.name].ndim == 4:
            last = activations[node.name]
            yield from _maps(node.name, last)


def _backward(trace: Trace) -> Iterator[_Map]:
    """Errors and gradients, from the last map to the picture."""
    recording = trace.recording
    for node in reversed(list(trace.graph)):
        if recording.errors[node.name].ndim == 4:
            yield from _maps(f"{node.name}.error", recording.errors[node.name])
            for name in node.parameter_shapes:
                gradient = recording.gradients[f"{node.name}.{name}"]
                if name == "bias":
                    yield f"db of {node.name}", gradient[None]
                else:
                    yield from _maps(f"dW of {node.name}", gradient)
    yield from _maps("input.error", recording.errors["input"])


def _maps(name: str, array: np.ndarray) -> Iterator[_Map]:
    """Each map of a (first, second, row, column), with the indices that tell it from the others."""
    several = [size > 1 for size in array.shape[:2]]
    for first, maps in enumerate(array):
        for second, one in enumerate(maps):
            indices = [str(at) for at, on in zip((first, second), several, strict=True) if on]
            yield f"{name} {','.join(indices)}".strip(), one


def _beside(maps: Iterable[_Map]) -> Iterator[str]:
    """Maps side by side, as many as fit into a line."""
    line: list[list[str]] = []
    for title, array in maps:
        drawn = _drawn(title, array)
        if line and sum(len(each[0]) + 3 for each in line) + len(drawn[0]) > COLUMNS:
            yield from _joined(line)
            yield ""
            line = []
        line.append(drawn)
    yield from _joined(line)


def _joined(line: Sequence[list[str]]) -> Iterator[str]:
    widths = [len(each[0]) for each in line]
    for row in zip_longest(*line, fillvalue=""):
        yield "   ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))


def _drawn(title: str, array: np.ndarray) -> list[str]:
    rows = [" ".join(f"{format_number(float(one)):>2}" for one in row) for row in array]
    width = max(map(len, [title, *rows]))
    return [text.ljust(width) for text in (title, *rows)]


def _scores(trace: Trace) -> Iterator[str]:
    recording, output = trace.recording, trace.graph.output
    for image, label in enumerate(recording.labels):
        of = f" of picture {image}" if len(recording.labels) > 1 else ""
        yield (
            f"Picture {image} is of class {CLASSES[label]}."
            if of
            else (f"The picture is of class {CLASSES[label]}.")
        )
        for name, values in (
            ("score", recording.activations[output][image]),
            ("probability", recording.probabilities[image]),
            ("error", recording.errors[output][image]),
        ):
            told = (f"{one} {_fraction(value)}" for one, value in zip(CLASSES, values, strict=True))
            yield f"  {name:12} {',  '.join(told)}"
    yield f"loss −ln 1/2 = {format_number(recording.loss)}"


def _fraction(value: float) -> str:
    return str(Fraction(value)).replace("-", "−")


def _called(address: str) -> str:
    return f"dL/d {address}" if ".weight" in address else address


def _in_full(explanation: Explanation) -> Iterator[str]:
    """The equation, and the products of which the number is the sum."""
    yield str(explanation.equation)
    products = [
        " · ".join(_signed(factor.value) for factor in term.factors) for term in explanation.terms
    ]
    line = "= "
    for at, product in enumerate(products):
        piece = product if at == 0 else f" + {product}"
        if len(line) + len(piece) > COLUMNS:
            yield line
            line = " "
        line += piece
    yield line
    yield f"= {format_number(explanation.total)}"


def _signed(value: Any) -> str:
    text = format_number(float(value))
    return f"({text})" if value < 0 else text


def _update(trace: Trace, address: str) -> Iterator[str]:
    weight = trace[address]
    old, gradient = _signed(weight.value), _signed(weight.gradient)
    new = format_number(weight.update(learning_rate=RATE).new)
    yield f"W ← W − η·dW = {old} − {RATE} · {gradient} = {new}"
