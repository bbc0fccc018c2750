"""A run's state: what a resumed training takes from it, and what it refuses to take."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.engines.pure.engine import PureEngine
from backlit.errors import RunError
from backlit.network import engine
from backlit.network.saving import read_tensors, write_tensors
from backlit.training import read_checkpoint
from tests.training.problems import dense
from tests.training.runs import Crash, crash, train


class Counting(PureEngine):
    """The book, as if its sums depended on the machine."""

    name = "counting"
    threads = 2

    def fingerprint(self) -> dict[str, Any]:
        return {"threads": self.threads, "lanes": 8}


def test_a_run_that_goes_on_with_other_threads_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    monkeypatch.setattr(engine, "_ENGINES", {"counting": Counting, **engine._ENGINES})
    with pytest.raises(ZeroDivisionError):
        train(folder, dense(engine="counting"), callbacks=[Crash(2)], save_every=0)
    assert read_checkpoint(folder).state.description["arithmetic"] == {
        "backlit": bl.__version__,
        "threads": 2,
        "lanes": 8,
    }
    monkeypatch.setattr(Counting, "threads", 1)
    with pytest.raises(ZeroDivisionError), pytest.warns(UserWarning, match="threads 2 and") as told:
        train(folder, dense(engine="counting"), callbacks=[Crash(4)], resume=True, save_every=0)
    assert [str(each.message) for each in told] == [
        "The run was saved with threads 2 and goes on with threads 1: its weights may "
        "differ in their last bits from those that it would have reached without a pause."
    ]
    assert Path(told[0].filename).name == "runs.py"  # which calls fit
    monkeypatch.setattr(Counting, "threads", 3)
    train(folder, dense(engine="counting"), resume=True, progress=True)  # which says it instead
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("The run was saved with threads 1 and goes on with threads 3")
    assert lines[1].startswith("Training on 12 images")
    monkeypatch.setattr(Counting, "threads", 4)
    train(folder, dense(engine="counting"), resume=True)  # nothing is left that could differ


def test_a_run_knows_the_weights_that_it_goes_on_with(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    crash(folder, 4)
    run = read_checkpoint(folder)
    arrays = run.network().parameters
    assert {f"parameters.{name}" for name in arrays} <= run.state.arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, run.state.arrays[f"parameters.{name}"])
    damage(folder, lambda arrays, description: arrays.pop("parameters.dense1.bias"))
    with pytest.raises(RunError, match=r"holds no usable network: .*missing dense1\.bias"):
        read_checkpoint(folder).network()


def damage(folder: Path, change: Any) -> None:
    """Rewrite the state with something changed."""
    path = folder / "state.safetensors"
    arrays, description = read_tensors(path)
    change(arrays, description)
    del description["format"]
    write_tensors(path, arrays, description)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a, d: d.pop("position"), r"is no state of a training: it lacks \['position'\]"),
        (lambda a, d: d["position"].pop("batch"), "no state of a training: 'batch'"),
        (lambda a, d: d["position"].update(batch=4), "an epoch has 3 batches, got batch 4"),
        (lambda a, d: d["position"].update(batch=-1), "batch must be a whole number of at least 0"),
        (lambda a, d: d["position"].update(images=10**400), "images must be a whole number"),
        (lambda a, d: d["position"].update(loss="x"), "loss must be a number, got 'x'"),
        (lambda a, d: d.update(training_step=1e999), "training_step must be a whole number"),
        (lambda a, d: d.update(config=[]), "is no state of a training: "),
        (lambda a, d: d["config"].pop("data"), "is no state of a training: 'data'"),
        (lambda a, d: d["config"]["settings"].pop("epochs"), "is no state of a training: 'epochs'"),
        (
            lambda a, d: d["config"].update(data=5),
            "is no state of a training: its data cannot be 5",
        ),
        (lambda a, d: d["config"].update(settings={}), "these are no settings of a training"),
        (lambda a, d: d["config"].update(more=1e999), "is no state of a training: .*JSON"),
        (lambda a, d: d["history"].update(stopped=5), "stopped must be a sentence, got 5"),
        (lambda a, d: d["history"]["epochs"][0].update(loss=None), "loss must be a number, got No"),
        (lambda a, d: d.update(callbacks=[]), "cannot be continued: "),
        (lambda a, d: d["callbacks"]["EarlyStopping"].update(best="x"), "cannot be 'x' and 1"),
        (
            lambda a, d: a.pop("parameters.dense1.bias"),
            "cannot be continued: .*missing dense1.bias",
        ),
        (lambda a, d: a.pop("optimizer.dense1.bias.momentum"), "cannot be continued: .*missing"),
        (lambda a, d: d["history"].pop("epochs"), "no state of a training: .*no history"),
        (lambda a, d: d["callbacks"].update(BestCheckpoint={}), None),
        (lambda a, d: d.update(arithmetic=None), None),
        (lambda a, d: d.pop("arithmetic"), None),
    ],
)
def test_a_damaged_state_is_refused(tmp_path: Path, change: Any, words: str | None) -> None:
    folder = tmp_path / "run"
    callbacks = [bl.EarlyStopping("loss")]
    crash(folder, 4, *callbacks)
    damage(folder, change)
    if words is None:  # what was kept by an older version, or by a callback that is gone
        train(folder, callbacks=callbacks, resume=True)
        return
    with pytest.raises(RunError, match=words):
        train(folder, callbacks=callbacks, resume=True)


def test_a_truncated_state_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(folder)
    path = folder / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(RunError, match="no readable safetensors file"):
        train(folder, resume=True)
