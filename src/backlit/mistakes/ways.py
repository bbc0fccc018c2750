"""All wrong ways to compute one result of an operation, as something that computes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from backlit.equations import Operation

from .accumulation import accumulations
from .linear import LINEAR_MUTATIONS
from .mutation import Mutation
from .pooling import (
    average_pool_mutations,
    max_pool_line,
    max_pool_mutations,
    maximum_mutations,
)
from .regression import regression_line, regression_mutations
from .stated import Stated, activation_mutations, normalization_mutations, softmax_mutations

Numbers = Any


class Computation(Protocol):
    """Whatever gives all numbers of a result."""

    def compute(self, tensors: Mapping[str, Numbers], sizes: Mapping[str, Any]) -> Numbers:
        """The whole array."""


@dataclass(frozen=True)
class Way:
    """One way to be wrong.

    Attributes:
        changes: what was done to the right line, mostly one thing.
        line: what computes the wrong numbers.
    """

    changes: tuple[Mutation, ...]
    line: Computation

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The names."""
        return tuple(dict.fromkeys(each.mistake for each in self.changes))

    @property
    def words(self) -> str:
        """Which of several ways, for readers."""
        return "; ".join(each.words for each in self.changes if each.words)


LINEAR = ("conv2d", "dense", "avg_pool2d", "global_avg_pool2d")
_ACTIVATIONS = tuple(activation_mutations())
_NORMALIZATION = tuple(normalization_mutations())
_SOFTMAX = tuple(softmax_mutations())
_MAX_POOL = tuple(max_pool_mutations())
_MAXIMUM = tuple(maximum_mutations())
_AVERAGE_POOL = tuple(average_pool_mutations())
# Of what can go wrong in any sum, what makes no sense where somebody wins, and no padding does.
_NOT_IN_MAX_POOL = ("average-not-divided", "wrong-operand", "padding-wraps")


@lru_cache(maxsize=512)
def right_line(operation: Operation, result: str) -> Computation | None:
    """What computes a result rightly; None where it has no such result, or no equation for it."""
    if operation.name in LINEAR:
        return accumulations(operation).get(result)
    if operation.name == "max_pool2d" and result == "input":
        return max_pool_line(operation)
    if operation.name == "softmax_regression":
        return regression_line(result)
    if result in operation.gradients:
        return Stated(operation.gradients[result], operation.forward)
    if result == "loss":
        return Stated(operation.forward, operation.forward)
    return Stated(operation.forward, operation.forward) if result == "output" else None


def mutations_of(operation: Operation, result: str) -> Sequence[Mutation]:
    """The mistakes that can be made in a result, the plainest first."""
    match operation.name:
        case "max_pool2d" if result == "output":
            found = list(_MAXIMUM)
        case "max_pool2d":
            general = [m for m in LINEAR_MUTATIONS if m.mistake not in _NOT_IN_MAX_POOL]
            found = [*_MAX_POOL, *general]
        case "avg_pool2d":
            found = [*LINEAR_MUTATIONS, *_AVERAGE_POOL]
        case "conv2d" | "global_avg_pool2d":
            found = list(LINEAR_MUTATIONS)
        case "dense":  # where the last one only is what `=` in a loop leaves
            found = [m for m in LINEAR_MUTATIONS if m.words != "the last one"]
        case "batch_norm2d":
            found = list(_NORMALIZATION)
        case "softmax_cross_entropy" | "softmax":
            found = list(_SOFTMAX)
        case "softmax_regression":
            found = list(regression_mutations(result))
        case _:
            found = list(_ACTIVATIONS)
    return [each for each in found if result in each.results]


def wrong_ways(operation: Operation, result: str) -> Iterator[Way]:
    """Every known way to get a result wrong, the plainest first.

    Args:
        operation: with its options as numbers.
        result: "output", "input", "weight" or "bias".
    """
    line = right_line(operation, result)
    if line is None:
        return
    for each in mutations_of(operation, result):
        wrong = each.change(line)
        # Two that are the same for these options may differ for others, so both are given.
        if wrong is not None and wrong != line:
            yield Way((each,), wrong)


def wrong_way(operation: Operation, result: str, changes: Sequence[Mutation]) -> Way | None:
    """The way that these changes make, one after the other; what changes nothing is left out."""
    line = right_line(operation, result)
    if line is None:
        return None
    for each in changes:
        line = each.change(line) or line
    return Way(tuple(changes), line)
