"""Everything besides convolution, against brute force: exactly where the operation allows it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import backlit as bl
from backlit.equations import (
    Equation,
    Operation,
    add,
    avg_pool2d,
    concat,
    conv2d,
    dense,
    dropout,
    flatten,
    global_avg_pool2d,
    max_pool2d,
    operation,
    update,
)
from backlit.errors import ConfigurationError, ShapeError
from tests.equations.brute import (
    Geometry,
    at,
    different,
    fractions,
    integers,
    places,
    pooled,
    shape_of,
    slope,
)

POOLS = [
    Geometry((2, 2), (2, 2)),
    Geometry((3, 3), (2, 2)),
    Geometry((2, 2), (3, 3)),
    Geometry((3, 2), (1, 2), ((1, 1), (1, 1))),
    Geometry((3, 3), (2, 1), ((1, 0), (0, 1))),
    Geometry((1, 1), (1, 1)),
]


def check(
    equation: Equation, tensors: dict[str, Any], symbol: str, forward: Callable[[Any], Any]
) -> None:
    """Every element of a gradient equals the exact finite difference."""
    for place in places(tensors[symbol]):
        expected = slope(forward, tensors[symbol], tensors["dY"], place)
        assert equation.evaluate(place, tensors).total == expected, place


def check_forward(operation: Operation, tensors: dict[str, Any], expected: Any) -> None:
    for place in places(expected):
        assert operation.forward.evaluate(place, tensors).total == at(expected, place)


def mean(numbers: list[Any]) -> Fraction:
    return Fraction(sum(numbers), len(numbers))


@pytest.mark.parametrize("g", POOLS, ids=str)
def test_average_pool_without_padding_in_the_count(g: Geometry) -> None:
    X = integers((2, 2, 5, 6), 1)
    dY = integers((2, 2, *g.output(5, 6)), 2)
    operation = avg_pool2d(**g.options(), count_include_pad=False)
    check_forward(operation, {"X": X}, pooled(g, X, mean))
    check(operation.gradients["input"], {"X": X, "dY": dY}, "X", lambda x: pooled(g, x, mean))


@pytest.mark.parametrize("g", POOLS, ids=str)
def test_average_pool(g: Geometry) -> None:
    X = integers((2, 2, 5, 6), 1)
    dY = integers((2, 2, *g.output(5, 6)), 2)
    kh, kw = g.kernel

    def forward(x: Any) -> Any:
        return pooled(g, x, lambda numbers: Fraction(sum(numbers), kh * kw))

    operation = avg_pool2d(**g.options())
    check_forward(operation, {"X": X}, forward(X))
    check(operation.gradients["input"], {"X": X, "dY": dY}, "X", forward)


@pytest.mark.parametrize("g", POOLS, ids=str)
def test_max_pool(g: Geometry) -> None:
    """Doubled, no two inputs are closer than 2, so a change of 1 moves no maximum."""
    X = different((2, 2, 5, 6), 1)
    dY = integers((2, 2, *g.output(5, 6)), 2)
    operation = max_pool2d(**g.options())
    check_forward(operation, {"X": X}, pooled(g, X, max))
    doubled = [[[[number * 2 for number in row] for row in m] for m in c] for c in X]
    check(operation.gradients["input"], {"X": doubled, "dY": dY}, "X", lambda x: pooled(g, x, max))


def test_max_pool_gives_ties_to_the_first_in_row_order() -> None:
    X = [[[[1, 7, 7], [7, 0, 7], [2, 7, 7]]]]
    dY = [[[[10, 20], [30, 40]]]]
    error = max_pool2d(2, 1, 0).gradients["input"]
    received = [
        [error.evaluate((0, 0, h, w), {"X": X, "dY": dY}).total for w in range(3)] for h in range(3)
    ]
    # (0,1) is first in windows (0,0) and (0,1); (1,0) in (1,0); (1,2) in (1,1).
    assert received == [[0, 30, 0], [30, 0, 40], [0, 0, 0]]


def test_max_pool_shows_who_took_part() -> None:
    X = [[[[1, -5], [3, 2]]]]
    evaluation = max_pool2d(2, 2, 0).forward.evaluate((0, 0, 0, 0), {"X": X})
    assert [term.product for term in evaluation.candidates] == [1, -5, 3, 2]
    assert [term.product for term in evaluation.terms] == [3]
    assert evaluation.terms[0].index == {"u": 1, "v": 0}


def test_padding_never_wins_a_maximum() -> None:
    X = [[[[-3, -4], [-5, -6]]]]
    evaluation = max_pool2d(2, 2, 1).forward.evaluate((0, 0, 0, 0), {"X": X})
    assert evaluation.total == -3
    assert len(evaluation.candidates) == 1


def test_a_nan_in_the_window_is_not_lost() -> None:
    X = [[[[1.0, math.nan], [3.0, 2.0]]]]
    assert math.isnan(max_pool2d(2, 2, 0).forward.evaluate((0, 0, 0, 0), {"X": X}).total)


def test_pools_step_by_their_kernel_unless_told_otherwise() -> None:
    for builder in (max_pool2d, avg_pool2d):
        assert "2i+u" in str(builder(2, None, 0).forward)
        assert "i·s+u−p" in str(builder().forward)


def test_global_average_pool() -> None:
    X, dY = integers((2, 3, 4, 5), 1), integers((2, 3), 2)

    def forward(x: Any) -> Any:
        return [[mean([number for row in m for number in row]) for m in image] for image in x]

    operation = global_avg_pool2d()
    check_forward(operation, {"X": X}, forward(X))
    check(operation.gradients["input"], {"X": X, "dY": dY}, "X", forward)


@pytest.mark.parametrize("bias", [True, False])
def test_dense(bias: bool) -> None:
    X, W, b = fractions((3, 4), 1), fractions((2, 4), 2), fractions((2,), 3)
    tensors = {"X": X, "W": W, "b": b, "dY": fractions((3, 2), 4)}

    def forward(x: Any, w: Any, shift: Any) -> Any:
        return [
            [
                sum(p * q for p, q in zip(row, weights, strict=True)) + (shift[o] if bias else 0)
                for o, weights in enumerate(w)
            ]
            for row in x
        ]

    operation = dense(bias=bias)
    check_forward(operation, tensors, forward(X, W, b))
    check(operation.gradients["input"], tensors, "X", lambda x: forward(x, W, b))
    check(operation.gradients["weight"], tensors, "W", lambda w: forward(X, w, b))
    assert ("bias" in operation.gradients) == bias
    if bias:
        check(operation.gradients["bias"], tensors, "b", lambda shift: forward(X, W, shift))


def test_flatten() -> None:
    X = different((2, 3, 2, 4), 1)
    dY = different((2, 24), 2)

    def forward(x: Any) -> Any:
        return [[number for m in image for row in m for number in row] for image in x]

    operation = flatten()
    sizes = {"IH": 2, "IW": 4}
    for place in places(forward(X)):
        assert operation.forward.evaluate(place, {"X": X}).total == at(forward(X), place)
    for place in places(X):
        total = operation.gradients["input"].evaluate(place, {"dY": dY}, sizes).total
        assert total == slope(forward, X, dY, place)


def test_dropout() -> None:
    X, dY = integers((2, 5), 1), integers((2, 5), 2)
    mask = [[1, 0, 1, 1, 0], [0, 1, 1, 0, 1]]
    rate = Fraction(1, 3)

    def forward(x: Any) -> Any:
        pairs = [zip(*rows, strict=True) for rows in zip(x, mask, strict=True)]
        return [[number * keep / (1 - rate) for number, keep in row] for row in pairs]

    tensors = {"X": X, "dY": dY, "M": mask}
    check_forward(dropout(rate), tensors, forward(X))
    check(dropout(rate).gradients["input"], tensors, "X", forward)
    letters = dropout().forward.evaluate((0, 2), {"X": X, "mask": mask}, {"r": rate})
    assert letters.total == forward(X)[0][2]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_add(count: int) -> None:
    inputs = [integers((2, 3), seed) for seed in range(count)]
    tensors = {f"X{k + 1}": x for k, x in enumerate(inputs)} | {"dY": integers((2, 3), 9)}
    operation = add(count)
    total = operation.forward.evaluate((1, 2), tensors)
    assert [term.product for term in total.terms] == [x[1][2] for x in inputs]
    assert set(operation.gradients) == {f"input{k + 1}" for k in range(count)}
    for equation in operation.gradients.values():
        assert equation.evaluate((1, 2), tensors).total == tensors["dY"][1][2]


@pytest.mark.parametrize("maps", [True, False])
@pytest.mark.parametrize("channels", [(2, 3), (1, 4, 2), (3,)])
def test_concat(channels: tuple[int, ...], maps: bool) -> None:
    inner = (2, 2) if maps else ()
    inputs = [different((2, count, *inner), seed) for seed, count in enumerate(channels)]
    joined = [list(itertools.chain(*parts)) for parts in zip(*inputs, strict=True)]
    tensors = {f"X{k + 1}": x for k, x in enumerate(inputs)}
    operation = concat(channels, maps)
    check_forward(operation, tensors, joined)
    dY = different(shape_of(joined), 7)
    start = 0
    for number, count in enumerate(channels):
        error = operation.gradients[f"input{number + 1}"]
        for n, c, *rest in places(inputs[number]):
            total = error.evaluate((n, c, *rest), {"dY": dY}).total
            assert total == at(dY, (n, start + c, *rest))
        start += count


def test_concat_in_letters() -> None:
    X1, X2 = different((1, 2, 1, 2), 1), different((1, 3, 1, 2), 2)
    operation = concat()
    assert str(operation.forward) == "Y[n,k,h,w] = X₁[n,k,h,w] if k < C₁, else X₂[n,k−C₁,h,w]"
    tensors = {"X1": X1, "X2": X2}
    totals = [operation.forward.evaluate((0, k, 0, 1), tensors).total for k in range(5)]
    assert totals == [X1[0][c][0][1] for c in range(2)] + [X2[0][c][0][1] for c in range(3)]
    assert str(operation.gradients["input2"]) == "dX₂[n,c,h,w] = dY[n,c+C₁,h,w]"


def test_update() -> None:
    W, dW = [[Fraction(1, 2), 3]], [[Fraction(1, 5), -4]]
    evaluation = update(Fraction(1, 10)).forward.evaluate((0, 1), {"W": W, "dW": dW})
    assert evaluation.total == 3 + Fraction(4, 10)
    with_letter = update().forward.evaluate((0, 1), {"W": W, "dW": dW}, {"η": Fraction(1, 10)})
    assert with_letter.total == evaluation.total
    assert str(update(parameter="b").forward) == "b ← b − η · db"


def test_a_batch_without_images_has_no_terms() -> None:
    tensors = {"X": [], "dY": [], "W": integers((2, 1, 3, 3), 1)}
    evaluation = conv2d(3, 1, 0, 1, 1).gradients["weight"].evaluate((0, 0, 1, 1), tensors)
    assert (evaluation.terms, evaluation.total, evaluation.skipped) == ([], 0, 0)


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_a_pool_refuses_windows_in_the_padding_as_its_layer_does(pool: Any) -> None:
    kind = {"max_pool2d": bl.MaxPool2d, "avg_pool2d": bl.AvgPool2d}[pool.__name__]
    for kernel, padding in ((2, 2), ((3, 1), (0, 1)), (1, 5)):
        with pytest.raises(ConfigurationError, match="in the padding altogether"):
            pool(kernel, 3, padding)
        with pytest.raises(ShapeError, match="in the padding altogether"):
            kind(kernel, 3, padding).output_shape((1, 9, 9))
    assert pool(3, 3, 2).name == pool.__name__
    assert kind(3, 3, 2).output_shape((1, 9, 9))


def test_what_the_padding_holds() -> None:
    assert operation("max_pool2d").sizes["p"].endswith("of places that never win around the image")
    assert operation("avg_pool2d").sizes["p"].endswith("of zeros around the image")
