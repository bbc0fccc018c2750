"""A training at the pace of whoever looks on.

The paces here are of days: a test that really had to wait for one would not come to its end.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from backlit.errors import InputError
from backlit.training import Settings
from backlit.web import pacing
from backlit.web.pacing import Pacer, checked_pace
from backlit.web.trainer import Trainer
from tests.web.serving import carried_out, live

DAYS = 1e6


def soon(holds: Callable[[], Any]) -> None:
    """Wait until a thread has come so far."""
    for _ in range(3000):
        if holds():
            return
        time.sleep(0.01)
    assert holds()


def in_time(work: Callable[[], Any]) -> None:
    """Do something that could wait for days, and must not."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    monkeypatch.setattr(pacing, "SLOWEST", DAYS)
    trainer = live().trainer
    assert trainer
    return trainer


@pytest.mark.parametrize("pace", [0, 0.0, 1, 0.25, 5, 5.0])
def test_paces(pace: float) -> None:
    assert checked_pace(pace) == pace
    assert isinstance(checked_pace(pace), float)


@pytest.mark.parametrize(
    "wrong", [-1, -1e-9, 5.001, float("nan"), float("inf"), 10**400, True, False, None, "1", [1]]
)
def test_what_is_no_pace(wrong: Any) -> None:
    with pytest.raises(InputError, match="the pace must be a number of seconds from 0 to 5, got"):
        checked_pace(wrong)


def test_a_step_is_due_after_the_pace_and_not_before() -> None:
    begun = time.monotonic()
    assert Pacer(0.05).wait(begun)
    assert time.monotonic() - begun >= 0.05


def test_the_first_step_and_one_that_is_late_are_due_at_once() -> None:
    in_time(lambda: Pacer(DAYS).wait())
    in_time(lambda: Pacer(1).wait(time.monotonic() - 2))
    in_time(lambda: Pacer(0).wait(time.monotonic()))


def test_where_all_is_over_no_step_is_due() -> None:
    pacer = Pacer(0)
    pacer.end()
    assert not pacer.wait()


def test_a_training_waits_from_step_to_step_and_pauses_at_once(trainer: Trainer) -> None:
    carried_out(trainer, "start", 0, DAYS)
    soon(lambda: carried_out(trainer, "look", 0)["step"])
    told = carried_out(trainer, "look", 0)
    assert (told["step"], told["running"]) == (1, True)
    in_time(lambda: carried_out(trainer, "pause", 0))
    told = carried_out(trainer, "look", 0)
    assert (told["step"], told["running"]) == (1, False)


@pytest.mark.parametrize("action", ["step", "again"])
def test_other_actiones_do_not_wait_either(action: str, trainer: Trainer) -> None:
    carried_out(trainer, "start", 0, DAYS)
    soon(lambda: carried_out(trainer, "look", 0)["step"])
    in_time(lambda: carried_out(trainer, action, 0))
    told = carried_out(trainer, "look", 0)
    assert (told["step"], told["running"]) == ({"step": 2, "again": 0}[action], False)


def test_another_start_changes_the_pace_at_once(trainer: Trainer) -> None:
    carried_out(trainer, "start", 0, DAYS)
    soon(lambda: carried_out(trainer, "look", 0)["step"])
    in_time(lambda: carried_out(trainer, "start", 0, DAYS))
    assert carried_out(trainer, "look", 0)["step"] == 1  # the same pace is no reason for a step
    carried_out(trainer, "start", 0)
    soon(lambda: carried_out(trainer, "look", 0)["finished"])


def test_slower_while_it_runs(trainer: Trainer) -> None:
    carried_out(trainer, "start", 0, 0.02)
    soon(lambda: carried_out(trainer, "look", 0)["step"])
    carried_out(trainer, "start", 0, DAYS)
    step = carried_out(trainer, "look", 0)["step"]
    time.sleep(0.2)
    told = carried_out(trainer, "look", 0)
    assert told["running"]
    assert step <= told["step"] <= step + 1  # one may have begun before
    in_time(lambda: carried_out(trainer, "pause", 0))


def test_the_end_is_not_waited_for(trainer: Trainer) -> None:
    whole = len(trainer._data.training)
    settings = Settings(epochs=1, batch_size=whole)
    last = Trainer(live().network, settings, trainer._data)
    carried_out(last, "start", 0, DAYS)
    soon(
        lambda: (
            carried_out(last, "look", 0)["finished"] and not carried_out(last, "look", 0)["running"]
        )
    )
    assert carried_out(last, "look", 0)["step"] == 1
