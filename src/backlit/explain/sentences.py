"""What there is to say of a number, in sentences: what it is made of, conventions, why it is 0."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from backlit.equations import Term
from backlit.layers import Layer
from backlit.network import Graph, Node
from backlit.network.graph import INPUT
from backlit.system.words import listing

from .address import PROBABILITY, Address
from .explanation import Part
from .picture import pool_windows
from .recorded import RecordedPass
from .words import count_of, in_words, number
from .work import LayerWork


def sentence_about(recorded: RecordedPass, address: Address, parts: tuple[Part, ...]) -> str:
    """The sentence for one explained number."""
    if address.is_parameter:
        return _parameter(recorded, address, parts[0])
    if address.is_result and address.owner == PROBABILITY:
        n, k = address.index
        return f"How sure the network is that image {n} is of class {k}: {parts[0].equation.words}"
    if address.is_result:
        whole = "the image" if recorded.images == 1 else f"all {recorded.images:,} images"
        return f"One loss for {whole}: {parts[0].equation.words}"
    if address.quantity == "output":
        return parts[0].equation.words
    return _error(recorded, address, parts)


def channel_words(node: Node, address: Address) -> str:
    """Which channel a filter's weight looks at; of a group also by its place in the whole input."""
    o, c = address.index[:2]
    filters, channels = node.parameter_shapes["weight"][:2]
    groups = node.input_shapes[0][0] // channels
    if groups == 1:
        return f"channel {c}"
    return f"channel {c} of its group, input channel {o // (filters // groups) * channels + c}"


def all_zero(
    recorded: RecordedPass, address: Address, terms: Sequence[Term], image: int | None = None
) -> str:
    """Why a sum of several terms is exactly 0, if each of them is; else nothing.

    Args:
        recorded: where it happened.
        address: what the terms add up to.
        terms: all of them.
        image: the one image that they come from; None for the whole batch.
    """
    if len(terms) < 2 or any(term.product != 0 for term in terms):
        return ""
    start = f"All {len(terms):,} {'products' if len(terms[0].factors) > 1 else 'terms'} are 0"
    errors = [f.value for term in terms for f in term.factors if f.symbol == "dY"]
    if not errors or any(value != 0 for value in errors):
        return f"{start}: wherever there was an error, it met a 0."
    one = image is not None or recorded.images == 1
    return (
        f"{start}, because every error that came back here is 0: {_why(recorded, address, image)}. "
        f"Nothing can be learned from {'this image' if one else 'these images'}."
    )


def _why(recorded: RecordedPass, address: Address, image: int | None) -> str:
    """Why no error came back to a filter: the ReLU above it, where that alone explains it."""
    readers = recorded.graph.readers(address.owner)
    if address.is_parameter and len(readers) == 1 and readers[0].layer.flat:
        images = slice(None) if image is None else image
        outputs = recorded.recording.activations[address.owner][images]
        channel = 1 if image is None else 0
        if is_flat(readers[0].layer, outputs.take(address.index[0], axis=channel)).all():
            unit = "filter" if outputs.ndim - channel == 3 else "unit"
            return (
                f"{readers[0].name} let nothing of {unit} {address.index[0]} pass, since none of "
                f"its outputs is {where_it_passes(readers[0].layer)}"
            )
    errors = recorded.recording.errors[recorded.graph.output]
    if not (errors if image is None else errors[image]).any():
        return "the network is so sure, and right, that no score has an error"
    behind = _behind(recorded, address.owner)
    reasons = sorted({node.layer.stopped for node in behind if _stops(recorded, node)})
    return f"nothing came back from the layers behind it{_either(reasons)}"


def _behind(recorded: RecordedPass, owner: str) -> list[Node]:
    """All layers between a layer and the loss."""
    reached, found = {owner}, []
    for node in recorded.graph:
        if reached.intersection(node.inputs):
            reached.add(node.name)
            found.append(node)
    return found


def _stops(recorded: RecordedPass, node: Node) -> bool:
    """Whether a layer lets some errors through and not others."""
    if node.layer.flat:
        return bool(is_flat(node.layer, recorded.recording.activations[node.inputs[0]]).any())
    return bool(node.layer.stopped) and not node.layer.is_identity(
        node.input_shapes[0], recorded.recording.training
    )


def _either(reasons: list[str]) -> str:
    """`` (a, b or c)``; nothing where there is none."""
    if not reasons:
        return ""
    *some, last = reasons
    return f" ({', '.join(some)}{' or ' if some else ''}{last})"


def _parameter(recorded: RecordedPass, address: Address, part: Part) -> str:
    layer = recorded.graph[address.owner].layer
    images, products = count_of(recorded.images, "image"), len(part.terms)
    if layer.has_filters and address.quantity == "weight":
        o, _, u, v = address.index
        channel = channel_words(recorded.graph[address.owner], address)
        where = "positions" if recorded.images == 1 else "positions and images"
        return (
            f"Filter {o} used this one weight ({channel}, row {u}, column {v}) at every output "
            f"position of {images}: {count_of(products, 'product')} of an error and the input that "
            f"the weight met there. The gradient is their sum over all {where}, not their average."
        )
    if layer.has_filters:
        return (
            f"Filter {address.index[0]} has one bias, which was added at every output position, so "
            f"its gradient is the sum of the filter's whole error map over {images}: "
            f"{count_of(products, 'error')}."
        )
    if layer.family in ("normalization", "activation"):
        return f"{part.equation.words} {count_of(products, 'number')} from {images}."
    if address.quantity == "weight":
        unit, source = address.index
        return (
            f"This weight joins input {source} with unit {unit}. Its gradient is the unit's error "
            f"times the input, added up over {images}."
        )
    return f"The unit's error, added up over {images}."


