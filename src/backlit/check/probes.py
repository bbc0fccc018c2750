"""What is tried: small whole numbers without symmetry, under many options, and what is right.

A mistake in a stride shows only where there is one, a mistake in `=` only where windows overlap, a
mistake with images only where there are several.  So each operation has a row of probes, the
plainest first; what is right comes from the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from random import Random
from typing import Any, Literal

from backlit import equations, pure
from backlit.equations import Operation
from backlit.mistakes.pooling import INSIDE, inside_counts, winners
from backlit.pure.nested import shaped

from .vocabulary import ACTIVATIONS

Numbers = Any
Windows = Literal["any", "square", "3"]


@dataclass(frozen=True)
class Limits:
    """What code can be tried with.

    Attributes:
        single: axes of which there can be only one, such as "n" for code that takes one image.
        windows: which windows there may be.
        fixed: options that it does not take and that have other values than the plain ones.
    """

    single: frozenset[str] = frozenset()
    windows: Windows = "any"
    fixed: tuple[tuple[str, Any], ...] = ()

    def of(self, axis: str, size: int) -> int:
        """The size, or 1 where there can be only one."""
        return 1 if axis in self.single else size


@dataclass(frozen=True, eq=False)
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

    def letter(self, result: str) -> str:
        """How the equations call a result: "dW", "dγ", "dZ"."""
        symbol = self.symbols.get(self.results[result], "L")
        return symbol if result in ("output", "loss") else f"d{symbol}"


@dataclass(frozen=True, eq=False)
class Probe:
    """Numbers to put in, and what has to come out.

    Attributes:
        kind: the operation.
        tensors: arrays by role.
        options: stride, padding and the like.
        sizes: the length of each axis by its letter.
        features: what is special: "stride", "remainder", "images", …
    """

    kind: Kind
    tensors: Mapping[str, Numbers]
    options: Mapping[str, Any]
    sizes: Mapping[str, int]
    features: frozenset[str] = field(default=frozenset())

    @cached_property
    def right(self) -> Mapping[str, Numbers]:
        """The book's results."""
        return self.kind.right(self.tensors, self.options)

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
            if value != plain and name not in ("eps", "kernel_size", "count_include_pad"):
                told.append(f"{name.replace('_', ' ')} {_short(value)}")
        if "kernel_size" in self.options:
            told.insert(0, f"windows of {words_by(self.options['kernel_size'])}")
        told += [
            f"{self.sizes[letter]} {what}{'' if self.sizes[letter] == 1 else end}"
            for letter, what, end in COUNTED.get(self.kind.name, ())
        ]
        if "eps" in self.options:
            told.append(f"{self.sizes['h']}×{self.sizes['w']}")
            told += [f"ε {self.options['eps']:g}"] if "eps" in self.features else []
        told += [SPECIAL[each] for each in SPECIAL if each in self.features]
        return ", ".join(told) or "the plainest options"

    @property
    def setting(self) -> str:
        """The options, and the size of the filter, which is none of them."""
        if self.kind.name != "conv2d":
            return self.words
        return f"{self.words} and filters of {self.sizes['u']}×{self.sizes['v']}"

    @property
    def count(self) -> int:
        """How much there is to compute."""
        product = 1
        for each in self.sizes.values():
            product *= each
        return product

    @cached_property
    def letters(self) -> dict[str, Numbers]:
        """The tensors by the letters of the equations, with those that follow from them."""
        found = {self.kind.symbols.get(role, role): value for role, value in self.tensors.items()}
        if "output" in self.right and "y" in self.kind.symbols:
            found[self.kind.symbols["y"]] = self.right["output"]
        found.pop("labels", None)
        if "labels" in self.tensors:
            classes = range(self.sizes["k"])
            found["T"] = [[int(k == label) for k in classes] for label in self.tensors["labels"]]
        if "kernel_size" in self.options and "dy" in self.tensors:
            x, dy = self.tensors["x"], self.tensors["dy"]
            found |= winners(x, dy, self.options)
            found[INSIDE] = inside_counts(self.right["output"], x, self.options)
        return found


