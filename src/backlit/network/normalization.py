"""Normalization of raw pictures, stored with a network so that prediction repeats it.

A raw picture is a ``uint8`` array with values x from 0 to 255.  A network sees, channel by
channel,

    X = (x/255 − mean) / std

where ``mean`` and ``std`` are those of the training pictures, in units of x/255.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from backlit.errors import ConfigurationError, InputError

# Counting needs eight bytes per pixel, so it is done for a few images at a time.
_IMAGES_AT_A_TIME = 2048


@dataclass(frozen=True)
class Normalization:
    """Mean and standard deviation of each channel, in units of x/255.

    Raises:
        ConfigurationError: ``mean`` and ``std`` differ in length, are empty, hold a number that
            is not finite, or ``std`` holds one that is not positive.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", _floats("mean", self.mean))
        object.__setattr__(self, "std", _floats("std", self.std))
        if not self.mean or len(self.mean) != len(self.std):
            raise ConfigurationError(
                "a normalization has one mean and one std per channel; "
                f"here are {len(self.mean)} means and {len(self.std)} stds"
            )
        if min(self.std) <= 0:
            raise ConfigurationError(
                f"the std of a normalization is positive in every channel, not {min(self.std)}"
            )

    @property
    def channels(self) -> int:
        """Number of channels it is made for."""
        return len(self.mean)

    @classmethod
    def fit(cls, images: NDArray[np.uint8]) -> Normalization:
        """Measure raw pictures (N, C, H, W), exactly.

        mean = Σx / (255·n) and std = √(n·Σx² − (Σx)²) / (255·n), over the n = N·H·W pixels of a
        channel.  The sums are integers, so nothing is rounded before the square root.  A channel
        whose pixels are all equal gets std 1, so that it becomes 0 instead of 0/0.

        Raises:
            InputError: The images are not ``uint8`` of four dimensions, or there are none.
        """
        _check_raw(images)
        if images.size == 0:
            raise InputError(
                f"fitting a normalization needs at least one pixel; the images are {images.shape}"
            )
        moments = [_moments(images[:, channel]) for channel in range(images.shape[1])]
        return cls(tuple(m for m, _ in moments), tuple(s or 1.0 for _, s in moments))

    def apply(self, images: NDArray[np.uint8], dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """X = (x/255 − mean) / std for raw pictures (N, C, H, W); a new array of ``dtype``.

        Raises:
            InputError: The images are not ``uint8`` of four dimensions, or have another number
                of channels.
        """
        _check_raw(images)
        if images.shape[1] != self.channels:
            raise InputError(
                f"the normalization is for {_channels(self.channels)}; "
                f"the images have {_channels(images.shape[1])}"
            )
        kind = np.dtype(dtype)
        if kind.kind != "f":
            raise ConfigurationError(f"normalized pictures are floats, not {kind.name}")
        normalized = images.astype(kind)
        normalized /= 255
        normalized -= _per_channel(self.mean, kind)
        normalized /= _per_channel(self.std, kind)
        return normalized

    def to_config(self) -> dict[str, list[float]]:
        """The two lists, ready for JSON; floats survive the journey bit for bit."""
        return {"mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_config(cls, config: Mapping[str, Sequence[float]]) -> Normalization:
        """What :meth:`to_config` wrote.

        Raises:
            ConfigurationError: A list is missing or does not hold usable numbers.
        """
        missing = [key for key in ("mean", "std") if key not in config]
        if missing:
            raise ConfigurationError(f"a stored normalization lacks its {' and '.join(missing)}")
        return cls(tuple(config["mean"]), tuple(config["std"]))


def _floats(name: str, values: Sequence[float]) -> tuple[float, ...]:
    try:
        numbers = tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError):
        raise ConfigurationError(
            f"the {name} of a normalization is one number per channel, not {values!r}"
        ) from None
    if not all(math.isfinite(number) for number in numbers):
        raise ConfigurationError(f"the {name} of a normalization is finite, not {numbers}")
    return numbers


def _check_raw(images: object) -> None:
    if not isinstance(images, np.ndarray):
        came = type(images).__name__
    elif images.dtype != np.uint8 or images.ndim != 4:
        came = f"{images.dtype} {images.shape}"
    else:
        return
    raise InputError(f"raw pictures are uint8 of shape (N, C, H, W); these are {came}")


def _moments(channel: NDArray[np.uint8]) -> tuple[float, float]:
    """Mean and standard deviation of one channel (N, H, W), in units of x/255."""
    histogram = np.zeros(256, dtype=np.int64)
    for start in range(0, len(channel), _IMAGES_AT_A_TIME):
        part = channel[start : start + _IMAGES_AT_A_TIME]
        histogram += np.bincount(part.ravel(), minlength=256)
    counts = histogram.tolist()  # Python's integers: they cannot overflow
    n = sum(counts)
    total = sum(count * x for x, count in enumerate(counts))
    squares = sum(count * x * x for x, count in enumerate(counts))
    return total / (255 * n), math.sqrt(n * squares - total * total) / (255 * n)


def _per_channel(numbers: tuple[float, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """The numbers shaped (C, 1, 1), to stand beside images (N, C, H, W)."""
    return np.asarray(numbers, dtype=dtype)[:, np.newaxis, np.newaxis]


def _channels(count: int) -> str:
    return "1 channel" if count == 1 else f"{count} channels"
