"""How people lay out their arrays, and the way there and back.

An axis has one letter: n images, c channels, h and w rows and columns of the input, o filters,
u and v rows and columns of a filter, i and j of the output, f numbers of a row.  "nchw" is laid out
anew as "nhwc", or as "hw" where there is one image with one channel; a "1" is an axis of length 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Numbers = Any


@dataclass(frozen=True)
class ArrayLayout:
    """How arrays are laid out.

    Attributes:
        name: what ``--layout`` calls it.
        words: the same for readers.
        axes: our axes -> theirs, where they differ.
        single: letters of axes that are missing, so that there is only one of each.
    """

    name: str
    words: str
    axes: Mapping[str, str] = field(default_factory=dict)

    @property
    def single(self) -> frozenset[str]:
        """Axes that this layout does not have."""
        return frozenset(
            letter for ours, theirs in self.axes.items() for letter in ours if letter not in theirs
        )

    def theirs(self, axes: str) -> str:
        """Their axes for ours."""
        return self.axes.get(axes, axes)

    def to_them(self, numbers: Numbers, axes: str) -> Numbers:
        """An array of ours as they want it."""
        return arranged(numbers, axes, self.theirs(axes))

    def to_us(self, numbers: Numbers, axes: str) -> Numbers:
        """An array of theirs as we have it."""
        return arranged(numbers, self.theirs(axes), axes)

    def shape(self, axes: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape that an array of theirs has."""
        return tuple(1 if letter == "1" else sizes[letter] for letter in self.theirs(axes))


CHANNELS_FIRST = ArrayLayout("nchw", "images first, then channels, rows, columns (N, C, H, W)")

