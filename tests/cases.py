"""ONE table of operations x shapes x strides x pads x dilations x groups, for every engine.

A case names an operation, the shapes of its operands and its options; it holds no numbers.  An
engine is tested by an adapter (:mod:`tests.adapters`) that runs a case forward and backward.
The hypothesis strategies below draw from the same space.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from hypothesis import strategies as st

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """An operation with the shapes of its operands ("x", "w", "b", ...) and its options."""

    operation: str
    about: str  # what is special about it
    shapes: Mapping[str, Shape]
    options: Mapping[str, Any] = field(default_factory=dict)
    scale: float = 1.0  # of its operands: some bend far from 0

    def __str__(self) -> str:
        return f"{self.operation}: {self.about}"


def conv2d(
    about: str,
    x: Shape,
    filters: int,
    kernel: tuple[int, int],
    bias: bool = True,
    **options: Any,
) -> Case:
    groups = options.get("groups", 1)
    shapes: dict[str, Shape] = {"x": x, "w": (filters, x[1] // groups, *kernel)}
    if bias:
        shapes["b"] = (filters,)
    return Case("conv2d", about, shapes, options)


def one_input(operation: str, about: str, x: Shape, **options: Any) -> Case:
    return Case(operation, about, {"x": x}, options)


CONV2D = [
    conv2d("one pixel, one weight", (1, 1, 1, 1), 1, (1, 1)),
    conv2d("the plain 3x3", (2, 2, 5, 5), 3, (3, 3)),
    conv2d("no bias", (2, 2, 5, 5), 3, (3, 3), bias=False),
    conv2d("one image, more channels than filters", (1, 5, 6, 6), 2, (3, 3)),
    conv2d("one channel, many filters", (2, 1, 6, 6), 7, (3, 3)),
    conv2d("1x1", (2, 3, 4, 5), 4, (1, 1)),
    conv2d("1x1 with stride", (2, 3, 5, 6), 4, (1, 1), stride=2),
    conv2d("odd, not square image", (2, 2, 7, 5), 3, (3, 3), padding=1),
    conv2d("even kernel", (2, 2, 6, 6), 3, (2, 2)),
    conv2d("even kernel, padded", (2, 2, 5, 6), 3, (4, 2), padding=(2, 1)),
    conv2d("unequal kernel", (2, 2, 6, 7), 3, (2, 3)),
    conv2d("a row as kernel", (1, 2, 4, 7), 2, (1, 5), padding=(0, 2)),
    conv2d("a column as kernel", (1, 2, 7, 4), 2, (5, 1), padding=(2, 0)),
    conv2d("kernel as large as the image", (2, 2, 4, 5), 3, (4, 5)),
    conv2d("kernel larger than the image", (1, 2, 3, 3), 2, (5, 5), padding=2),
    conv2d("stride 2", (2, 2, 7, 7), 3, (3, 3), stride=2),
    conv2d("stride 2 with a remainder", (2, 2, 8, 8), 3, (3, 3), stride=2),
    conv2d("stride 3 with remainders", (1, 2, 9, 10), 3, (2, 2), stride=3),
    conv2d("unequal strides", (2, 2, 8, 9), 3, (3, 3), stride=(2, 3), padding=1),
    conv2d("stride larger than the kernel", (2, 2, 9, 9), 3, (2, 2), stride=4),
    conv2d("stride larger than the kernel, padded", (1, 1, 7, 7), 2, (1, 1), stride=3, padding=1),
    conv2d("padding 1", (2, 2, 5, 5), 3, (3, 3), padding=1),
    conv2d("padding beyond the kernel", (1, 2, 3, 3), 2, (2, 2), padding=3),
    conv2d("unequal padding", (2, 2, 5, 5), 3, (3, 3), padding=(0, 2)),
    conv2d("four different paddings", (1, 2, 5, 5), 2, (3, 3), padding=((0, 1), (2, 3)), stride=2),
    conv2d("nothing but padding", (1, 1, 1, 1), 1, (1, 1), stride=3, padding=((2, 0), (0, 0))),
    conv2d("same", (2, 2, 5, 6), 3, (3, 3), padding="same"),
    conv2d("same, even kernel", (1, 2, 5, 6), 2, (2, 4), padding="same"),
    conv2d("same, stride 2", (1, 2, 7, 8), 2, (3, 3), padding="same", stride=2),
    conv2d("same, dilated", (1, 2, 7, 7), 2, (3, 3), padding="same", dilation=2),
    conv2d("valid", (1, 2, 5, 5), 2, (3, 3), padding="valid"),
    conv2d("dilation 2", (2, 2, 7, 7), 3, (3, 3), dilation=2),
    conv2d("unequal dilations", (1, 2, 8, 9), 2, (3, 3), dilation=(2, 3)),
    conv2d("dilation, stride, padding", (2, 2, 9, 8), 2, (3, 2), stride=2, padding=2, dilation=2),
    conv2d("2 groups", (2, 4, 5, 5), 6, (3, 3), groups=2),
    conv2d("3 groups, strided", (1, 6, 6, 7), 3, (3, 2), groups=3, stride=2, padding=1),
    # More filters in a group than one register tile has, and the last vector is not full.
    conv2d("2 groups of 30 filters", (1, 4, 3, 4), 60, (2, 2), groups=2),
    conv2d("2 groups of 90 filters", (1, 2, 2, 3), 180, (1, 2), groups=2),
    conv2d("2 groups of 90 channels", (1, 180, 2, 3), 2, (1, 2), groups=2),
    conv2d("depthwise", (2, 4, 5, 5), 4, (3, 3), groups=4, padding=1),
    conv2d("depthwise, two filters a channel", (1, 3, 6, 6), 6, (3, 3), groups=3, stride=2),
    conv2d(
        "everything at once",
        (2, 4, 9, 10),
        6,
        (3, 2),
        stride=(2, 3),
        padding=(1, 2),
        dilation=(2, 1),
        groups=2,
    ),
]

_POOL_WINDOWS: list[tuple[str, Shape, dict[str, Any]]] = [
    ("2x2", (2, 2, 4, 6), {"kernel_size": 2}),
    ("a stride that leaves a remainder", (1, 2, 5, 7), {"kernel_size": 2}),
    ("overlapping windows", (2, 2, 6, 6), {"kernel_size": 3, "stride": 2}),
    ("stride 1", (1, 1, 4, 4), {"kernel_size": 2, "stride": 1}),
    ("stride larger than the kernel", (1, 2, 7, 7), {"kernel_size": 2, "stride": 3}),
    ("unequal window and stride", (2, 1, 7, 8), {"kernel_size": (2, 3), "stride": (3, 2)}),
    ("padded", (1, 2, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("padded unequally", (1, 2, 5, 6), {"kernel_size": (2, 3), "padding": (1, 0), "stride": 1}),
    ("same", (1, 2, 5, 5), {"kernel_size": 3, "stride": 2, "padding": "same"}),
    ("the whole map", (2, 3, 3, 4), {"kernel_size": (3, 4)}),
    ("1x1", (1, 2, 3, 3), {"kernel_size": 1}),
]
POOLS = [
    *(one_input("max_pool2d", about, x, **options) for about, x, options in _POOL_WINDOWS),
    *(one_input("avg_pool2d", about, x, **options) for about, x, options in _POOL_WINDOWS),
    *(
        one_input(
            "avg_pool2d", f"{about}, padding not counted", x, **options, count_include_pad=False
        )
        for about, x, options in _POOL_WINDOWS
        if "padding" in options
    ),
    one_input("global_avg_pool2d", "maps", (2, 3, 3, 5)),
    one_input("global_avg_pool2d", "one pixel", (1, 2, 1, 1)),
]

DENSE = [
    Case("dense", "one number", {"x": (1, 1), "w": (1, 1), "b": (1,)}),
    Case("dense", "a batch", {"x": (4, 5), "w": (3, 5), "b": (3,)}),
    Case("dense", "no bias", {"x": (2, 3), "w": (4, 3)}),
]

_ACTIVATION_SHAPES = {"maps": (2, 3, 4, 3), "rows": (3, 7)}
PIECEWISE_LINEAR_ACTIVATIONS = [
    Case(operation, about, {"x": x}, options, scale)
    for (about, x), (operation, options, scale) in product(
        _ACTIVATION_SHAPES.items(),
        [
            ("relu", {}, 1.0),
            ("leaky_relu", {}, 1.0),
            ("leaky_relu", {"slope": 0.25}, 1.0),
            ("relu6", {}, 4.0),
            ("hard_sigmoid", {}, 4.0),
        ],
    )
]
SMOOTH_ACTIVATIONS = [
    Case(operation, f"{about} {options or ''}".strip(), {"x": x}, options, scale)
    for (about, x), (operation, options, scale) in product(
        _ACTIVATION_SHAPES.items(),
        [
            ("elu", {}, 1.0),
            ("elu", {"alpha": 0.5}, 1.0),
            ("sigmoid", {}, 1.0),
            ("tanh", {}, 1.0),
            ("gelu", {}, 1.0),
            ("silu", {}, 1.0),
            ("hard_swish", {}, 4.0),
            ("softplus", {}, 1.0),
        ],
    )
]

PRELU = [
    Case("prelu", "maps", {"x": (2, 3, 4, 3), "a": (3,)}),
    Case("prelu", "one slope for all", {"x": (3, 2, 2, 5), "a": (1,)}),
    Case("prelu", "rows", {"x": (3, 7), "a": (7,)}),
]

BATCH_NORM = [
    Case("batch_norm2d", "training", {"x": (3, 2, 4, 3), "gamma": (2,), "beta": (2,)}),
    Case("batch_norm2d", "one image", {"x": (1, 3, 2, 2), "gamma": (3,), "beta": (3,)}),
    Case(
        "batch_norm2d",
        "a large eps",
        {"x": (2, 2, 3, 3), "gamma": (2,), "beta": (2,)},
        {"eps": 0.5},
    ),
    Case(
        "batch_norm2d",
        "evaluation",
        {"x": (2, 2, 3, 3), "gamma": (2,), "beta": (2,)},
        {"mean": [0.5, -0.25], "variance": [2.0, 0.75]},
    ),
]

SHAPING = [
    one_input("flatten", "maps", (2, 3, 2, 4)),
    Case("add", "two", {"a": (2, 2, 3, 3), "b": (2, 2, 3, 3)}),
    Case("add", "three rows", {"a": (2, 4), "b": (2, 4), "c": (2, 4)}),
    Case("concat", "channels", {"a": (2, 1, 3, 3), "b": (2, 3, 3, 3)}),
    Case("concat", "rows", {"a": (2, 4), "b": (2, 1), "c": (2, 2)}),
    one_input("dropout", "half", (2, 2, 3, 4), rate=0.5, key=7),
    one_input("dropout", "a quarter of rows", (3, 8), rate=0.25, key=1),
]

LOSS = [
    Case("softmax_cross_entropy", "one image", {"x": (1, 2)}, {"labels": [1]}),
    Case("softmax_cross_entropy", "a batch", {"x": (4, 3)}, {"labels": [0, 2, 2, 1]}),
]

LINEAR = [
    *CONV2D,
    *DENSE,
    *(case for case in POOLS if case.operation != "max_pool2d"),
    *SHAPING,
]
PIECEWISE_LINEAR = [
    *PRELU,
    *PIECEWISE_LINEAR_ACTIVATIONS,
    *(case for case in POOLS if case.operation == "max_pool2d"),
]
SMOOTH = [*SMOOTH_ACTIVATIONS, *BATCH_NORM, *LOSS]
ALL = [*LINEAR, *PIECEWISE_LINEAR, *SMOOTH]


@st.composite
def conv2d_cases(draw: st.DrawFn) -> Case:
    """Any convolution whose window fits its padded image."""
    groups = draw(st.integers(1, 3))
    channels = groups * draw(st.integers(1, 2))
    filters = groups * draw(st.integers(1, 2))
    kernel = draw(_pairs(1, 3))
    stride, dilation = draw(_pairs(1, 3)), draw(_pairs(1, 3))
    padding = draw(
        st.one_of(
            st.sampled_from(["same", "valid"]),
            st.integers(0, 2),
            _pairs(0, 2),
            st.tuples(_pairs(0, 2), _pairs(0, 2)),
        )
    )
    spans = [dilation[k] * (kernel[k] - 1) + 1 for k in range(2)]
    size = draw(st.tuples(*(st.integers(span, span + 4) for span in spans)))
    x = (draw(st.integers(1, 2)), channels, *size)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return conv2d("drawn", x, filters, kernel, draw(st.booleans()), **options)


@st.composite
def pool_cases(draw: st.DrawFn) -> Case:
    """Any pooling in which no window lies in the padding altogether."""
    kernel = draw(_pairs(1, 3))
    stride = draw(st.one_of(st.none(), _pairs(1, 3)))
    padding = tuple(draw(st.integers(0, size - 1)) for size in kernel)
    size = draw(st.tuples(*(st.integers(k, k + 4) for k in kernel)))
    x = (draw(st.integers(1, 2)), draw(st.integers(1, 2)), *size)
    options: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding}
    operation = draw(st.sampled_from(["max_pool2d", "avg_pool2d"]))
    if operation == "avg_pool2d":
        options["count_include_pad"] = draw(st.booleans())
    return one_input(operation, "drawn", x, **options)


def _pairs(least: int, most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(least, most), st.integers(least, most))
