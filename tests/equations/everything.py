"""Every operation with many options: what tests of all equations run through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backlit.equations import OPERATIONS, Equation, Operation, Phrase

OPTIONS: dict[str, list[dict[str, object]]] = {
    "conv2d": [
        {"kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1, "groups": 1},
        {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 1, "groups": 1},
        {"kernel_size": (2, 3), "stride": (1, 2), "padding": ((0, 1), (2, 0)), "dilation": 2},
        {"kernel_size": 5, "stride": 2, "padding": "same", "dilation": 1, "groups": 2},
        {"stride": 3, "bias": False},
    ],
    "dense": [{"bias": False}],
    "max_pool2d": [{"kernel_size": 2}, {"kernel_size": 3, "stride": 2, "padding": 1}],
    "avg_pool2d": [{"kernel_size": 2}, {"padding": 1, "count_include_pad": False}],
    "leaky_relu": [{"slope": 0.01}],
    "elu": [{"alpha": 1.0}, {"alpha": 0.5}],
    "batch_norm2d": [{"training": False}, {"eps": 1e-5}],
    "dropout": [{"rate": 0.5}],
    "add": [{"n": 3}],
    "concat": [{"channels": [2, 3, 4]}, {"channels": [1, 2], "maps": False}],
    "update": [{"learning_rate": 0.05, "parameter": "b"}],
}


def operations() -> Iterator[tuple[str, Operation]]:
    for name, builder in OPERATIONS.items():
        for options in [{}, *OPTIONS.get(name, [])]:
            told = ",".join(f"{key}={value}" for key, value in options.items())
            yield f"{name}({told})", builder(**options)


def equations() -> Iterator[tuple[str, Equation]]:
    for told, operation in operations():
        for number, equation in enumerate(operation.equations()):
            yield f"{told}#{number}", equation


def formulas() -> Iterator[tuple[str, Equation | Phrase]]:
    """Equations, their conditions, and the sizes of outputs."""
    for told, equation in equations():
        yield told, equation
        yield from ((f"{told}.{k}", each) for k, each in enumerate(equation.conditions))
    for told, operation in operations():
        yield from ((f"{told}.shape{k}", each) for k, each in enumerate(operation.shapes))


every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(each, id=told) for told, each in operations()]
)
EVERY_FORMULA = list(formulas())
