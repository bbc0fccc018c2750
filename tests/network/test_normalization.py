import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from backlit.errors import ConfigurationError, InputError
from backlit.network.normalization import Normalization

Images = NDArray[np.uint8]
pictures = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=4, max_dims=4, min_side=1, max_side=5))


def random_images(*shape: int, seed: int = 0) -> Images:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@given(pictures)
def test_fit_measures_each_channel_as_numpy_does_in_float64(images: Images) -> None:
    fitted = Normalization.fit(images)
    x = images.astype(np.float64) / 255
    np.testing.assert_allclose(fitted.mean, x.mean(axis=(0, 2, 3)), rtol=0, atol=1e-12)
    std = x.std(axis=(0, 2, 3))
    constant = images.min(axis=(0, 2, 3)) == images.max(axis=(0, 2, 3))
    np.testing.assert_allclose(fitted.std, np.where(constant, 1, std), rtol=0, atol=1e-12)


def test_fit_crosses_its_own_portions_without_losing_an_image() -> None:
    images = np.zeros((5000, 1, 1, 1), dtype=np.uint8)
    images[4999] = 255  # the very last image, alone in its value
    assert Normalization.fit(images).mean == (1 / 5000,)


@given(pictures)
def test_what_was_fitted_has_mean_0_and_std_1_or_is_0(images: Images) -> None:
    seen = Normalization.fit(images).apply(images, dtype=np.float64)
    for channel in range(images.shape[1]):
        values = seen[:, channel]
        assert abs(values.mean()) < 1e-9
        if images[:, channel].min() == images[:, channel].max():
            assert np.abs(values).max() < 1e-12
        else:
            assert math.isclose(values.std(), 1, abs_tol=1e-9)


def test_apply_is_the_equation() -> None:
    normalization = Normalization((0.25, 0.5), (0.5, 2.0))
    images = np.array([0, 51, 255, 102], dtype=np.uint8).reshape(1, 2, 1, 2)
    seen = normalization.apply(images, dtype=np.float64)
    expected = [[(0 - 0.25) / 0.5, (0.2 - 0.25) / 0.5], [(1 - 0.5) / 2, (0.4 - 0.5) / 2]]
    np.testing.assert_allclose(seen[0, :, 0], expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_apply_gives_the_dtype_asked_for_and_leaves_the_pictures_alone(
    dtype: type[np.floating],
) -> None:
    images = random_images(3, 2, 4, 5)
    before = images.copy()
    seen = Normalization((0.1, 0.2), (0.3, 0.4)).apply(images, dtype=dtype)
    assert seen.dtype == dtype
    assert seen.flags.c_contiguous
    np.testing.assert_array_equal(images, before)


def test_an_empty_batch_stays_an_empty_batch() -> None:
    seen = Normalization((0.5,), (0.5,)).apply(np.zeros((0, 1, 4, 4), dtype=np.uint8))
    assert seen.shape == (0, 1, 4, 4)


@given(pictures)
def test_json_keeps_every_bit(images: Images) -> None:
    fitted = Normalization.fit(images)
    assert Normalization.from_config(json.loads(json.dumps(fitted.to_config()))) == fitted


def test_lists_become_tuples_so_that_equal_ones_are_equal() -> None:
    listed = Normalization([0.5], [1])  # type: ignore[arg-type]
    assert listed == Normalization((0.5,), (1.0,))
    assert hash(listed) == hash(Normalization((0.5,), (1.0,)))


@pytest.mark.parametrize(
    ("mean", "std", "words"),
    [
        ((), (), "0 means and 0 stds"),
        ((0.5,), (1.0, 1.0), "1 means and 2 stds"),
        ((0.5,), (0.0,), "positive in every channel, not 0.0"),
        ((0.5, 0.5), (1.0, -2.0), "positive in every channel, not -2.0"),
        ((float("nan"),), (1.0,), "mean of a normalization is finite"),
        ((0.5,), (float("inf"),), "std of a normalization is finite"),
        (0.5, (1.0,), "mean of a normalization is one number per channel, not 0.5"),
        (("gray",), (1.0,), "one number per channel"),
    ],
)
def test_unusable_numbers_are_refused(
    mean: tuple[float, ...], std: tuple[float, ...], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Normalization(mean, std)


def test_a_stored_one_without_its_std_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="lacks its std"):
        Normalization.from_config({"mean": [0.5]})


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((2, 1, 3, 3)), r"these are float64 \(2, 1, 3, 3\)"),
        (np.zeros((2, 3, 3), dtype=np.uint8), r"these are uint8 \(2, 3, 3\)"),
        ([[[[1]]]], "these are list"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "apply"])
def test_only_raw_pictures_are_normalized(method: str, images: Images, words: str) -> None:
    with pytest.raises(InputError, match=words):
        getattr(Normalization((0.5,), (0.5,)), method)(images)


def test_another_number_of_channels_is_refused() -> None:
    with pytest.raises(InputError, match="for 1 channel; the images have 3 channels"):
        Normalization((0.5,), (0.5,)).apply(random_images(2, 3, 4, 4))


def test_nothing_can_be_fitted_to_no_pixels() -> None:
    with pytest.raises(InputError, match="at least one pixel"):
        Normalization.fit(np.zeros((0, 1, 8, 8), dtype=np.uint8))


def test_normalized_pictures_are_not_integers() -> None:
    with pytest.raises(ConfigurationError, match="floats, not int64"):
        Normalization((0.5,), (0.5,)).apply(random_images(1, 1, 2, 2), dtype=np.int64)


@given(st.integers(1, 40), st.integers(0, 255))
def test_a_constant_channel_becomes_zero_in_float32_too(count: int, value: int) -> None:
    images = np.full((count, 1, 2, 2), value, dtype=np.uint8)
    seen = Normalization.fit(images).apply(images)
    # x/255 and its mean are each rounded once to float32 below 1: together at most one unit.
    assert np.abs(seen).max() <= np.finfo(np.float32).eps
