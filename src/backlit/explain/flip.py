"""The flip: how far one number has to be changed until an image is taken for another class.

A gradient says which way the loss goes, and nothing of how far it is to another answer.  So the
number is changed, further and further on both sides, and the network asked each time; between the
last value with the old answer and the first with the new one, the place is found by halving.  As a
function of one number the scores are continuous, so there they are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from backlit.errors import AddressError, ConfigurationError
from backlit.network.engine import Array
from backlit.system.numbers import is_positive, is_whole

from .address import Address
from .recorded import RecordedPass
from .sentences import mode_words
from .words import json_number, number

REACH = 10.0  # how far a number is changed to each side where nothing else is asked for
PLACES = 96  # at which the network is asked on each side; they lie closer near the present value
_HALVINGS = 60  # more than a float64 can be told apart


@dataclass(frozen=True)
class Flip:
    """How far a number has to be changed until an image is taken for another class.

    Attributes:
        address: the number that was changed.
        image: the image of the batch.
        label: the image's class.
        predicted: what the network takes it for as it is.
        value: what the number is.
        at: the nearest value found from which on a wrong image is right, or a right one wrong;
            None if there is none.
        becomes: what the image is taken for there; None if there is no such value.
        reach: how far was looked on each side.
        places: how many values were tried on each side, at most.
        closest: the value tried at which the image was closest to another answer.
        lead: by how much the class's score is above the best other one as it is; negative if below.
        closest_lead: the same at ``closest``.
        label_name: the name of the class.
        names: those of ``predicted`` and of ``becomes``.
        classes: how many classes there are.
    """

    address: Address
    image: int
    label: int
    predicted: int
    value: float
    at: float | None
    becomes: int | None
    reach: float
    places: int
    closest: float
    lead: float
    closest_lead: float
    label_name: str
    names: tuple[str, str]
    classes: int

    @property
    def change(self) -> float | None:
        """By how much the number has to be changed; None if no change was found."""
        return None if self.at is None else self.at - self.value

    @property
    def sentence(self) -> str:
        """The answer in words; where there is none, how close it came."""
        return _sentence(self)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the fields and ``change`` and ``sentence``; of the names none."""
        whole = ("image", "label", "predicted", "becomes", "places")
        numbers = ("value", "at", "change", "reach", "lead", "closest", "closest_lead")
        return {
            "address": str(self.address),
            **{name: getattr(self, name) for name in whole},
            **{name: json_number(getattr(self, name)) for name in numbers},
            "sentence": self.sentence,
        }


def flip(
    recorded: RecordedPass,
    address: Address,
    image: int,
    reach: float,
    going_on: Callable[[], None] = lambda: None,
) -> Flip:
    """Change the parameter or pixel at ``address`` until the image is taken for another class.

    The mode, the dropout masks and, in training, the other images stay those of the recording.

    Args:
        recorded: the pass as it was.
        address: of a weight, a bias or a pixel.
        image: which image of the batch.
        reach: how far the number is changed, at most, to each side.
        going_on: called before each try; raises what breaks the work off.

    Raises:
        AddressError: the number follows from others, or there is no such image.
        ConfigurationError: a reach that is not positive.
    """
    if not (address.is_parameter or address.is_pixel):
        raise AddressError(
            f"{address} follows from other numbers; a weight, a bias or a pixel can be changed"
        )
    check_image(recorded, image)
    if not is_positive(reach):
        raise ConfigurationError(f"reach must be a positive number, got {reach!r}")
    scores = _Scores(recorded, address, image, going_on)
    value, label = scores.value, int(recorded.recording.labels[image])
    lead = scores.lead(value, label)
    was_right = scores.predicted(value) == label

    def flipped(at: float) -> bool:
        return scores.are_finite(at) and (scores.predicted(at) == label) != was_right

    found = None
    tried = [value]
    for near, far in _outwards(value, reach):
        tried += far
        ends = [(a, b) for a, b in zip(near, far, strict=True) if flipped(b)]
        if ends:
            halved = [_halved(flipped, a, b) for a, b in ends]
            found = min(halved, key=lambda each: abs(each - value))
            break
    finite = [each for each in tried if scores.are_finite(each)] or [value]
    closest = min(finite, key=lambda each: (abs(scores.lead(each, label)), abs(each - value)))
    becomes = None if found is None else scores.predicted(found)
    predicted = scores.predicted(value)
    return Flip(
        address=address,
        image=image,
        label=label,
        predicted=predicted,
        value=value,
        at=found,
        becomes=becomes,
        reach=reach,
        places=PLACES,
        closest=closest,
        lead=lead,
        closest_lead=scores.lead(closest, label),
        label_name=recorded.class_name(label),
        names=(
            recorded.class_name(predicted),
            "" if becomes is None else recorded.class_name(becomes),
        ),
        classes=recorded.recording.logits.shape[1],
    )


