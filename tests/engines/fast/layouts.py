"""From the public order of numbers to the engine's, and back."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


_SLACK = 64  # floats behind every buffer


def maps(x: Floats, lanes: int, filling: float = np.nan) -> Floats:
    """(N, C, H, W) as (N, H, W, S), filled up with NaN."""
    count, channels, height, width = x.shape
    stride = channels + -channels % lanes
    size = count * height * width * stride
    result = np.full(size + _SLACK, filling, np.float32)[:size]
    result = result.reshape(count, height, width, stride)
    result[..., :channels] = np.moveaxis(x, 1, -1)
    return result


def from_maps(x: Floats, channels: int) -> Floats:
    """(N, H, W, S) as (N, C, H, W)."""
    return np.ascontiguousarray(np.moveaxis(x[..., :channels], -1, 1))


def rows(x: Floats, lanes: int, filling: float = np.nan) -> Floats:
    """(N, K) as (N, S), filled up with NaN."""
    return maps(x[:, :, None, None], lanes, filling)[:, 0, 0]
