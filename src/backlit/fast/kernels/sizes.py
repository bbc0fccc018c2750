"""What a plan has to know of the kernels without loading them, and Numba with them."""

from __future__ import annotations

DEPTHWISE_WIDTH = 1  # vectors of channels in a tile of a depthwise convolution


def packed_size(lanes: int, groups: int, inputs: int, outputs: int, taps: int) -> int:
    """How many floats packed weights take (:mod:`.packing`)."""
    return groups * taps * inputs * -(-outputs // lanes) * lanes


def statistics_size(stride: int) -> int:
    """How many floats a thread's part of a batch norm's statistics takes."""
    return 2 * stride + 1


def from_output(kind: str, option: float) -> bool:
    """Whether an activation's slope is computed from its output A; else it is from its input Z."""
    if kind == "leaky_relu":
        return option >= 0
    if kind == "elu":
        return option > 0
    return kind in {"relu", "sigmoid", "tanh"}
