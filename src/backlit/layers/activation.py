"""Activation layers: a bend after each layer, number by number; see backlit.pure.activations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Any, ClassVar

from backlit import equations, pure
from backlit.equations import Operation
from backlit.pure.nested import Nested

from .base import Kink, Layer, Shape, Statement, freeze_number, require_flag
from .call import Call, Gradients

__all__ = [
    "ELU",
    "GELU",
    "HardSigmoid",
    "HardSwish",
    "LeakyReLU",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
]


@dataclass(frozen=True)
class Activation(Layer):
    """A function of one number, applied to each, with at most one option.

    Attributes:
        equation: makes its equations, of its option.
        book: forward and backward in :mod:`backlit.pure`.
    """

    family: ClassVar[str] = "activation"
    keeps_place: ClassVar[bool] = True
    equation: ClassVar[Callable[..., Operation]]
    book: ClassVar[tuple[Callable[..., Nested], Callable[..., Nested]]]

    @property
    def options(self) -> dict[str, float]:
        """Its own options by name, without those that every layer has."""
        common = {each.name for each in fields(Layer)}
        return {e.name: getattr(self, e.name) for e in fields(self) if e.name not in common}

    @property
    def function(self) -> tuple[str, float]:
        """Its kind, and the number that its one option has; 0 if it has none."""
        return self.kind, next(iter(self.options.values()), 0.0)

    @property
    def function_scale(self) -> float:
        """1, unless an option stretches it."""
        return 1.0

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        return type(self).equation, self.options

    def forward(self, call: Call) -> Nested:
        """A = f(Z)."""
        return self.book[0](call.x, **self.options)

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """dZ = dA·f'(Z)."""
        return [self.book[1](dy, call.x, **self.options)], {}


@dataclass(frozen=True)
class ReLU(Activation):
    """A = max(Z, 0), slope [Z > 0]."""

    kind: ClassVar[str] = "relu"
    stopped: ClassVar[str] = "a ReLU was off"
    equation: ClassVar[Any] = staticmethod(equations.relu)
    book: ClassVar[Any] = pure.relu_forward, pure.relu_backward
    gain = 2.0
    kinks = (Kink(0.0, 0.0, "left"),)
    flat = ((-inf, 0.0),)
    slope_from_output = True
    is_monotone = True


@dataclass(frozen=True)
class ReLU6(Activation):
    """A = min(max(Z, 0), 6), slope [0 < Z < 6]."""

    kind: ClassVar[str] = "relu6"
    stopped: ClassVar[str] = "a ReLU6 was off"
    equation: ClassVar[Any] = staticmethod(equations.relu6)
    book: ClassVar[Any] = pure.relu6_forward, pure.relu6_backward
    gain = 2.0
    kinks = (Kink(0.0, 0.0, "left"), Kink(6.0, 0.0, "right"))
    flat = ((-inf, 0.0), (6.0, inf))
    slope_from_output = True
    is_monotone = True


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """A = Z if Z > 0 else a·Z, slope 1 or a.

    Args:
        slope: a, the slope for negative numbers.
    """

    kind: ClassVar[str] = "leakyrelu"
    equation: ClassVar[Any] = staticmethod(equations.leaky_relu)
    book: ClassVar[Any] = pure.leaky_relu_forward, pure.leaky_relu_backward

    breaks = (0.0,)

    slope: float = 0.01

    def __post_init__(self) -> None:
        freeze_number(self, "slope", "a finite number")

    @property
    def gain(self) -> float:
        """2/(1 + a²)."""
        return 2 / (1 + self.slope**2)

    @property
    def kinks(self) -> tuple[Kink, ...]:
        """At 0, unless both slopes are 1."""
        return (Kink(0.0, self.slope, "left"),) if self.slope != 1 else ()

    @property
    def slope_from_output(self) -> bool:
        """Only where the output has the sign of the input, or is 0."""
        return self.slope >= 0

    @property
    def is_monotone(self) -> bool:
        """It falls where a is negative."""
        return self.slope >= 0


@dataclass(frozen=True)
class ELU(Activation):
    """A = Z if Z > 0 else α(e^Z − 1), slope 1 or A + α.

    Args:
        alpha: α, the level that very negative numbers settle at (with a minus).
    """

    kind: ClassVar[str] = "elu"
    equation: ClassVar[Any] = staticmethod(equations.elu)
    book: ClassVar[Any] = pure.elu_forward, pure.elu_backward
    gain = 1.0
    breaks = (0.0,)

    alpha: float = 1.0

    def __post_init__(self) -> None:
        freeze_number(self, "alpha", "a finite number")

    @property
    def function_scale(self) -> float:
        """The level at the left is α times as large."""
        return 1.0 + abs(self.alpha)

    @property
    def kinks(self) -> tuple[Kink, ...]:
        """At 0, unless both slopes are 1."""
        return (Kink(0.0, self.alpha, "left"),) if self.alpha != 1 else ()

    @property
    def slope_from_output(self) -> bool:
        """Only where the output has the sign of the input."""
        return self.alpha > 0

    @property
    def is_monotone(self) -> bool:
        """It falls where α is negative."""
        return self.alpha >= 0


