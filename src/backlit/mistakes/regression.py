"""Softmax regression: a dense layer and its loss in one, so that mistakes of both may be made.

The error of the scores is that of softmax and cross-entropy, and the gradients are those of a dense
layer with this error; a wrong way changes one of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backlit import equations

from .accumulation import Accumulation, accumulations
from .linear import LINEAR_MUTATIONS
from .mutation import Mutation
from .programs import Numbers
from .stated import Stated, softmax_mutations


@dataclass(frozen=True)
class ThroughScores:
    """The loss, or a gradient that is made of the error of the scores.

    Attributes:
        scores: of each class, a dense layer.
        head: the loss, or the error of the scores.
        back: the dense layer's gradient; None for the loss.
    """

    scores: Accumulation
    head: Stated
    back: Accumulation | None

    def __str__(self) -> str:
        return str(self.head if self.back is None else self.back)

    def compute(self, tensors: Mapping[str, Numbers], sizes: Mapping[str, Any]) -> Numbers:
        """The whole array, or the one number of the loss."""
        Z = self.scores.compute(tensors, sizes)
        found = self.head.compute({"Z": Z, "T": tensors["T"]}, sizes)
        return found if self.back is None else self.back.compute({**tensors, "dY": found}, sizes)


def regression_line(result: str) -> ThroughScores | None:
    """What computes the loss, or the gradient of X, W or b."""
    lines, loss = accumulations(equations.dense()), equations.softmax_cross_entropy()
    if result == "loss":
        return ThroughScores(lines["output"], Stated(loss.forward, loss.forward), None)
    error = Stated(loss.gradients["input"], loss.forward)
    return ThroughScores(lines["output"], error, lines[result]) if result in lines else None


# What a sign or a mean over the batch does is told of the error of the scores.
_OF_LOSS = ("sign", "batch-average-extra")
# There is no other output either, and where weights are alike for all classes, nothing is left of
# errors that add up to 0.
_SENSELESS = (
    *("the output in place of its error", "the weights are not used"),
    *("weights of the first", "weights of all filters"),
    "the last one",  # that is what `=` in a loop leaves
)


def regression_mutations(result: str) -> Sequence[Mutation]:
    """What goes wrong in the loss, or in what a gradient is made of."""
    of_head = "loss" if result == "loss" else "input"
    found = [_of_head(each) for each in softmax_mutations() if of_head in each.results]
    if result != "loss":
        found += _of_gradient(result)
    return found


def _of_head(each: Mutation) -> Mutation:
    def change(line: ThroughScores) -> ThroughScores | None:
        head = each.change(line.head)
        return None if head is None else replace(line, head=head)

    return replace(each, change=change, results=_RESULTS)


def _of_gradient(result: str) -> Iterator[Mutation]:
    for each in LINEAR_MUTATIONS:
        makes_sense = each.mistake not in _OF_LOSS and each.words not in _SENSELESS
        if result in each.results and makes_sense:
            yield replace(each, change=_back_changed(each), results=_RESULTS)


def _back_changed(each: Mutation) -> Callable[[ThroughScores], ThroughScores | None]:
    def change(line: ThroughScores) -> ThroughScores | None:
        back = None if line.back is None else each.change(line.back)
        return None if back is None else replace(line, back=back)

    return change


_RESULTS = ("loss", "weight", "bias", "input")
