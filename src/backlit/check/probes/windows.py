"""What windows have: options for rows and for columns, the places for them, what is special."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def pair_of(value: Any) -> tuple[int, int]:
    """An option for rows and for columns."""
    return value if isinstance(value, tuple) else (value, value)


def _ways(options: Mapping[str, Any]) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Stride, padding and dilation, each for rows and columns."""
    stride, padding, dilation = (
        pair_of(options.get(name, plain))
        for name, plain in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    return stride, padding, dilation


def with_room(
    options: Mapping[str, Any], image: tuple[int, int], kernel: tuple[int, int]
) -> tuple[int, int]:
    """Sizes of an image in which there are at least two places for a window in each direction."""
    stride, padding, dilation = _ways(options)
    least = (
        d * (k - 1) + 1 + s - 2 * p
        for k, s, p, d in zip(kernel, stride, padding, dilation, strict=True)
    )
    rows, columns = (max(pair) for pair in zip(image, least, strict=True))
    return rows, columns


def output_size(
    options: Mapping[str, Any], image: tuple[int, int], kernel: tuple[int, int]
) -> tuple[int, int]:
    """How many places there are for a window in each direction."""
    stride, padding, dilation = _ways(options)
    rows, columns = (
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(image, kernel, stride, padding, dilation, strict=True)
    )
    return rows, columns


def features(
    options: Mapping[str, Any],
    N: int,
    C: int,
    O: int,  # noqa: E741
    image: tuple[int, int],
    kernel: tuple[int, int],
) -> Iterator[str]:
    """What is special about a probe with a window."""
    stride, padding, dilation = _ways(options)
    if max(stride) > 1:
        yield "stride"
    if max(padding) > 0:
        yield "padding"
    if max(dilation) > 1:
        yield "dilation"
    if options.get("groups", 1) > 1:
        yield "groups"
    if any(isinstance(value, tuple) for value in options.values()):
        yield "unequal"
    if kernel[0] != kernel[1]:
        yield "rectangular"
    if image[0] != image[1]:
        yield "oblong"
    if N > 1:
        yield "images"
    if C > 1:
        yield "channels"
    if O > 1:
        yield "filters"
    axes = list(zip(image, kernel, stride, padding, dilation, strict=True))
    if any((size + 2 * p - d * (k - 1) - 1) % s for size, k, s, p, d in axes):
        yield "remainder"
    if any(s < d * (k - 1) + 1 for _, k, s, _, d in axes):
        yield "overlap"
