"""Which weight to look at first: the one that a loss pulls at hardest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from backlit.network.engine import Array


def steepest_weight(gradients: Mapping[str, Array]) -> str:
    """The weight of the first layer whose gradient is the largest: ``conv1.weight[4,0,2,0]``.

    If all gradients there are 0 it is one in the middle of the first filter.
    """
    name = next(name for name in gradients if name.endswith(".weight"))
    sizes = np.abs(gradients[name])
    place = [int(each) for each in np.unravel_index(sizes.argmax(), sizes.shape)]
    if not sizes.max() > 0:  # also where the loss became NaN
        place = [0 if axis < 2 else size // 2 for axis, size in enumerate(sizes.shape)]
    return f"{name}[{','.join(map(str, place))}]"
