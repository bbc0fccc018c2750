"""What ``backlit train`` advises at the end, and what it refuses before it begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backlit import load
from backlit.cli.outcome import advice
from backlit.cli.plan import Plan
from backlit.cli.training import Trained
from backlit.data import Dataset
from backlit.network import Evaluation
from backlit.training import EpochRecord, History
from backlit.training.locking import RunLock

from .conftest import CommandLine

GUESSING = "no better than guessing (1 in 3)"
LOWER = "try a lower --learning-rate."
MORE = "or more --epochs, would let the network learn more."


def finished(
    trained: Path,
    losses: list[float],
    accuracy: float,
    images: int = 640,
    tested: bool = True,
) -> Trained:
    """A training on three classes, in batches of 64, with these losses and this accuracy."""
    pictures = np.zeros((images, 1, 8, 8), np.uint8)
    labels = np.arange(images) % 3
    dataset = Dataset("three", pictures, labels, pictures[:300], labels[:300], ("a", "b", "c"))
    records = [
        EpochRecord(
            epoch=number,
            loss=loss,
            accuracy=accuracy,
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=0.1,
            seconds=1.0,
            images_per_second=1.0,
        )
        for number, loss in enumerate(losses, start=1)
    ]
    test = Evaluation(loss=losses[-1], accuracy=accuracy) if tested else None
    return Trained(trained, Plan("three"), load(trained), dataset, History(records), test)


@pytest.mark.parametrize("tested", [True, False])
@pytest.mark.parametrize(
    ("losses", "accuracy", "begins", "ends"),
    [
        ([0.9] * 20, 0.9, "", ""),
        ([1.2] * 20, 0.34, f"That is {GUESSING}: ", LOWER),
        ([1.2] * 2, 0.34, f"That is {GUESSING}: ", LOWER),  # few steps would not have helped
        ([0.7, 0.5], 0.34, f"That is {GUESSING} so far. ", MORE),
        ([1.0, 0.9], 0.9, "The weights were changed only 18 times", MORE),
        ([0.5] * 19 + [0.6], 0.9, "The loss rose while the network trained: ", LOWER),
    ],
)
def test_advice(
    trained: Path, losses: list[float], accuracy: float, begins: str, ends: str, tested: bool
) -> None:
    said = advice(finished(trained, losses, accuracy, tested=tested))
    assert said.startswith(begins)
    assert said.endswith(ends)
    assert bool(said) is bool(begins)


def test_what_is_not_known_is_not_judged(trained: Path) -> None:
    lonely = finished(trained, [1.2] * 20, 0.3, tested=False)
    records = [replace(each, validation_accuracy=None) for each in lonely.history]
    assert advice(replace(lonely, history=History(records))) == ""


def test_the_advice_is_printed(backlit: CommandLine, tmp_path: Path) -> None:
    arguments = ("digits", "--limit", "200", "--epochs", "2", "--learning-rate", "50")
    result = backlit("train", *arguments, "--clip", "1", "--quiet", "--out", tmp_path / "run")
    assert result.status == 0
    assert "no better than guessing (1 in 10): try a lower --learning-rate." in result.out


def test_a_run_that_another_process_trains_in_is_not_to_be_continued(
    backlit: CommandLine, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(self: Any, folder: Path) -> None:
        from backlit.errors import RunError

        raise RunError(f"another process is training in {folder}: wait for its end")

    monkeypatch.setattr(RunLock, "take", taken)
    result = backlit("train", "digits", "--out", run)
    assert result.status == 1
    assert result.sentence.startswith(f"another process is training in {run}")


@pytest.mark.parametrize("options", [("--epochs", "1"), ("--epochs", "2")])
def test_a_run_cannot_be_made_shorter_than_it_is(
    options: tuple[str, str], backlit: CommandLine, run: Path
) -> None:
    assert backlit("train", "--out", run, "--resume", "--epochs", "3", "--quiet").status == 0
    result = backlit("train", "--out", run, "--resume", *options)
    assert result.status == 2
    assert result.sentence.startswith(f"{' '.join(options)} is less than what the run in {run}")
    assert "has done already, 3 epochs: give a larger number" in result.sentence


@pytest.mark.parametrize("command", ["info", "predict"])
def test_an_engine_that_is_none_is_not_the_runs_fault(
    command: str,
    backlit: CommandLine,
    trained: Path,
    pictures: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BACKLIT_ENGINE", "steam")
    more = ("--plan",) if command == "info" else (pictures[0],)
    result = backlit(command, trained, *more)
    assert result.status == 2
    assert result.sentence.startswith("BACKLIT_ENGINE must be ")
    assert result.sentence.endswith("pure, got 'steam'")
