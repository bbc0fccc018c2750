"""Sums, copies and concatenation against NumPy's."""

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit.engines.fast.compiling.kernel import Kernel
from tests.engines.fast.kernels.widths import EVERY_WIDTH
from tests.engines.fast.layouts import from_maps, maps
from tests.engines.fast.running import run

Floats = NDArray[np.float32]


def _random(*shape: int) -> Floats:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
def test_add_accumulate_and_copy(lanes: int) -> None:
    one, other = _random(3, 96), _random(3, 96)[::-1].copy()
    one[1, 5] = np.inf
    other[2, 7] = np.nan
    total, copied = np.empty_like(one), np.empty_like(one)
    constants = {"size": 96, "lanes": lanes}
    run(Kernel.of("merging:add", **constants), 3, one, other, total)
    np.testing.assert_array_equal(total, one + other)
    run(Kernel.of("merging:accumulate", **constants), 2, one, total)
    np.testing.assert_array_equal(total[:2], (one + other + one)[:2])
    np.testing.assert_array_equal(total[2], (one + other)[2])  # two images were asked for
    run(Kernel.of("merging:copy", **constants), 3, one, copied)
    np.testing.assert_array_equal(copied, one)


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
@pytest.mark.parametrize(("channels", "size"), [([3, 18, 7], 5), ([16, 33], 1)])
def test_concat(channels: list[int], size: int, lanes: int) -> None:
    parts = [_random(2, count, size, size) for count in channels]
    whole = np.concatenate(parts, axis=1)
    target = maps(np.zeros_like(whole), lanes)
    sources = [maps(part, lanes) for part in parts]
    results = [np.full_like(source, 2) for source in sources]
    offset = 0
    for count, source, result in zip(channels, sources, results, strict=True):
        constants = {
            "pixels": size * size,
            "channels": count,
            "from_stride": source.shape[3],
            "to_stride": target.shape[3],
            "offset": offset,
            "lanes": lanes,
        }
        run(Kernel.of("merging:concat_forward", **constants), 2, source, target)
        offset += count
        run(Kernel.of("merging:concat_backward", **constants), 2, target, result)
        constants["accumulate"] = True
        run(Kernel.of("merging:concat_backward", **constants), 2, target, result)
    np.testing.assert_array_equal(from_maps(target, sum(channels)), whole)
    assert np.isnan(target[..., sum(channels) :]).all()  # nothing was written beyond them
    for part, result in zip(parts, results, strict=True):
        np.testing.assert_array_equal(from_maps(result, part.shape[1]), 2 * part)


def test_the_order_in_which_inputs_are_put_together_does_not_matter() -> None:
    parts = [_random(2, 3, 2, 2), _random(2, 5, 2, 2)]
    target = maps(np.zeros((2, 8, 2, 2), np.float32), 8)
    for offset, part in ((3, parts[1]), (0, parts[0])):
        kernel = Kernel.of(
            "merging:concat_forward",
            pixels=4,
            channels=part.shape[1],
            from_stride=8,
            to_stride=8,
            offset=offset,
            lanes=8,
        )
        run(kernel, 2, maps(part, 8), target)
    np.testing.assert_array_equal(from_maps(target, 8), np.concatenate(parts, axis=1))
