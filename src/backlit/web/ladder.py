"""The ladder: small networks for pencil and paper, each with one thing more than the one before.

Every picture, weight and error is a small whole number.  The scores of both classes are equal, so
each has a probability of 1/2, the loss is ln 2, and the errors of the scores are 1/2 and −1/2 to
the last bit (divided by the number of pictures).  The dense layer's weights for the two classes
differ by even numbers, so what it passes back is whole again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backlit.errors import ConfigurationError
from backlit.layers import Conv2d, Dense, Flatten, Layer, MaxPool2d, ReLU

CLASSES = ("A", "B")


def grid(text: str) -> list[list[int]]:
    """A map of whole numbers, written as ``"1 2 / 3 4"``."""
    return [[int(number) for number in row.split()] for row in text.split("/")]


@dataclass(frozen=True)
class Step:
    """One network of the ladder, with its pictures and its weights.

    Attributes:
        name: what ``backlit toy`` calls it.
        title: what is new in it, in a few words.
        sentence: what can be learned from it.
        layers: makes the layers.
        images: (N, C, H, W).
        labels: the class of each image.
        weights: name → array, biases included.
        first: the number that its page opens at.
    """

    name: str
    title: str
    sentence: str
    layers: Callable[[], list[Layer]]
    images: Any
    labels: tuple[int, ...]
    weights: dict[str, Any]
    first: str

    @property
    def number(self) -> int:
        """Its place on the ladder, from 1."""
        return list(STEPS).index(self.name) + 1


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "filter",
            "one filter",
            "A weight was used at nine places, so its gradient is a sum of nine products.",
            lambda: [Conv2d(1, 2), Flatten(), Dense(2, bias=False)],
            images=[[grid("1 1 1 0 / 1 1 2 0 / 0 1 1 1 / 1 0 0 0")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("1 -1 / 1 0")]],
                "conv1.bias": [0],
                "dense1.weight": grid("1 0 2 1 0 -1 1 0 2 / -1 2 0 -1 0 1 -1 0 0"),
            },
            first="conv1.weight[0,0,0,1]",
        ),
        Step(
            "channels",
            "two channels",
            "The filter has a slice for each channel and adds up what both give; on the way back "
            "both slices meet the same error, and each its own channel.",
            lambda: [Conv2d(1, 2), Flatten(), Dense(2, bias=False)],
            images=[[grid("0 2 2 / 1 0 1 / 0 0 2"), grid("1 1 0 / 0 0 2 / 1 1 0")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("-1 -2 / 1 1"), grid("1 0 / -1 -1")]],
                "conv1.bias": [2],
                "dense1.weight": grid("-1 0 -1 -1 / 1 0 1 1"),
            },
            first="conv1.weight[0,1,0,1]",
        ),
        Step(
            "filters",
            "two filters",
            "Each filter makes a map of its own; on the way back a pixel gathers errors from both.",
            lambda: [Conv2d(2, 2), Flatten(), Dense(2, bias=False)],
            images=[[grid("0 1 1 / 1 2 0 / 0 1 0")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("1 0 / 1 -1")], [grid("1 -1 / -2 2")]],
                "conv1.bias": [0, 0],
                "dense1.weight": grid("1 0 0 1 1 2 1 0 / -1 0 2 -1 -1 0 -1 0"),
            },
            first="input.error[0,0,1,1]",
        ),
        Step(
            "relu",
            "a ReLU",
            "Where a number was below 0 the ReLU gave 0, and no error passes there.",
            lambda: [Conv2d(1, 2), ReLU(), Flatten(), Dense(2, bias=False)],
            images=[[grid("1 1 2 0 / 0 0 0 0 / 1 0 3 1 / 1 1 0 1")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("-2 0 / 1 1")]],
                "conv1.bias": [1],
                "dense1.weight": grid("0 2 0 1 1 -1 1 -1 -1 / 0 0 2 -1 -1 1 -1 1 1"),
            },
            first="conv1.error[0,0,0,1]",
        ),
        Step(
            "pool",
            "a max pool",
            "Of each window one number wins, and it alone gets the window's error.",
            lambda: [Conv2d(1, 2), MaxPool2d(2), Flatten(), Dense(2, bias=False)],
            images=[[grid("1 0 0 0 1 / 1 3 2 2 0 / 2 2 0 1 3 / 2 0 1 0 1 / 1 0 0 1 0")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("-2 1 / -1 1")]],
                "conv1.bias": [1],
                "dense1.weight": grid("0 1 1 0 / 0 -1 -1 2"),
            },
            first="conv1.error[0,0,2,0]",
        ),
        Step(
            "stride",
            "stride 2",
            "The filter takes two steps at a time, so on the way back zeros stand between the "
            "errors.",
            lambda: [Conv2d(1, 3, stride=2), Flatten(), Dense(2, bias=False)],
            images=[[grid("0 1 0 0 0 / 2 0 1 1 1 / 1 0 0 0 1 / 0 1 0 0 0 / 0 0 0 1 0")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("-1 0 0 / -1 0 1 / 1 2 -1")]],
                "conv1.bias": [0],
                "dense1.weight": grid("2 0 0 -1 / 0 2 2 1"),
            },
            first="input.error[0,0,2,2]",
        ),
        Step(
            "layers",
            "two convolutions",
            "Each map of the first layer was seen by both filters of the second, so its error is "
            "gathered from both; then the first filters learn from it as ever.",
            lambda: [Conv2d(2, 2), ReLU(), Conv2d(2, 2), Flatten(), Dense(2, bias=False)],
            images=[[grid("1 0 0 1 / 0 1 1 0 / 2 2 1 1 / 0 2 1 1")]],
            labels=(0,),
            weights={
                "conv1.weight": [[grid("0 -1 / 1 -1")], [grid("0 2 / 1 -1")]],
                "conv1.bias": [2, -1],
                "conv2.weight": [
                    [grid("0 1 / -1 -1"), grid("-1 0 / -1 1")],
                    [grid("0 0 / -1 1"), grid("1 -1 / 2 -1")],
                ],
                "conv2.bias": [1, 1],
                "dense1.weight": grid("-1 0 0 1 -1 1 -1 1 / 1 0 0 -1 1 -1 1 -1"),
            },
            first="relu1.error[0,1,1,1]",
        ),
        Step(
            "batch",
            "two pictures",
            "The loss is the mean of both pictures' losses, so the errors of the scores are "
            "halved; after that a gradient is the sum over both pictures.",
            lambda: [Conv2d(1, 2), Flatten(), Dense(2, bias=False)],
            images=[[grid("0 1 1 / 1 1 0 / 0 1 1")], [grid("2 0 1 / 0 0 0 / 2 0 3")]],
            labels=(0, 1),
            weights={
                "conv1.weight": [[grid("-2 1 / 0 -1")]],
                "conv1.bias": [2],
                "dense1.weight": grid("2 0 2 0 / 2 4 -2 4"),
            },
            first="conv1.weight[0,0,1,0]",
        ),
    )
}
FIRST_STEP = next(iter(STEPS))


def step_called(name: str) -> Step:
    """The step of that name, or of that number, as in ``"pool"`` or ``"5"``.

    Raises:
        ConfigurationError: there is no such step.
    """
    if name.isdecimal() and 1 <= int(name) <= len(STEPS):
        return list(STEPS.values())[int(name) - 1]
    if name not in STEPS:
        raise ConfigurationError(
            f"no step of the ladder is called {name!r}; there are {', '.join(STEPS)}, or their "
            f"numbers, 1 to {len(STEPS)}"
        )
    return STEPS[name]