def check_image(recorded: RecordedPass, image: int) -> None:
    """Make sure that the batch has such an image.

    Raises:
        AddressError: it has not.
    """
    if not is_whole(image):
        raise AddressError(f"the number of an image is a whole number, got {image!r}")
    if not 0 <= image < recorded.images:
        raise AddressError(
            f"the batch has images 0 to {recorded.images - 1:,}, there is no {image}"
        )


class _Scores:
    """The scores of one image as a function of one number of the network."""

    def __init__(
        self, recorded: RecordedPass, address: Address, image: int, going_on: Callable[[], None]
    ) -> None:
        snapshot, recording = recorded.snapshot, recorded.recording
        # What one image's scores are has to do with the others only through batch norm and masks.
        alone = not (recording.training and mode_words(recorded.graph, training=True))
        self._images = np.array(recording.images[image : image + 1] if alone else recording.images)
        self._place = 0 if alone else image
        self._index = address.index
        self._network = snapshot.network()
        if address.is_parameter:
            self._array: Array = self._network.parameters[address.name]
        else:
            self._array = self._images
            if alone:
                self._index = (address.index[0] - image, *address.index[1:])
        self._outside = address.is_pixel and alone and address.index[0] != image
        self._training = recording.training
        self._going_on = going_on
        self._known: dict[float, Array] = {}
        self.value = recorded.value(address)

    def at(self, value: float) -> Array:
        """The scores with that value."""
        if value not in self._known:
            self._going_on()
            if not self._outside:
                self._array[self._index] = value
            with np.errstate(all="ignore"):  # far away a score may become infinite
                found = self._network.forward(self._images, training=self._training)
            self._known[value] = np.array(found[self._place], np.float64)
        return self._known[value]

    def are_finite(self, value: float) -> bool:
        """Whether the scores are numbers that can be compared."""
        return bool(np.isfinite(self.at(value)).all())

    def predicted(self, value: float) -> int:
        """The class with the largest score."""
        return int(self.at(value).argmax())

    def lead(self, value: float, label: int) -> float:
        """By how much the score of a class is above the best of the others."""
        scores = self.at(value)
        with np.errstate(invalid="ignore"):  # ∞ − ∞
            return float(scores[label] - np.delete(scores, label).max(initial=-np.inf))


def _outwards(value: float, reach: float) -> Iterator[tuple[list[float], list[float]]]:
    """The ends of ever farther steps on both sides: narrow ones first, since the nearest counts."""
    before = [value, value]
    for step in range(1, PLACES + 1):
        far = reach * (step / PLACES) ** 2
        after = [value + far, value - far]
        yield before, after
        before = after


def _halved(flipped: Callable[[float], bool], a: float, b: float) -> float:
    """The first value on the way from ``a``, where nothing has flipped, to ``b``, where it has."""
    for _ in range(_HALVINGS):
        middle = (a + b) / 2
        if middle in (a, b):
            break
        a, b = (a, middle) if flipped(middle) else (middle, b)
    return b


def _sentence(found: Flip) -> str:
    right = found.label == found.predicted
    now, there = found.names
    begins = f"This image is of class {found.label_name}, and taken for {'it' if right else now}"
    if found.change is not None and found.at is not None:
        return (
            f"{begins}. With {found.address} at {number(found.at, 6)} instead of "
            f"{number(found.value, 6)}, a change of {number(found.change)} and nothing else, it "
            f"would be taken for {there}: no smaller change was found that makes it "
            f"{'wrong' if right else 'right'}."
        )
    if found.lead == np.inf and found.classes == 1:
        return f"{begins}: the network has no other class, so nothing can change its answer."
    if not np.isfinite(found.lead):
        return f"{begins}, but its scores are not finite, so there is nothing to look for."
    span = f"from {number(found.value - found.reach)} to {number(found.value + found.reach)}"
    looked = f"{2 * found.places} values of {found.address}, {span}, were tried"
    if found.closest_lead == found.lead:
        return f"{begins}. {looked}, and none brings it closer to another answer."
    scores = "the best other score" if right else f"the score of {found.label_name}"
    gap = f"{scores} is still {number(abs(found.closest_lead))} below the largest"
    return (
        f"{begins}. {looked}, and none makes it {'wrong' if right else 'right'}: at "
        f"{number(found.closest)} it comes closest, and {gap}."
    )
