"""How each program of the zoo is called, and how its results come back as N,C,H,W.

The statements of its call find the arguments under short names (``x``, ``w``, ``b``, ``dy``, ``s``
for the stride, ``p`` for the padding, …) in the program's own layout, and leave the results under
the names of the book: ``dx``, ``dw``, ``db``, ``y``.
"""

from __future__ import annotations

import copy
import importlib.util
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .labels import Program
from .probes import Probe

FOLDER = Path(__file__).parent

# Which of the names are tensors, and of what kind.
KINDS = {
    "conv2d": {"x": "map", "dx": "map", "y": "map", "dy": "map", "w": "filter", "dw": "filter"},
    "max_pool2d": {"x": "map", "dx": "map", "y": "map", "dy": "map"},
    "avg_pool2d": {"x": "map", "dx": "map", "y": "map", "dy": "map"},
    "global_avg_pool2d": {"x": "map", "dx": "map", "y": "rows", "dy": "rows"},
    "dense": {"x": "rows", "dx": "rows", "y": "rows", "dy": "rows", "w": "units", "dw": "units"},
    "batch_norm2d": {"x": "map", "dx": "map", "y": "map", "dy": "map"},
    "network": {
        **{"x": "map", "labels": "labels", "w1": "filter", "dw1": "filter"},
        **{"w2": "units", "dw2": "units", "b1": "vector", "db1": "vector"},
        **{"b2": "vector", "db2": "vector"},
    },
    "softmax_cross_entropy": {"x": "rows", "dx": "rows", "onehot": "rows", "labels": "labels"},
}
VECTORS = {"b": "vector", "db": "vector"}
VECTORS |= dict.fromkeys(("gamma", "beta", "dgamma", "dbeta"), "vector")
OTHERS = {"x": "any", "dx": "any", "y": "any", "dy": "any", "w": "any", "gradients": "list"}


def kinds_of(operation: str) -> dict[str, str]:
    """What kind of tensor each argument and result of an operation is."""
    return {**KINDS.get(operation, OTHERS), **VECTORS}


Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Layout:
    """How tensors of each kind go into a program, and how they come back."""

    number: Change  # nested lists into whatever the program takes
    back: Change  # and back into an array of float64
    kinds: Mapping[str, tuple[Change, Change]]


def array(value: Any) -> Any:
    """A float64 array of its own."""
    return np.array(value, dtype=np.float64)


def single(value: Any) -> Any:
    """A float32 array of its own."""
    return np.array(value, dtype=np.float32)


def tensor(value: Any) -> Any:
    """A float64 tensor of PyTorch."""
    import torch

    return torch.tensor(value, dtype=torch.float64)


def of_tensor(value: Any) -> Any:
    """What a tensor of PyTorch holds, as an array of its own."""
    return array(value.numpy())


NHWC = {
    "map": (lambda a: a.transpose(0, 2, 3, 1).copy(), lambda a: a.transpose(0, 3, 1, 2)),
    "filter": (lambda a: a.transpose(2, 3, 1, 0).copy(), lambda a: a.transpose(3, 2, 0, 1)),
}
COLUMN_BIAS = {"vector": (lambda a: a.reshape(1, 1, 1, -1), lambda a: a.reshape(-1))}
LAYOUTS = {
    "lists": Layout(copy.deepcopy, array, {}),
    "arrays": Layout(array, array, {}),
    "float32": Layout(single, array, {}),
    "tensors": Layout(tensor, of_tensor, {}),
    "nhwc": Layout(array, array, NHWC | COLUMN_BIAS),
    "nhwc, plain bias": Layout(single, array, NHWC),
    # One image without the axis of images.
    "chw": Layout(array, array, {"map": (lambda a: a[0], lambda a: a[None])}),
    "chw lists": Layout(copy.deepcopy, array, {"map": (lambda a: a[0], lambda a: a[None])}),
    # One image, one channel, one filter.
    "hw": Layout(
        array,
        array,
        {
            "map": (lambda a: a[0][0], lambda a: a[None, None]),
            "filter": (lambda a: a[0][0], lambda a: a[None, None]),
            "vector": (lambda a: a[0], lambda a: a.reshape(1)),
        },
    ),
    "hw lists": Layout(
        copy.deepcopy,
        array,
        {
            "map": (lambda a: a[0][0], lambda a: a[None, None]),
            "filter": (lambda a: a[0][0], lambda a: a[None, None]),
            "vector": (lambda a: a[0], lambda a: a.reshape(1)),
        },
    ),
    # One grey picture, filters without an axis of channels, and output maps last.
    "grey": Layout(
        array,
        array,
        {
            "x": (lambda a: a[0, 0], lambda a: a),
            "map": (lambda a: a[0].transpose(1, 2, 0), lambda a: a.transpose(2, 0, 1)[None]),
            "filter": (lambda a: a[:, 0], lambda a: a[:, None]),
        },
    ),
    # One image, channels last.
    "hwc": Layout(
        array,
        array,
        {"map": (lambda a: a[0].transpose(1, 2, 0), lambda a: a.transpose(2, 0, 1)[None])},
    ),
    # Weights as (inputs, units).
    "inputs first": Layout(array, array, {"units": (lambda a: a.T.copy(), lambda a: a.T)}),
    # An image in each column, the bias a column.
    "columns": Layout(
        array,
        array,
        {
            "rows": (lambda a: a.T.copy(), lambda a: a.T),
            "vector": (lambda a: a.reshape(-1, 1), lambda a: a.reshape(-1)),
        },
    ),
    # One image as a vector.
    "one row": Layout(array, array, {"rows": (lambda a: a[0], lambda a: a[None])}),
    # Batch normalization of rows: maps of one pixel.
    "no maps": Layout(
        array, array, {"map": (lambda a: a[:, :, 0, 0], lambda a: a[:, :, None, None])}
    ),
    "no maps, lists": Layout(
        lambda v: v,
        array,
        {
            "map": (
                lambda a: [[channel[0][0] for channel in image] for image in a],
                lambda a: a[:, :, None, None],
            ),
            "vector": (copy.deepcopy, lambda a: a),
        },
    ),
}


