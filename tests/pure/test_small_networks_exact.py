"""Whole small networks in fractions: the gradient of every weight equals the difference exactly.

The networks are piecewise linear, so a step too small to reach a kink leaves no error at all.  The
loss is a fixed weighted sum of the outputs, since cross-entropy needs the exponential function.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backlit import pure
from backlit.engines.pure.engine import BOOK
from tests.adapters import fractions

STEP = Fraction(1, 10**12)
Weights = dict[str, Any]  # nested lists by name
Run = tuple[Any, Callable[[], Weights]]  # the outputs, and the gradients where they are asked for


def plain(book: Any, weights: Weights, images: Any, dz: Any) -> Run:
    """conv, ReLU, max pool, strided conv, LeakyReLU, flatten, dense."""
    slope = Fraction(1, 4)
    y1 = book.conv2d_forward(images, weights["w1"], weights["b1"], padding=1)
    a1 = book.relu_forward(y1)
    p1 = book.max_pool2d_forward(a1, 3, 2)
    y2 = book.conv2d_forward(p1, weights["w2"], weights["b2"], stride=2, padding=1, groups=2)
    a2 = book.leaky_relu_forward(y2, slope)
    f = book.flatten_forward(a2)
    z = book.dense_forward(f, weights["w3"], weights["b3"])

    def backward() -> Weights:
        df, dw3, db3 = book.dense_backward(dz, f, weights["w3"])
        da2 = book.flatten_backward(df, a2)
        dy2 = book.leaky_relu_backward(da2, y2, slope)
        dp1, dw2, db2 = book.conv2d_backward(dy2, p1, weights["w2"], stride=2, padding=1, groups=2)
        da1 = book.max_pool2d_backward(dp1, a1, 3, 2)
        dy1 = book.relu_backward(da1, y1)
        _, dw1, db1 = book.conv2d_backward(dy1, images, weights["w1"], padding=1)
        return {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2, "w3": dw3, "b3": db3}

    return z, backward


def residual(book: Any, weights: Weights, images: Any, dz: Any) -> Run:
    """conv, ReLU, (conv + shortcut), concat with the picture, average pools, dense."""
    y1 = book.conv2d_forward(images, weights["w1"], weights["b1"], padding="same")
    a1 = book.relu_forward(y1)
    y2 = book.conv2d_forward(a1, weights["w2"], weights["b2"], padding="same")
    s = book.add_forward([y2, a1])
    c = book.concat_forward([s, images])
    p = book.avg_pool2d_forward(c, 2, 1, padding=1, count_include_pad=False)
    g = book.global_avg_pool2d_forward(p)
    z = book.dense_forward(g, weights["w3"], weights["b3"])

    def backward() -> Weights:
        dg, dw3, db3 = book.dense_backward(dz, g, weights["w3"])
        dp = book.global_avg_pool2d_backward(dg, p)
        dc = book.avg_pool2d_backward(dp, c, 2, 1, padding=1, count_include_pad=False)
        ds, _ = book.concat_backward(dc, [s, images])
        dy2, through_shortcut = book.add_backward(ds, [y2, a1])
        through_conv, dw2, db2 = book.conv2d_backward(dy2, a1, weights["w2"], padding="same")
        da1 = book.add_forward([through_conv, through_shortcut])
        dy1 = book.relu_backward(da1, y1)
        _, dw1, db1 = book.conv2d_backward(dy1, images, weights["w1"], padding="same")
        return {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2, "w3": dw3, "b3": db3}

    return z, backward


NETWORKS: dict[str, tuple[Callable[..., Run], dict[str, tuple[int, ...]]]] = {
    "plain": (
        plain,
        {"w1": (4, 1, 3, 3), "b1": (4,), "w2": (2, 2, 3, 3), "b2": (2,), "w3": (3, 8), "b3": (3,)},
    ),
    "residual": (
        residual,
        {"w1": (2, 1, 3, 3), "b1": (2,), "w2": (2, 2, 3, 3), "b2": (2,), "w3": (3, 3), "b3": (3,)},
    ),
}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize(
    "book",
    [
        pytest.param(pure, id="the book"),
        # test_walks.py compares them with the book, to the last bit.
        pytest.param(BOOK, id="its quicker walks", marks=pytest.mark.widths),
    ],
)
def test_every_weight(network: str, book: Any) -> None:
    run, shapes = NETWORKS[network]
    random = np.random.default_rng(0 if book is pure else 1)

    def distinct(shape: tuple[int, ...]) -> Any:
        # Distinct primes-like fractions: no two sums tie and no ReLU meets 0 exactly.
        numbers = random.permutation(np.arange(-2000, 2000))[: int(np.prod(shape))]
        return np.array([Fraction(int(k), 997) for k in numbers]).reshape(shape)

    weights = {name: distinct(shape) for name, shape in shapes.items()}
    images = distinct((2, 1, 7, 8)).tolist()
    dz = fractions(random.integers(-3, 4, (2, 3)))

    def lists(arrays: dict[str, Any]) -> Weights:
        return {name: array.tolist() for name, array in arrays.items()}

    z, backward = run(book, lists(weights), images, dz.tolist())
    gradients = backward()
    for name, value in weights.items():
        gradient = np.array(gradients[name])
        assert gradient.shape == value.shape
        for place in np.ndindex(value.shape):
            moved = value.copy()
            moved[place] += STEP
            z_moved, _ = run(book, lists({**weights, name: moved}), images, dz.tolist())
            slope = ((np.array(z_moved) - np.array(z)) * dz).sum() / STEP
            assert slope == gradient[place], f"{name}{list(place)}"
