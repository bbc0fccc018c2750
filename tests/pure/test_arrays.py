"""An array in place of nested lists is refused in one clear sentence."""

import numpy as np
import pytest

from backlit import pure

X = np.ones((1, 1, 4, 4))
W = np.ones((1, 1, 2, 2))
B = np.zeros(1)
DY = np.ones((1, 1, 3, 3))
ROWS = np.ones((2, 3))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("conv2d_forward", (X, W, B)),
        ("conv2d_forward", (X, W.tolist(), [0.0])),
        ("conv2d_backward", (DY, X, W)),
        ("conv2d_backward", (DY, X.tolist(), W.tolist())),
        ("conv2d_filter_gradient", (DY, X, W)),
        ("max_pool2d_forward", (X, 2)),
        ("avg_pool2d_backward", (np.ones((1, 1, 2, 2)), X, 2)),
        ("global_avg_pool2d_forward", (X,)),
        ("dense_forward", (ROWS, ROWS, np.ones(2))),
        ("relu_forward", (ROWS,)),
        ("elu_backward", (ROWS, ROWS)),
        ("flatten_forward", (X,)),
        ("batch_norm2d_forward", (X, np.ones(1), np.ones(1))),
        ("softmax_cross_entropy_forward", (ROWS, [0, 1])),
    ],
)
def test_an_array_is_refused_in_one_sentence(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match=r"nested lists, got ndarray .*tolist\(\)"):
        getattr(pure, name)(*arguments)
