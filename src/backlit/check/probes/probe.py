"""A probe: numbers to put into a function, and what has to come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from backlit.equations import Operation
from backlit.mistakes.pooling import INSIDE, inside_counts, winners

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
        return _operation(self.kind, tuple(self.options.items()))

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


def _short(value: Any) -> str:
    return f"({value[0]}, {value[1]})" if isinstance(value, tuple) else str(value)


def words_by(value: Any) -> str:
    """A size for readers: 2×3."""
    return f"{value[0]}×{value[1]}" if isinstance(value, tuple) else f"{value}×{value}"


@lru_cache(maxsize=256)
def _operation(kind: Kind, options: tuple[tuple[str, Any], ...]) -> Operation:
    return kind.equations(dict(options))


Rows = Callable[[Limits], Iterator[Probe]]
