"""The words of a story's steps, a title and a sentence each."""

from __future__ import annotations

from math import prod

from backlit.equations import Term
from backlit.equations.expressions import Number
from backlit.network import Node
from backlit.system.words import listing

from .address import Address
from .recorded import RecordedPass
from .sentences import all_zero, channel_words, is_flat, where_it_passes
from .story import Link
from .update import Update
from .words import count_of, percent
from .words import number as n

Words = tuple[str, str]  # title and sentence


def loss_words(recorded: RecordedPass, image: int, followed: int) -> Words:
    """Probability minus truth."""
    recording, name = recorded.recording, recorded.class_name
    probabilities = recording.probabilities[image]
    label, predicted = int(recording.labels[image]), int(probabilities.argmax())
    right, taken = (percent(float(probabilities[k])) for k in (label, predicted))
    if predicted == label:
        start = (
            f"The picture is of class {name(label)}, and the network says so with a probability of "
            f"{right}."
        )
    else:
        start = (
            f"The picture is of class {name(label)}, but the network gives that only {right}, and "
            f"{taken} to {name(predicted)}."
        )
    error = float(recording.errors[recorded.graph.output][image, followed])
    truth = int(followed == label)
    rule = (
        "Softmax has made probabilities of the scores; probability minus truth is the error of "
        "each score"
    )
    if recorded.images > 1:
        rule += (
            f", divided by the {recorded.images:,} images of the batch because the loss is their "
            "mean (this happens here, once, and nowhere else)"
        )
    sum_ = f"{n(float(probabilities[followed]))} − {truth}"
    if recorded.images > 1:
        sum_ = f"({sum_}) / {recorded.images}"
    return (
        "Where the error begins: probability minus truth",
        f"{start} {rule}. The thread followed here starts at class {name(followed)}: "
        f"{sum_} = {n(error)}.",
    )


def gradient_words(recorded: RecordedPass, link: Link, image: int, value: float) -> Words:
    """Into the weight, for one image."""
    title = f"Into the weight {link.address}"
    if link.address.quantity == "bias":
        title = f"Into the bias {link.address}"
    term = link.followed
    if term is None:
        return title, "In this image nothing reached it: it met no input at all."
    start = _use(recorded.graph[link.part.layer], link.address, len(link.terms))
    factors = " · ".join(_bracketed(f.value, k) for k, f in enumerate(term.factors))
    where = ""
    if "i" in term.index:
        where = f" at row {term.index['i']}, column {term.index['j']}"
    elif "h" in term.index:
        where = f" at row {term.index['h']}, column {term.index['w']}"
    nothing = all_zero(recorded, link.address, [each for _, each in link.terms], image)
    if nothing:
        return title, f"{start} {nothing}"
    if len(link.terms) == 1:
        tail = f"{factors} = {n(value)}." if len(term.factors) > 1 else f"Here it is {n(value)}."
        return title, f"{start} {tail}"
    product = f"{factors} = {n(term.product)}" if len(term.factors) > 1 else factors
    return (
        title,
        f"{start} The strongest is{where}: {product}. All {len(link.terms):,} are added up (a sum, "
        f"not an average): {n(value)}.",
    )


def _use(node: Node, address: Address, count: int) -> str:
    layer = node.layer
    if layer.has_filters and address.quantity == "weight":
        o, _, u, v = address.index
        channel = channel_words(node, address)
        return (
            f"This is the weight of filter {o} for {channel}, row {u}, column {v}. In this image "
            f"it was used at {count_of(count, 'position')} (row i, column j of the output), and "
            "each time it met another input. Error times input is how "
            "fast the loss grows with the weight there."
        )
    if layer.family == "normalization" and address.quantity == "weight":
        return (
            f"This scale was used for all {count:,} numbers of channel {address.index[0]}: each "
            "error times the normalized number that was scaled."
        )
    if layer.family == "activation":
        return (
            f"This slope was multiplied with {count_of(count, 'number')}, which were not above 0: "
            "each error times the number that it was multiplied with."
        )
    if address.quantity == "weight":
        unit, source = address.index
        return (
            f"This weight joins input {source} with unit {unit}: the unit's error times the input."
        )
    if count == 1:
        return "A bias is simply added, so its gradient is the error itself."
    return (
        f"The bias was added at all {count:,} positions of its map, so all errors of the map come "
        "back to it."
    )


def batch_words(recorded: RecordedPass, address: Address, own: float, gradient: float) -> Words:
    """The sum over the images."""
    if recorded.images == 1:
        return "The gradient", f"The batch is this one image, so the gradient is {n(gradient)}."
    pull = f", with {n(own)}, pulls the {'same' if own * gradient > 0 else 'other'} way"
    if own == 0:
        pull = " contributes nothing"
    elif gradient == 0:
        pull = f", with {n(own)}, is balanced by the others"
    return (
        f"All {recorded.images:,} images together",
        f"The {address.quantity} is the same for all images, so their parts are added up: "
        f"{n(gradient)} is its gradient. This image{pull}. Nothing is left to divide: the "
        f"1/{recorded.images:,} is inside every error since the first step.",
    )


def update_words(update: Update) -> Words:
    """The weight moves."""
    return (
        "The update",
        f"{update.sentence} All weights and biases move together, each by a gradient that was "
        "computed before any of them moved.",
    )


def _bracketed(value: Number, place: int) -> str:
    return f"({n(value)})" if value < 0 and place else n(value)


def layer_words(recorded: RecordedPass, link: Link, value: float) -> Words:
    """Title and sentence for one link of the thread, which arrives at ``value``."""
    owner = link.address.owner
    if link.followed is None:
        return f"Nothing arrives at {owner}", "No layer used this number, so no error comes back."
    step = _LinkWords(recorded, link, link.followed, value)
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


class _LinkWords:
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
    "dense": _LinkWords._dense,
    "convolution": _LinkWords._convolution,
    "pool": _LinkWords._average,
    "flatten": _LinkWords._flatten,
    "activation": _LinkWords._activation,
    "normalization": _LinkWords._normalization,
    "dropout": _LinkWords._dropout,
    "add": _LinkWords._add,
    "concat": _LinkWords._concat,
}
