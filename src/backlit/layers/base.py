"""What every layer is: a frozen description that holds no number of the network.

A layer says all that can be known of it without computing: its options, the shapes it makes, the
parameters it needs and their letters, its equations, its pair of functions in the book, and its
traits.  Whoever needs such a fact asks the layer, and does not test of which class it is.
Numbers live in the network, arithmetic in an engine.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from math import inf, isfinite, prod
from typing import Any, ClassVar, NamedTuple, TypeVar

from backlit.equations import Operation
from backlit.errors import ConfigurationError, ShapeError
from backlit.pure.nested import Nested
from backlit.pure.window import Axis
from backlit.system.numbers import is_finite, is_whole

from .call import Call, Gradients

Statement = tuple[Callable[..., Operation], dict[str, Any]]
Shape = tuple[int, ...]  # without the batch: (channels, height, width), or (numbers,) once flat
T = TypeVar("T")

LARGEST = 2**31 - 1  # of an option, and numbers in one array: no usual memory holds more


class Kink(NamedTuple):
    """A number at which the slope of an activation jumps.

    Attributes:
        at: the number that goes in.
        slope: the slope that is taken there, a convention; None if it is learned.
        side: of which side that is the slope: "left" or "right".
    """

    at: float
    slope: float | None
    side: str


@dataclass(frozen=True)
class Layer:
    """A layer of a network.

    The class attributes are its traits: what others must know of it to compute it quickly, to
    explain it or to draw it.

    Args:
        name: how the layer is called; by default its kind and its number among its kind.
        inputs: the name of the layer that it reads; by default the one before it.

    Attributes:
        kind: automatic names are made of it: conv1, conv2, dense1.
        family: what it is like, as one word: "convolution", "dense", "flatten", "activation",
            "pool", "add", "concat", "normalization" or "dropout".  Pictures and sentences are
            chosen by it.
        letters: the letters of its equations for its parameters, and for what else took part.
        modes: what it does in training and in evaluation, as two halves of a sentence; None if it
            does the same in both.
        needs_batch: whether it needs several numbers of each channel in training.
        is_random: whether it draws a mask in training.
        has_filters: whether its weights are small images that slide over its input.
        sees_whole_input: whether each output depends on the input at every place.
        keeps_place: whether each output belongs to the place of the input with the same index.
        winner_takes_error: whether each output is one of its inputs, which gets the whole error.
        adds_ways: whether its error is a sum of several ways, which are told apart where it is
            explained.
        stopped: how it may keep an error from passing, as half a sentence; "" if it never does.
    """

    kind: ClassVar[str] = "layer"
    family: ClassVar[str] = "layer"
    letters: ClassVar[Mapping[str, str]] = {"weight": "W", "bias": "b"}
    modes: ClassVar[tuple[str, str] | None] = None
    needs_batch: ClassVar[bool] = False
    is_random: ClassVar[bool] = False
    has_filters: ClassVar[bool] = False
    sees_whole_input: ClassVar[bool] = False
    keeps_place: ClassVar[bool] = False
    winner_takes_error: ClassVar[bool] = False
    adds_ways: ClassVar[bool] = False
    stopped: ClassVar[str] = ""

    name: str | None = field(default=None, kw_only=True)
    inputs: str | None = field(default=None, kw_only=True)

    # --- its shapes ------------------------------------------------------------------------------

    def output_shape(self, shape: Shape) -> Shape:
        """The shape that comes out for the shape that goes in."""
        return shape

    @property
    def also_reads(self) -> tuple[str, ...]:
        """The names of the layers that it reads besides its first input."""
        return ()

    def shape_of(self, shapes: tuple[Shape, ...]) -> Shape:
        """The shape that comes out for the shapes of all its inputs."""
        return self.output_shape(shapes[0])

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """The arrays that training changes, by name, for the shape that goes in."""
        return {}

    def buffer_shapes(self, shape: Shape) -> dict[str, Shape]:
        """The arrays that a layer remembers but that have no gradient."""
        return {}

    def window(self, shape: Shape) -> tuple[Axis, Axis] | None:
        """The window's two axes for the shape that goes in; None if the layer has none."""
        return None

    # --- its start and its cost ------------------------------------------------------------------

    @property
    def first_values(self) -> Mapping[str, float]:
        """What its arrays are filled with before training; those not named are drawn at random."""
        return {"bias": 0.0}

    def fans(self, shape: Shape) -> tuple[int, int]:
        """How many inputs an output adds up, and how many outputs an input goes into.

        Args:
            shape: of its weights.
        """
        return prod(shape[1:]), shape[0] * prod(shape[2:])

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications with a weight, each followed by an addition, for one image."""
        return 0

    # --- what it computes ------------------------------------------------------------------------

    def operation(self, shapes: tuple[Shape, ...], training: bool) -> Operation:
        """Its equations, for the shapes of all its inputs.

        Args:
            shapes: without the batch.
            training: whether it works as in training.
        """
        make, options = self.stated_by(shapes, training)
        return make(**options)

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function of :mod:`backlit.equations` that states it, and its options by name.

        An option that is given as None there is left a letter.  The arguments are those of
        :meth:`operation`.
        """
        raise NotImplementedError

    def is_identity(self, shape: Shape, training: bool) -> bool:
        """Whether what comes out is what goes in, number by number."""
        return False

    def forward(self, call: Call) -> Nested:
        """Its output, by the book."""
        raise NotImplementedError

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested | None], Gradients]:
        """The error of each input and the gradient of each parameter, by the book.

        An error may be None where the call does not need it.

        Args:
            call: what forward worked on.
            dy: the error of the output.
        """
        raise NotImplementedError

    def new_buffers(self, call: Call) -> dict[str, Nested]:
        """Its buffers after a step of training on this batch."""
        return {}

    # --- as an activation ------------------------------------------------------------------------

    @property
    def function(self) -> tuple[str, float] | None:
        """Kind and option of the function of one number that it applies to each; None if none.

        None, too, where the function has something to learn.
        """
        return None

    @property
    def function_scale(self) -> float | None:
        """How large the numbers are that its :attr:`function`, or the slope, is made of.

        None of them is larger than this scale times 1 + |X|.  None where there is no function.
        """
        return None

    @property
    def gain(self) -> float | None:
        """What the weights before an activation are scaled by; None if the layer is none.

        See :mod:`backlit.network.initialization`.
        """
        return None

    @property
    def kinks(self) -> tuple[Kink, ...]:
        """Where the slope of an activation jumps, from left to right; () if it is smooth."""
        return ()

    @property
    def breaks(self) -> tuple[float, ...]:
        """Where an activation goes on with another formula, at its kinks at least."""
        return tuple(kink.at for kink in self.kinks)

    @property
    def flat(self) -> tuple[tuple[float, float], ...]:
        """The intervals, both ends included, in which the slope of an activation is 0."""
        return ()

    @property
    def slope_from_output(self) -> bool:
        """Whether the slope of an activation can be told from its output alone."""
        return False

    @property
    def is_monotone(self) -> bool:
        """Whether a larger input of an activation never gives a smaller output."""
        return False

    # --- as data ---------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """The traits that a page needs to draw the layer and to speak of it, for JSON.

        ``family`` and ``breaks`` as above; ``flat``, too, an end at infinity as None; the flags
        ``has_filters``, ``keeps_place`` and ``winner_takes_error``; and ``stops``, whether it may
        keep an error from passing.
        """
        return {
            "family": self.family,
            "breaks": list(self.breaks),
            "flat": [[end if isfinite(end) else None for end in ends] for ends in self.flat],
            "has_filters": self.has_filters,
            "keeps_place": self.keeps_place,
            "stops": bool(self.stopped),
            "winner_takes_error": self.winner_takes_error,
        }

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

    @property
    def also_reads(self) -> tuple[str, ...]:
        """The layers named in ``others``."""
        return self.others

    def shape_of(self, shapes: tuple[Shape, ...]) -> Shape:
        """The shape that comes out for the shapes of all its inputs."""
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
    require(is_finite(value) and holds(value), layer, f"{name} must be {expected}", value)
    number = float(value)
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
