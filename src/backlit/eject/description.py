"""What a program is written of: a network as plain data, without arrays and without an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backlit.equations.expressions import Scalar
from backlit.equations.update_equations import DW, ETA, Assignment, UpdateEquations
from backlit.layers import Layer, Shape

from .text import is_single

INPUT = "input"
_MU, _V = Scalar("μ", "the momentum: how much of v is kept"), Scalar("v", "the velocity")
_MOMENTUM = UpdateEquations((Assignment(_V, _MU * _V + DW, kept="momentum"),), ETA * _V)


@dataclass(frozen=True)
class PlacedLayer:
    """A layer in its place.

    Attributes:
        name: of the layer.
        layer: its description.
        inputs: the names of the layers that it reads, "input" for the network's input.
        shapes: those of its inputs, without the batch.
        output: that of its output.
        place: its number in the network, which the masks of dropout follow from.
        fan_in: how many numbers each of its outputs adds up.
        gain: its first weights are random with the variance gain/fan_in.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...]
    shapes: tuple[Shape, ...]
    output: Shape
    place: int = 0
    fan_in: int = 1
    gain: float = 1.0

    @property
    def parameters(self) -> dict[str, Shape]:
        """The arrays that training changes."""
        return self.layer.parameter_shapes(self.shapes[0])

    @property
    def spread(self) -> str:
        """Gain and number of inputs, as arguments."""
        return f"{self.gain:.12g}, {self.fan_in}"

    @property
    def buffers(self) -> dict[str, Shape]:
        """The arrays that it remembers."""
        return self.layer.buffer_shapes(self.shapes[0])


@dataclass(frozen=True)
class ArrayNumbers:
    """One array: its shape, and all its numbers in order."""

    shape: Shape
    values: Sequence[float]


@dataclass(frozen=True)
class Picture:
    """A raw picture: its pixels from 0 to 255, channel by channel and row by row, and its class."""

    pixels: bytes
    label: int = 0


@dataclass(frozen=True)
class LearningRule:
    """How the program learns.

    Attributes:
        equations: the optimizer's.
        settings: the numbers of their letters, besides η and t.
        rate: η.
        epochs: how often it goes through all pictures.
        batch: how many pictures there are in a step.
        schedule: how η changes, as the schedule's configuration; empty if it does not.
        clip: the length to which all gradients together are shortened; None if they are not.
        left_out: a sentence about what the run did besides; "" if it did nothing.
    """

    equations: UpdateEquations = _MOMENTUM
    settings: Mapping[Scalar, float] = field(default_factory=lambda: {_MU: 0.9})
    rate: float = 0.02
    epochs: int = 3
    batch: int = 16
    schedule: Mapping[str, Any] = field(default_factory=dict)
    clip: float | None = None
    left_out: str = ""


@dataclass(frozen=True)
class Expected:
    """What backlit computes in float64, which the program's test compares with.

    Attributes:
        scores: of each test picture, in evaluation.
        loss: of all of them, in a training step; None if there is no training.
        gradients: for each parameter the sum of its gradient's numbers, each times a weight of its
            own that tells the places apart.
    """

    scores: Sequence[Sequence[float]]
    loss: float | None = None
    gradients: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """A network, and all that its program needs to know.

    Attributes:
        input_shape: (channels, height, width).
        parts: the layers in order.
        numbers: all parameters and buffers by name, such as "conv1.weight".
        normalization: mean and standard deviation of each channel of x/255; None if the network
            has none, and sees x/255.
        classes: their names; () if they have none.
        pads: whether a picture of other proportions is widened, not cut.
        tests: the pictures of the program's test, and their classes.
        expected: what is to come out.
        seed: of the masks of dropout.
        step: how many training steps the network has behind it; the masks follow from it, too.
        rule: how it learns; None without training.
        examples: the pictures to learn from.
        credit: where the pictures are from, if that has to be said.
        weights: the name of the file that keeps the numbers, beside the program; "" if they stand
            in the program itself.
    """

    input_shape: Shape
    parts: tuple[PlacedLayer, ...]
    numbers: Mapping[str, ArrayNumbers]
    normalization: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    classes: tuple[str, ...] = ()
    pads: bool = False
    tests: tuple[Picture, ...] = ()
    expected: Expected = field(default_factory=lambda: Expected(()))
    seed: int = 0
    step: int = 0
    rule: LearningRule | None = None
    examples: tuple[Picture, ...] = ()
    credit: str = ""
    weights: str = ""

    @property
    def output(self) -> PlacedLayer:
        """The last layer."""
        return self.parts[-1]

    @property
    def reads_pictures(self) -> bool:
        """Whether there are picture files with as many channels: gray ones, or in color."""
        return self.input_shape[0] in (1, 3)

    @cached_property
    def single(self) -> bool:
        """Whether four bytes hold each number."""
        return all(is_single(each.values) for each in self.numbers.values())

    @property
    def training(self) -> bool:
        """Whether the program can learn."""
        return self.rule is not None
