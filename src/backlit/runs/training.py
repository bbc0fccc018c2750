"""Begin a run by a plan, or resume one: what ``backlit train`` and ``backlit demo`` do.

Messages name the options of the command line, since a plan holds nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backlit.errors import ConfigurationError, RunError, TrainingInterrupted
from backlit.system.command_line import command_line
from backlit.training import fit
from backlit.training.checkpoint import STATE
from backlit.training.locking import RunLock

from .evaluation import write_test
from .opening import open_run
from .plan import TrainingPlan
from .run import Run

if TYPE_CHECKING:
    from backlit.data import Dataset
    from backlit.network import Network

_MAY_CHANGE = {"epochs", "data_dir"}  # the data's hash tells whether it is still the same


def begin(plan: TrainingPlan, folder: Path, progress: bool = True) -> Run:
    """Train a new network as planned, in a new folder, and test it.

    Args:
        plan: what was asked for.
        folder: the run's; not there yet, or empty.
        progress: whether to print it.

    Raises:
        ConfigurationError: options that make no sense together.
        RunError: the folder holds a run already, or something else.
        DataError: the data cannot be read.
        TrainingError: a loss or a gradient was not finite.
        TrainingInterrupted: Ctrl-C.
    """
    _check_new(folder)
    engine, plan = plan.engine, plan.settled()
    if plan.early_stopping and not plan.validation:
        raise ConfigurationError(
            "--early-stopping watches the validation loss, and --validation 0 leaves no images for "
            "it: give a share such as --validation 0.1"
        )
    dataset = plan.load_data(progress=progress)
    for note in dataset.notes if progress else ():  # what the loader decided on its own
        print(note)
    net = plan.make_network(dataset)
    return _train(plan.lasting(), net, dataset, folder, progress, engine=engine)


def resume(folder: Path, given: Mapping[str, Any], progress: bool = True) -> Run:
    """Continue a run as what it was begun as, and test it.

    Args:
        folder: the run's.
        given: options of the plan that are asked for; only ``epochs`` and ``data_dir`` may differ
            from the run's.
        progress: whether to print it.

    Raises:
        ConfigurationError: an option that says something else than the run.
        RunError, DataError, TrainingError, TrainingInterrupted: as :func:`begin`.
    """
    found = open_run(folder)
    plan = found.plan
    _check_same(plan, given, folder)
    _check_epochs(found, given.get("epochs"))
    plan = replace(plan, epochs=given.get("epochs", plan.epochs))
    dataset = plan.load_data(given.get("data_dir"), progress)
    return _train(plan, found.checkpoint.network(), dataset, folder, progress, resume=True)


def _train(
    plan: TrainingPlan,
    network: Network,
    dataset: Dataset,
    folder: Path,
    progress: bool,
    resume: bool = False,
    engine: str | None = None,
) -> Run:
    training, validation = plan.parts(dataset)
    try:
        fit(
            network,
            training,
            validation=validation,
            epochs=plan.epochs,
            batch_size=plan.batch_size,
            optimizer=plan.make_optimizer(),
            schedule=plan.make_schedule(),
            callbacks=plan.make_callbacks(),
            clip=plan.clip,
            seed=plan.seed,
            augmentation=plan.make_augmentation(),
            progress=progress,
            run=folder,
            resume=resume,
            description=plan.description(),
        )
    except TrainingInterrupted as problem:
        where = str(problem).partition(";")[0]
        again = command_line("train", "--out", folder, "--resume")
        message = f"{where}; nothing is lost, continue with: {again}"
        raise TrainingInterrupted(message, problem.history) from None
    run = open_run(folder, engine=engine)
    run.network, run.dataset = network, dataset  # which are in memory already
    write_test(folder, _test(run, progress))
    return run


def _test(run: Run, progress: bool) -> dict[str, Any] | None:
    """The result on the test images, and after which epoch it was measured; None without any."""
    images, labels = run.dataset.test
    if not len(labels):
        return None
    if progress:
        print(f"Testing on {len(labels):,} images that it has not seen.")
    loss, accuracy = run.network.evaluate(images, labels)
    return {"images": len(labels), "loss": loss, "accuracy": accuracy, "epoch": len(run.history)}


def _check_new(folder: Path) -> None:
    """A run is never overwritten; said before the data is loaded."""
    if folder.is_dir():
        lock = RunLock()
        lock.take(folder)  # or say that another process trains in it
        lock.release()
    if (folder / STATE).is_file():
        again = command_line("train", "--out", folder, "--resume")
        raise RunError(
            f"{folder} already holds a run: continue it with {again}, or choose another folder"
        )


def _check_epochs(found: Run, epochs: int | None) -> None:
    """A run cannot end before where it stands."""
    position = found.checkpoint.state.description["position"]
    if epochs is None or (epochs, 0) >= (position["epoch"], position["batch"]):
        return
    done = f"{position['epoch']:,} {'epoch' if position['epoch'] == 1 else 'epochs'}"
    part = f" and {position['batch']:,} batches of the next" if position["batch"] else ""
    raise ConfigurationError(
        f"--epochs {epochs} is less than what the run in {found.folder} has done already, {done}"
        f"{part}: give a larger number, or begin another run"
    )


def _check_same(plan: TrainingPlan, given: Mapping[str, Any], folder: Path) -> None:
    asked = replace(plan, **given).lasting()
    for name in given:
        then, now = getattr(plan, name), getattr(asked, name)
        if then != now and name not in _MAY_CHANGE:
            option = "DATA" if name == "data" else "--" + name.replace("_", "-")
            raise ConfigurationError(
                f"{option} {_text(now)} contradicts the run in {folder}, which was begun with "
                f"{_text(then)}: leave it out, or begin another run"
            )


def _text(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
