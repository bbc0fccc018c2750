"""Equations as Python: what is written gives, when it is run, what the equation gives."""

from __future__ import annotations

import ast
import itertools
import math
import random
from collections.abc import Mapping
from functools import cache
from types import CodeType
from typing import Any, TypeGuard

import pytest

from backlit.equations import Equation, Operation, conv2d, max_pool2d
from backlit.equations.functions import FUNCTIONS
from backlit.equations.program.places import identifier
from tests.equations.brute import at, filled, integers, places
from tests.equations.everything import OPTION_VALUES, elements_of, every_operation, numbers_for

EPS = 2.0**-52
MOST = 40  # elements of an equation that are computed


@every_operation
def test_it_computes_every_element(operation: Operation) -> None:
    tensors = numbers_for(operation, integers)
    for symbol in {"σ²", "P"} & tensors.keys():  # these are never negative
        tensors[symbol] = absolute(tensors[symbol])
    for equation in operation.equations():
        if equation.scatters:
            assert scattered(equation, tensors) == all_elements(equation, tensors)
            continue
        sizes = sizes_of(equation, tensors)
        given = {**tensors, **worked_out(equation, tensors, sizes)}
        element = elements_of(equation, tensors, OPTION_VALUES)
        for place in elements(equation, tensors):
            expected = element(place)
            found = run(equation, place, sizes, given)
            # The same additions in the same order, but for a factor before the whole sum.
            size = sum(abs(float(term.product)) for term in expected.terms)
            bound = (len(expected.terms) + 16) * EPS * max(size, abs(float(expected.total)))
            assert found == pytest.approx(float(expected.total), rel=0, abs=bound)


