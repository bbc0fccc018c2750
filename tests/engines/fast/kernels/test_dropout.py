"""The dropout kernel against the book, mask and all."""

import numpy as np
import pytest

from backlit import pure
from backlit.engines.fast.compiling.kernel import Kernel
from tests.engines.fast.kernels.widths import EVERY_WIDTH
from tests.engines.fast.layouts import from_maps, maps
from tests.engines.fast.running import run

_KEY = pure.dropout_key(3, 1, 4)


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
@pytest.mark.parametrize("rate", [0.3, 0.75])
@pytest.mark.parametrize("shape", [(5, 3, 4), (18, 2, 3), (33, 1, 1)])
def test_the_mask_is_the_books(shape: tuple[int, int, int], rate: float, lanes: int) -> None:
    random = np.random.default_rng(5)
    x = random.normal(size=(6, *shape)).astype(np.float32)
    mask = np.array(pure.dropout_mask(x.size, rate, _KEY)).reshape(x.shape)
    got = _dropped(x, rate, lanes, 0)
    np.testing.assert_allclose(got, x * mask / (1 - rate), rtol=2e-7)
    # A part of the batch is dealt with as it is in the whole.
    assert np.array_equal(_dropped(x[4:], rate, lanes, 4), got[4:])


def test_nothing_is_dropped_at_rate_0() -> None:
    x = np.random.default_rng(6).normal(size=(2, 18, 2, 3)).astype(np.float32)
    assert np.array_equal(_dropped(x, 0.0, 8, 0), x)


def test_an_error_can_be_added_to_another() -> None:
    x = np.random.default_rng(7).normal(size=(2, 18, 2, 3)).astype(np.float32)
    got = _dropped(x, 0.3, 8, 0, accumulate=True)
    np.testing.assert_allclose(got, _dropped(x, 0.3, 8, 0) + 2, rtol=1e-6, atol=1e-6)


def _dropped(
    x: np.ndarray, rate: float, lanes: int, first: int, accumulate: bool = False
) -> np.ndarray:
    count, channels, height, width = x.shape
    source = maps(x, lanes)
    result = np.full_like(source, 2)
    key = np.array([_KEY], np.uint32)
    kernel = Kernel.of(
        "dropout:forward",
        rate=rate,
        channels=channels,
        height=height,
        width=width,
        stride=source.shape[3],
        lanes=lanes,
        **({"accumulate": True} if accumulate else {}),
    )
    run(kernel, count, source, result, first, key)
    return from_maps(result, channels)
