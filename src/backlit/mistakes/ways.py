"""All wrong ways to compute one result of an operation, as something that computes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from backlit.equations import Operation

from .accumulation import accumulations
from .linear import LINEAR_CHANGES
from .mutation import Mutation

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


def right_line(operation: Operation, result: str) -> Computation | None:
    """What computes a result rightly; None where it has no such result."""
    if operation.name in LINEAR:
        return accumulations(operation).get(result)
    return None


def changes_of(operation: Operation, result: str) -> Sequence[Mutation]:
    """The mistakes that can be made in a result, the plainest first."""
    if operation.name in LINEAR:
        return [each for each in LINEAR_CHANGES if result in each.results]
    return ()


def wrong_ways(operation: Operation, result: str) -> Iterator[Way]:
    """Every known way to get a result wrong, the plainest first.

    Args:
        operation: with its options as numbers.
        result: "output", "input", "weight" or "bias".
    """
    line = right_line(operation, result)
    if line is None:
        return
    seen = [line]
    for each in changes_of(operation, result):
        wrong = each.change(line)
        if wrong is not None and wrong not in seen:
            seen.append(wrong)
            yield Way((each,), wrong)


def wrong_way(operation: Operation, result: str, changes: Sequence[Mutation]) -> Way | None:
    """The way that these changes make, one after the other; what changes nothing is left out."""
    line = right_line(operation, result)
    if line is None:
        return None
    for each in changes:
        line = each.change(line) or line
    return Way(tuple(changes), line)
