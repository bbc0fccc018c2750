"""A layer and its equations as a page knows them, without numbers; the standard library suffices.

A page of a network has one such description for each of its layers, one of a probe of
:mod:`backlit.check` has a single one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from backlit.equations import Equation, Operation
from backlit.equations.expressions import Expression
from backlit.equations.sizes import resolve
from backlit.layers import Layer

from .algebra import equation_data
from .book import book_lines


class Equations:
    """A list in which equal equations stand once."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def add(self, equation: Equation, right: Expression | None = None) -> int:
        """The place of an equation.

        Args:
            equation: which.
            right: what is evaluated, where that is another form of its right-hand side.
        """
        data, key = _typeset(equation, right)
        if key not in self._places:
            self._places[key] = len(self.data)
            self.data.append(data)
        return self._places[key]


@lru_cache(maxsize=1000)  # the next document of a network has the same ones
def _typeset(equation: Equation, right: Expression | None) -> tuple[dict[str, Any], str]:
    """The data, and a text that is the same for equations that look and work alike."""
    data = equation_data(equation, right)
    return data, json.dumps(data, sort_keys=True)


def layer_data(
    layer: Layer,
    operation: Operation,
    equations: Equations,
    *,
    input_shape: tuple[int, ...],
    letters: Mapping[str, str],
    tensors: Mapping[str, Any],
    opening: Callable[[Expression], Expression] | None = None,
) -> dict[str, Any]:
    """What a page shows of a layer whatever network it is in.

    Args:
        layer: its description.
        operation: its equations.
        equations: where they are collected.
        input_shape: of one image.
        letters: the names of the arrays that its letters stand for.
        tensors: these arrays, whose shapes tell the sizes.
        opening: rewrites what the error of an input is made of.
    """

    def place(name: str, equation: Equation) -> int:
        opens = opening is not None and name.startswith("input")
        return equations.add(equation, opening(equation.right) if opens and opening else None)

    axes = layer.window(input_shape)
    return {
        "kind": type(layer).__name__,
        "facts": layer.facts(),
        "operation": operation.name,
        "title": operation.title,
        "notes": list(operation.notes),
        "groups": getattr(layer, "groups", 1),
        "eps": getattr(layer, "eps", None),
        "scale": layer.function_scale,
        "window": axes and [_axis(each) for each in axes],
        "forward": equations.add(operation.forward),
        "gradients": {name: place(name, each) for name, each in operation.gradients.items()},
        "faces": {name: equations.add(each) for name, each in operation.faces.items()},
        "letters": dict(letters),
        "sizes": sizes(operation.equations(), tensors),
        "book": book_lines(operation.name),
    }


def sizes(equations: Iterable[Equation], tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers behind the letters for sizes and options."""
    found: dict[str, Any] = {}
    for equation in equations:
        found |= resolve(tensors, equation.vocabulary, equation.definitions, {})
    return {
        symbol: value if isinstance(value, int) else float(value) for symbol, value in found.items()
    }


def _axis(axis: Any) -> dict[str, int]:
    names = ("size", "kernel", "stride", "before", "after", "dilation", "output")
    return {name: getattr(axis, name) for name in names}
