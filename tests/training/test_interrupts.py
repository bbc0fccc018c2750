"""Ctrl-C: the step is abandoned, the state is saved, and the sentence says how to go on."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import TrainingInterrupted
from backlit.training import Callback, Training
from backlit.training.interrupts import Interrupts
from tests.training.course import result, train
from tests.training.problems import dense, everything, floats

ROOT = Path(__file__).resolve().parents[2]


def press() -> None:
    """Ctrl-C, as this process receives it."""
    signal.raise_signal(signal.SIGINT)


class PressAt(Callback):
    """Ctrl-C in a callback, where it is held back until the callbacks are through."""

    def __init__(self, step: int, times: int = 1) -> None:
        self.step, self.times = step, times

    def on_step_end(self, training: Training) -> None:
        if training.step == self.step:
            for _ in range(self.times):
                press()


def press_in_pass(monkeypatch: pytest.MonkeyPatch, call: int, after: bool) -> None:
    """Ctrl-C in a training step, before or after everything of it is computed."""
    original = bl.Network.propose_step
    calls = 0

    def propose_step(self: bl.Network, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            press()
        passed = original(self, *arguments)
        if calls == call and after:
            press()
        return passed

    monkeypatch.setattr(bl.Network, "propose_step", propose_step)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run leaves that nobody interrupted."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    train(folder)
    return result(folder)


@pytest.mark.parametrize("step", range(1, 9))
def test_interrupted_between_steps_and_resumed(
    tmp_path: Path, whole: dict[str, Any], step: int
) -> None:
    folder = tmp_path / "run"
    with pytest.raises(TrainingInterrupted):
        train(folder, PressAt(step), save_every=1e9)
    train(folder)
    assert result(folder) == whole


@pytest.mark.parametrize("after", [False, True])
def test_interrupted_inside_a_step_and_resumed(
    tmp_path: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        press_in_pass(patch, 5, after)
        with pytest.raises(TrainingInterrupted) as caught:
            train(folder, save_every=1e9)
    assert str(caught.value) == (
        "training was interrupted in epoch 2 of 3, after batch 1 of 3; everything is saved in "
        f"{folder}: continue with resume=True"
    )
    assert len(caught.value.history) == 1  # type: ignore[arg-type]
    train(folder)
    assert result(folder) == whole


def test_interrupted_while_validating_and_resumed(
    tmp_path: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(bl.Network, "evaluate", lambda *_: press())
        with pytest.raises(TrainingInterrupted, match="in epoch 1 of 3, after batch 3 of 3"):
            train(folder)
    train(folder)
    assert result(folder) == whole


@pytest.mark.parametrize("write", range(1, 12))
def test_interrupted_while_saving(
    tmp_path: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    import os

    folder, replace, writes = tmp_path / "run", os.replace, 0

    def replace_and_press(source: Any, target: Any) -> None:
        nonlocal writes
        writes += 1
        if writes == write:
            press()
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace_and_press)
        with pytest.raises(TrainingInterrupted):
            train(folder)
    train(folder)
    assert result(folder) == whole


def test_without_a_run_the_network_keeps_the_last_whole_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images, labels = floats(12)
    one_step = everything()
    options: dict[str, Any] = {"batch_size": 4, "shuffle": False, "progress": False}
    bl.fit(one_step, (images[:4], labels[:4]), epochs=1, **options)

    net = everything()
    press_in_pass(monkeypatch, 2, after=True)
    with pytest.raises(TrainingInterrupted, match="keeps the weights of that batch") as caught:
        bl.fit(net, (images, labels), **options)
    assert "resume=True" not in str(caught.value)
    assert net.training_step == 1
    np.testing.assert_equal(net.parameters, one_step.parameters)
    np.testing.assert_equal(net.buffers, one_step.buffers)


def test_a_second_press_gets_out_of_a_callback_that_hangs(tmp_path: Path) -> None:
    """It may have hit an update, so what was saved before stays what is resumed."""
    folder = tmp_path / "run"
    with pytest.raises(TrainingInterrupted, match="what was saved last is in"):
        train(folder, PressAt(2, times=2))
    from backlit.training import read_checkpoint

    assert read_checkpoint(folder).state.description["training_step"] == 1
    with pytest.raises(TrainingInterrupted, match="its update may be torn"):
        bl.fit(dense(), floats(), callbacks=[PressAt(1, times=2)], progress=False)


def test_the_handler_of_the_program_is_called_and_comes_back() -> None:
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append("own"))
    try:
        own = signal.getsignal(signal.SIGINT)
        history = bl.fit(dense(), floats(), epochs=1, callbacks=[PressAt(1)], progress=False)
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == ["own"]
    assert len(history) == 1


def test_a_program_that_ignores_it_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert len(bl.fit(dense(), floats(), callbacks=[PressAt(1)], progress=False)) == 5
    finally:
        signal.signal(signal.SIGINT, before)


def test_training_works_in_another_thread() -> None:
    done = []
    thread = threading.Thread(target=lambda: done.append(bl.fit(dense(), floats(), progress=False)))
    thread.start()
    thread.join()
    assert len(done[0]) == 5


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except KeyboardInterrupt:
        return "interrupted"
    return "finished"


def test_held_back_until_it_is_allowed() -> None:
    with Interrupts() as interrupts:
        assert outcome(press) == "finished"
        assert outcome(interrupts.allowed().__enter__) == "interrupted"
        assert outcome(press) == "finished"
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            pytest.fail("the second one acts before anything is done here")
        with interrupts.allowed():
            assert outcome(press) == "interrupted"


def test_one_that_comes_at_the_very_end_is_not_lost() -> None:
    def end() -> None:
        with Interrupts():
            press()

    assert outcome(end) == "interrupted"


CHILD = """
import sys, time
import backlit
from pathlib import Path
from tests.training.course import train

original = backlit.Network.propose_step
calls = 0

def propose_step(*arguments):
    global calls
    calls += 1
    if calls == 5:
        print("in step 5", flush=True)
        time.sleep(60)
    return original(*arguments)

backlit.Network.propose_step = propose_step
try:
    train(Path(sys.argv[1]), save_every=1e9)
except backlit.errors.TrainingInterrupted as interrupted:
    sys.exit(f"{interrupted}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX is a signal sent this way")
def test_a_real_ctrl_c_from_outside(tmp_path: Path, whole: dict[str, Any]) -> None:
    folder = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in step 5\n"
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=50)
    assert process.returncode == 1
    assert output == ""
    assert errors == (
        "training was interrupted in epoch 2 of 3, after batch 1 of 3; everything is saved in "
        f"{folder}: continue with resume=True\n"
    )
    train(folder)
    assert result(folder) == whole
