"""What a run has computed, in public shapes and order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .builder import Value
from .parts import Place
from .running import Runner


def public(runner: Runner, value: Value, external: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """A copy of a tensor for all images: (N, C, H, W) or (N, K)."""
    layout, count = value.layout, len(external["images"])
    if value.tensor.place is Place.EXTERNAL:
        return external[value.tensor.name].copy()
    numbers = runner.array(value.tensor.name)[: count * layout.size]
    if not layout.is_maps:
        return numbers.reshape(count, -1)[:, : layout.channels].copy()
    maps = numbers.reshape(count, layout.height, layout.width, layout.stride)
    return np.array(maps[..., : layout.channels].transpose(0, 3, 1, 2), order="C")
