"""The nudge: turn one number up and down a little, and see what the loss really does.

    measured slope = (L(w + ε) − L(w − ε)) / (2ε)

It needs no calculus, only two forward passes, so it is the fairest judge of a gradient.  For a
smooth loss it is off by about L'''·ε²/6; where a ReLU or a maximum switches between −ε and +ε, the
loss has a kink there and the two need not agree.

A ReLU that goes from off to on, or a maximum that another number wins, changes the slope of the
loss at once: a kink.  A measured slope then mixes both sides, and need not agree with the gradient,
which knows only the side that the network is on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backlit.errors import AddressError, ConfigurationError
from backlit.network import Graph, Node, Recording
from backlit.network.engine import Array
from backlit.system.numbers import is_positive
from backlit.system.words import listing

from .address import Address
from .picture import winners
from .recorded import RecordedPass
from .words import count_of, json_number, number, percent

EPSILON = 1e-3  # how far a number is turned to each side where nothing else is asked for
AGREEMENT = 1e-3  # slopes that differ by less of the larger one agree, as far as a reader cares
_LISTED = 100  # places that to_dict lists for one layer


@dataclass(frozen=True)
class CrossedKinks:
    """The kinks of one layer that were crossed between −ε and +ε.

    Attributes:
        layer: its name.
        kind: "kink" (a number crossed a kink of the activation) or "maximum" (another number of
            the window won).
        places: the indices of the layer's outputs at which it happened.
        at: the numbers at which the activation has kinks.
    """

    layer: str
    kind: str
    places: tuple[tuple[int, ...], ...]
    at: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """How many kinks of the layer were crossed."""
        return len(self.places)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: ``layer``, ``kind``, ``count`` and the first 100 ``places``."""
        listed = [list(place) for place in self.places[:_LISTED]]
        return {"layer": self.layer, "kind": self.kind, "count": self.count, "places": listed}