# What there are some of, for operations that have no other options.
COUNTED = {
    "softmax_regression": (("n", "image", "s"), ("f", "input", "s"), ("k", "class", "es")),
    "dense": (("n", "image", "s"), ("f", "input", "s"), ("o", "output", "s")),
    "batch_norm2d": (("n", "image", "s"), ("c", "channel", "s")),
    "softmax_cross_entropy": (("n", "image", "s"), ("k", "class", "es")),
    "softmax": (("n", "image", "s"), ("k", "class", "es")),
}
# Of the numbers of a trial, where they are what it is for.
SPECIAL = {
    "ties": "equal numbers",
    "negative": "negative numbers",
    "large": "numbers hundreds apart",
    "apart": "images as far apart",
    "kink": "numbers at the kink",
}


def _short(value: Any) -> str:
    return f"({value[0]}, {value[1]})" if isinstance(value, tuple) else str(value)


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


def words_by(value: Any) -> str:
    """A size for readers: 2×3."""
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
    return shaped(pool, *shape)


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


def _convolution(limits: Limits) -> Iterator[Probe]:
    seen = set()
    for number, (sizes, options) in enumerate(_CONVOLUTIONS):
        N, C, O, IH, IW, kH, kW = sizes  # noqa: E741
        if options.get("groups", 1) > 1 and limits.single & {"c", "o"}:
            continue
        N, C, O = limits.of("n", N), limits.of("c", C), limits.of("o", O)  # noqa: E741
        kH, kW = (3, 3) if limits.windows == "3" else (kH, kH if limits.windows == "square" else kW)
        settings = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
        settings |= dict(limits.fixed)
        IH, IW = _with_room(settings, (IH, IW), (kH, kW))
        key = (N, C, O, IH, IW, kH, kW, tuple(settings.values()))
        if key in seen:
            continue
        seen.add(key)
        yield convolution(N, C, O, IH, IW, kH, kW, settings, seed=number)


