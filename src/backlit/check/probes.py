"""What is tried: small whole numbers without symmetry, under many options, and what is right.

A mistake in a stride shows only where there is one, a mistake in `=` only where windows overlap, a
mistake with images only where there are several.  So each operation has a row of probes, the
plainest first; what is right comes from the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

from backlit import equations, pure
from backlit.equations import Operation

Numbers = Any


@dataclass(frozen=True)
class Kind:
    """What must be known of an operation to try it.

    Attributes:
        name: of the operation.
        axes: role of an array -> its axes: {"x": "nchw", "w": "ocuv"}.
        symbols: role -> the letter in the equations.
        results: result -> the role whose shape it has.
        right: the book's results for tensors and options.
        equations: the operation with its equations.
    """

    name: str
    axes: Mapping[str, str]
    symbols: Mapping[str, str]
    results: Mapping[str, str]
    right: Callable[..., Mapping[str, Numbers]]
    equations: Callable[[Mapping[str, Any]], Operation]
    exact: bool = True


@dataclass(frozen=True)
class Probe:
    """Numbers to put in, and what has to come out.

    Attributes:
        kind: the operation.
        tensors: arrays by role.
        options: stride, padding and the like.
        right: the book's results.
        sizes: the length of each axis by its letter.
        features: what is special: "stride", "remainder", "images", …
    """

    kind: Kind
    tensors: Mapping[str, Numbers]
    options: Mapping[str, Any]
    right: Mapping[str, Numbers]
    sizes: Mapping[str, int]
    features: frozenset[str] = field(default=frozenset())

    @property
    def operation(self) -> Operation:
        """The equations with these options."""
        return _operation(self.kind.name, tuple(self.options.items()))

    @property
    def words(self) -> str:
        """The options for readers."""
        told = []
        for name, value in self.options.items():
            plain = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}.get(name)
            if value != plain and name not in ("eps", "kernel_size"):
                told.append(f"{name.replace('_', ' ')} {_short(value)}")
        if "kernel_size" in self.options:
            told.insert(0, f"windows of {_by(self.options['kernel_size'])}")
        return ", ".join(told) or "the plainest options"

    @property
    def letters(self) -> dict[str, Numbers]:
        """The tensors by the letters of the equations, with those that follow from them."""
        found = {self.kind.symbols[role]: value for role, value in self.tensors.items()}
        if "output" in self.right and "y" in self.kind.symbols:
            found[self.kind.symbols["y"]] = self.right["output"]
        return found


def _short(value: Any) -> str:
    return f"({value[0]}, {value[1]})" if isinstance(value, tuple) else str(value)


def _by(value: Any) -> str:
    return f"{value[0]}×{value[1]}" if isinstance(value, tuple) else f"{value}×{value}"


# --- numbers --------------------------------------------------------------------------------------


def whole_numbers(random: Random, shape: Iterable[int], largest: int = 9) -> Numbers:
    """Whole numbers from −9 to 9 without 0, in no order."""
    first, *rest = tuple(shape) or (0,)
    if not tuple(shape):
        return random.choice((-1, 1)) * random.randint(1, largest)
    if rest:
        return [whole_numbers(random, rest, largest) for _ in range(first)]
    return [random.choice((-1, 1)) * random.randint(1, largest) for _ in range(first)]


def distinct_numbers(random: Random, shape: tuple[int, ...]) -> Numbers:
    """Whole numbers of which no two are the same."""
    count = 1
    for size in shape:
        count *= size
    half = count // 2 + 2
    pool = [number for number in range(-half, half + 1) if number]
    random.shuffle(pool)
    numbers = iter(pool)

    def build(sizes: tuple[int, ...]) -> Numbers:
        if not sizes:
            return next(numbers)
        return [build(sizes[1:]) for _ in range(sizes[0])]

    return build(shape)


# --- convolution ----------------------------------------------------------------------------------


def _convolution_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, w, b, dy = (tensors[role] for role in ("x", "w", "b", "dy"))
    dx, dw, db = pure.conv2d_backward(dy, x, w, **options)
    output = pure.conv2d_forward(x, w, b, **options)
    return {"output": output, "input": dx, "weight": dw, "bias": db}


CONVOLUTION = Kind(
    "conv2d",
    {"x": "nchw", "w": "ocuv", "b": "o", "y": "noij", "dy": "noij"},
    {"x": "X", "w": "W", "b": "b", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x", "weight": "w", "bias": "b"},
    _convolution_right,
    lambda options: equations.conv2d(None, **options),
)

# N, C, O, IH, IW, kH, kW and options; the plainest first.
_CONVOLUTIONS: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((2, 3, 4, 5, 7, 2, 3), {}),
    ((2, 3, 2, 5, 5, 3, 3), {}),
    ((1, 2, 2, 4, 4, 2, 2), {}),
    ((1, 1, 1, 5, 4, 3, 2), {}),
    ((2, 2, 3, 5, 7, 3, 3), {"stride": 2}),
    ((2, 2, 3, 6, 8, 3, 3), {"stride": 2}),
    ((2, 2, 3, 4, 5, 3, 3), {"padding": 1}),
    ((2, 1, 2, 5, 5, 3, 3), {"padding": 2}),
    ((2, 2, 3, 5, 7, 3, 3), {"stride": 2, "padding": 1}),
    ((2, 2, 2, 7, 8, 2, 2), {"stride": 3}),
    ((2, 2, 3, 7, 5, 2, 3), {"stride": 2, "padding": 1}),
    ((2, 2, 2, 6, 7, 2, 2), {"dilation": 2}),
    ((2, 4, 6, 4, 5, 2, 2), {"groups": 2}),
    ((2, 2, 2, 6, 6, 2, 3), {"stride": (1, 2)}),
    ((2, 2, 2, 5, 6, 3, 2), {"padding": (2, 1)}),
    ((1, 4, 4, 8, 9, 2, 3), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
)


def _convolution(single: frozenset[str], square: bool) -> Iterator[Probe]:
    seen = set()
    for number, (sizes, options) in enumerate(_CONVOLUTIONS):
        N, C, O, IH, IW, kH, kW = sizes  # noqa: E741
        if options.get("groups", 1) > 1 and single & {"c", "o"}:
            continue
        N = 1 if "n" in single else N
        C = 1 if "c" in single else C
        O = 1 if "o" in single else O  # noqa: E741
        kW = kH if square else kW
        settings = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
        key = (N, C, O, IH, IW, kH, kW, tuple(settings.values()))
        if key in seen:
            continue
        seen.add(key)
        yield convolution(N, C, O, IH, IW, kH, kW, settings, seed=number)


def convolution(
    N: int,
    C: int,
    O: int,  # noqa: E741
    IH: int,
    IW: int,
    kH: int,
    kW: int,
    options: dict[str, Any],
    seed: int = 0,
) -> Probe:
    """A probe of a convolution of these sizes."""
    random = Random(seed)
    x = distinct_numbers(random, (N, C, IH, IW))
    w = whole_numbers(random, (O, C // options["groups"], kH, kW))
    b = whole_numbers(random, (O,))
    output = pure.conv2d_forward(x, w, b, **options)
    OH, OW = len(output[0][0]), len(output[0][0][0])
    dy = whole_numbers(random, (N, O, OH, OW))
    tensors = {"x": x, "w": w, "b": b, "dy": dy}
    found = set(_features(options, N, C, O, (IH, IW), (kH, kW)))
    sizes = {"n": N, "c": C // options["groups"], "o": O, "h": IH, "w": IW}
    return Probe(
        CONVOLUTION,
        tensors,
        options,
        _convolution_right(tensors, options),
        {**sizes, "u": kH, "v": kW, "i": OH, "j": OW},
        frozenset(found),
    )


def _features(
    options: Mapping[str, Any],
    N: int,
    C: int,
    O: int,  # noqa: E741
    image: tuple[int, int],
    kernel: tuple[int, int],
) -> Iterator[str]:
    """What is special about a probe with a window."""

    def pair(name: str, plain: int) -> tuple[int, int]:
        value = options.get(name, plain)
        return value if isinstance(value, tuple) else (value, value)

    stride, padding, dilation = pair("stride", 1), pair("padding", 0), pair("dilation", 1)
    if max(stride) > 1:
        yield "stride"
    if max(padding) > 0:
        yield "padding"
    if max(dilation) > 1:
        yield "dilation"
    if options.get("groups", 1) > 1:
        yield "groups"
    if any(isinstance(value, tuple) for name, value in options.items() if name != "kernel_size"):
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


FEATURES = {
    "remainder": "where the stride leaves rows or columns over that no window reaches",
    "stride": "with a stride above 1",
    "padding": "with padding",
    "dilation": "with a dilation above 1",
    "groups": "with more than one group",
    "unequal": "where rows and columns have options of their own",
    "overlap": "where windows overlap",
    "images": "with more than one image",
    "channels": "with more than one channel",
    "filters": "with more than one filter",
    "rectangular": "with filters that are not square",
    "oblong": "with images that are not square",
    "ties": "where several numbers of a window are equally large",
    "negative": "where all numbers of a window are negative",
    "large": "for large numbers",
    "kink": "exactly at the kink",
}

_ROWS: dict[str, Callable[[frozenset[str], bool], Iterator[Probe]]] = {"conv2d": _convolution}
KINDS: dict[str, Kind] = {"conv2d": CONVOLUTION}


@lru_cache(maxsize=256)
def _operation(name: str, options: tuple[tuple[str, Any], ...]) -> Operation:
    return KINDS[name].equations(dict(options))


@lru_cache(maxsize=64)
def probes_of(operation: str, single: frozenset[str], square: bool = False) -> Sequence[Probe]:
    """All probes of an operation.

    Args:
        operation: its name.
        single: axes of which there can be only one, such as "n" for code that takes one image.
        square: whether windows have to be square.
    """
    return tuple(_ROWS[operation](single, square))
