"""What a run has computed, in public shapes and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .builder import Builder, Value
from .parts import Place
from .running import Runner


@dataclass(frozen=True)
class Outcome:
    """A plan that was run, and where its results are; good until it is run again.

    Attributes:
        builder: knows which tensors are which outputs and errors.
        runner: has them in its memory.
        external: the arrays that were given.
    """

    builder: Builder
    runner: Runner
    external: Mapping[str, NDArray[Any]]

    def public(self, value: Value) -> NDArray[Any]:
        """A copy of an output or of an error; see :func:`public`."""
        return public(self.runner, value, self.external)


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