@dataclass(frozen=True)
class Nudge:
    """What the loss did when one number was turned up and down a little.

    Attributes:
        address: the number that was turned.
        value: what it is without the nudge.
        epsilon: how far it was turned to each side.
        loss_minus: the loss with ``value − epsilon``.
        loss: the loss as it is.
        loss_plus: the loss with ``value + epsilon``.
        measured: (loss_plus − loss_minus) / (2·epsilon).
        gradient: what backpropagation says.
        rounding: about how much of ``measured`` may be rounding, eps·|L|/ε.
        kinks: the ReLUs and maxima that are not on the same side in all three passes.
    """

    address: Address
    value: float
    epsilon: float
    loss_minus: float
    loss: float
    loss_plus: float
    measured: float
    gradient: float
    rounding: float
    kinks: tuple[CrossedKinks, ...]

    @property
    def difference(self) -> float:
        """How far the measured slope and the gradient lie apart, |measured − gradient|."""
        return abs(self.measured - self.gradient)

    @property
    def relative_difference(self) -> float:
        """The difference in units of the larger of the two slopes; 0 where both are 0."""
        largest = max(abs(self.measured), abs(self.gradient))
        return self.difference / largest if largest else 0.0

    @property
    def crossed(self) -> int:
        """How many kinks were crossed altogether."""
        return sum(each.count for each in self.kinks)

    @property
    def sentence(self) -> str:
        """How well the measured slope and the gradient agree, in words, and why if they do not."""
        return _sentence(self)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields and the properties; ``switches`` are the kinks that were crossed."""
        numbers = ("value", "epsilon", "loss_minus", "loss", "loss_plus", "measured", "gradient")
        more = ("difference", "relative_difference", "rounding")
        return {
            "address": str(self.address),
            **{name: json_number(getattr(self, name)) for name in (*numbers, *more)},
            "switched": self.crossed,
            "switches": [each.to_dict() for each in self.kinks],
            "sentence": self.sentence,
        }


def nudge(recorded: RecordedPass, address: Address, epsilon: float) -> Nudge:
    """Turn the parameter or pixel at ``address`` by ±epsilon and run forward again.

    Dropout masks and the mode stay those of the recording; statistics of a batch are taken anew in
    training mode, since they are part of the function.

    Raises:
        AddressError: the number follows from others and cannot be turned by itself.
        ConfigurationError: an epsilon that is not positive, or too small to change the number.
    """
    check_epsilon(epsilon)
    if not (address.is_parameter or address.is_pixel):
        raise AddressError(
            f"{address} follows from other numbers; a weight, a bias or a pixel can be nudged"
        )
    snapshot, recording = recorded.snapshot, recorded.recording
    name, index = address.name, address.index
    array = recording.images if address.is_pixel else snapshot.parameters[name]
    low, high = _moved(array, index, -epsilon), _moved(array, index, epsilon)
    width = float(high[index]) - float(low[index])
    if not can_be_nudged(float(array[index]), epsilon, array.dtype):
        raise ConfigurationError(
            f"epsilon must be large enough to change {float(array[index])!r} in {array.dtype}, got "
            f"{epsilon!r}"
        )
    if address.is_pixel:
        minus, plus = (snapshot.record(recording, images=each) for each in (low, high))
    else:
        minus, plus = (snapshot.record(recording, {name: each}) for each in (low, high))
    gradient = recorded.gradient(address)
    assert gradient is not None  # only probabilities have none
    return Nudge(
        address=address,
        value=float(array[index]),
        epsilon=float(epsilon),
        loss_minus=minus.loss,
        loss=recording.loss,
        loss_plus=plus.loss,
        measured=(plus.loss - minus.loss) / width,
        gradient=gradient,
        rounding=float(np.finfo(array.dtype).eps) * abs(recording.loss) / epsilon,
        kinks=crossed_kinks(snapshot.graph, [recording, minus, plus]),
    )


def check_epsilon(epsilon: float) -> None:
    """Make sure that ε is a positive number.

    Raises:
        ConfigurationError: it is not.
    """
    if not is_positive(epsilon):
        raise ConfigurationError(f"epsilon must be a positive number, got {epsilon!r}")


def can_be_nudged(value: float, epsilon: float, dtype: np.dtype[Any]) -> bool:
    """Whether ``value ± epsilon`` are other numbers than ``value``, and finite."""
    own = np.asarray(value, dtype)
    with np.errstate(over="ignore"):
        low, high = own - np.asarray(epsilon, dtype), own + np.asarray(epsilon, dtype)
    return bool(np.isfinite(low) and np.isfinite(high) and low < own < high)


def too_small(value: float, epsilon: float, dtype: np.dtype[Any]) -> str:
    """Why a number cannot be nudged, as a sentence; "" where it can."""
    if can_be_nudged(value, epsilon, dtype):
        return ""
    return (
        f"It cannot be tried out here: beside {number(value)} a step of ε = {number(epsilon)} is "
        f"lost in the rounding of {dtype}."
    )


def _moved(array: Array, index: tuple[int, ...], step: float) -> Array:
    moved = array.copy()
    moved[index] += step
    return moved


def _sentence(nudge: Nudge) -> str:
    agree = nudge.relative_difference < AGREEMENT
    if nudge.measured == nudge.gradient == 0:
        start = f"{_stillness(nudge)}, and its gradient is 0"
    else:
        apart = percent(nudge.relative_difference)
        start = f"The measured slope and the gradient differ by {apart}"
    if not nudge.kinks:
        return f"{start}; no ReLU and no maximum switched."
    switched = f"between −ε and +ε {_switched(nudge)}"
    if agree:
        return f"{start}: they agree, although {switched}."
    return (
        f"{start}; {switched}, so the loss has a kink there and the two need not agree: try a "
        f"smaller ε, such as {nudge.epsilon / 10:g} (--epsilon {nudge.epsilon / 10:g})."
    )


def _stillness(nudge: Nudge) -> str:
    if nudge.loss_minus == nudge.loss == nudge.loss_plus:
        return f"The loss does not move with {nudge.address}"
    return f"The loss is the same on both sides of this {nudge.address.quantity or 'pixel'}"


def _places(kinks: tuple[float, ...]) -> str:
    """The places of an activation's kinks, in words: "0", "0 or 6"."""
    return " or ".join(map(number, kinks))


def _switched(nudge: Nudge) -> str:
    parts = []
    for each in nudge.kinks:
        noun = "maximum" if each.kind == "maximum" else "number"
        what = "changed its winner" if each.kind == "maximum" else f"crossed {_places(each.at)}"
        many = "maxima" if each.kind == "maximum" else "numbers"
        if each.count > 1:
            what = what.replace("its winner", "their winners")
        parts.append(f"{count_of(each.count, noun, many)} of {each.layer} {what}")
    return listing(parts)


def crossed_kinks(graph: Graph, recordings: Sequence[Recording]) -> tuple[CrossedKinks, ...]:
    """Every place that is not on the same side of its kink in all of the recordings."""
    found = []
    for node in graph:
        sides = [_sides(node, recording.activations[node.inputs[0]]) for recording in recordings]
        first = sides[0]
        if first is None:
            continue
        moved = np.zeros(first.shape, bool)
        for other in sides[1:]:
            moved |= first != other
        if moved.any():
            kind = "maximum" if node.layer.winner_takes_error else "kink"
            places = tuple(tuple(map(int, place)) for place in np.argwhere(moved))
            kinks = tuple(kink.at for kink in node.layer.kinks)
            found.append(CrossedKinks(node.name, kind, places, kinks))
    return tuple(found)


def _sides(node: Node, x: Array) -> Array | None:
    """For each output of a layer with kinks: on which side of them it is; None for smooth ones."""
    if node.layer.winner_takes_error:
        return winners(node, x)
    if not node.layer.kinks:
        return None
    passed = [x > kink.at for kink in node.layer.kinks]
    return np.asarray(np.sum(passed, axis=0))
