"""What is advised after a training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from backlit.data import Dataset
from backlit.runs import Run, TrainingPlan
from backlit.runs.advice import advice
from backlit.training import EpochRecord, History
from tests.cli.conftest import CommandLine

GUESSING = "no better than guessing (1 in 3)"
LOWER = "try a lower --learning-rate."
MORE = "or more --epochs, would let the network learn more."


@dataclass(frozen=True)
class Finished:
    """A training on three classes, in batches of 64, with these losses and this accuracy."""

    losses: list[float]
    accuracy: float
    tested: bool = True
    validated: bool = True

    @property
    def plan(self) -> TrainingPlan:
        return TrainingPlan("three")

    @property
    def dataset(self) -> Dataset:
        pictures, labels = np.zeros((640, 1, 8, 8), np.uint8), np.arange(640) % 3
        return Dataset("three", pictures, labels, pictures[:300], labels[:300], ("a", "b", "c"))

    @property
    def history(self) -> History:
        accuracy = self.accuracy if self.validated else None
        return History(
            [
                EpochRecord(
                    epoch=number,
                    loss=loss,
                    accuracy=self.accuracy,
                    validation_loss=loss,
                    validation_accuracy=accuracy,
                    learning_rate=0.1,
                    seconds=1.0,
                    images_per_second=1.0,
                )
                for number, loss in enumerate(self.losses, start=1)
            ]
        )

    @property
    def test_result(self) -> dict[str, Any] | None:
        if not self.tested:
            return None
        return {"images": 300, "loss": self.losses[-1], "accuracy": self.accuracy}


def said_of(finished: Finished) -> str:
    return advice(cast("Run", finished))


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
def test_advice(losses: list[float], accuracy: float, begins: str, ends: str, tested: bool) -> None:
    said = said_of(Finished(losses, accuracy, tested=tested))
    assert said.startswith(begins)
    assert said.endswith(ends)
    assert bool(said) is bool(begins)


def test_what_is_not_known_is_not_judged() -> None:
    assert said_of(Finished([1.2] * 20, 0.3, tested=False)) != ""
    assert said_of(Finished([1.2] * 20, 0.3, tested=False, validated=False)) == ""


def test_the_advice_is_printed(backlit: CommandLine, tmp_path: Path) -> None:
    arguments = ("digits", "--limit", "200", "--epochs", "2", "--learning-rate", "50")
    result = backlit("train", *arguments, "--clip", "1", "--quiet", "--out", tmp_path / "run")
    assert result.status == 0
    assert "no better than guessing (1 in 10): try a lower --learning-rate." in result.out
