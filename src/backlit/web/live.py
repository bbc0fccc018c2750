"""What a served page can ask for beyond its first numbers: other images, edited ones, nudges.

Everything is computed by the engine, on copies; the network and its run stay as they are.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from backlit.data.prediction import read
from backlit.errors import InputError
from backlit.explain import explain
from backlit.explain.flip import REACH, flip
from backlit.network import Network
from backlit.runs import Run
from backlit.training.update_rule import UpdateRule

from .changes import changed, edited
from .course import course
from .document import document
from .recent import Pass, RecentPasses
from .requests import (
    Edit,
    FlipRequest,
    LossesRequest,
    PictureRequest,
    TrainerRequest,
    UpdateRequest,
    ViewRequest,
)
from .trainer import Trainer
from .update_report import update_report

MOST_IMAGES = 64  # that a page shows at a time
_TRIES = 3  # a step of gradient descent towards a class may change what a picture is taken for


@dataclass(frozen=True)
class ShownImages:
    """The images that are shown, their classes if these are known, and their numbers.

    Attributes:
        key: what they follow from; those of equal keys are the same.
    """

    images: NDArray[Any]
    labels: NDArray[np.int64] | None
    indices: list[int]
    key: Hashable


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
    _recent: RecentPasses = field(default_factory=RecentPasses, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stopped: threading.Event = field(default_factory=threading.Event, repr=False)

    def stop(self) -> None:
        """Break off what takes long: the server is to end."""
        self._stopped.set()

    def check(self, request: ViewRequest) -> None:
        """Make sure that there are such images.

        Raises:
            InputError: there are not.
        """
        if not 0 <= request.first < len(self.labels):
            raise InputError(
                f"there are {len(self.labels):,} images, 0 to {len(self.labels) - 1:,}: there is "
                f"no image {request.first}"
            )
        if not 1 <= request.count <= MOST_IMAGES:
            raise InputError(
                f"a page shows 1 to {MOST_IMAGES} images at a time, not {request.count}"
            )

    def document(self, request: ViewRequest, whole: bool = False) -> dict[str, Any]:
        """The data of a page for a batch.

        Args:
            request: which batch.
            whole: whether the course of the training is told too, which never changes.

        Raises:
            InputError: no such images, or a picture of another shape.
            AddressError: an edit of a number that is not there or follows from others.
        """
        with self._lock:
            shown = self._images(request)
            made = self._pass(request, shown)
            note = "" if made.edits or request.picture is not None else self.note
            found = document(made.trace, self.title, shown.indices, note)
        normalization = self.network.normalization
        found["live"] = {
            "images": len(self.labels),
            "count": request.count,
            "normalization": normalization.to_config() if normalization else None,
            "has_trainer": self.trainer is not None,
            "at_step": request.at_step,
            "upcoming": request.upcoming,
            "rate": self._rate(request),
            "white": self._white,
        }
        if whole:
            found["course"] = self.course
        found["edits"] = list(made.edits)
        return found

    def update_report(self, request: UpdateRequest) -> dict[str, Any]:
        """The real update of a weight, and whether the loss does what its gradient says.

        Raises:
            InputError: as :meth:`document`.
            AddressError: it is neither a weight nor a bias.
        """
        with self._lock:
            trace = self._pass(request, self._images(request)).trace
            found = trace.address(request.address)
            return update_report(trace, found, self._rule(request, found.name))

    def picture(self, request: PictureRequest) -> dict[str, Any]:
        """A picture file as the network would see it, read as ``backlit predict`` does.

        Raises:
            DataError: it cannot be read as a picture.
        """
        shape: tuple[int, int, int] = self.network.input_shape  # type: ignore[assignment]
        normalization = self.network.normalization
        file, invert = io.BytesIO(request.file), request.invert
        reading = read(file, shape, invert=invert, normalization=normalization, pad=self.pad)
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

    def losses(self, request: LossesRequest) -> list[float]:
        """The loss with one number changed by each of the offsets: measured, not predicted.

        Raises:
            InputError: as :meth:`document`.
            AddressError: a number that is not there or follows from others.
        """
        with self._lock:
            trace = self._pass(request, self._images(request)).trace
            found = trace.address(request.address)
            value = trace.value(found)
            losses = []
            for offset in request.offsets:
                self._check_going_on()
                edit = Edit(request.address, value + offset)
                losses.append(float(edited(trace, [edit]).recording.loss))
            return losses

    def flip(self, request: FlipRequest) -> dict[str, Any]:
        """How far a weight, a bias or a pixel must change until an image gets another answer.

        Raises:
            InputError: as :meth:`document`.
            AddressError: a number that is not there or follows from others, or no such image.
        """
        with self._lock:
            trace = self._pass(request, self._images(request)).trace
            address = trace.address(request.address)
            return flip(trace, address, request.image, REACH, self._check_going_on).to_dict()

    def train(self, request: TrainerRequest) -> dict[str, Any]:
        """Start, pause, step or begin the training again, or look at it.

        Raises:
            InputError: there is no training.
        """
        if self.trainer is None:
            raise InputError("there is no training to look at")
        return self.trainer.carry_out(request)

    def _pass(self, request: ViewRequest, shown: ShownImages) -> Pass:
        """The pass that is asked for, with all edits."""
        labels = shown.labels
        if labels is not None:
            return self._changed(request, shown, labels)
        # Its class is the one that it is taken for, in this very pass, which has none so far.
        labels = np.zeros(len(shown.images), np.int64)
        for _ in range(_TRIES):
            found = self._changed(request, shown, labels)
            taken = found.trace.recording.probabilities.argmax(1)
            if np.array_equal(taken, labels):
                break
            labels = taken
        return found

    def _changed(self, request: ViewRequest, shown: ShownImages, labels: NDArray[np.int64]) -> Pass:
        """The same with these labels.  Of what has been run already, only the rest is run."""
        step = request.at_step
        frozen = None if step is None or self.trainer is None else self.trainer.frozen_until(step)
        batch = (step, frozen, request.in_training, shown.key, tuple(labels.tolist()))
        edits = request.edits
        written = tuple(map(msgspec.json.encode, edits))  # in which 0 and −0 differ
        done, found = len(edits), self._recent.get((batch, written))
        while found is None and done > 0:
            done -= 1
            found = self._recent.get((batch, written[:done]))
        if found is None:
            network = self._network(request)
            found = Pass(explain(network, shown.images, labels, request.in_training))
            self._recent.add((batch, ()), found)
        if done < len(edits):
            trace, told = changed(
                found.trace, edits[done:], self._check_going_on, earlier=edits[:done]
            )
            found = Pass(trace, (*found.edits, *told))
            self._recent.add((batch, written), found)
        return found

    def _check_going_on(self) -> None:
        if self._stopped.is_set():
            raise InputError("the server is ending")

    def _network(self, request: ViewRequest) -> Network:
        if request.at_step is None:
            return self.network
        if self.trainer is None:
            raise InputError("there is no training to look into")
        return self.trainer.network(request.at_step)

    @property
    def _white(self) -> float:
        """What white is to the network where pictures are not normalized."""
        return 1.0 if self.images.dtype == np.uint8 else max(1.0, float(self.images.max()))

    def _rate(self, request: ViewRequest) -> float | None:
        """The learning rate at which the training goes on from the network that is shown."""
        if request.at_step is None or self.trainer is None:
            return None
        return self.trainer.rate(request.at_step)

    def _rule(self, request: ViewRequest, parameter: str) -> UpdateRule | None:
        """By what a parameter is trained; None if that is not known."""
        if parameter not in self.network.parameters:
            return None
        if request.at_step is not None and self.trainer is not None:
            return self.trainer.rule(request.at_step, parameter)
        if self.run is None:
            return None
        return self.run.update_rule(parameter, self.network.parameters[parameter])

    def _images(self, request: ViewRequest) -> ShownImages:
        if request.picture is not None:
            picture = _picture(request.picture, self.network)
            labels = None if request.label is None else np.array([request.label], np.int64)
            return ShownImages(picture[None], labels, [0], picture.tobytes())
        if request.upcoming:
            return self._upcoming(request)
        self.check(request)
        chosen = range(request.first, min(request.first + request.count, len(self.labels)))
        part = slice(chosen.start, chosen.stop)
        return ShownImages(self.images[part], self.labels[part], list(chosen), chosen)

    def _upcoming(self, request: ViewRequest) -> ShownImages:
        if self.trainer is None or request.at_step is None:
            raise InputError("there is no training whose next step could be looked at")
        images, labels, indices = self.trainer.batch(request.at_step)
        if len(labels) > MOST_IMAGES:
            raise InputError(
                f"a page shows up to {MOST_IMAGES} images at a time, and a step of this training "
                f"learns from {len(labels)}"
            )
        return ShownImages(images, labels, indices, "upcoming")


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


def _picture(rows: list[list[list[float]]], network: Network) -> NDArray[np.float64]:
    try:
        picture = np.array(rows, np.float64)
    except ValueError:
        raise InputError("the rows of the picture must have the same length") from None
    if picture.shape != network.input_shape:
        raise InputError(f"the picture must have shape {network.input_shape}, got {picture.shape}")
    return picture
