"""The sentence of a story's step through one layer, for each family of layers."""

from __future__ import annotations

from math import prod

from backlit.equations import Term
from backlit.network import Node

from .recorded import RecordedPass
from .switches import is_flat, where_it_passes
from .thread import Link
from .words import count_of, listing
from .words import number as n

Words = tuple[str, str]


def layer_words(recorded: RecordedPass, link: Link, value: float) -> Words:
    """Title and sentence for one link of the thread, which arrives at ``value``."""
    owner = link.address.owner
    if link.followed is None:
        return f"Nothing arrives at {owner}", "No layer used this number, so no error comes back."
    step = _Step(recorded, link, link.followed, value)
    title, sentence = step.words()
    readers = list(dict.fromkeys(part.layer for part, _ in link.terms))
    if len(readers) > 1:
        sentence = (
            f"The output of {owner} is read by {listing(readers)}, and what comes back on these "
            f"paths adds up; the thread takes {link.part.layer}. {sentence}"
        )
    return title, sentence


def _share(term: Term) -> float:
    """What the error is multiplied with."""
    return prod(float(f.value) for f in term.factors if f.symbol != "dY")


class _Step:
    """One link, and the pieces that its sentence needs."""

    def __init__(self, recorded: RecordedPass, link: Link, term: Term, value: float) -> None:
        self.recorded, self.link, self.term, self.value = recorded, link, term, value
        self.node: Node = recorded.graph[link.part.layer]
        # What came back through this layer; of several readers each has its own.
        self.own = [each for part, each in link.terms if part is link.part]
        self.name = self.node.name
        self.place = link.address.index[1:]

    def words(self) -> Words:
        """Title and sentence."""
        if self.node.layer.winner_takes_error:
            return self._max_pool()
        return _BY_FAMILY[self.node.layer.family](self)

    # --- pieces ------------------------------------------------------------------------------

    @property
    def error(self) -> float:
        """The error that came from above."""
        return float(next(f.value for f in self.term.factors if f.symbol == "dY"))

    @property
    def rest(self) -> float:
        """What it is multiplied with."""
        return _share(self.term)

    @property
    def product(self) -> str:
        """``0.0111 · (−0.4) = −0.0045``."""
        rest = f"({n(self.rest)})" if self.rest < 0 else n(self.rest)
        return f"{n(self.error)} · {rest} = {n(self.term.product)}"

    @property
    def sum(self) -> str:
        """What it is one term of."""
        count = len(self.link.terms)
        if count == 1:
            return ""
        if all(term.product == 0 for _, term in self.link.terms):
            return f" All {count:,} terms are 0."
        largest = self.term is self.link.terms[0][1]
        which = "the largest of" if largest else "one of"
        return f" That is {which} {count:,} terms; all {count:,} add up to {n(self.value)}."

    @property
    def one_of(self) -> str:
        """How many numbers like this one there are: the thread takes one of them."""
        shape = self.recorded.graph.input_shape
        if self.link.address.owner in self.recorded.graph:
            shape = self.recorded.graph[self.link.address.owner].output_shape
        return f", one of {prod(shape):,}," if prod(shape) > 1 else ""

    # --- one sentence for each family ----------------------------------------------------------

    def _dense(self) -> Words:
        units = self.node.output_shape[0]
        what = "scores" if self.name == self.recorded.graph.output else "units"
        unit = self.term.index["o"]
        return (
            f"Back through {self.name}: from {units:,} {what} to one input",
            f"Input {self.place[0]}{self.one_of} fed all {units:,} {what} of {self.name}, so it "
            f"collects {units:,} errors, each times the weight that joined the two. From "
            f"{what[:-1]} o = {unit} comes {self.product}.{self.sum}",
        )

    def _convolution(self) -> Words:
        o, i, j, u, v = (self.term.index[letter] for letter in "oijuv")
        filters = len({term.index["o"] for term in self.own})
        channel, row, column = self.place
        return (
            f"Back through {self.name}: gathered from its filters",
            f"Channel {channel}, row {row}, column {column}{self.one_of} was read by "
            f"{count_of(filters, 'filter')} of {self.name}, at every position whose window covers "
            "it. Each of these errors comes back times the weight that joined the two. From filter "
            f"o = {o}, at row i = {i}, column j = {j} of its errors, through its weight at row "
            f"u = {u}, column v = {v}, comes {self.product}.{self.sum}",
        )

    def _max_pool(self) -> Words:
        i, j = self.term.index["i"], self.term.index["j"]
        title = f"{self.name}: the whole error to the winner"
        x = self._activation_value()
        if self.rest == 0:
            return (
                title,
                f"This number, {n(x)}, was not the largest of its window, and gets nothing.",
            )
        won = (
            f"This number, {n(x)}, was the largest in window ({i}, {j}), so the window's whole "
            "error goes to it, and the others get nothing."
        )
        windows = sum(_share(term) != 0 for term in self.own)
        if windows > 1:
            total = sum(float(term.product) for term in self.own)
            won += f" It won {windows} windows, whose errors add up to {n(total)}."
        return title, won

    def _average(self) -> Words:
        return (
            f"{self.name}: everyone gets the same part",
            f"An average listens to all its numbers alike, so the error is shared out in equal "
            f"parts: {self.product}.{self.sum}",
        )

    def _flatten(self) -> Words:
        if len(self.place) != 3:
            return f"{self.name}: unchanged", "It was flat already, and the error passes unchanged."
        flat = next(f.index[1] for f in self.term.factors if f.symbol == "dY")
        channel, row, column = self.place
        return (
            f"{self.name}: back into a map",
            f"Nothing is computed. Number {flat} of the row was channel {channel}, row {row}, "
            f"column {column} of {self.link.address.owner}, and its error goes back there: the "
            "error of the dense layers is an error map again. In the equation, IH and IW are the "
            "height and the width of that map.",
        )

    def _activation(self) -> Words:
        x, layer = self._activation_value(), self.node.layer
        kind, title = type(layer).__name__, f"{self.name}: times the slope"
        if is_flat(layer, x):
            return title, (
                f"The number that went in, {n(x)}, is not {where_it_passes(layer)}, so the {kind} "
                "was off: its slope is 0, and the error ends here."
            )
        if layer.flat and self.rest == 1:
            return title, (
                f"The number that went in, {n(x)}, is {where_it_passes(layer)}, so the {kind} was "
                f"on: its slope is 1, and the error passes unchanged, {n(self.error)}."
            )
        return title, (
            f"At the number that went in, {n(x)}, the slope of the {kind} is {n(self.rest)}; the "
            f"error is multiplied by it: {self.product}."
        )

    def _normalization(self) -> Words:
        title = f"{self.name}: back through the normalization"
        if len(self.own) == 1:
            return title, (
                "Mean and variance are fixed numbers in evaluation, so a batch norm only scales: "
                f"{self.product}."
            )
        others = [term.product for term in self.own if term is not self.term]
        total = sum(float(term.product) for term in self.own)
        return title, (
            f"This number moved the loss in three ways. Directly: {self.product}. And through the "
            f"mean and the variance of its channel, which it helped to make: {n(others[0])} and "
            f"{n(others[1])}. Together {n(total)}."
        )

    def _dropout(self) -> Words:
        title = f"{self.name}: where the number passed"
        if not self.recorded.recording.training:
            return title, "In evaluation nothing is dropped: the error passes unchanged."
        if self.rest == 0:
            return title, "This number was dropped in this pass, so no error comes back."
        return title, (
            f"This number was kept, and made larger to stand in for the dropped ones; its error is "
            f"made larger alike: {self.product}."
        )

    def _add(self) -> Words:
        return (
            f"{self.name}: unchanged to everyone",
            "A sum has slope 1 towards each of its parts, so each gets the whole error, "
            f"{n(self.error)}.{self.sum}",
        )

    def _concat(self) -> Words:
        channel = next(f.index[1] for f in self.term.factors if f.symbol == "dY")
        return (
            f"{self.name}: back to its own channel",
            f"Channel {self.place[0]} of {self.link.address.owner} became channel {channel} of "
            f"{self.name}, so it gets that channel's error, {n(self.error)}.{self.sum}",
        )

    def _activation_value(self) -> float:
        """The number at this place, as it went into the layer."""
        return float(
            self.recorded.recording.activations[self.link.address.owner][self.link.address.index]
        )


_BY_FAMILY = {
    "dense": _Step._dense,
    "convolution": _Step._convolution,
    "pool": _Step._average,
    "flatten": _Step._flatten,
    "activation": _Step._activation,
    "normalization": _Step._normalization,
    "dropout": _Step._dropout,
    "add": _Step._add,
    "concat": _Step._concat,
}
