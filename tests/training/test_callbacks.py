"""Early stopping, the best checkpoint, and the CSV log."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ConfigurationError, RunError
from backlit.training import Callback, EpochRecord, Training
from tests.training.problems import dense, floats


class Script(Callback):
    """Replaces what was measured: epoch by epoch the next value."""

    def __init__(self, monitor: str, values: list[float]) -> None:
        self.monitor, self.values = monitor, values
        self.weights: list[Any] = []

    def on_epoch_end(self, training: Training, record: EpochRecord) -> None:
        object.__setattr__(record, self.monitor, self.values[record.epoch - 1])
        self.weights.append(training.net.parameters["dense1.weight"].copy())


def train(script: Script, *callbacks: Callback, **options: Any) -> tuple[bl.Network, bl.History]:
    """One epoch for each value of the script."""
    net = dense()
    history = bl.fit(
        net,
        floats(),
        **{
            "validation": floats(5, seed=1),
            "epochs": len(script.values),
            "callbacks": [script, *callbacks],
            "progress": False,
            **options,
        },
    )
    return net, history


def test_stops_after_so_many_epochs_without_a_better_one() -> None:
    stopping = bl.EarlyStopping(patience=2)
    script = Script("validation_loss", [3.0, 2.0, 2.5, 2.0, 1.0])
    _, history = train(script, stopping)
    assert history.epoch == [1, 2, 3, 4]
    assert (stopping.best, stopping.best_epoch) == (2.0, 2)
    assert history.stopped == (
        "Stopped after epoch 4: validation_loss has not improved since epoch 2 (2)."
    )


def test_an_accuracy_is_better_when_it_is_higher() -> None:
    stopping = bl.EarlyStopping("accuracy", patience=1)
    _, history = train(Script("accuracy", [0.5, 0.6, 0.6, 0.9]), stopping)
    assert history.epoch == [1, 2, 3]
    assert stopping.best_epoch == 2


def test_a_smaller_gain_than_min_delta_does_not_count() -> None:
    stopping = bl.EarlyStopping("loss", min_delta=0.5, patience=2)
    _, history = train(Script("loss", [3.0, 2.6, 2.5, 2.4, 0.0]), stopping)
    assert history.epoch == [1, 2, 3]


def test_a_training_that_gets_better_runs_to_its_end() -> None:
    _, history = train(Script("loss", [3.0, 2.0, 1.0]), bl.EarlyStopping("loss", patience=1))
    assert history.stopped is None
    assert len(history) == 3


@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0, 2.0], [3.0, 1.0, 2.0]], ids=["early", "end"])
def test_the_best_weights_come_back(values: list[float]) -> None:
    script = Script("validation_loss", values)
    net, _ = train(script, bl.EarlyStopping(patience=2))
    np.testing.assert_array_equal(net.parameters["dense1.weight"], script.weights[1])
    assert not np.array_equal(script.weights[1], script.weights[-1])


def test_the_last_weights_stay_if_that_is_asked_for() -> None:
    script = Script("validation_loss", [1.0, 2.0, 2.0])
    net, _ = train(script, bl.EarlyStopping(patience=2, restore_best=False))
    np.testing.assert_array_equal(net.parameters["dense1.weight"], script.weights[-1])


def test_a_callback_used_again_begins_anew() -> None:
    stopping = bl.EarlyStopping(patience=1)
    train(Script("validation_loss", [1.0, 2.0, 3.0]), stopping)
    _, history = train(Script("validation_loss", [9.0, 8.0, 7.0]), stopping)
    assert history.stopped is None


def test_the_best_network_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    checkpoint = bl.BestCheckpoint(path=path)
    script = Script("validation_loss", [3.0, 1.0, 2.0])
    train(script, checkpoint)
    assert checkpoint.best_epoch == 2
    weight = bl.load(path).parameters["dense1.weight"]
    np.testing.assert_array_equal(weight, script.weights[1])


def test_in_a_run_files_go_into_its_folder(tmp_path: Path) -> None:
    run = tmp_path / "run"
    script = Script("validation_loss", [1.0, 2.0])
    train(script, bl.BestCheckpoint(), bl.CSVLog(), bl.CSVLog(run / "second.csv"), run=run)
    assert bl.load(run / "best.safetensors").parameters.keys() == dense().parameters.keys()
    assert (run / "history.csv").read_text() == (run / "second.csv").read_text()


def test_the_log_is_the_history_as_a_table(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    _, history = train(Script("loss", [3.0, 2.0]), bl.CSVLog(path))
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == history.loss == [3, 2]
    assert [float(row["validation_accuracy"]) for row in rows] == history.validation_accuracy
    assert [int(row["epoch"]) for row in rows] == [1, 2]


def test_without_validation_the_log_leaves_its_columns_empty(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    train(Script("loss", [3.0]), bl.CSVLog(path), validation=None)
    with path.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["validation_loss"] == ""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: bl.EarlyStopping("val_loss"),
            "EarlyStopping: monitor is one of loss, .*'val_loss'",
        ),
        (lambda: bl.EarlyStopping(patience=0), "patience must be a whole number of at least 1"),
        (lambda: bl.EarlyStopping(min_delta=-1), "min_delta must be a number of at least 0"),
        (lambda: bl.EarlyStopping(restore_best=1), "restore_best is True or False, got 1"),  # type: ignore[arg-type]
        (lambda: bl.BestCheckpoint("best"), "BestCheckpoint: monitor is one of"),
    ],
)
def test_options_that_make_no_sense_are_refused(make: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()


@pytest.mark.parametrize(
    ("callback", "error", "words"),
    [
        (bl.EarlyStopping(), ConfigurationError, "watches validation_loss, but there are no valid"),
        (bl.BestCheckpoint("loss"), ConfigurationError, "needs a path, since .* no run folder"),
        (bl.CSVLog(), ConfigurationError, "CSVLog needs a path, since .* no run folder"),
        (bl.CSVLog("not/there.csv"), RunError, "cannot write not/there.csv: there is no folder"),
    ],
)
def test_what_cannot_work_is_refused_before_the_first_step(
    callback: Callback, error: type[Exception], words: str
) -> None:
    script = Script("loss", [1.0])
    with pytest.raises(error, match=words):
        train(script, callback, validation=None)
    assert script.weights == []
