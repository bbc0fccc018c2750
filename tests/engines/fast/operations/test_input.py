"""What the operations do with arrays that are unusual, and with arrays that do not fit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backlit import fast
from backlit.errors import BacklitError, InputError

X = np.random.default_rng(0).standard_normal((2, 3, 6, 5)).astype(np.float32)
W = np.random.default_rng(1).standard_normal((4, 3, 3, 3)).astype(np.float32)
Y = fast.conv2d_forward(X, W)


def frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "x",
    [
        np.asfortranarray(X),
        X.astype(np.float64),
        X.transpose(0, 1, 3, 2).copy().transpose(0, 1, 3, 2),
        np.repeat(X, 2, axis=3)[..., ::2],
        X.astype(">f4"),
        frozen(X.copy()),
        X.tolist(),
    ],
    ids=[
        "Fortran order",
        "float64",
        "transposed",
        "every second",
        "big-endian",
        "read-only",
        "list",
    ],
)
def test_any_array_of_these_numbers_is_as_good(x: Any) -> None:
    assert np.array_equal(fast.conv2d_forward(x, W), Y)


def test_whole_numbers() -> None:
    x = np.arange(16).reshape(1, 1, 4, 4)
    assert fast.avg_pool2d_forward(x, 2).tolist() == [[[[2.5, 4.5], [10.5, 12.5]]]]
    assert fast.relu_forward(np.array([-2, 3], np.int8)).tolist() == [0.0, 3.0]


def test_operands_are_left_alone() -> None:
    x, w, dy = X.copy(), W.copy(), np.ones_like(Y)
    fast.conv2d_backward(dy, x, w)
    mean, variance = np.zeros(3, np.float32), np.ones(3, np.float32)
    fast.batch_norm2d_forward(x, np.ones(3), np.zeros(3), mean, variance)
    fast.batch_norm2d_backward(x, x, np.ones(3))
    assert np.array_equal(x, X)
    assert np.array_equal(w, W)
    assert np.all(dy == 1)
    assert np.all(mean == 0)
    assert np.all(variance == 1)


def test_results_are_the_callers_own() -> None:
    pixels = np.ones((2, 1, 1, 1), np.float32)
    first = fast.max_pool2d_forward(pixels, 1)
    fast.max_pool2d_forward(7 * pixels, 1)
    assert np.all(first == 1)


def test_empty_batches() -> None:
    none = X[:0]
    assert fast.conv2d_forward(none, W).shape == (0, 4, 4, 3)
    dx, dw, db = fast.conv2d_backward(Y[:0], none, W)
    assert dx.shape == none.shape
    assert not dw.any()
    assert dw.shape == W.shape
    assert db.tolist() == [0, 0, 0, 0]
    assert fast.dense_forward(np.zeros((0, 2)), np.zeros((3, 2))).shape == (0, 3)
    assert fast.max_pool2d_backward(none[:, :, :3, :2], none, 2).shape == none.shape
    assert fast.batch_norm2d_forward(none, np.ones(3), np.ones(3)).shape == none.shape
    assert fast.elu_backward(none, none).shape == none.shape


def test_a_larger_batch_after_a_smaller_one() -> None:
    whole = fast.conv2d_forward(np.concatenate([X] * 9), W)
    assert np.array_equal(whole, np.concatenate([Y] * 9))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: fast.conv2d_forward(X[0], W), "x must have 4 dimensions, got shape (3, 6, 5)"),
        (lambda: fast.conv2d_forward(X[:, :2], W), "x must have 3 channels, got 2"),
        (lambda: fast.conv2d_forward(X, W, np.zeros(3)), "b must have the shape (4,), got (3,)"),
        (lambda: fast.conv2d_forward(X, W, stride=0), "stride"),
        (lambda: fast.conv2d_forward(X, W, dilation=9), "9"),
        (lambda: fast.conv2d_backward(Y[:1], X, W), "dy must have the shape (2, 4, 4, 3)"),
        (lambda: fast.conv2d_forward(X.astype(complex), W), "real numbers, got one of complex128"),
        (lambda: fast.relu_forward(["a"]), "x must be an array of real numbers"),
        (lambda: fast.relu_backward(X, X[0]), "dy must have the shape (3, 6, 5)"),
        (lambda: fast.dense_forward(X[0, 0], W[0, 0]), "w must have the shape (3, 5)"),
        (lambda: fast.max_pool2d_forward(X, 2, padding=3), "padding"),
        (lambda: fast.batch_norm2d_forward(X, [1, 1, 1], [0, 0, 0], mean=[0, 0, 0]), "both mean"),
        (lambda: fast.batch_norm2d_forward(X, [1, 1], [0, 0, 0]), "gamma must have the shape (3,)"),
        (lambda: fast.softmax_cross_entropy_forward([[1, 2]], [2]), "label 2 of image 0"),
        (lambda: fast.softmax_cross_entropy_forward([[1, 2]], [0.5]), "1 whole numbers"),
        (lambda: fast.softmax_cross_entropy_forward(np.zeros((0, 2)), []), "empty batch"),
    ],
)
def test_what_does_not_fit_is_one_sentence(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(BacklitError) as problem:
        call()
    assert says in str(problem.value)
    assert isinstance(problem.value, ValueError)


def test_no_such_operation() -> None:
    with pytest.raises(AttributeError, match="no attribute 'conv3d_forward'"):
        fast.conv3d_forward  # noqa: B018
    assert "conv2d_forward" in dir(fast)
    assert issubclass(InputError, ValueError)
