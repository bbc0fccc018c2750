"""The sentences of a story's frame: the loss, the weight, the batch, the update."""

from __future__ import annotations

from backlit.equations.expressions import Number
from backlit.network import Node

from .address import Address
from .recorded import RecordedPass
from .sentences import all_zero, channel_words
from .thread import Link
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
            "each time it met another input: error times input says how much it had to do with the "
            "error there."
        )
    if layer.family == "normalization" and address.quantity == "weight":
        return (
            f"This scale was used for all {count:,} numbers of channel {address.index[0]}: each "
            "error times the normalized number that was scaled."
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