_CONVOLUTION = (
    CHANNELS_FIRST,
    ArrayLayout(
        "nhwc",
        "channels last: (N, H, W, C), filters (kH, kW, C, O)",
        {"nchw": "nhwc", "ocuv": "uvco", "noij": "nijo", "o": "111o"},
    ),
    ArrayLayout(
        "nhwc",
        "channels last: (N, H, W, C), filters (kH, kW, C, O)",
        {"nchw": "nhwc", "ocuv": "uvco", "noij": "nijo"},
    ),
    ArrayLayout(
        "nhwc-ohwc",
        "channels last: (N, H, W, C), filters (O, kH, kW, C)",
        {"nchw": "nhwc", "ocuv": "ouvc", "noij": "nijo"},
    ),
    ArrayLayout(
        "chw",
        "one image at a time (C, H, W)",
        {"nchw": "chw", "noij": "oij"},
    ),
    ArrayLayout(
        "hw",
        "matrices: one image with one channel, and one filter",
        {"nchw": "hw", "ocuv": "uv", "noij": "ij", "o": ""},
    ),
    ArrayLayout(
        "hw-maps-last",
        "one image with one channel (H, W), filters (O, kH, kW), maps last (OH, OW, O)",
        {"nchw": "hw", "ocuv": "ouv", "noij": "ijo"},
    ),
    ArrayLayout(
        "hw-maps-first",
        "one image with one channel (H, W), filters (O, kH, kW), maps first (O, OH, OW)",
        {"nchw": "hw", "ocuv": "ouv", "noij": "oij"},
    ),
    ArrayLayout(
        "hwc",
        "one image at a time, channels last (H, W, C)",
        {"nchw": "hwc", "ocuv": "uvco", "noij": "ijo"},
    ),
    ArrayLayout(
        "hwc-ochw",
        "one image at a time (H, W, C), filters (O, C, kH, kW), maps last (OH, OW, O)",
        {"nchw": "hwc", "noij": "ijo"},
    ),
    ArrayLayout(
        "nhw",
        "images with one channel (N, H, W), filters (O, kH, kW)",
        {"nchw": "nhw", "ocuv": "ouv"},
    ),
    ArrayLayout(
        "nhw-hw",
        "images with one channel (N, H, W), one filter (kH, kW)",
        {"nchw": "nhw", "ocuv": "uv", "noij": "nij", "o": ""},
    ),
)
_POOL = (
    CHANNELS_FIRST,
    ArrayLayout("nhwc", "channels last (N, H, W, C)", {"nchw": "nhwc", "ncij": "nijc"}),
    ArrayLayout("chw", "one image at a time (C, H, W)", {"nchw": "chw", "ncij": "cij", "nc": "c"}),
    ArrayLayout(
        "hwc", "one image at a time, channels last", {"nchw": "hwc", "ncij": "ijc", "nc": "c"}
    ),
    ArrayLayout(
        "hw", "matrices: one image with one channel", {"nchw": "hw", "ncij": "ij", "nc": ""}
    ),
)
_DENSE = (
    ArrayLayout("nf", "a row for each image (N, F), weights (O, F)"),
    ArrayLayout("nf-fo", "a row for each image (N, F), weights (F, O)", {"of": "fo"}),
    ArrayLayout("nf-fo", "a row for each image (N, F), weights (F, O)", {"of": "fo", "o": "1o"}),
    ArrayLayout("nf", "a row for each image (N, F), weights (O, F)", {"o": "1o"}),
    ArrayLayout(
        "fn",
        "a column for each image (F, N), weights (O, F)",
        {"nf": "fn", "no": "on", "o": "o1"},
    ),
    ArrayLayout("fn", "a column for each image (F, N), weights (O, F)", {"nf": "fn", "no": "on"}),
    ArrayLayout("f", "one image at a time (F), weights (O, F)", {"nf": "f", "no": "o"}),
    ArrayLayout(
        "f-fo", "one image at a time (F), weights (F, O)", {"nf": "f", "no": "o", "of": "fo"}
    ),
)
_REGRESSION = (
    *_DENSE[:4],
    ArrayLayout("f", "one image at a time (F), weights (O, F)", {"nf": "f", "n": ""}),
    ArrayLayout(
        "f-fo", "one image at a time (F), weights (F, O)", {"nf": "f", "n": "", "of": "fo"}
    ),
)
_NUMBERS = (
    ArrayLayout("nf", "arrays of any shape"),
    ArrayLayout("f", "lists of numbers", {"nf": "f"}),
    ArrayLayout("number", "single numbers", {"nf": ""}),
    ArrayLayout("chw", "one image at a time (C, H, W)", {"nf": "1nf"}),
    ArrayLayout("nchw", "images (N, C, H, W)", {"nf": "11nf"}),
)
_NORMALIZATION = (
    CHANNELS_FIRST,
    ArrayLayout("nd", "a row for each image (N, D)", {"nchw": "nc"}),
    ArrayLayout("nhwc", "channels last (N, H, W, C)", {"nchw": "nhwc"}),
    ArrayLayout("nd", "a row for each image (N, D)", {"nchw": "nc", "c": "1c"}),
    ArrayLayout("nchw", "images, channels, rows, columns (N, C, H, W)", {"c": "1c11"}),
)
_SCORES = (
    ArrayLayout("nk", "a row of scores for each image (N, K)"),
    ArrayLayout("kn", "a column of scores for each image (K, N)", {"nk": "kn"}),
    ArrayLayout("k", "the scores of one image (K)", {"nk": "k", "n": ""}),
)

LAYOUTS: Mapping[str, Sequence[ArrayLayout]] = {
    "conv2d": _CONVOLUTION,
    "max_pool2d": _POOL,
    "avg_pool2d": _POOL,
    "global_avg_pool2d": _POOL,
    "dense": _DENSE,
    "batch_norm2d": _NORMALIZATION,
    "softmax_cross_entropy": _SCORES,
    "softmax": _SCORES,
    "softmax_regression": _REGRESSION,
}


def layouts_of(operation: str) -> Sequence[ArrayLayout]:
    """The layouts that are tried, the most common first."""
    return LAYOUTS.get(operation, _NUMBERS)


def arranged(numbers: Numbers, axes: str, wanted: str) -> Numbers:
    """An array with its axes in another order.

    Axes that are not wanted have length 1, and so have new ones, which are called "1".
    """
    if axes == wanted:
        return numbers
    sizes, inner = {}, numbers
    for letter in axes:
        if not isinstance(inner, list):
            raise ValueError(f"expected {len(axes)} axes")
        if letter != "1":
            sizes[letter] = len(inner)
        inner = inner[0] if inner else None

    def build(left: str, at: dict[str, int]) -> Numbers:
        if not left:
            value = numbers
            for letter in axes:
                value = value[at.get(letter, 0)]
            return value
        letter, rest = left[0], left[1:]
        if letter == "1" or letter not in sizes:
            return [build(rest, at)]
        return [build(rest, {**at, letter: k}) for k in range(sizes[letter])]

    return build(wanted, {})