def same(value: Any) -> Any:
    """The value itself."""
    return value


def into(program: Program, probe: Probe) -> dict[str, Any]:
    """The arguments of a probe as the program takes them."""
    layout, kinds = LAYOUTS[program.call.layout], kinds_of(program.operation)
    found: dict[str, Any] = {}
    for name, value in probe.values.items():
        kind = kinds.get(name)
        if kind is None:
            found[name] = value
        elif kind == "labels":
            found[name] = np.array(value) if layout.number is not copy.deepcopy else list(value)
        elif kind == "list":
            found[name] = [layout.number(each) for each in value]
        else:
            change = layout.kinds.get(name, layout.kinds.get(kind, (same, same)))[0]
            found[name] = change(layout.number(value))
    return found


def load(program: Program) -> ModuleType:
    """The program as a module of its own, freshly executed."""
    path = FOLDER / program.file
    spec = importlib.util.spec_from_file_location(f"zoo_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Outcome:
    """What a call left: results as arrays, arguments that it changed, or the exception."""

    results: Mapping[str, Any]
    changed: frozenset[str]
    raised: Exception | None


def script(program: Program) -> str:
    """The statements that call a program, with its own names."""
    function, _, method = program.function.partition(".")
    return program.call.script.replace("FUNCTION", function).replace("METHOD", method)


def call(program: Program, module: ModuleType, probe: Probe) -> Outcome:
    """Call a program on a probe."""
    arguments = into(program, probe)
    before = copy.deepcopy(arguments)
    names = {**vars(module), "np": np, **arguments}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(script(program), names)
        except Exception as error:
            return Outcome({}, frozenset(), error)
    layout, kinds = LAYOUTS[program.call.layout], kinds_of(program.operation)
    results = {}
    for name in program.call.results:
        kind = kinds.get(name, "")
        change = layout.kinds.get(kind, (same, same))[1]
        try:
            results[name] = change(layout.back(names[name]))
        except ValueError as error:  # a shape that no layout has
            return Outcome({}, frozenset(), error)
    tensors = [name for name in arguments if name in kinds and name not in program.call.results]
    back = layout.back
    changed = {name for name in tensors if np.any(back(before[name]) != back(arguments[name]))}
    return Outcome(results, frozenset(changed), None)


def differences(program: Program, outcome: Outcome, probe: Probe) -> set[str]:
    """The results that are not those of the book, the arguments that were changed, or "raised"."""
    if outcome.raised is not None:
        return {"raised"}
    tolerance = 1e-4 if program.call.layout in ("float32", "nhwc, plain bias") else 1e-9
    if program.operation == "adam":
        tolerance = 1e-6  # what ε = 1e-8 does is not looked for
    found = set(outcome.changed)
    for name, result in outcome.results.items():
        right = np.array(probe.right[name], dtype=float)
        if np.shape(result) != right.shape or not np.allclose(
            result, right, rtol=tolerance, atol=tolerance
        ):
            found.add(name)
    return found
