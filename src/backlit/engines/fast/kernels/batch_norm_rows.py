"""How the constants of a batch norm lie in memory, for kernels and plans; loads no Numba."""

from __future__ import annotations

from enum import IntEnum


class Rows(IntEnum):
    """The rows of a batch norm's constants; the last three are for its gradients."""

    MEAN = 0
    ROOT = 1  # r
    SCALE = 2  # γ·r
    SHIFT = 3  # β
    VARIANCE = 4  # σ²
    SHARE = 5  # 1/M, in every place
    PULL = 6  # −γ·r·dβ/M
    TWIST = 7  # −γ·r²·dγ/M
