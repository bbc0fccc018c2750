"""A training that one can start, pause, and take a single step of, while one looks on.

It is the run's own training once more, from its first weights on, with the same images in the same
order; only that nothing ends it early, and that the run itself is left alone.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.data.batching import batches
from backlit.errors import BacklitError, InputError
from backlit.explain.changing import check_layer
from backlit.network import Network
from backlit.runs.film import filmed
from backlit.training import Settings, Training
from backlit.training.examples import Data
from backlit.training.interrupts import Interrupts
from backlit.training.stepping import Stepper
from backlit.training.training import Position
from backlit.training.update_rule import UpdateRule

from .document import tensor_data
from .pacing import Pacer, checked_pace
from .requests import TrainerRequest

_REMEMBERED = 5000  # losses of single steps that a page can still ask for
_KEPT = 4  # networks that were looked into, which a page may go on asking about


Frozen = tuple[tuple[int, tuple[str, ...]], ...]  # from a step on these layers


@dataclass(frozen=True)
class _Moment:
    """A training at one moment: a copy of its network, and of its optimizer's state."""

    network: Network
    optimizer_state: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, training: Training) -> _Moment:
        net = training.net
        arrays = {**net.parameters, **net.buffers}
        network = Network.from_config(net.config(), net.engine, parameters=arrays)
        network.training_step = net.training_step  # which the masks of dropouts follow from
        kept = training.optimizer_state.arrays()
        return cls(network, {key: np.array(array) for key, array in kept.items()})