@dataclass(frozen=True)
class Sigmoid(Activation):
    """A = σ(Z) = 1/(1 + e^−Z), slope A(1 − A)."""

    kind: ClassVar[str] = "sigmoid"
    equation: ClassVar[Any] = staticmethod(equations.sigmoid)
    book: ClassVar[Any] = pure.sigmoid_forward, pure.sigmoid_backward
    gain = 1.0
    slope_from_output = True
    is_monotone = True


@dataclass(frozen=True)
class HardSigmoid(Activation):
    """A = min(max(Z + 3, 0), 6)/6, slope 1/6 where −3 < Z < 3, else 0."""

    kind: ClassVar[str] = "hardsigmoid"
    stopped: ClassVar[str] = "a HardSigmoid was off"
    equation: ClassVar[Any] = staticmethod(equations.hard_sigmoid)
    book: ClassVar[Any] = pure.hard_sigmoid_forward, pure.hard_sigmoid_backward
    gain = 1.0
    kinks = (Kink(-3.0, 0.0, "left"), Kink(3.0, 0.0, "right"))
    flat = ((-inf, -3.0), (3.0, inf))
    slope_from_output = True
    is_monotone = True


@dataclass(frozen=True)
class Tanh(Activation):
    """A = tanh Z, slope 1 − A²."""

    kind: ClassVar[str] = "tanh"
    equation: ClassVar[Any] = staticmethod(equations.tanh)
    book: ClassVar[Any] = pure.tanh_forward, pure.tanh_backward
    gain = 1.0
    slope_from_output = True
    is_monotone = True


@dataclass(frozen=True)
class GELU(Activation):
    """A = Z·Φ(Z), slope Φ(Z) + Z·φ(Z); Φ and φ of the standard normal distribution."""

    kind: ClassVar[str] = "gelu"
    equation: ClassVar[Any] = staticmethod(equations.gelu)
    book: ClassVar[Any] = pure.gelu_forward, pure.gelu_backward
    gain = 2.0


@dataclass(frozen=True)
class SiLU(Activation):
    """A = Z·σ(Z), slope σ(Z)(1 + Z(1 − σ(Z)))."""

    kind: ClassVar[str] = "silu"
    equation: ClassVar[Any] = staticmethod(equations.silu)
    book: ClassVar[Any] = pure.silu_forward, pure.silu_backward
    gain = 2.0


@dataclass(frozen=True)
class HardSwish(Activation):
    """A = Z·min(max(Z + 3, 0), 6)/6, slope (2Z + 3)/6 where −3 < Z < 3, else 0 or 1."""

    kind: ClassVar[str] = "hardswish"
    stopped: ClassVar[str] = "a HardSwish was off"
    equation: ClassVar[Any] = staticmethod(equations.hard_swish)
    book: ClassVar[Any] = pure.hard_swish_forward, pure.hard_swish_backward
    gain = 2.0
    kinks = (Kink(-3.0, 0.0, "left"), Kink(3.0, 1.0, "right"))
    flat = ((-inf, -3.0),)


@dataclass(frozen=True)
class Softplus(Activation):
    """A = ln(1 + e^Z), slope σ(Z) = 1 − e^−A."""

    kind: ClassVar[str] = "softplus"
    equation: ClassVar[Any] = staticmethod(equations.softplus)
    book: ClassVar[Any] = pure.softplus_forward, pure.softplus_backward
    gain = 2.0
    slope_from_output = True
    is_monotone = True


@dataclass(frozen=True)
class PReLU(Layer):
    """A = Z if Z > 0 else a·Z, slope 1 or a, and a is learned.

    Parameter: ``weight`` (a), one number for each channel, (C), or one for all, (1).

    Args:
        shared: whether there is one slope for all channels.
        start: what the slopes are before training.
    """

    kind: ClassVar[str] = "prelu"
    family: ClassVar[str] = "activation"
    letters: ClassVar[Mapping[str, str]] = {"weight": "a"}
    keeps_place: ClassVar[bool] = True
    breaks = (0.0,)
    kinks = (Kink(0.0, None, "left"),)

    shared: bool = False
    start: float = 0.25

    def __post_init__(self) -> None:
        require_flag(self, "shared")
        freeze_number(self, "start", "a finite number")

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """``weight`` (C), or (1) if it is shared."""
        return {"weight": (1,) if self.shared else shape[:1]}

    @property
    def first_values(self) -> Mapping[str, float]:
        """The slopes begin with ``start``."""
        return {"weight": self.start}

    @property
    def gain(self) -> float:
        """2/(1 + a²), with the a of the start."""
        return 2 / (1 + self.start**2)

    def stated_by(self, shapes: tuple[Shape, ...], training: bool) -> Statement:
        """The function that states it, and its options."""
        return equations.prelu, {"shared": self.shared, "maps": len(shapes[0]) == 3}

    def forward(self, call: Call) -> Nested:
        """A = Z where Z > 0, else a·Z."""
        return pure.prelu_forward(call.x, call.parameters["weight"])

    def backward(self, call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
        """dZ and da."""
        dx, da = pure.prelu_backward(dy, call.x, call.parameters["weight"])
        return [dx], {"weight": da}
