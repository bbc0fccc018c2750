"""Every operation with many options: what tests of all equations run through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from backlit.equations import OPERATIONS, ElementEvaluation, Equation, Operation, Phrase
from backlit.equations.evaluation import Evaluator

OPTIONS: dict[str, list[dict[str, object]]] = {
    "conv2d": [
        {"kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1, "groups": 1},
        {"kernel_size": 3, "stride": 2, "padding": 1, "dilation": 1, "groups": 1},
        {"kernel_size": (2, 3), "stride": (1, 2), "padding": ((0, 1), (2, 0)), "dilation": 2},
        {"kernel_size": 5, "stride": 2, "padding": "same", "dilation": 1, "groups": 2},
        {"stride": 3, "bias": False},
    ],
    "dense": [{"bias": False}],
    "max_pool2d": [
        {"kernel_size": 2},
        {"stride": "kernel", "padding": 0},
        {"kernel_size": 3, "stride": 2, "padding": 1},
    ],
    "avg_pool2d": [
        {"kernel_size": 2},
        {"stride": "kernel", "padding": 0},
        {"padding": 1, "count_include_pad": False},
    ],
    "leaky_relu": [{"slope": 0.01}],
    "prelu": [{"shared": True}, {"maps": False}, {"shared": True, "maps": False}],
    "elu": [{"alpha": 1.0}, {"alpha": 0.5}],
    "batch_norm2d": [{"training": False}, {"eps": 1e-5}],
    "dropout": [{"rate": 0.5}],
    "add": [{"n": 3}],
    "concat": [{"channels": [2, 3, 4]}, {"channels": [1, 2], "maps": False}],
    "update": [{"learning_rate": 0.05, "parameter": "b"}],
}


def _operations() -> Iterator[tuple[str, Operation]]:
    for name, builder in OPERATIONS.items():
        for options in [{}, *OPTIONS.get(name, [])]:
            told = ",".join(f"{key}={value}" for key, value in options.items())
            yield f"{name}({told})", builder(**options)


EVERY_OPERATION = list(_operations())


def equations() -> Iterator[tuple[str, Equation]]:
    for told, operation in EVERY_OPERATION:
        for number, equation in enumerate(operation.equations()):
            yield f"{told}#{number}", equation


def formulas() -> Iterator[tuple[str, Equation | Phrase]]:
    """Equations, their conditions, and the sizes of outputs."""
    for told, equation in equations():
        yield told, equation
        yield from ((f"{told}.{k}", each) for k, each in enumerate(equation.conditions))
    for told, operation in EVERY_OPERATION:
        yield from ((f"{told}.shape{k}", each) for k, each in enumerate(operation.shapes))


every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(each, id=told) for told, each in EVERY_OPERATION]
)
EVERY_FORMULA = list(formulas())

# Values for the letters that were left open, which go with the arrays of numbers_for.
OPTION_VALUES: dict[str, float] = {
    **{"s": 1, "p": 1, "d": 1, "G": 2, "C1": 2, "C2": 3, "kH": 3, "kW": 3},
    **{"α": 0.5, "η": 0.1, "r": 0.25, "ε": 1e-3},
}


def numbers_for(
    operation: Operation, filled: Callable[[Sequence[int], int], Any]
) -> dict[str, Any]:
    """Arrays for whatever an operation reads, 5×5 images; ``filled(shape, seed)`` makes one."""
    sizes = {"N": 2, "C": 4, "O": 4, "IH": 5, "IW": 5, "F": 3, "K": 2, "kH": 3, "kW": 3}
    sizes |= {"C_g": 2, "O_g": 2, "s": 1, "p": 1, "d": 1, "G": 2, "C1": 2, "C2": 3}
    equation = operation.forward
    known = dict(sizes)
    for definition in equation.definitions:
        try:
            known.setdefault(definition.symbol, definition.expression.evaluate(known))
            if definition.symbol.startswith("O"):
                known[definition.symbol] = definition.expression.evaluate(known)
        except KeyError:
            continue
    tensors = {}
    vocabulary = {t.symbol: t for each in operation.equations() for t in each.vocabulary}
    for number, tensor in enumerate(vocabulary.values()):
        axes = tensor.letters if tensor.axes is not None else None
        shape = (2, 3) if axes is None else tuple(a.size.evaluate(known) for a in axes if a.size)
        tensors[tensor.symbol] = filled(shape, number)
    return tensors


def elements_of(
    equation: Equation, tensors: Mapping[str, Any], sizes: Mapping[str, Any] | None = None
) -> Callable[[tuple[int, ...]], ElementEvaluation]:
    """``equation.evaluate`` for one place after another, for which the sizes are known once."""
    return Evaluator(equation, tensors, dict(sizes or {})).element
