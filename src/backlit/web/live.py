"""What a served page can ask for beyond its first numbers: other images, edited ones, nudges.

Everything is computed by the engine, on copies; the network and its run stay as they are.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.data.prediction import read
from backlit.errors import InputError
from backlit.explain import Trace, explain
from backlit.network import Network
from backlit.runs import Run
from backlit.training.update_rule import UpdateRule

from .asks import Ask, Edit, finite
from .changes import changed, edited
from .course import course
from .document import document
from .told import told
from .trainer import WISHES, Trainer, do

MOST_IMAGES = 64  # that a page shows at a time
_MOST_LOSSES = 201
_TRIES = 3  # a step of gradient descent towards a class may change what a picture is taken for


@dataclass(frozen=True)
class Batch:
    """The images that are shown, their classes if these are known, and their numbers."""

    images: NDArray[Any]
    labels: NDArray[np.int64] | None
    indices: list[int]


@dataclass
class Live:
    """A network and the images that it can be shown with.

    Attributes:
        network: which; it is not changed.
        images: raw pictures, (N, C, H, W), or numbers as the network sees them.
        labels: their classes.
        title: what the page is about.
        course: how it was trained, from :func:`.course.course`.
        trainer: trains such a network anew, if that can be looked at.
        run: that it is from, which knows by what rule it was trained.
        pad: whether pictures of other proportions are widened instead of cut.
        note: a sentence or two for the top of the page, as long as nothing is changed.
    """

    network: Network
    images: NDArray[Any]
    labels: NDArray[np.int64]
    title: str
    course: dict[str, Any] | None = None
    trainer: Trainer | None = None
    run: Run | None = None
    pad: bool = False
    note: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def stop(self) -> None:
        """Break off what takes long: the server is to end."""
        self._stopped.set()

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
            batch = self._batch(ask)
            trace, changes = self._trace(ask, batch)
            note = "" if changes or ask.picture is not None else self.note
            found = document(trace, self.title, batch.indices, note)
        normalization = self.network.normalization
        found["live"] = {
            "images": len(self.labels),
            "count": ask.count,
            "normalization": normalization.to_config() if normalization else None,
            "trains": self.trainer is not None,
            "step": ask.trained,
            "upcoming": ask.upcoming,
            "rate": self._rate(ask),
            "white": self._white,
        }
        if whole:
            found["course"] = self.course
        found["edits"] = changes
        return found

    def told(self, ask: Ask, address: str) -> dict[str, Any]:
        """The real update of a weight, and whether the loss does what its gradient says.

        Raises:
            InputError: as :meth:`document`.
            AddressError: it is neither a weight nor a bias.
        """
        with self._lock:
            trace, _ = self._trace(ask, self._batch(ask))
            found = trace.address(address)
            return told(trace, found, self._rule(ask, found.name))

    def picture(self, contents: bytes, invert: bool | None = None) -> dict[str, Any]:
        """A picture file as the network would see it, read as ``backlit predict`` does.

        Args:
            contents: of the file.
            invert: whether dark becomes light; None for a guess by its border.

        Raises:
            DataError: it cannot be read as a picture.
        """
        shape: tuple[int, int, int] = self.network.input_shape  # type: ignore[assignment]
        normalization = self.network.normalization
        reading = read(
            io.BytesIO(contents), shape, invert=invert, normalization=normalization, pad=self.pad
        )
        pixels = reading.picture[None]
        seen = (
            normalization.apply(pixels, self.network.dtype)
            if normalization
            else pixels / 255 * self._white
        )
        return {
            "picture": np.asarray(seen[0], np.float64).tolist(),
            "inverted": reading.inverted,
            "framed": reading.framed,
        }

    def losses(self, ask: Ask, address: str, offsets: Sequence[float]) -> list[float]:
        """The loss with one number changed by each of the offsets: measured, not predicted.

        Raises:
            InputError: as :meth:`document`, or more offsets than are sensible.
            AddressError: a number that is not there or follows from others.
        """
        if len(offsets) > _MOST_LOSSES:
            raise InputError(f"at most {_MOST_LOSSES} losses at a time, got {len(offsets)}")
        with self._lock:
            trace, _ = self._trace(ask, self._batch(ask))
            found = trace.address(address)
            value = trace.value(found)
            losses = []
            for offset in map(partial(finite, "an offset"), offsets):
                self._check_going_on()
                losses.append(float(edited(trace, [Edit(address, value + offset)]).recording.loss))
            return losses

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

    def _trace(self, ask: Ask, batch: Batch) -> tuple[Trace, list[dict[str, Any]]]:
        """The pass that is asked for, with all changes, and what a page is told of them."""
        labels = batch.labels
        if labels is not None:
            return self._changed(ask, batch, labels)
        # Its class is the one that it is taken for, in this very pass, which has none so far.
        labels = np.zeros(len(batch.images), np.int64)
        for _ in range(_TRIES):
            trace, changes = self._changed(ask, batch, labels)
            taken = trace.recording.probabilities.argmax(1)
            if np.array_equal(taken, labels):
                break
            labels = taken
        return trace, changes

    def _changed(
        self, ask: Ask, batch: Batch, labels: NDArray[np.int64]
    ) -> tuple[Trace, list[dict[str, Any]]]:
        trace = explain(self._network(ask), batch.images, labels, ask.training)
        return changed(trace, ask.edits, self._check_going_on)

    def _check_going_on(self) -> None:
        if self._stopped.is_set():
            raise InputError("the server is ending")

    def _network(self, ask: Ask) -> Network:
        if ask.trained is None:
            return self.network
        if self.trainer is None:
            raise InputError("there is no training to look into")
        return self.trainer.network(ask.trained)

    @property
    def _white(self) -> float:
        """What white is to the network where pictures are not normalized."""
        return 1.0 if self.images.dtype == np.uint8 else max(1.0, float(self.images.max()))

    def _rate(self, ask: Ask) -> float | None:
        """The learning rate at which the training goes on from the network that is shown."""
        if ask.trained is None or self.trainer is None:
            return None
        return self.trainer.rate(ask.trained)

    def _rule(self, ask: Ask, parameter: str) -> UpdateRule | None:
        """By what a parameter is trained; None if that is not known."""
        if parameter not in self.network.parameters:
            return None
        if ask.trained is not None and self.trainer is not None:
            return self.trainer.rule(ask.trained, parameter)
        if self.run is None:
            return None
        return self.run.update_rule(parameter, self.network.parameters[parameter])

    def _batch(self, ask: Ask) -> Batch:
        if ask.picture is not None:
            picture = _picture(ask.picture, self.network)
            labels = None if ask.label is None else np.array([ask.label], np.int64)
            return Batch(picture[None], labels, [0])
        if ask.upcoming:
            return self._upcoming(ask)
        self.check(ask)
        chosen = range(ask.first, min(ask.first + ask.count, len(self.labels)))
        part = slice(chosen.start, chosen.stop)
        return Batch(self.images[part], self.labels[part], list(chosen))

    def _upcoming(self, ask: Ask) -> Batch:
        if self.trainer is None or ask.trained is None:
            raise InputError("there is no training whose next step could be looked at")
        images, labels, indices = self.trainer.batch(ask.trained)
        if len(labels) > MOST_IMAGES:
            raise InputError(
                f"a page shows up to {MOST_IMAGES} images at a time, and a step of this training "
                f"learns from {len(labels)}"
            )
        return Batch(images, labels, indices)


def live_run(run: Run, split: str, count: int) -> Live:
    """What the page of a run shows: its network, all images of a split, and its training.

    Args:
        run: which.
        split: "test" or "train".
        count: how many images the first batch has.
    """
    network = run.network_to_explain(count)
    batch = run.batch(slice(None), split=split)
    trainer = Trainer(network, run.settings, run.training_data(), run.config["engine"])
    title = f"{run.folder.resolve().name}: {split} images"
    return Live(
        network,
        batch.images,
        batch.labels,
        title,
        course=course(run),
        trainer=trainer,
        run=run,
        pad=run.widens_pictures,
    )


def _picture(rows: Any, network: Network) -> NDArray[np.float64]:
    try:
        picture = np.array(rows, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError("the picture must be an array of numbers") from None
    if picture.shape != network.input_shape:
        raise InputError(f"the picture must have shape {network.input_shape}, got {picture.shape}")
    return picture
