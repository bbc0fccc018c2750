"""How each engine runs a case of :mod:`tests.cases`, forward and backward, on the same numbers.

An adapter turns (case, operands) into an output and (case, error, operands) into one gradient for
each operand.  Operands are NumPy arrays of any dtype, ``object`` for fractions included.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from backlit import pure
from tests.cases import Case

Array = NDArray[Any]
Operands = dict[str, Array]
KINKS = {-3, 0, 3, 6}  # numbers at which the slope of an activation jumps


class Adapter(Protocol):
    def forward(self, case: Case, operands: Operands) -> Array: ...

    def backward(self, case: Case, dy: Array, operands: Operands) -> Operands: ...


def operands_of(case: Case, seed: int = 0) -> Operands:
    """Standard normal numbers for each operand of a case, times its scale."""
    random = np.random.default_rng(seed)
    return {name: case.scale * random.standard_normal(shape) for name, shape in case.shapes.items()}


def fractions_of(case: Case, seed: int = 0) -> Operands:
    """Small whole numbers as exact fractions, no two of an operand equal and none in KINKS.

    So no maximum is tied and no activation stands at its kink.
    """
    random = np.random.default_rng(seed)
    operands = {}
    for name, shape in case.shapes.items():
        count = int(np.prod(shape))
        numbers = [number for number in range(-count, count + 1) if number not in KINKS]
        chosen = random.permutation(numbers)[:count]
        operands[name] = fractions(chosen.reshape(shape))
    return operands


def fractions(numbers: Array) -> Array:
    """The same whole numbers as Fraction objects."""
    exact = np.empty(numbers.shape, object)
    exact.reshape(-1)[:] = [Fraction(int(number)) for number in numbers.reshape(-1)]
    return exact


class PureAdapter:
    """Nested lists: the book, or what has functions of the same names."""

    def __init__(self, book: Any = pure) -> None:
        self.book = book

    def forward(self, case: Case, operands: Operands) -> Array:
        lists, options = _lists(operands), _options(case, operands)
        if case.operation in {"add", "concat"}:
            return np.array(self._function(case, "forward")(list(lists.values())))
        if case.operation == "softmax_cross_entropy":
            return np.array(self.book.softmax_cross_entropy_forward(lists["x"], options["labels"]))
        if case.operation in {"conv2d", "dense"}:
            lists.setdefault("b", None)
        return np.array(self._function(case, "forward")(*lists.values(), **options))

    def backward(self, case: Case, dy: Array, operands: Operands) -> Operands:
        lists, options, error = _lists(operands), _options(case, operands), dy.tolist()
        function = self._function(case, "backward")
        if case.operation in {"add", "concat"}:
            gradients = function(error, list(lists.values()))
            return dict(zip(lists, map(np.array, gradients), strict=True))
        if case.operation == "softmax_cross_entropy":
            dz = self.book.softmax_cross_entropy_backward(lists["x"], options["labels"])
            return {"x": np.array(dz) * dy}
        if case.operation == "dropout":
            return {"x": np.array(function(error, **options))}
        seen = [value for name, value in lists.items() if name not in {"b", "beta"}]
        gradients = function(error, *seen, **options)
        if not isinstance(gradients, tuple):
            gradients = (gradients,)
        return {name: np.array(g) for name, g in zip(lists, gradients, strict=False)}

    def _function(self, case: Case, direction: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self.book, f"{case.operation}_{direction}")
        return function


def _lists(operands: Operands) -> dict[str, Any]:
    return {name: array.tolist() for name, array in operands.items()}


def _options(case: Case, operands: Operands) -> dict[str, Any]:
    options = dict(case.options)
    exact = any(array.dtype == object for array in operands.values())
    if case.operation == "dropout":
        x = operands["x"]
        mask = pure.dropout_mask(x.size, options["rate"], options.pop("key"))
        options["mask"] = np.array(mask).reshape(x.shape).tolist()
    if exact:
        if case.operation == "leaky_relu":
            options.setdefault("slope", Fraction(1, 100))  # the default as an exact number
        options = {k: Fraction(v) if isinstance(v, float) else v for k, v in options.items()}
    return options
