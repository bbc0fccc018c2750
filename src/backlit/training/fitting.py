"""``backlit.fit``: check everything, then train."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from backlit.errors import ConfigurationError, TrainingError, TrainingInterrupted
from backlit.network import Network
from backlit.system.numbers import is_number

from .callbacks import checked_callbacks
from .checkpoint import Checkpoint, read_checkpoint
from .examples import AugmentationLike, Data, checked_data
from .history import History
from .interrupts import Interrupts
from .locking import RunLock
from .loop import Loop
from .optimizers import Optimizer
from .progress import progress_display
from .resume import check_same, other_arithmetic
from .saver import Saver, check_new, describe
from .schedules import Schedule
from .settings import DEFAULT_OPTIMIZER, Settings
from .state import restore
from .training import Callback, Training


def fit(
    net: Network,
    data: tuple[Any, Any],
    *,
    validation: tuple[Any, Any] | None = None,
    epochs: int = 5,
    batch_size: int = 64,
    optimizer: Optimizer = DEFAULT_OPTIMIZER,
    schedule: Schedule | None = None,
    callbacks: Iterable[Callback] = (),
    clip: float | None = None,
    seed: int = 0,
    shuffle: bool = True,
    augmentation: AugmentationLike | None = None,
    progress: bool = True,
    run: str | Path | None = None,
    resume: bool = False,
    save_every: float = 60.0,
    description: Mapping[str, Any] | None = None,
) -> History:
    """Train a network on labeled images; it is changed in place.

    Each step takes the next ``batch_size`` images of the epoch's order, computes the gradient of
    their mean softmax cross-entropy, and lets the optimizer change the parameters by it.

    Images are (N, C, H, W): floats as the network sees them, or raw pictures (uint8).  If the
    network has no normalization yet, it gets the one measured on the raw training pictures.

    A run can be continued after whatever ended it, be it a power cut: call ``fit`` again in the
    same way with ``resume=True``.  Network, data, settings and callbacks must be the same; only
    ``epochs`` may be another number if the schedule does not depend on it.  With the same number
    of threads, on the same kind of processor and with the same version of backlit, it reaches bit
    for bit the weights that it would have reached without a pause.  Elsewhere they may differ in
    their last bits; that is said, as a Python warning where ``progress`` is off.

    Args:
        net: the network.
        data: (images, labels) to train on.
        validation: (images, labels) that loss and accuracy are measured on after every epoch.
        epochs: how many times every image is seen.
        batch_size: images for one step; the last batch of an epoch may be smaller.
        optimizer: ``SGD``, ``Adam``, ``AdamW`` or ``RMSprop``.
        schedule: how the learning rate changes during the training; by default it does not.
        callbacks: what is called during the training, such as ``EarlyStopping``.
        clip: the largest norm of all gradients together; longer ones are shortened to it.
        seed: random seed for the image order.
        shuffle: whether each epoch has an order of its own; otherwise that of the data.
        augmentation: changes the training images anew in each epoch, such as
            ``backlit.data.Augmentation``.
        progress: whether to show the progress.
        run: a folder for the run's files; open it with :func:`backlit.open_run`.
        resume: continue the run in that folder instead of beginning one.
        save_every: seconds between two saves inside an epoch; the end of an epoch always saves.
        description: a description of the data, in your own words and numbers, for the run's
            ``config.json``.

    Returns:
        The history: loss, accuracy and more for each epoch.

    Raises:
        ConfigurationError: a setting that makes no sense.
        InputError: images or labels that are not what the network works on.
        ShapeError: a network that does not end in one score for each class.
        RunError: the run's folder cannot be begun, written or continued.
        TrainingError: a loss or a gradient was not finite; the network keeps the last good
            weights.
        TrainingInterrupted: Ctrl-C; the network keeps the weights of the last whole step.
    """
    if not isinstance(net, Network):
        raise ConfigurationError(f"fit: the first argument must be a Network, got {net!r}")
    if description is not None and not isinstance(description, Mapping):
        raise ConfigurationError(f"fit: description must be a dictionary, got {description!r}")
    settings = Settings(epochs, batch_size, optimizer, schedule, clip, seed, shuffle)
    folder = _checked_folder(run, resume, save_every)
    checked = checked_data(net, data, validation, augmentation, settings.batch_size)
    training = Training(
        net=net,
        settings=settings,
        images=len(checked.training),
        validation_images=len(checked.validation) if checked.validation else 0,
        run=folder,
        callbacks=checked_callbacks(callbacks),
    )
    for callback in training.callbacks:
        callback.check(training)
    lock = RunLock()
    try:
        found, saver = _checked_run(training, checked, resume, save_every, description, lock)
        net.normalization = checked.normalization
        batch = min(settings.batch_size, len(checked.training))
        net.prepare(batch, training.optimizer_state.equations)
        _train(training, checked, found, saver, progress)
    finally:
        lock.release()
    return training.history


def _checked_folder(run: str | Path | None, resume: bool, save_every: float) -> Path | None:
    if resume and run is None:
        raise ConfigurationError("fit: resume=True needs the folder of the run, run=...")
    if run is not None and not isinstance(run, str | os.PathLike):
        raise ConfigurationError(f"fit: run must be the path of a folder, got {run!r}")
    if not is_number(save_every) or not save_every >= 0:
        raise ConfigurationError(
            f"fit: save_every must be a number of seconds, at least 0, got {save_every!r}"
        )
    return None if run is None else Path(run)


def _checked_run(
    training: Training,
    data: Data,
    resume: bool,
    save_every: float,
    description: Mapping[str, Any] | None,
    lock: RunLock,
) -> tuple[Checkpoint | None, Saver]:
    """The run to continue, if that is asked for, and who writes the files."""
    folder = training.run
    if folder is None:
        return None, Saver(None, {}, save_every, lock)
    if not resume:
        check_new(folder)
    elif folder.is_dir():
        lock.take(folder)
    found = read_checkpoint(folder) if resume else None
    _check_resumable(training.settings)
    config = describe(training, data, description)
    if found:
        check_same(found, config)
        config = {**found.config, "settings": config["settings"]}
    return found, Saver(folder, config, save_every, lock)


def _check_resumable(settings: Settings) -> None:
    """A run must be able to say what it was begun with, and to be made again from that."""
    for what, part in (("optimizer", settings.optimizer), ("schedule", settings.schedule)):
        try:
            kept = Settings.from_config(settings.to_config())
            same = getattr(kept, what) == part
        except ConfigurationError:
            same = False
        if not same:
            raise ConfigurationError(
                f"fit: a run could not be resumed with {type(part).__name__}, since only "
                f"backlit's own {what}s can be made again from what a run keeps: leave out run=..."
            )


def _train(
    training: Training, data: Data, found: Checkpoint | None, saver: Saver, progress: bool
) -> None:
    """Begin or resume, and run the loop; if it cannot go on, save first."""
    with Interrupts() as interrupts, progress_display(progress) as display:
        for callback in training.callbacks:
            callback.on_train_begin(training)
        if found:
            restore(training, found.state)
        if not found:
            saver.begin(training)
        elif not training.finished:
            saver.resume(training)
            note = other_arithmetic(found, training.net)
            if note:
                display.note(note)
        display.on_train_begin(training)
        listeners = [*training.callbacks, display]
        try:
            Loop(training, data, listeners, interrupts, saver).run()
        except KeyboardInterrupt:
            interrupts.close()
            if not interrupts.forced:
                saver.save(training)
            what = _interrupted(training, whole=not interrupts.forced)
            raise TrainingInterrupted(what, training.history) from None
        except TrainingError as problem:
            saver.save_state(training)
            raise TrainingError(f"{problem}{_kept(training)}") from None


def _kept(training: Training) -> str:
    """What a run holds after a TrainingError: the weights before the step that failed.

    Validation fails after an epoch's last step, which cannot be taken back.
    """
    if training.run is None:
        return ""
    failed_step = training.position.batch < training.batches
    which = "before it" if failed_step else "after that epoch's last step"
    return f"; {training.run} keeps the state {which}"


def _interrupted(training: Training, whole: bool) -> str:
    """The sentence of a TrainingInterrupted; not ``whole``: perhaps in the middle of an update."""
    position = training.position
    where = (
        f"training was interrupted in epoch {position.epoch + 1} of {training.epochs}, after batch "
        f"{position.batch} of {training.batches}"
    )
    if training.run is not None:
        saved = "everything is saved" if whole else "what was saved last is"
        return f"{where}; {saved} in {training.run}: continue with resume=True"
    weights = "the network keeps the weights of that batch" if whole else "its update may be torn"
    return f"{where}; {weights} (with run=... a training can be resumed)"
