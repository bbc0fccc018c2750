"""Two processes cannot train in the same folder."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.errors import RunError
from backlit.training.locking import LOCK, RunLock

HOLD = """
import sys, time
from pathlib import Path
from backlit.training.locking import RunLock
lock = RunLock()
lock.take(Path(sys.argv[1]))
print("taken", flush=True)
time.sleep(60)
"""


def train(run: Path, epochs: int, resume: bool = False) -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)])
    data = (np.ones((4, 1, 2, 2)), np.array([0, 1, 0, 1]))
    bl.fit(net, data, epochs=epochs, run=run, resume=resume, progress=False)


def test_a_run_that_is_trained_elsewhere_cannot_be_continued(tmp_path: Path) -> None:
    run = tmp_path / "run"
    train(run, epochs=1)
    state = (run / "state.safetensors").read_bytes()
    other = subprocess.Popen([sys.executable, "-c", HOLD, run], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"taken\n"
        with pytest.raises(RunError, match=r"another process is training in .*run: wait for its"):
            train(run, epochs=2, resume=True)
        assert (run / "state.safetensors").read_bytes() == state
    finally:
        other.kill()
        other.communicate()
    train(run, epochs=2, resume=True)  # the lock has gone with the process
    assert (run / "state.safetensors").read_bytes() != state


def test_a_new_run_does_not_begin_where_another_one_does(tmp_path: Path) -> None:
    lock = RunLock()
    lock.take(tmp_path)
    with pytest.raises(RunError, match="another process is training in"):
        train(tmp_path, epochs=1)
    assert {path.name for path in tmp_path.iterdir()} <= {LOCK}
    lock.release()
    train(tmp_path, epochs=1)


def test_after_a_training_the_folder_is_free(tmp_path: Path) -> None:
    train(tmp_path / "run", epochs=1)
    lock = RunLock()
    lock.take(tmp_path / "run")
    lock.release()


def test_a_folder_that_cannot_be_written_needs_no_lock(tmp_path: Path) -> None:
    RunLock().take(tmp_path / "not there")
