"""A network for pencil and paper: one image of 4×4, one filter of 2×2, small whole numbers.

The image counts from 0 to 15, the filter from 1 to 4.  What follows is made so that the error
that comes back to the filter is whole too: the dense layer's first score is far above the second,
so the softmax is (1, 0) to the last bit, and with class "b" as the truth the error of the scores
is exactly (1, −1).  Its weights then *are* the error of the convolution.
"""

from __future__ import annotations

import numpy as np

from backlit.explain import Trace, explain
from backlit.network import Network
from backlit.network.layers import Conv2d, Dense, Flatten

IMAGE = np.arange(16.0).reshape(1, 1, 4, 4)
FILTER = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
ERROR = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]])


def toy() -> Trace:
    """The one image through the one filter and back; all numbers are whole but one probability."""
    weights = {
        "conv1.weight": FILTER,
        "conv1.bias": np.zeros(1),
        "dense1.weight": np.stack([ERROR.ravel(), np.zeros(9)]),
    }
    net = Network(
        (1, 4, 4),
        [Conv2d(1, 2), Flatten(), Dense(2, bias=False)],
        engine="pure",
        classes=("a", "b"),
        parameters=weights,
    )
    return explain(net, IMAGE, [1])
