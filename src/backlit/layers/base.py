"""What every layer is: a frozen description that holds no number of the network.

A layer says what it will be: its options, the shapes it makes, the parameters it needs and what
they cost.  Numbers live in the network, arithmetic in an engine.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from math import inf, isfinite
from numbers import Integral, Real
from typing import Any, ClassVar, TypeVar

from backlit.errors import ConfigurationError, ShapeError
from backlit.pure.window import Axis

Shape = tuple[int, ...]  # without the batch: (channels, height, width), or (numbers,) once flat
T = TypeVar("T")

LARGEST = 2**31 - 1  # of an option, and numbers in one array: no usual memory holds more


@dataclass(frozen=True)
class Layer:
    """A layer of a network.

    Args:
        name: how the layer is called; by default its kind and its number among its kind.
        inputs: the name of the layer that it reads; by default the one before it.
    """

    kind: ClassVar[str] = "layer"  # automatic names are made of it: conv1, conv2, dense1, ...

    name: str | None = field(default=None, kw_only=True)
    inputs: str | None = field(default=None, kw_only=True)

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that comes out for the shape that goes in."""
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """The arrays that training changes, by name, for the shape that goes in."""
        return {}

    def buffer_shapes(self, shape: Shape) -> dict[str, Shape]:
        """The arrays that a layer remembers but that have no gradient."""
        return {}

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications with a weight, each followed by an addition, for one image."""
        return 0

    def window(self, shape: Shape) -> tuple[Axis, Axis] | None:
        """The window's two axes for the shape that goes in; None if the layer has none."""
        return None

    def to_config(self) -> dict[str, Any]:
        """The layer as a dictionary that JSON can hold; options at their default are left out."""
        config: dict[str, Any] = {"layer": type(self).__name__}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.default is MISSING or value != each.default:
                config[each.name] = value
        return config


@dataclass(frozen=True)
class MergeLayer(Layer):
    """A layer that reads several others: the previous one and those named in ``others``."""

    others: tuple[str, ...] = ()

    def __init__(self, *others: str, name: str | None = None, inputs: str | None = None) -> None:
        for other in others:
            require(isinstance(other, str), self, "takes the names of layers", other)
        require(len(others) > 0, self, "needs the name of at least one other layer", others)
        object.__setattr__(self, "others", tuple(others))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "inputs", inputs)

    def merged_shape(self, shapes: list[Shape]) -> Shape:
        """The shape that comes out for the shapes that go in."""
        raise NotImplementedError


def require(condition: bool, layer: Layer, expected: str, came: object) -> None:
    """Raise a ConfigurationError that says what a layer expected and what came."""
    if not condition:
        raise ConfigurationError(f"{type(layer).__name__} {expected}, got {came!r}")


def require_maps(layer: Layer, shape: Shape) -> None:
    """Make sure that maps (channels, height, width) arrive at a layer."""
    if len(shape) != 3:
        raise ShapeError(
            f"{type(layer).__name__} needs maps (channels, height, width), got shape {shape}"
        )


def checked(layer: Layer, function: Callable[[], T], error: type[ValueError]) -> T:
    """``function()``, its ValueError turned into one of ours that names the layer's kind."""
    try:
        return function()
    except ValueError as problem:
        raise error(f"{type(layer).__name__}: {problem}") from None


def is_whole(value: object) -> bool:
    """Whether ``value`` is a whole number, NumPy's included."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def freeze_number(
    layer: Layer, name: str, expected: str, holds: Callable[[float], bool] = lambda value: True
) -> None:
    """Make sure that an option is a finite number for which ``holds``; store it as a float.

    Both have to be true of the nearest float32 as well, with which an engine may compute: a tiny
    number becomes 0 there, a huge one infinite.

    Raises:
        ConfigurationError: it is not; the message says that it ``expected`` otherwise.
    """
    value = getattr(layer, name)
    usable = isinstance(value, Real) and not isinstance(value, bool)
    try:
        number = float(value) if usable else float("nan")
    except OverflowError:  # an int that no float can hold
        number = float("inf")
    require(isfinite(number) and holds(number), layer, f"{name} must be {expected}", value)
    single = _as_float32(number)
    usable = isfinite(single) and holds(single)
    require(usable, layer, f"{name} must be {expected}, as a float32 too", value)
    object.__setattr__(layer, name, number)


def _as_float32(number: float) -> float:
    """A number as four bytes hold it: infinite where it is too large, 0 where it is too small.

    Below 2^−126, the smallest normal number, the fast engine takes it for 0.
    """
    try:
        nearest: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return inf
    return nearest if abs(nearest) >= 2**-126 else 0.0


def require_flag(layer: Layer, name: str) -> None:
    """Make sure that an option is True or False."""
    value = getattr(layer, name)
    require(isinstance(value, bool), layer, f"{name} must be True or False", value)


def frozen_option(value: Any) -> Any:
    """An option as tuples and Python's own ints, so that layers can be hashed and become JSON."""
    if is_whole(value):
        return int(value)
    return tuple(map(frozen_option, value)) if isinstance(value, list | tuple) else value


def freeze_options(layer: Layer, *names: str) -> None:
    """Apply :func:`frozen_option` to the named fields of a frozen layer.

    Raises:
        ConfigurationError: a number that no compiled loop could count to.
    """
    for name in names:
        option = frozen_option(getattr(layer, name))
        small = all(number <= LARGEST for number in _whole_numbers(option))
        require(small, layer, f"{name} must be at most {LARGEST:,}", option)
        object.__setattr__(layer, name, option)


def _whole_numbers(option: Any) -> Iterator[int]:
    """The ints of an option, be it one or tuples of them; what is no int has none."""
    if isinstance(option, tuple):
        for part in option:
            yield from _whole_numbers(part)
    elif is_whole(option):
        yield option
