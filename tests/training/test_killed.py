"""A run that is killed, at whatever moment, ends as if nobody had killed it."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.network.saving import read_tensors
from tests.training.course import EPOCHS, result, train

ROOT = Path(__file__).resolve().parents[2]


def python(module: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.training.{module}", *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nobody killed."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    train(folder)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX can a process be forked")
def test_killed_at_each_write(tmp_path: Path) -> None:
    """With half a file written under no name yet, and right after it got its name."""
    process = python("killing", tmp_path)
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    report = json.loads(output)
    assert report["wrong"] == []
    # Two epochs of three steps save six states inside and begin and end with four files more.
    assert len(report["kills"]) == 2
    assert min(report["kills"].values()) >= 20


@pytest.mark.widths  # each of the moments that matter is tried above
def test_killed_at_random_moments_again_and_again(tmp_path: Path, whole: Path) -> None:
    """Each process does two or three steps, the last of them unsaved, and waits to be killed.

    So four processes get eight of the nine steps done at most, however late their kills come.
    """
    folder = tmp_path / "run"
    state = folder / "state.safetensors"
    for _ in range(4):
        before = state.stat().st_mtime_ns if state.exists() else 0
        process = python("course", folder, random.randint(2, 3))
        while process.poll() is None and not state.exists():
            time.sleep(0.01)
        while process.poll() is None and state.stat().st_mtime_ns == before:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        _, errors = process.communicate(timeout=60)
        assert process.returncode != 0
        assert errors == ""
    train(folder)
    assert result(folder) == result(whole)


def test_a_resumed_run_is_the_run(tmp_path: Path, whole: Path) -> None:
    """The history that is returned, and the network that is changed, are those of the whole."""
    folder = tmp_path / "run"
    process = python("course", folder, 5)
    state = folder / "state.safetensors"
    while not (state.exists() and read_tensors(state)[1]["training_step"] == 4):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=60)
    history = train(folder)
    assert history == bl.History.from_dict(json.loads((whole / "history.json").read_text()))
    assert history.epoch == list(range(1, EPOCHS + 1))
    assert all(seconds > 0 for seconds in history.seconds)
    weights = bl.load(folder).parameters
    np.testing.assert_equal(weights, bl.load(whole).parameters)