def _with_room(
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


def _output_size(
    options: Mapping[str, Any], image: tuple[int, int], kernel: tuple[int, int]
) -> tuple[int, int]:
    """How many places there are for a window in each direction."""
    stride, padding, dilation = _ways(options)
    rows, columns = (
        (size + 2 * p - d * (k - 1) - 1) // s + 1
        for size, k, s, p, d in zip(image, kernel, stride, padding, dilation, strict=True)
    )
    return rows, columns


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
    OH, OW = _output_size(options, (IH, IW), (kH, kW))
    dy = whole_numbers(random, (N, O, OH, OW))
    tensors = {"x": x, "w": w, "b": b, "dy": dy}
    found = set(_features(options, N, C, O, (IH, IW), (kH, kW)))
    sizes = {"n": N, "c": C // options["groups"], "o": O, "h": IH, "w": IW}
    return Probe(
        CONVOLUTION,
        tensors,
        options,
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


FEATURES = {
    "remainder": "where the stride leaves rows or columns over that no window reaches",
    "stride": "with a stride above 1",
    "padding": "with padding",
    "dilation": "with a dilation above 1",
    "groups": "with more than one group",
    "unequal": "where rows and columns have options of their own",
    "overlap": "where windows overlap",
    "units": "with more than one input and output",
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

# --- pools ----------------------------------------------------------------------------------------


def _pool_kind(name: str) -> Kind:
    forward, backward = getattr(pure, f"{name}_forward"), getattr(pure, f"{name}_backward")

    def right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
        x, dy = tensors["x"], tensors["dy"]
        return {"output": forward(x, **options), "input": backward(dy, x, **options)}

    build = getattr(equations, name)
    return Kind(
        name,
        {"x": "nchw", "y": "ncij", "dy": "ncij"},
        {"x": "X", "y": "Y", "dy": "dY"},
        {"output": "y", "input": "x"},
        right,
        lambda options: build(**options),
    )


MAX_POOL, AVERAGE_POOL = _pool_kind("max_pool2d"), _pool_kind("avg_pool2d")

# N, C, IH, IW and options; what is special besides.
_POOLS: tuple[tuple[tuple[int, ...], dict[str, Any], str], ...] = (
    ((2, 3, 4, 6), {"kernel_size": 2, "stride": 2}, ""),
    ((1, 1, 4, 4), {"kernel_size": 2, "stride": 2}, ""),
    ((2, 3, 4, 4), {"kernel_size": 2, "stride": 2}, ""),
    ((2, 2, 4, 4), {"kernel_size": 2, "stride": 2}, "ties"),
    ((2, 2, 5, 7), {"kernel_size": 2, "stride": 2}, ""),
    ((1, 2, 4, 5), {"kernel_size": 2, "stride": 1}, ""),
    ((2, 1, 7, 5), {"kernel_size": 3, "stride": 2}, ""),
    ((1, 1, 6, 9), {"kernel_size": 3, "stride": 3}, ""),
    ((1, 2, 7, 8), {"kernel_size": 2, "stride": 3}, ""),
    ((1, 1, 4, 4), {"kernel_size": 2, "stride": 2}, "negative"),
    ((2, 2, 4, 6), {"kernel_size": 2, "stride": 2, "padding": 1}, "negative"),
    ((1, 2, 5, 5), {"kernel_size": 3, "stride": 2, "padding": 1}, ""),
    ((1, 1, 6, 5), {"kernel_size": 3, "stride": 2, "padding": 2}, ""),
    ((1, 2, 4, 6), {"kernel_size": (2, 3), "stride": (2, 3)}, ""),
    ((1, 1, 4, 5), {"kernel_size": 3, "stride": 1}, "ties"),
)


def _pools(name: str) -> Rows:
    kind = KINDS[name]

    def rows(limits: Limits) -> Iterator[Probe]:
        seen = set()
        for number, (sizes, options, special) in enumerate(_POOLS):
            N, C, IH, IW = sizes
            N, C = limits.of("n", N), limits.of("c", C)
            settings = {"padding": 0, **options, **dict(limits.fixed)}
            kernel = pair_of(settings["kernel_size"])
            if any(p >= k for p, k in zip(pair_of(settings["padding"]), kernel, strict=True)):
                continue
            IH, IW = _with_room(settings, (IH, IW), kernel)
            key = (N, C, IH, IW, tuple(settings.items()), special)
            if key in seen:
                continue
            seen.add(key)
            random = Random(number)
            x = distinct_numbers(random, (N, C, IH, IW))
            if special == "ties":
                x = _mapped(x, lambda value: abs(value) % 3 + 1)
            if special == "negative":
                x = _mapped(x, lambda value: -abs(value) - (value > 0) / 2)
            if name == "avg_pool2d":
                settings.setdefault("count_include_pad", True)
            tensors = {"x": x}
            OH, OW = _output_size(settings, (IH, IW), kernel)
            tensors["dy"] = distinct_numbers(random, (N, C, OH, OW))
            found = set(_features(settings, N, C, 1, (IH, IW), kernel)) - {"stride"}
            if pair_of(settings["stride"]) != kernel:
                found.add("stride")
            if special:
                found.add(special)
            if "ties" in found and name == "avg_pool2d":
                continue
            sizes_ = {"n": N, "c": C, "h": IH, "w": IW, "i": OH, "j": OW}
            yield Probe(
                kind,
                tensors,
                settings,
                {**sizes_, "u": kernel[0], "v": kernel[1]},
                frozenset(found),
            )

    return rows


def _mapped(nested: Numbers, function: Callable[[Any], Any]) -> Numbers:
    if isinstance(nested, list):
        return [_mapped(each, function) for each in nested]
    return function(nested)


def _global_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, dy = tensors["x"], tensors["dy"]
    return {
        "output": pure.global_avg_pool2d_forward(x),
        "input": pure.global_avg_pool2d_backward(dy, x),
    }


GLOBAL_POOL = Kind(
    "global_avg_pool2d",
    {"x": "nchw", "y": "nc", "dy": "nc"},
    {"x": "X", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x"},
    _global_right,
    lambda options: equations.global_avg_pool2d(),
)


def _global_pools(limits: Limits) -> Iterator[Probe]:
    for number, (N, C, IH, IW) in enumerate(((2, 3, 4, 5), (1, 1, 2, 2), (3, 2, 3, 3))):
        random = Random(number)
        N, C = limits.of("n", N), limits.of("c", C)
        tensors = {
            "x": distinct_numbers(random, (N, C, IH, IW)),
            "dy": distinct_numbers(random, (N, C)),
        }
        found = _features({}, N, C, 1, (IH, IW), (1, 1))
        sizes = {"n": N, "c": C, "h": IH, "w": IW}
        yield Probe(GLOBAL_POOL, tensors, {}, sizes, frozenset(found))


# --- dense ----------------------------------------------------------------------------------------


def _dense_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, w, b, dy = (tensors[role] for role in ("x", "w", "b", "dy"))
    dx, dw, db = pure.dense_backward(dy, x, w)
    return {"output": pure.dense_forward(x, w, b), "input": dx, "weight": dw, "bias": db}


DENSE = Kind(
    "dense",
    {"x": "nf", "w": "of", "b": "o", "y": "no", "dy": "no"},
    {"x": "X", "w": "W", "b": "b", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x", "weight": "w", "bias": "b"},
    _dense_right,
    lambda options: equations.dense(),
)


def _dense(limits: Limits) -> Iterator[Probe]:
    for number, (N, F, O) in enumerate(((2, 4, 3), (1, 3, 2), (3, 3, 3), (1, 1, 1))):  # noqa: E741
        if limits.windows != "any" and F != O:
            continue
        N = limits.of("n", N)
        random = Random(number)
        tensors = {
            "x": distinct_numbers(random, (N, F)),
            "w": distinct_numbers(random, (O, F)),
            "b": distinct_numbers(random, (O,)),
            "dy": distinct_numbers(random, (N, O)),
        }
        found = {"images"} if N > 1 else set()
        found |= {"units"} if F > 1 else set()
        sizes = {"n": N, "f": F, "o": O}
        yield Probe(DENSE, tensors, {}, sizes, frozenset(found))


# --- activations ----------------------------------------------------------------------------------


def _activation_kind(name: str) -> Kind:
    layer = ACTIVATIONS[name]
    forward, backward = layer.book
    build, _ = layer.stated_by((), training=False)

    def right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
        x, dy = tensors["x"], tensors["dy"]
        return {"output": forward(x, **options), "input": backward(dy, x, **options)}

    return Kind(
        name,
        {"x": "nf", "y": "nf", "dy": "nf"},
        {"x": "X", "y": "Y", "dy": "dY"},
        {"output": "y", "input": "x"},
        right,
        lambda options: build(**options),
        exact=False,
    )


# Numbers that go in; several of them twice, so that a slope that depends on the error is seen.
_PLAIN = [[-2.5, 1.5, -0.5, 0.75], [2.25, -1.25, 1.5, -2.5], [0.5, -0.25, 1.75, 0.75]]
_ANOTHER_VALUE = 0.125  # of an option


def _activations(name: str) -> Rows:
    kind, layer = KINDS[name], ACTIVATIONS[name]

    def rows(limits: Limits) -> Iterator[Probe]:
        single, plain = limits.single, {**layer.options, **dict(limits.fixed)}
        wide = [[-5.0, 7.5, 4.5, -3.5], [3.5, 6.5, -4.0, 5.5]]
        large = [[-750.0, 750.0, 40.0, -40.0]]
        made = [(_PLAIN, plain, ""), (wide, plain, ""), (large, plain, "large")]
        if layer.breaks:
            made.append(([list(layer.breaks) * 2], plain, "kink"))
        free = [option for option in plain if option not in dict(limits.fixed)]
        made += [(_PLAIN, {**plain, option: _ANOTHER_VALUE}, "slope") for option in free]
        for number, (x, options, special) in enumerate(made):
            taken = [x]
            if "f" in single:  # each number alone, so that all sides of a kink are seen
                taken = [[[each]] for row in x for each in sorted(set(row), reverse=True)]
            elif "n" in single:
                taken = [[row] for row in x]
            random = Random(number)
            for rows_taken in taken:
                N, F = len(rows_taken), len(rows_taken[0])
                tensors = {"x": rows_taken, "dy": whole_numbers(random, (N, F))}
                yield Probe(
                    kind,
                    tensors,
                    options,
                    {"n": N, "f": F},
                    frozenset({special} - {""}),
                )

    return rows


# --- batch normalization --------------------------------------------------------------------------


def _normalization_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, gamma, beta, dy = (tensors[role] for role in ("x", "gamma", "beta", "dy"))
    dx, dgamma, dbeta = pure.batch_norm2d_backward(dy, x, gamma, eps=options["eps"])
    output = pure.batch_norm2d_forward(x, gamma, beta, eps=options["eps"])
    return {"output": output, "input": dx, "weight": dgamma, "bias": dbeta}


NORMALIZATION = Kind(
    "batch_norm2d",
    {"x": "nchw", "gamma": "c", "beta": "c", "y": "nchw", "dy": "nchw"},
    {"x": "X", "gamma": "γ", "beta": "β", "y": "Y", "dy": "dY"},
    {"output": "y", "input": "x", "weight": "gamma", "bias": "beta"},
    _normalization_right,
    lambda options: equations.batch_norm2d(),
    exact=False,
)


def _normalization(limits: Limits) -> Iterator[Probe]:
    cases = (((3, 2, 2, 3), 1e-5), ((4, 3, 1, 1), 1e-5), ((2, 3, 2, 2), 0.25), ((2, 1, 2, 1), 1e-5))
    for number, ((N, C, IH, IW), eps) in enumerate(cases):
        if "h" in limits.single:
            N, IH, IW = N + 2, 1, 1
        random = Random(number)
        tensors = {
            "x": distinct_numbers(random, (N, C, IH, IW)),
            "gamma": whole_numbers(random, (C,)),
            "beta": whole_numbers(random, (C,)),
            "dy": distinct_numbers(random, (N, C, IH, IW)),
        }
        options = {"eps": eps, **dict(limits.fixed)}
        found = set(_features({}, N, C, 1, (IH, IW), (1, 1)))
        found |= {"eps"} if options["eps"] > 1e-5 else set()
        sizes = {"n": N, "c": C, "h": IH, "w": IW}
        yield Probe(
            NORMALIZATION,
            tensors,
            options,
            sizes,
            frozenset(found),
        )


# --- softmax and cross-entropy --------------------------------------------------------------------


def _softmax_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    z, labels = tensors["x"], tensors["labels"]
    return {
        "loss": pure.softmax_cross_entropy_forward(z, labels),
        "input": pure.softmax_cross_entropy_backward(z, labels),
    }


SOFTMAX_LOSS = Kind(
    "softmax_cross_entropy",
    {"x": "nk", "labels": "n", "loss": ""},
    {"x": "Z"},
    {"loss": "loss", "input": "x"},
    _softmax_right,
    lambda options: equations.softmax_cross_entropy(),
    exact=False,
)
SOFTMAX = Kind(
    "softmax",
    {"x": "nk", "y": "nk"},
    {"x": "Z", "y": "P"},
    {"output": "y"},
    lambda tensors, options: {"output": pure.softmax(tensors["x"])},
    lambda options: _softmax_alone(),
    exact=False,
)


def _softmax_alone() -> Operation:
    whole = equations.softmax_cross_entropy()
    return replace(whole, name="softmax", steps=whole.steps[:1], gradients={})


def _scores(kind: Kind) -> Rows:
    def rows(limits: Limits) -> Iterator[Probe]:
        for number, (N, K, scale, special) in enumerate(
            (
                *((3, 4, 0.5, ""), (1, 3, 0.5, ""), (2, 2, 0.25, "")),
                *((2, 4, 400.0, "large"), (2, 4, 400.0, "apart")),
            )
        ):
            N = limits.of("n", N)
            random = Random(number)
            x = _mapped(whole_numbers(random, (N, K)), scale.__mul__)
            if special == "large":  # where the largest of the batch is that of each image
                x = [[score - max(row) + 6 * scale for score in row] for row in x]
            tensors: dict[str, Numbers] = {"x": x}
            if kind is SOFTMAX_LOSS:
                tensors["labels"] = [random.randrange(K) for _ in range(N)]
            if special == "apart" and N == 1:
                continue
            found = {special} | ({"images"} if N > 1 else set())
            found |= {"large"} if special == "apart" else set()
            yield Probe(
                kind,
                tensors,
                {},
                {"n": N, "k": K},
                frozenset(found - {""}),
            )

    return rows


def _regression_right(tensors: Mapping[str, Numbers], options: Mapping[str, Any]) -> Any:
    x, w, b, labels = (tensors[role] for role in ("x", "w", "b", "labels"))
    scores = pure.dense_forward(x, w, b)
    error = pure.softmax_cross_entropy_backward(scores, labels)
    dx, dw, db = pure.dense_backward(error, x, w)
    loss = pure.softmax_cross_entropy_forward(scores, labels)
    return {"loss": loss, "input": dx, "weight": dw, "bias": db}


REGRESSION = Kind(
    "softmax_regression",
    {"x": "nf", "w": "of", "b": "o", "labels": "n", "loss": ""},
    {"x": "X", "w": "W", "b": "b"},
    {"loss": "loss", "input": "x", "weight": "w", "bias": "b"},
    _regression_right,
    lambda options: replace(
        equations.softmax_cross_entropy(), name="softmax_regression", gradients={}
    ),
    exact=False,
)


def _regressions(limits: Limits) -> Iterator[Probe]:
    for number, (N, F, K) in enumerate(((2, 4, 3), (1, 3, 2), (3, 2, 4), (3, 3, 3))):
        N = limits.of("n", N)
        random = Random(number)
        tensors: dict[str, Numbers] = {
            "x": distinct_numbers(random, (N, F)),
            # So small that no probability is nearly 0 or 1, where mistakes would not show.
            "w": _mapped(distinct_numbers(random, (K, F)), lambda number: number / 64),
            "b": _mapped(distinct_numbers(random, (K,)), lambda number: number / 8),
            "labels": [random.randrange(K) for _ in range(N)],
        }
        found = frozenset({"images"} if N > 1 else ())
        sizes = {"n": N, "f": F, "o": K, "k": K}
        yield Probe(REGRESSION, tensors, {}, sizes, found)


Rows = Callable[[Limits], Iterator[Probe]]
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        CONVOLUTION,
        MAX_POOL,
        AVERAGE_POOL,
        GLOBAL_POOL,
        DENSE,
        NORMALIZATION,
        SOFTMAX_LOSS,
        SOFTMAX,
        REGRESSION,
        *(_activation_kind(name) for name in ACTIVATIONS),
    )
}
_ROWS: dict[str, Rows] = {
    "conv2d": _convolution,
    "max_pool2d": _pools("max_pool2d"),
    "avg_pool2d": _pools("avg_pool2d"),
    "global_avg_pool2d": _global_pools,
    "dense": _dense,
    "batch_norm2d": _normalization,
    "softmax_cross_entropy": _scores(SOFTMAX_LOSS),
    "softmax": _scores(SOFTMAX),
    "softmax_regression": _regressions,
    **{name: _activations(name) for name in ACTIVATIONS},
}


@lru_cache(maxsize=256)
def _operation(name: str, options: tuple[tuple[str, Any], ...]) -> Operation:
    return KINDS[name].equations(dict(options))


@lru_cache(maxsize=256)
def without_bias(probe: Probe) -> Probe:
    """The same with a bias of 0, for code that has none."""
    tensors = {**probe.tensors, "b": [0] * len(probe.tensors["b"])}
    return replace(probe, tensors=tensors)


@lru_cache(maxsize=256)
def with_errors_of_one(probe: Probe) -> Probe:
    """The same with errors of 1, for code that gives the slope alone."""
    tensors = {**probe.tensors, "dy": _mapped(probe.tensors["dy"], lambda error: 1)}
    return replace(probe, tensors=tensors)


@lru_cache(maxsize=256)
def probes_of(operation: str, limits: Limits) -> Sequence[Probe]:
    """All probes of an operation within these limits."""
    return tuple(_ROWS[operation](limits))


@lru_cache(maxsize=256)
def square_probe(operation: str, limits: Limits) -> Probe | None:
    """The plainest with a square image with which a wrong layout gives wrong numbers, if any.

    It might not where axes have a length of 1, or where numbers are equal.
    """
    several = {"n": "images", "c": "channels", "o": "filters"}
    for probe in _ROWS[operation](limits):
        wanted = {several[axis] for axis in set(several) & set(probe.sizes) - limits.single}
        if not {"oblong", "ties", "negative"} & probe.features and wanted <= probe.features:
            return probe
    return None


@lru_cache(maxsize=256)
def first_probe(operation: str, limits: Limits) -> Probe:
    """The plainest of the probes."""
    return next(_ROWS[operation](limits))
