"""A run: what a training left behind, loaded when it is asked for."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backlit.data import Dataset
from backlit.eject import Description, target_of, write
from backlit.errors import BacklitError, ConfigurationError, InputError, RunError
from backlit.explain import Trace, explain
from backlit.explain.sentences import has_modes
from backlit.network import Network, load
from backlit.network.ejecting import describe, rule_of
from backlit.network.engine import VARIABLE
from backlit.network.saving import RUN_WEIGHTS
from backlit.training import SGD, Checkpoint, History, Settings
from backlit.training.examples import Data, Examples, checked_data
from backlit.training.optimizers.base import Array
from backlit.training.update_rule import UpdateRule

from .batch import AT_A_TIME, Batch, Indices, make_batch, part_of
from .evaluation import EvaluationReport, evaluate, read_test
from .film import Frame, read_film
from .plan import TrainingPlan
from .prediction import Prediction, predict_file
from .sentences import about_the_update

_QUICK = 5_000_000  # multiply-adds, forward, that the book needs about a second for

Paths = str | os.PathLike[str]


class Run:
    """A training run: its network, its data, its history, and explanations by its own rule.

    :func:`backlit.open_run` makes one.  Nothing that is done with it changes the run's folder.

    Attributes:
        folder: the run's folder.
        checkpoint: how the run was begun and where it stands, as the folder keeps it.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        engine: str | None = None,
        data_dir: Paths | None = None,
        progress: bool = True,
    ) -> None:
        self.folder: Path = checkpoint.folder
        self.checkpoint = checkpoint
        self._engine, self._data_dir, self._progress = engine, data_dir, progress

    # --- how it was begun, and how it went ---------------------------------------------------

    @property
    def config(self) -> dict[str, Any]:
        """How the run was begun, as ``config.json`` keeps it."""
        return self.checkpoint.config

    @property
    def settings(self) -> Settings:
        """The settings of the training: epochs, batch size, optimizer, schedule, clipping, seed."""
        return self.checkpoint.settings

    @property
    def history(self) -> History:
        """Loss, accuracy and more of each finished epoch."""
        return self.checkpoint.history

    @property
    def finished(self) -> bool:
        """Whether no epoch is left to do."""
        return self.checkpoint.finished

    @cached_property
    def plan(self) -> TrainingPlan:
        """What ``backlit train`` was asked for.

        Raises:
            RunError: the run was begun from Python and does not say what its data is.
        """
        return TrainingPlan.of_checkpoint(self.checkpoint)

    @property
    def optimizer_state(self) -> dict[str, dict[str, Array]]:
        """What the optimizer keeps for each parameter: ``{"conv1.weight": {"momentum": …}, …}``.

        It belongs to the weights from which the next step would begin; a callback such as
        ``EarlyStopping`` may have left others in :attr:`network`.
        """
        names = self.network.parameters
        return {name: self.checkpoint.optimizer_state(name) for name in names}

    @cached_property
    def film(self) -> list[Frame]:
        """The filters of the first convolutions at some steps of the training; [] without any."""
        return read_film(self.folder)

    @property
    def test_result(self) -> dict[str, Any] | None:
        """How the network did on the test images when its training ended; None if not known.

        Keys: ``images``, ``loss``, ``accuracy`` and after which ``epoch``.
        """
        return read_test(self.folder, len(self.history))

    # --- network and data ----------------------------------------------------------------------

    @cached_property
    def network(self) -> Network:
        """The trained network, as ``backlit.load(folder)`` loads it.

        Raises:
            RunError: its file is missing or damaged.
        """
        if not (self.folder / RUN_WEIGHTS).is_file():
            raise RunError(f"{self.folder} holds no run: it has no file {RUN_WEIGHTS}")
        return load(self.folder, self._engine)

    @cached_property
    def dataset(self) -> Dataset:
        """The data set that the run was trained on, once it is known to be the same.

        Raises:
            RunError: the run does not say what its data is, or the data is another than it was.
            DataError: the data cannot be read.
        """
        dataset = self.plan.load_data(self._data_dir, self._progress)
        self._check_same_data(dataset)
        return dataset

    def training_data(self) -> Data:
        """What the run learned from, image by image, with its augmentation, to train it once more.

        Raises:
            RunError, DataError: as :attr:`dataset`.
        """
        training, _ = self.plan.parts(self.dataset)
        augmentation = self.plan.make_augmentation()
        return checked_data(self.network, training, None, augmentation, self.settings.batch_size)

    def network_to_explain(self, images: int = 1) -> Network:
        """The network with the engine that explains so many images best.

        That is the engine which was asked for.  Without one, a network that the book can run in
        about a second is explained by the book: it computes in float64, so that a nudge measures a
        slope and not rounding, and it has nothing to compile.
        """
        net = self.network
        asked = self._engine or os.environ.get(VARIABLE)
        if asked or net.summary().multiply_adds * images > _QUICK:
            return net
        return self._by_the_book

    @cached_property
    def _by_the_book(self) -> Network:
        net = self.network
        copy = Network.from_config(net.config(), "pure", {**net.parameters, **net.buffers})
        copy.training_step = net.training_step  # which the masks of dropout follow from
        return copy

    # --- what can be asked -----------------------------------------------------------------------

    def batch(
        self,
        images: Indices | None = None,
        *,
        split: str = "test",
        image: int | None = None,
        misclassified: bool = False,
    ) -> Batch:
        """Some of the run's images: ``images, labels = run.batch(images=slice(0, 8))``.

        Args:
            images: which images of the split, from 0: a number, a slice, a range or a list of
                numbers.  By default the first image alone.
            split: "test" or "train".
            image: one image, among ``images`` if these are given, to be the ``chosen`` one.
            misclassified: choose the first image that the network gets wrong instead.

        Raises:
            ConfigurationError: both ``image`` and ``misclassified``.
            RunError, DataError: as :attr:`dataset`.
            InputError: no such split or image, or none that the network gets wrong.
        """
        if image is not None and misclassified:
            raise ConfigurationError("a batch is chosen by image or by misclassified, not by both")
        wrong_for = self.network_to_explain(AT_A_TIME) if misclassified else None
        return make_batch(self.dataset, split, images, image, wrong_for)

    def explain(
        self,
        images: Batch | Indices | ArrayLike | None = None,
        labels: ArrayLike | None = None,
        *,
        split: str = "test",
        misclassified: bool = False,
        training: bool | None = None,
    ) -> Trace:
        """Explain a batch, number by number; its updates follow the run's own rule.

        ``run.explain(images=[17])["conv1.weight", 0, 0, 1, 2].update()`` is what the run's
        optimizer, with what it keeps for that weight, makes of test image 17.

        Args:
            images: which of the run's images, as :meth:`batch` takes them, or such a batch; with
                ``labels``, images of your own as :func:`backlit.explain` takes them.
            labels: their class numbers.
            split: "test" or "train".
            misclassified: choose the first image that the network gets wrong.
            training: whether batch norm and dropout work as in a training step.  By default they
                do, unless an image was chosen because the network, in evaluation, gets it wrong.

        Raises:
            RunError, DataError, InputError: as :meth:`batch`.
        """
        if labels is not None:
            pictures, classes, found_wrong = np.asarray(images), labels, False
        else:
            batch = images
            if not isinstance(batch, Batch):
                batch = self.batch(batch, split=split, misclassified=misclassified)  # type: ignore[arg-type]
            (pictures, classes), found_wrong = batch, batch.misclassified
        network = self.network_to_explain(len(pictures) if pictures.ndim else 1)
        if training is None:
            training = not (found_wrong and has_modes(network.graph))

        # Asked only once the trace is there.
        def rule(parameter: str) -> UpdateRule | None:
            values = trace.snapshot.parameters.get(parameter)
            return None if values is None else self.update_rule(parameter, values)

        trace = explain(network, pictures, classes, training, rule)
        return trace

    def update_rule(self, parameter: str, values: NDArray[Any] | None = None) -> UpdateRule:
        """The rule by which the run updates a parameter, at its highest learning rate.

        Where a schedule changes the rate, the rule's note says so.

        Args:
            parameter: its name, such as "conv1.weight".
            values: all its elements, by default those of :attr:`network`.  The optimizer's state is
                part of the rule only if it belongs to them: where early stopping has brought back
                the best weights, it does not.

        Raises:
            InputError: the network has no such parameter.
        """
        if values is None:
            if parameter not in self.network.parameters:
                names = ", ".join(self.network.parameters)
                raise InputError(f"the network has no parameter {parameter!r}, only {names}")
            values = self.network.parameters[parameter]
        kept = self.checkpoint.state.arrays.get(f"parameters.{parameter}")
        state = None
        if kept is not None and np.array_equal(kept, values):
            state = self.checkpoint.optimizer_state(parameter) or None
        settings = self.settings
        note = about_the_update(settings, kept=state is not None)
        return UpdateRule(settings.optimizer, state, settings.clip, note)

    def plain_rule(self, learning_rate: float) -> UpdateRule:
        """Plain gradient descent at a rate, with a sentence where the training used another rule.

        Raises:
            ConfigurationError: a learning rate that is not positive.
        """
        plain = SGD(learning_rate)
        return UpdateRule(plain, note=about_the_update(self.settings, plain))

    def evaluate(
        self,
        images: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        *,
        split: str = "test",
    ) -> EvaluationReport:
        """Loss, accuracy and confusion, by default on the run's test images.

        Args:
            images: images of your own instead, (N, C, H, W).
            labels: their class numbers.
            split: "test" or "train".

        Raises:
            ConfigurationError: images without labels, or labels without images.
            RunError, DataError: as :attr:`dataset`.
            InputError: there are no such images, or they are not what the network works on.
        """
        if (images is None) != (labels is None):
            raise ConfigurationError("evaluate needs images and labels, or neither of them")
        if images is None or labels is None:
            images, labels = part_of(self.dataset, split)
        return evaluate(self.network, images, labels)

    def predict(self, pictures: ArrayLike | Paths | list[Paths]) -> NDArray[np.int64]:
        """The class number that the network sees in each picture, (N,).

        Args:
            pictures: (N, C, H, W), raw pictures (uint8) or floats as the network sees them; or the
                path of a picture file, or several.

        Raises:
            DataError: a file that cannot be read as a picture.
            InputError: images that are not what the network works on.
        """
        if isinstance(pictures, str | os.PathLike):
            pictures = [pictures]
        if isinstance(pictures, list | tuple):
            files = [each for each in pictures if isinstance(each, str | os.PathLike)]
            if files and len(files) == len(pictures):
                return np.array([self.prediction(file).ranking[0] for file in files], np.int64)
        return self.network.predict(np.asarray(pictures))

    def prediction(self, file: Paths, invert: bool | None = None) -> Prediction:
        """What the network sees in a picture file, with all probabilities.

        Args:
            file: a picture; it is read as the run's training pictures were.
            invert: turn dark into light; None to decide by the picture's border.

        Raises:
            DataError: the file cannot be read as a picture.
        """
        return predict_file(self.network, file, pad=self.widens_pictures, invert=invert)

    def eject(self, target: str = "python", training: bool = False) -> str:
        """The run's network as one program, see :meth:`.Network.eject`.

        It is tested with the run's own test images, and with training it learns from the run's
        training images, or as many of them as 256 kB of text hold, by the run's optimizer.

        Args:
            target: the language.
            training: whether the program learns.

        Raises:
            ConfigurationError: no such language, or an optimizer that states no equations.
            RunError, DataError: as :attr:`dataset`.
        """
        target_of(target)
        return write(self.description(training), target)

    def description(self, training: bool = False) -> Description:
        """What a program of the run is written of, see :mod:`backlit.eject`."""
        dataset, settings = self.dataset, self.settings
        return describe(
            self.network,
            training,
            tests=dataset.test if len(dataset.test_labels) else dataset.train,
            data=self.plan.parts(dataset)[0] if training else None,
            rule=rule_of(
                settings.optimizer,
                settings.epochs,
                settings.batch_size,
                settings.schedule,
                settings.clip,
                _not_augmented(self.plan.augment_shift, self.plan.augment_flip),
            )
            if training
            else None,
            pads=self.widens_pictures,
            credit=dataset.credit,
        )

    @property
    def widens_pictures(self) -> bool:
        """Whether the training pictures were never cut, so that no other picture should be."""
        try:
            return self.plan.widens_pictures
        except BacklitError:  # begun from Python
            return False

    def __repr__(self) -> str:
        done, wanted = len(self.history), self.settings.epochs
        parts = [f"{done} of {wanted} epochs"]
        if done and (accuracy := self.history[-1].validation_accuracy) is not None:
            parts.append(f"validation accuracy {100 * accuracy:.1f}%")
        if (result := self.test_result) is not None:
            parts.append(f"test accuracy {100 * result['accuracy']:.1f}%")
        return f"Run({str(self.folder)!r}: {', '.join(parts)})"

    def _check_same_data(self, dataset: Dataset) -> None:
        """Other pictures under the same name would be explained as if the run had seen them."""
        plan, config = self.plan, self.config
        classes = config["network"].get("classes")
        same = classes is None or tuple(classes) == dataset.classes
        for name, part in zip(("training", "validation"), plan.parts(dataset), strict=True):
            kept = config["data"].get(name)
            same = same and kept == (Examples(*part).fingerprint() if part else None)
        if not same:
            raise RunError(
                f"the pictures or classes in {plan.data_place} are not those that the run in "
                f"{self.folder} was trained on: bring them back, or point to a copy with data_dir "
                "(--data-dir)"
            )


def _not_augmented(shift: int, flip: bool) -> str:
    """What a program says of the augmentation that it does without; nothing if there was none."""
    ways = [f"moved by up to {shift} pixels"] if shift else []
    ways += ["mirrored"] if flip else []
    if not ways:
        return ""
    return f"The run's pictures were {' and '.join(ways)} at random: here they stay as they are."
