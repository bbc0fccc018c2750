"""What a served page can ask for beyond its first numbers: other images, edited ones, nudges.

Everything is computed by the engine, on copies; the network and its run stay as they are.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.errors import AddressError, InputError
from backlit.explain import Trace, explain
from backlit.network import Network

from .document import document
from .trainer import WISHES, Trainer, do

MOST_IMAGES = 64  # that a page shows at a time
_MOST_LOSSES = 201


@dataclass(frozen=True)
class Edit:
    """One number that was changed by hand."""

    address: str
    value: float


@dataclass(frozen=True)
class Ask:
    """What a page wants to see.

    Attributes:
        first: the first image of the batch.
        count: how many.
        training: whether layers behave as in training.
        edits: numbers of parameters and of the input that are replaced, in order.
        picture: an image of the visitor's own, (C, H, W) as the network sees it, in the place of
            the batch.
        label: its class.
        trained: the step of the training whose network is meant, as it is now; None for the run's.
    """

    first: int = 0
    count: int = 8
    training: bool = True
    edits: tuple[Edit, ...] = ()
    picture: tuple[Any, ...] | None = None
    label: int = 0
    trained: int | None = None


@dataclass
class Live:
    """A network and the images that it can be shown with.

    Attributes:
        network: which; it is not changed.
        images: raw pictures, (N, C, H, W).
        labels: their classes.
        title: what the page is about.
        course: how it was trained, from :func:`.course.course`.
        trainer: trains such a network anew, if that can be looked at.
    """

    network: Network
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    title: str
    course: dict[str, Any] | None = None
    trainer: Trainer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self, ask: Ask) -> None:
        """Make sure that there are such images.

        Raises:
            InputError: there are not.
        """
        if not 0 <= ask.first < len(self.labels):
            raise InputError(
                f"there are {len(self.labels):,} images, 0 to {len(self.labels) - 1:,}: there is "
                f"no image {ask.first}"
            )
        if not 1 <= ask.count <= MOST_IMAGES:
            raise InputError(f"a page shows 1 to {MOST_IMAGES} images at a time, not {ask.count}")

    def document(self, ask: Ask, whole: bool = False) -> dict[str, Any]:
        """The data of a page for a batch.

        Args:
            ask: which batch.
            whole: whether the course of the training is told too, which never changes.

        Raises:
            InputError: no such images, or a picture of another shape.
            AddressError: an edit of a number that is not there or follows from others.
        """
        with self._lock:
            trace = self._trace(ask)
            found = document(trace, self.title, self._indices(ask))
        normalization = self.network.normalization
        found["live"] = {
            "images": len(self.labels),
            "most": MOST_IMAGES,
            "normalization": normalization.to_config() if normalization else None,
            "trains": self.trainer is not None,
            "step": ask.trained,
            "rate": self._rate(ask),
        }
        if whole:
            found["course"] = self.course
        found["edits"] = [{"address": each.address, "value": each.value} for each in ask.edits]
        return found

    def losses(self, ask: Ask, address: str, offsets: Sequence[float]) -> list[float]:
        """The loss with one number changed by each of the offsets: measured, not predicted.

        Raises:
            InputError: as :meth:`document`, or more offsets than are sensible.
            AddressError: a number that is not there or follows from others.
        """
        if len(offsets) > _MOST_LOSSES:
            raise InputError(f"at most {_MOST_LOSSES} losses at a time, got {len(offsets)}")
        with self._lock:
            trace = self._trace(ask)
            found = trace.address(address)
            value = trace[found].value
            return [
                float(_with(trace, [Edit(address, value + offset)]).recording.loss)
                for offset in map(partial(finite, "an offset"), offsets)
            ]

    def train(self, what: str, since: int, pace: float = 0) -> dict[str, Any]:
        """Start, pause, step or begin the training again, or look at it.

        Args:
            what: one of the :data:`~backlit.web.trainer.WISHES`.
            since: the loss of every step from this one on is told.
            pace: of a start, the least number of seconds from step to step.

        Raises:
            InputError: no such wish or pace, or nothing that trains.
        """
        if self.trainer is None:
            raise InputError("there is no training to look at")
        if what not in WISHES:
            raise InputError(f"a training can {', '.join(WISHES)}, but not {what!r}")
        return do(self.trainer, what, since, pace)

    def _trace(self, ask: Ask) -> Trace:
        images, labels = self._batch(ask)
        network = self.network
        if ask.trained is not None:
            if self.trainer is None:
                raise InputError("there is no training to look into")
            network = self.trainer.network(ask.trained)
        trace = explain(network, images, labels, ask.training)
        return _with(trace, ask.edits) if ask.edits else trace

    def _rate(self, ask: Ask) -> float | None:
        """The learning rate at which the training goes on from the network that is shown."""
        if ask.trained is None or self.trainer is None:
            return None
        return self.trainer.rate(ask.trained)

    def _batch(self, ask: Ask) -> tuple[NDArray[Any], NDArray[np.int64]]:
        if ask.picture is not None:
            picture = _picture(ask.picture, self.network)
            return picture[None], np.array([ask.label], np.int64)
        self.check(ask)
        part = slice(ask.first, ask.first + ask.count)
        return self.images[part], self.labels[part]

    def _indices(self, ask: Ask) -> list[int]:
        if ask.picture is not None:
            return [0]
        return list(range(ask.first, min(ask.first + ask.count, len(self.labels))))


def _picture(rows: Any, network: Network) -> NDArray[np.float64]:
    try:
        picture = np.array(rows, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError("the picture must be an array of numbers") from None
    if picture.shape != network.input_shape:
        raise InputError(f"the picture must have shape {network.input_shape}, got {picture.shape}")
    return picture


def _with(trace: Trace, edits: Sequence[Edit]) -> Trace:
    """The same pass with some numbers replaced, everything that follows computed anew."""
    snapshot, recording = trace.snapshot, trace.recording
    images = np.array(recording.images)
    parameters: dict[str, Any] = {}
    for edit in edits:
        address = trace.address(edit.address)
        if address.is_pixel:
            images[address.index] = edit.value
        elif address.is_parameter:
            name = address.name
            parameters.setdefault(name, np.array(snapshot.parameters[name]))
            parameters[name][address.index] = edit.value
        else:
            raise AddressError(
                f"{address} follows from others: only weights, biases and pixels can be changed"
            )
    return Trace(snapshot.edited(parameters), snapshot.record(recording, parameters, images=images))


def read_ask(given: Mapping[str, Any]) -> Ask:
    """An :class:`Ask` out of JSON from anybody.

    Raises:
        InputError: it is not of that form; the message names what is wrong.
    """
    unknown = given.keys() - {"first", "count", "training", "edits", "picture", "label", "trained"}
    if unknown:
        raise InputError(f"unknown keys: {', '.join(sorted(map(str, unknown)))}")
    edits = given.get("edits", [])
    if not isinstance(edits, list) or len(edits) > 10_000:
        raise InputError("edits must be a list of at most 10,000")
    picture = given.get("picture")
    if picture is not None and not isinstance(picture, list):
        raise InputError("the picture must be an array of numbers")
    return Ask(
        first=_whole(given, "first", 0),
        count=_whole(given, "count", 8),
        training=given.get("training", True) is True,
        edits=tuple(map(_edit, edits)),
        picture=None if picture is None else tuple(picture),
        label=_whole(given, "label", 0),
        trained=None if given.get("trained") is None else _whole(given, "trained", 0),
    )


def _whole(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31:
        raise InputError(f"{name} must be a whole number")
    return value


def _edit(given: Any) -> Edit:
    if not isinstance(given, dict) or given.keys() != {"address", "value"}:
        raise InputError('an edit must be {"address": …, "value": …}')
    address, value = given["address"], given["value"]
    if not isinstance(address, str) or len(address) > 200:
        raise InputError("the address of an edit must be a short text")
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InputError(f"the value of {address} must be a number")
    return Edit(address, finite(f"the value of {address}", value))


def finite(what: str, value: float) -> float:
    """A number as a float.

    Raises:
        InputError: it is too large for one, or not finite.
    """
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{what} must be a finite number")
    return number