@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), [(2, 1, 1), (3, 2, 2), ((1, 2), 0, (2, 1))]
)
@pytest.mark.parametrize("groups", [1, 2])
def test_a_convolution_to_the_last_digit(
    stride: Any, padding: int, dilation: Any, groups: int
) -> None:
    """Whole numbers, so no tolerance: all faces, at every element."""
    operation = conv2d((3, 2), stride, padding, dilation, groups)
    x, w = integers((2, 4, 7, 6), 1), integers((4, 4 // groups, 3, 2), 2)
    shape = [
        (size + 2 * padding - d * (k - 1) - 1) // s + 1
        for size, k, s, d in zip((7, 6), (3, 2), pair(stride), pair(dilation), strict=True)
    ]
    error = integers((2, 4, *shape), 3)
    tensors = {"X": x, "W": w, "b": [1, -2, 3, -4], "dY": error}
    for equation in operation.equations():
        if equation.scatters:
            assert scattered(equation, tensors) == all_elements(equation, tensors)
            continue
        element = elements_of(equation, tensors)
        for place in elements(equation, tensors):
            expected = element(place)
            assert run(equation, place, expected.sizes, tensors) == expected.total


def test_a_weight_of_a_padded_convolution_with_stride() -> None:
    assert conv2d(3, 2, 1, 1, 1).gradients["weight"].python().splitlines() == [
        "dW = 0",
        "for n in range(N):",
        "    for i in range(OH):",
        "        for j in range(OW):",
        "            h, w = 2 * i + u - 1, 2 * j + v - 1",
        "            if 0 <= h < IH and 0 <= w < IW:",
        "                dW += dY[n][o][i][j] * X[n][c][h][w]",
    ]


def test_what_is_scattered_is_added_where_the_forward_pass_read_it() -> None:
    faces = conv2d(3, 2, 1, 1, 1).faces
    assert faces["scatter"].python().splitlines() == [
        "for o in range(O):",
        "    for i in range(OH):",
        "        for j in range(OW):",
        "            for u in range(3):",
        "                for v in range(3):",
        "                    h, w = 2 * i + u - 1, 2 * j + v - 1",
        "                    if 0 <= h < IH and 0 <= w < IW:",
        "                        dX[n][c][h][w] += dY[n][o][i][j] * W[o][c][u][v]",
    ]
    assert faces["zeros"].python().splitlines() == [
        "for i in range(OH):",
        "    for j in range(OW):",
        "        a, e = 2 * i, 2 * j",
        "        D[n][o][a][e] = dY[n][o][i][j]",
    ]


def test_only_what_may_fall_outside_is_asked_whether_it_does() -> None:
    assert "if " in conv2d(3, 1, ((0, 1), (0, 0)), 1, 1).faces["scatter"].python()
    assert "if " not in conv2d(3, 2, 0, 1, 1).faces["scatter"].python()


def test_which_equations_scatter() -> None:
    operation = conv2d(3, 2, 1, 1, 1)
    assert [each.name for each in operation.equations() if each.scatters] == [
        "error of X, scattered",
        "error dY with zeros put in",
    ]


def test_the_filter_is_turned_in_one_face_only() -> None:
    operation = conv2d(3, 1, 0, 1, 1)
    turned = {
        name: "W[o][c][2 - u][2 - v]" in equation.python()
        for name, equation in {**operation.gradients, **operation.faces}.items()
    }
    assert turned.pop("correlation")
    assert not any(turned.values())


def test_of_equals_the_first_wins() -> None:
    equation = max_pool2d(2, 2, 0).gradients["input"]
    tensors = {"X": [[[[7, 7], [7, 7]]]], "dY": [[[[5]]]]}
    found = [
        run(equation, (0, 0, *place), {"OH": 1, "OW": 1, "IH": 2, "IW": 2}, tensors)
        for place in ((0, 0), (0, 1), (1, 0), (1, 1))
    ]
    assert found == [5, 0, 0, 0]


def run(
    equation: Equation, place: tuple[int, ...], sizes: Mapping[str, Any], tensors: dict[str, Any]
) -> Any:
    """One element by the written program, with nothing but what it says that it needs."""
    given = {**tensors, **worked_out(equation, tensors, sizes)}
    if equation.left.indices is None:  # each number for itself
        given = {symbol: at(numbers, place) for symbol, numbers in given.items()}
    letters = [each.letter for each in equation.left.indices or ()]
    known = {**sizes, **given}
    known |= {each.symbol: k for each, k in zip(letters, place, strict=False) if each is not None}
    return executed(equation, known)


def scattered(equation: Equation, tensors: dict[str, Any]) -> Any:
    """The whole array: its program, run on zeros for all values of the indices that it is given."""
    sizes = sizes_of(equation, tensors)
    written = {node.id for node in ast.walk(ast.parse(equation.python())) if is_set(node)}
    given = [each for each in equation.left.tensor.letters if each.symbol not in written]
    symbol = equation.left.tensor.symbol
    array = filled(shape_of_left(equation, sizes), lambda: 0)
    counts = [each.size.evaluate(sizes) for each in given if each.size]
    for values in itertools.product(*map(range, counts)):
        letters = {each.symbol: value for each, value in zip(given, values, strict=True)}
        array = executed(equation, {**sizes, **tensors, **letters, symbol: array})
    return array


def is_set(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def executed(equation: Equation, known: Mapping[str, Any]) -> Any:
    """What the program leaves under the name of the left-hand side."""
    scope = {identifier(symbol): value for symbol, value in known.items()}
    scope |= {"inf": math.inf, "pi": math.pi, **FUNCTIONS, "max": max, "min": min}
    exec(compiled(equation), scope)
    return scope[identifier(equation.left.tensor.symbol)]


@cache
def compiled(equation: Equation) -> CodeType:
    return compile(equation.python(), "<program>", "exec")


def sizes_of(equation: Equation, tensors: dict[str, Any]) -> dict[str, Any]:
    first = every_element(equation, tensors)[0]
    return {**OPTION_VALUES, **equation.evaluate(first, tensors, OPTION_VALUES).sizes}


def worked_out(
    equation: Equation, tensors: dict[str, Any], sizes: Mapping[str, Any]
) -> dict[str, Any]:
    """What the sources of an equation give and nobody has given."""
    return {
        source.left.tensor.symbol: filled_by(source, tensors, sizes)
        for source in equation.sources
        if source.left.tensor.symbol not in tensors
    }


def filled_by(equation: Equation, tensors: dict[str, Any], sizes: Mapping[str, Any]) -> Any:
    places = itertools.product(*map(range, shape_of_left(equation, sizes)))
    totals = (each.total for each in map(elements_of(equation, tensors, sizes), places))
    return filled(shape_of_left(equation, sizes), lambda: next(totals))


def all_elements(equation: Equation, tensors: dict[str, Any]) -> Any:
    return filled_by(equation, tensors, sizes_of(equation, tensors))


def shape_of_left(equation: Equation, sizes: Mapping[str, Any]) -> list[int]:
    return [each.size.evaluate(sizes) for each in equation.left.tensor.letters if each.size]


def elements(equation: Equation, tensors: dict[str, Any]) -> list[tuple[int, ...]]:
    """Some places of the left-hand side: all, unless they are many."""
    found = every_element(equation, tensors)
    return random.Random(6).sample(found, min(len(found), MOST))


def every_element(equation: Equation, tensors: dict[str, Any]) -> list[tuple[int, ...]]:
    symbol = equation.left.tensor.symbol
    like = symbol if symbol in tensors else symbol.removeprefix("d")
    if like in tensors:
        return list(places(tensors[like]))
    if equation.left.indices is None:
        return list(places(next(iter(tensors.values()))))
    return [(0,) * len(equation.left.indices)]


def absolute(numbers: Any) -> Any:
    return [absolute(each) for each in numbers] if isinstance(numbers, list) else abs(numbers)


def pair(value: Any) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