class Trainer:
    """A training that pages can start, pause, step through and look at.

    Two locks: whoever starts, pauses or steps holds ``_control``; ``_lock`` is held for the moment
    in which a step or a freeze takes effect.  Looks read what the last of them has published, and
    wait for nobody.

    Args:
        network: whose layers and first weights; a copy of it is trained.
        settings: how.
        data: on what, see :func:`backlit.training.examples.checked_data`.
        engine: who computes; by default the network's own engine.
    """

    def __init__(
        self, network: Network, settings: Settings, data: Data, engine: str | None = None
    ) -> None:
        self._config, self._engine = network.config(), engine or network.engine
        self._settings, self._data = settings, data
        self._control, self._lock = threading.RLock(), threading.RLock()
        self._pacer = Pacer(0)
        self._thread: threading.Thread | None = None
        # A training begun again comes to the same networks, so those that were kept stay right.
        self._kept: dict[tuple[int, Frozen], _Moment] = {}
        self._frozen: tuple[str, ...] = ()
        self.begin_again()

    def begin_again(self) -> None:
        """Back to the first weights."""
        with self._control:
            self._halt()
            net = Network.from_config(self._config, self._engine)
            net.normalization = self._data.normalization
            training = Training(net, self._settings, len(self._data.training))
            with self._lock:
                self._training, self._stepper = training, Stepper(training, Interrupts())
                self._was_frozen: dict[int, tuple[str, ...]] = {}
                self._set_frozen(self._frozen)
                self._order = self._batches()
                self._losses: list[float] = []
                self._problem = ""
            self._publish()

    def network(self, step: int) -> Network:
        """A copy of the network as it was after a step: the last one, or one that was asked for.

        Raises:
            InputError: the training has gone on since.
        """
        return self._after(step).network

    def freeze(self, layer: str, frozen: bool = True) -> None:
        """From the next step on leave a layer's weights and biases as they are, or no longer.

        Raises:
            AddressError: there is no such layer, or it has nothing to learn.
        """
        check_layer(self._training.net.graph, layer)
        with self._lock:
            others = tuple(each for each in self._frozen if each != layer)
            self._set_frozen((*others, layer) if frozen else others)
            self._publish()

    def frozen_until(self, step: int) -> Frozen:
        """Which layers were frozen from which step on, before so many steps were taken.

        A network in training follows from this and the number of its step.
        """
        found: list[tuple[int, tuple[str, ...]]] = []
        for at, layers in self._was_frozen.items():
            if at < step and layers != (found[-1][1] if found else ()):
                found.append((at, layers))
        return tuple(found)

    def frozen_in(self, step: int) -> tuple[str, ...]:
        """The layers that the step after so many leaves as they are."""
        return next(layers for at, layers in reversed(self._was_frozen.items()) if at <= step)

    def _set_frozen(self, layers: tuple[str, ...]) -> None:
        self._frozen = layers
        self._stepper.frozen = frozenset(layers)
        self._was_frozen = {**self._was_frozen, self._training.step: tuple(sorted(layers))}

    def rule(self, step: int, parameter: str) -> UpdateRule:
        """By what a parameter is changed in the step after so many: with its η, and its state.

        Raises:
            InputError: the training has gone on since.
        """
        optimizer = self._settings.optimizer
        if is_dataclass(optimizer):
            optimizer = replace(optimizer, learning_rate=self.rate(step))
        kept, prefix = self._after(step).optimizer_state, f"{parameter}."
        own = {
            key.removeprefix(prefix): array for key, array in kept.items() if key.startswith(prefix)
        }
        return UpdateRule(optimizer, own, self._settings.clip, frozen=self.frozen_in(step))

    def batch(self, step: int) -> tuple[NDArray[Any], NDArray[np.int64], list[int]]:
        """The images that the step after so many learns from, their labels and their numbers.

        Raises:
            InputError: there is no step after it.
        """
        found = next(islice(self._batches(), step, None), None)
        if found is None:
            raise InputError(f"the training is over after step {step}")
        images, labels = self._data.batch(found, step // self._training.batches)
        return images, labels, [int(index) for index in found]

    def _after(self, step: int) -> _Moment:
        kept = self._kept.get((step, self.frozen_until(step)))
        if kept is not None:  # which waits for no step that is being taken
            return kept
        with self._lock:
            now, key = self._training.step, (step, self.frozen_until(step))
            if key not in self._kept:
                if step != now:
                    raise InputError(
                        f"the network after step {step} is gone: the training is at step {now} now"
                    )
                self._kept[key] = _Moment.of(self._training)
                for old in list(self._kept)[:-_KEPT]:
                    del self._kept[old]
            return self._kept[key]

    def rate(self, step: int) -> float:
        """η of the step that comes after so many; at the end, where none comes, of the last one.

        It follows from their number alone, so nothing has to be kept for it.
        """
        total = self._training.total_steps
        return self._settings.learning_rate(min(step, total - 1), total)

    def step(self) -> None:
        """One step; nothing if the training has come to its end."""
        with self._control:
            self.pause()
            self._step()

    def start(self, pace: float = 0) -> None:
        """Go on until :meth:`pause` or the end.

        Args:
            pace: the least number of seconds from step to step; 0 for as fast as it goes.  One
                that runs already goes on at this pace.

        Raises:
            InputError: no such pace.
        """
        pace = checked_pace(pace)
        with self._control:
            if self._thread is not None and self._thread.is_alive():
                self._pacer.change(pace)
                return
            self._pacer = Pacer(pace)
            self._thread = threading.Thread(target=self._run, args=(self._pacer,), daemon=True)
            self._publish()
            self._thread.start()

    def pause(self) -> None:
        """Stop behind the step that is being taken."""
        with self._control:
            self._halt()
            self._publish()

    def carry_out(self, request: TrainerRequest) -> dict[str, Any]:
        """Do what a page requests, and say where the training stands then, as :meth:`look` does."""
        match request.do:
            case "start":
                self.start(request.pace)
            case "pause":
                self.pause()
            case "step":
                self.step()
            case "again":
                self.begin_again()
            case "freeze" | "thaw":
                self.freeze(request.layer, request.do == "freeze")
        return self.look(request.since)

    def look(self, since: int = 0) -> dict[str, Any]:
        """Where the training stands.

        Args:
            since: the loss of every step from this one on is told.
        """
        seen = self._seen
        done, losses = seen["step"], seen["losses"]
        first = min(done, max(since, done - len(losses)))
        return {**seen, "first": first, "losses": losses[len(losses) - (done - first) :]}

    def _halt(self) -> None:
        self._pacer.end()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, pacer: Pacer) -> None:
        try:
            begun = -math.inf
            while not (self._training.finished or self._problem) and pacer.wait(begun):
                begun = time.monotonic()
                self._step()
        finally:
            pacer.end()
            self._publish()

    def _step(self) -> None:
        with self._lock:
            training = self._training
            indices = None if self._problem else next(self._order, None)
            if indices is None:
                return  # at its end, or broken, as looks are told until it begins again
            images, labels = self._data.batch(indices, training.position.epoch)
            before = training.position.loss
            try:
                self._stepper.step(images, labels)
            except BacklitError as problem:
                self._problem = str(problem)
                self._publish()
                return
            self._losses = [*self._losses, (training.position.loss - before) / len(indices)]
            self._losses = self._losses[-_REMEMBERED:]
            if training.position.batch == training.batches:
                training.finish_epoch(None)
                training.position = Position(epoch=training.position.epoch + 1)
        self._publish()

    def _publish(self) -> None:
        """What looks are told from now on."""
        with self._lock:  # so that the last to publish knows of every step
            self._seen = self._told()

    def _told(self) -> dict[str, Any]:
        training = self._training
        weights = {name: training.net.parameters[name][None] for name in filmed(training.net)}
        return {
            "step": training.step,
            "steps": training.total_steps,
            "batches": training.batches,
            "running": self._thread is not None and not self._pacer.ended,
            "finished": training.finished,
            "problem": self._problem,
            "rate": self.rate(training.step),
            "losses": self._losses,
            "accuracy": training.accuracy if training.position.images else None,
            "weights": {name: tensor_data(array) for name, array in weights.items()},
            "layers": [node.name for node in training.net.graph if node.parameter_shapes],
            "frozen": list(self._frozen),
        }

    def _batches(self) -> Iterator[NDArray[np.intp]]:
        """The batches of all epochs, as the run saw them."""
        settings, count = self._settings, len(self._data.training)
        for epoch in range(settings.epochs):
            yield from batches(count, settings.batch_size, settings.seed, epoch, settings.shuffle)
