"""Convolution: every equation against brute force, exactly, over the whole space of options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlit.equations import Operation, conv2d
from tests.equations.brute import (
    Geometry,
    at,
    changed,
    convolution,
    dot,
    integers,
    places,
    shape_of,
)
from tests.equations.everything import elements_of

CASES = [
    Geometry(),
    Geometry(padding=((1, 1), (1, 1))),
    Geometry(stride=(2, 2), padding=((1, 1), (1, 1))),
    Geometry(stride=(3, 3)),
    Geometry(kernel=(2, 2), stride=(3, 3), padding=((1, 1), (1, 1))),
    Geometry(kernel=(1, 1)),
    Geometry(kernel=(1, 1), stride=(2, 2)),
    Geometry(kernel=(2, 3), stride=(1, 2), padding=((0, 1), (2, 0)), dilation=(2, 1)),
    Geometry(kernel=(3, 2), stride=(2, 1), padding=((2, 2), (1, 1)), dilation=(1, 3)),
    Geometry(kernel=(3, 3), padding=((3, 3), (4, 2))),
    Geometry(padding=((1, 1), (1, 1)), groups=2),
    Geometry(stride=(2, 2), padding=((2, 1), (0, 2)), dilation=(2, 2), groups=2),
    Geometry(kernel=(2, 2), groups=4),
]


class Run:
    """One convolution with numbers."""

    def __init__(self, g: Geometry, seed: int = 0, size: Any = (4, 5)) -> None:
        filters, channels = {1: (2, 2), 2: (2, 4), 4: (4, 4)}[g.groups]
        self.g = g
        self.X = integers((2, channels, *size), seed)
        self.W = integers((filters, channels // g.groups, *g.kernel), seed + 1)
        self.b = integers((filters,), seed + 2)
        self.dY = integers((2, filters, *g.output(*size)), seed + 3)
        self.Y = convolution(g, self.X, self.W, self.b)
        self.tensors = {"X": self.X, "W": self.W, "b": self.b, "dY": self.dY}
        self.total = dot(self.dY, self.Y)

    def concrete(self) -> Operation:
        return conv2d(**self.g.options(), dilation=self.g.dilation, groups=self.g.groups)

    def expected(self, name: str, place: tuple[int, ...]) -> Any:
        g, X, W, b = self.g, self.X, self.W, self.b
        forward: dict[str, tuple[Any, Callable[[Any], Any]]] = {
            "input": (X, lambda x: convolution(g, x, W, b)),
            "weight": (W, lambda w: convolution(g, X, w, b)),
            "bias": (b, lambda shift: convolution(g, X, W, shift)),
        }
        numbers, function = forward[name]
        # What slope() gives, without computing Y again.
        return dot(self.dY, function(changed(numbers, place, 1))) - self.total


OPERANDS = {"input": "X", "weight": "W", "bias": "b"}


@pytest.mark.parametrize("g", CASES, ids=str)
def test_forward_is_the_convolution(g: Geometry) -> None:
    run = Run(g)
    forward = elements_of(run.concrete().forward, run.tensors)
    for place in places(run.Y):
        assert forward(place).total == at(run.Y, place)


@pytest.mark.parametrize("name", OPERANDS)
@pytest.mark.parametrize("g", CASES, ids=str)
def test_derived_gradients_are_exact(g: Geometry, name: str) -> None:
    run = Run(g)
    gradient = elements_of(run.concrete().gradients[name], run.tensors)
    for place in places(run.tensors[OPERANDS[name]]):
        if name == "input" and place[0] == 0:
            continue  # the second image tells all that the first does, and that they are not mixed
        assert gradient(place).total == run.expected(name, place)


@pytest.mark.parametrize("g", CASES, ids=str)
def test_faces_of_the_input_error_agree(g: Geometry) -> None:
    run = Run(g)
    operation = run.concrete()
    error = elements_of(operation.gradients["input"], run.tensors)
    faces = [elements_of(operation.faces[face], run.tensors) for face in ("scatter", "correlation")]
    for place in places(run.X):
        first = error(place)
        products = sorted(term.product for term in first.terms)
        for face in faces:
            second = face(place)
            assert second.total == first.total
            # The same products, visited in another order.
            assert sorted(term.product for term in second.terms) == products


@pytest.mark.parametrize("g", CASES, ids=str)
def test_error_with_zeros_put_in(g: Geometry) -> None:
    """D as the correlation sees it: dY at every s-th place, 0 between."""
    run = Run(g)
    faces = run.concrete().faces
    if g.stride == (1, 1):
        assert "zeros" not in faces
        return
    _, _, oh, ow = shape_of(run.dY)
    (sh, sw) = g.stride
    for a in range((oh - 1) * sh + 1):
        for e in range((ow - 1) * sw + 1):
            entry = faces["zeros"].evaluate((1, 1, a, e), run.tensors).total
            spread = run.dY[1][1][a // sh][e // sw] if a % sh == e % sw == 0 else 0
            assert entry == spread


@pytest.mark.parametrize("g", CASES, ids=str)
def test_correlation_as_it_is_written(g: Geometry) -> None:
    """The face says: put zeros in and around, turn the filter, correlate.  Do exactly that."""
    run = Run(g)
    correlation = elements_of(run.concrete().faces["correlation"], run.tensors)
    before = [
        d * (k - 1) - pad[0] for d, k, pad in zip(g.dilation, g.kernel, g.padding, strict=True)
    ]
    (sh, sw), (kh, kw), (dh, dw) = g.stride, g.kernel, g.dilation
    per_group = len(run.W) // g.groups
    inner = len(run.W[0])
    for n, k, h, w in places(run.X):
        total = 0
        for o in range(k // inner * per_group, (k // inner + 1) * per_group):
            for u in range(kh):
                for v in range(kw):
                    a, e = h + u * dh - before[0], w + v * dw - before[1]
                    if a % sh or e % sw or a < 0 or e < 0:
                        continue
                    i, j = a // sh, e // sw
                    if i < len(run.dY[0][0]) and j < len(run.dY[0][0][0]):
                        turned = run.W[o][k % inner][kh - 1 - u][kw - 1 - v]
                        total += run.dY[n][o][i][j] * turned
        assert correlation((n, k, h, w)).total == total


def test_letters_take_their_values_from_sizes() -> None:
    """The equation in letters and the one with numbers are the same equation."""
    g = Geometry(stride=(2, 2), padding=((1, 1), (1, 1)), dilation=(2, 2), groups=2)
    run = Run(g, size=(7, 6))
    sizes = {"s": 2, "p": 1, "d": 2, "G": 2}
    letters, numbers = conv2d(), run.concrete()
    for name, symbol in OPERANDS.items():
        for place in places(run.tensors[symbol]):
            with_letters = letters.gradients[name].evaluate(place, run.tensors, sizes)
            assert with_letters.terms == numbers.gradients[name].evaluate(place, run.tensors).terms
    for face in letters.faces:
        place = (1, 1, 2, 1)
        assert (
            letters.faces[face].evaluate(place, run.tensors, sizes).total
            == numbers.faces[face].evaluate(place, run.tensors).total
        )


pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
pads = st.tuples(st.integers(0, 2), st.integers(0, 2))


@st.composite
def geometries(draw: st.DrawFn) -> tuple[Geometry, tuple[int, int]]:
    g = Geometry(
        kernel=draw(pairs),
        stride=draw(pairs),
        padding=(draw(pads), draw(pads)),
        dilation=draw(st.tuples(st.integers(1, 2), st.integers(1, 2))),
        groups=draw(st.sampled_from([1, 2])),
    )
    least = [d * (k - 1) + 1 for d, k in zip(g.dilation, g.kernel, strict=True)]
    return g, (draw(st.integers(least[0], 7)), draw(st.integers(least[1], 7)))


@settings(max_examples=25)
@given(geometries(), st.integers(0, 10**6), st.data())
def test_any_convolution(
    case: tuple[Geometry, tuple[int, int]], seed: int, data: st.DataObject
) -> None:
    g, size = case
    run = Run(g, seed, size)
    operation = run.concrete()
    place = data.draw(st.sampled_from(list(places(run.Y))))
    assert operation.forward.evaluate(place, run.tensors).total == at(run.Y, place)
    for name, symbol in OPERANDS.items():
        place = data.draw(st.sampled_from(list(places(run.tensors[symbol]))))
        evaluation = operation.gradients[name].evaluate(place, run.tensors)
        assert evaluation.total == run.expected(name, place)


@pytest.mark.parametrize("size", [(5, 6), (8, 7), (3, 3)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, (2, 3)])
def test_same_padding(kernel: Any, stride: int, size: tuple[int, int]) -> None:
    """The output is ⌈IH/s⌉ long, and of an odd number of zeros the larger half is behind."""
    kernels = (kernel, kernel) if isinstance(kernel, int) else kernel
    padding = []
    for length, k in zip(size, kernels, strict=True):
        total = max(0, (-(-length // stride) - 1) * stride + k - length)
        padding.append((total // 2, total - total // 2))
    g = Geometry(kernels, (stride, stride), (padding[0], padding[1]))
    run = Run(g, size=size)
    assert shape_of(run.dY)[2:] == tuple(-(-length // stride) for length in size)
    same = conv2d(kernel, stride, "same", 1, 1)
    for name, symbol in OPERANDS.items():
        gradient = elements_of(same.gradients[name], run.tensors)
        for place in list(places(run.tensors[symbol]))[:12]:
            assert gradient(place).total == run.expected(name, place)
    forward = elements_of(same.forward, run.tensors)
    for place in list(places(run.Y))[:12]:
        assert forward(place).total == at(run.Y, place)


def test_valid_padding_is_none() -> None:
    valid, none = conv2d(3, 1, "valid", 1, 1), conv2d(3, 1, 0, 1, 1)
    assert [str(e) for e in valid.equations()] == [str(e) for e in none.equations()]


def test_without_bias() -> None:
    operation = conv2d(3, 1, 0, 1, 1, bias=False)
    assert str(operation.forward) == "Y[n,o,i,j] = Σ_{c,u,v} W[o,c,u,v] · X[n,c,i+u,j+v]"
    assert set(operation.gradients) == {"weight", "input"}


def test_the_small_example_by_hand() -> None:
    """X = 0..15 as 4x4, W = [[1,2],[3,4]], only dY[0,0] = 1: dW = [[0,1],[4,5]], and dX is W."""
    X = [[[[4 * row + column for column in range(4)] for row in range(4)]]]
    W = [[[[1, 2], [3, 4]]]]
    dY = [[[[1, 0, 0], [0, 0, 0], [0, 0, 0]]]]
    operation = conv2d(2, 1, 0, 1, 1)
    tensors = {"X": X, "W": W, "dY": dY}
    corner = [(u, v) for u in range(2) for v in range(2)]
    weight, error = operation.gradients["weight"], operation.gradients["input"]
    assert [weight.evaluate((0, 0, u, v), tensors).total for u, v in corner] == [0, 1, 4, 5]
    assert [error.evaluate((0, 0, u, v), tensors).total for u, v in corner] == [1, 2, 3, 4]
    assert error.evaluate((0, 0, 2, 2), tensors).total == 0