def _error(recorded: RecordedPass, address: Address, parts: tuple[Part, ...]) -> str:
    what = "pixel" if address.owner == INPUT else "number"
    if address.owner == recorded.graph.output:
        _, k = address.index
        return (
            f"Here the error begins: the probability of class {k}, minus 1 if that is the truth. "
            f"Divided by the number of images, {recorded.images:,}, because the loss is their "
            "mean: this happens once, here, and nowhere else."
        )
    if len(parts) == 1:
        start = f"{parts[0].layer} reads this {what}. {parts[0].equation.words}"
        if recorded.graph[parts[0].layer].layer.winner_takes_error:
            return f"{start} {_won_or_lost(recorded, address, parts[0])}".rstrip()
        return start
    layers = listing([part.layer for part in parts])
    return (
        f"This {what} is read {len(parts)} times, by {layers}. What comes back on these paths adds "
        "up."
    )


def _won_or_lost(recorded: RecordedPass, address: Address, part: Part) -> str:
    """How the number fared in each of its windows."""
    work = recorded.work(part.layer)
    own = number(float(work.tensors["X"][address.index]))
    windows = []
    for term in part.terms:
        i, j = term.index["i"], term.index["j"]
        largest = number(float(work.tensors["Y"][*address.index[:2], i, j]))
        result = "it won" if _wins(term) else f"{largest} won"
        windows.append(f"in window ({i}, {j}) {result}")
    return f"Here it is {own}: {listing(windows)}." if windows else ""


def _wins(term: Term) -> bool:
    return all(factor.value != 0 for factor in term.factors if factor.symbol != "dY")


def notes_about(
    recorded: RecordedPass, address: Address, parts: tuple[Part, ...]
) -> tuple[str, ...]:
    """A sentence for each convention without which the number could have been another."""
    found = []
    for part in parts:
        if part.layer in recorded.graph and not address.is_parameter:
            work = recorded.work(part.layer)
            found += _kink(work, address) + _ties(work, address, part)
    return tuple(dict.fromkeys(found))


def _kink(work: LayerWork, address: Address) -> list[str]:
    kinks = work.node.layer.kinks
    if address.quantity == "output" or not kinks:
        return []
    x = float(work.tensors["X"][address.index])
    return [
        f"The input of {work.node.name} is exactly {number(kink.at)} here, where it has a kink. "
        f"Its slope there is a convention: that of the {kink.side} side"
        f"{'' if kink.slope is None else f', {number(kink.slope)}'}."
        for kink in kinks
        if kink.at == x
    ]


def _ties(work: LayerWork, address: Address, part: Part) -> list[str]:
    """Windows of a max pool in which several numbers are the largest, this one among them."""
    if not work.node.layer.winner_takes_error:
        return []
    n, c, *place = address.index
    windows = pool_windows(work.node, work.tensors["X"][n, c])
    if address.quantity == "output":
        seen = [tuple(place)]
    else:
        seen = [(term.index["i"], term.index["j"]) for term in part.terms]
        own = float(work.tensors["X"][address.index])
    notes = []
    for i, j in seen:
        window = windows[i, j]
        equal = int(np.count_nonzero(window == window.max()))
        if equal > 1 and (address.quantity == "output" or own == window.max()):
            notes.append(
                f"In window ({i}, {j}) of {work.node.name} {in_words(equal, 'number')} are equally "
                f"large ({number(float(window.max()))}). Only the first in row order gets the "
                "error: a convention."
            )
    return notes


def has_modes(graph: Graph) -> bool:
    """Whether it makes a difference to a network if it is in training or in evaluation."""
    return any(node.layer.modes for node in graph)


def mode_words(graph: Graph, training: bool) -> str:
    """How such layers work in a pass, as a sentence; "" where there are none."""
    modes = sorted({node.layer.modes for node in graph if node.layer.modes})
    parts = [mode[0 if training else 1] for mode in modes]
    if not parts:
        return ""
    return f"As in {'a training step' if training else 'evaluation'}, {' and '.join(parts)}."


def is_flat(layer: Layer, x: Any) -> Any:
    """For each number that goes into an activation: whether the slope there is 0."""
    off = [(low <= x) & (x <= high) for low, high in layer.flat]
    return np.logical_or.reduce(off) if off else np.zeros(np.shape(x), bool)


def where_it_passes(layer: Layer) -> str:
    """Where the slope of an activation is not 0, in words: "above 0", "between 0 and 6"."""
    low = max((high for _, high in layer.flat if high < inf), default=-inf)
    high = min((low for low, _ in layer.flat if low > -inf), default=inf)
    if high == inf:
        return f"above {number(low)}"
    return f"between {number(low)} and {number(high)}" if low > -inf else f"below {number(high)}"
