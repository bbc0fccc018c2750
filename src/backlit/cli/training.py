"""Begin or resume a run; what ``train`` and ``demo`` have in common."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backlit.errors import ConfigurationError, RunError, TrainingInterrupted

from .opening import open_run
from .output import command_line, say
from .plan import Plan

if TYPE_CHECKING:
    from backlit.data import Dataset
    from backlit.network import Evaluation, Network
    from backlit.training import History, Run

_MAY_CHANGE = {"epochs", "data_dir"}  # the data's hash tells whether it is still the same


@dataclass(frozen=True, eq=False)
class Trained:
    """What a finished training leaves behind; ``test`` is None where no images were held out."""

    run: Path
    plan: Plan
    network: Network
    dataset: Dataset
    history: History
    test: Evaluation | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON: ``run``, ``plan``, ``parameters``, ``history`` and ``test``."""
        return {
            "run": self.run,
            "plan": self.plan.description()["plan"],
            "parameters": self.network.summary().parameters,
            "history": self.history.to_dict(),
            "test": test_result(self),
        }


def begin(plan: Plan, out: Path, progress: bool) -> Trained:
    """Train a new network as planned, in a new folder."""
    _check_new(out)
    plan = plan.settled()
    if plan.early_stopping and not plan.validation:
        raise ConfigurationError(
            "--early-stopping watches the validation loss, and --validation 0 leaves no images for "
            "it: give a share such as --validation 0.1"
        )
    dataset = plan.load_data(progress=progress)
    _tell(dataset, progress)
    return _train(plan.lasting(), plan.make_network(dataset), dataset, out, progress)


def _check_new(out: Path) -> None:
    """A run is never overwritten; said before the data is loaded, and as one types it here."""
    from backlit.training.locking import RunLock
    from backlit.training.run import STATE

    if out.is_dir():
        lock = RunLock()
        lock.take(out)  # or say that another process trains in it
        lock.release()
    if (out / STATE).is_file():
        again = command_line("train", "--out", out, "--resume")
        raise RunError(
            f"{out} already holds a run: continue it with {again}, or choose another folder"
        )


def resume(out: Path, given: Mapping[str, Any], progress: bool) -> Trained:
    """Continue a run.

    Args:
        out: its folder.
        given: the options that were typed beside ``--resume``.
        progress: whether to show it.

    Raises:
        ConfigurationError: an option that says something else than the run.
    """
    found = open_run(out)
    plan = Plan.of_run(out, found.config)
    _check_same(plan, given, out)
    _check_epochs(found, given.get("epochs"))
    plan = replace(plan, epochs=given.get("epochs", plan.epochs))
    dataset = plan.load_data(given.get("data_dir"), progress)
    return _train(plan, found.network(), dataset, out, progress, resume=True)


def _check_epochs(found: Run, epochs: int | None) -> None:
    """A run cannot end before where it stands; said as one types it here."""
    position = found.state.description["position"]
    if epochs is None or (epochs, 0) >= (position["epoch"], position["batch"]):
        return
    done = f"{position['epoch']:,} {'epoch' if position['epoch'] == 1 else 'epochs'}"
    part = f" and {position['batch']:,} batches of the next" if position["batch"] else ""
    raise ConfigurationError(
        f"--epochs {epochs} is less than what the run in {found.folder} has done already, {done}"
        f"{part}: give a larger number, or begin another run"
    )


def _check_same(plan: Plan, given: Mapping[str, Any], out: Path) -> None:
    asked = replace(plan, **given).lasting()
    for name in given:
        then, now = getattr(plan, name), getattr(asked, name)
        if then != now and name not in _MAY_CHANGE:
            option = "DATA" if name == "data" else "--" + name.replace("_", "-")
            raise ConfigurationError(
                f"{option} {_text(now)} contradicts the run in {out}, which was begun with "
                f"{_text(then)}: leave it out, or begin another run"
            )


def _train(
    plan: Plan, network: Network, dataset: Dataset, out: Path, progress: bool, resume: bool = False
) -> Trained:
    from backlit.training import fit

    training, validation = plan.parts(dataset)
    try:
        # Standard output is for the result; a terminal shows both.
        with redirect_stdout(sys.stderr):
            history = fit(
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
                run=out,
                resume=resume,
                description=plan.description(),
            )
    except TrainingInterrupted as problem:
        where = str(problem).partition(";")[0]
        again = command_line("train", "--out", out, "--resume")
        message = f"{where}; nothing is lost, continue with: {again}"
        raise TrainingInterrupted(message, problem.history) from None
    test = _test(network, dataset, progress)
    trained = Trained(out, plan, network, dataset, history, test)
    _keep(trained)
    return trained


def _test(network: Network, dataset: Dataset, progress: bool) -> Evaluation | None:
    images, labels = dataset.test
    if not len(labels):
        return None
    if progress:
        say(f"Testing on {len(labels):,} images that it has not seen.")
    return network.evaluate(images, labels)


def test_result(trained: Trained) -> dict[str, Any] | None:
    """The result on the test images, and after which epoch it was measured."""
    if trained.test is None:
        return None
    return {
        "images": len(trained.dataset.test_labels),
        "loss": trained.test.loss,
        "accuracy": trained.test.accuracy,
        "epoch": len(trained.history),
    }


def _keep(trained: Trained) -> None:
    """Leave the result in the run's folder, for whoever opens it."""
    from backlit.training.tested import write_test

    write_test(trained.run, test_result(trained))


def _tell(dataset: Dataset, progress: bool) -> None:
    """What the loader decided on its own."""
    for note in dataset.notes if progress else ():
        say(note)


def _text(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
