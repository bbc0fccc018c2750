"""Threads that work side by side: failures, Ctrl-C at any moment, forks."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest

import backlit as bl
from backlit.engines.fast.operations.single import Single
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.threads import Team
from backlit.errors import BacklitError

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="only on POSIX: fork")
FORK_WARNING = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)


def test_jobs_run_side_by_side() -> None:
    barrier = threading.Barrier(3, timeout=60)  # passed only if all three are there at once

    def meet() -> None:
        barrier.wait()

    Team(3).run([meet] * 3)


@pytest.mark.parametrize("failing", [0, 1])
def test_a_failure_is_passed_on_and_the_team_goes_on(failing: int) -> None:
    team = Team(2)

    def fail() -> None:
        raise ZeroDivisionError("on purpose")

    done: list[int] = []
    jobs = [lambda: done.append(1), lambda: done.append(1)]
    jobs[failing] = fail
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        team.run(jobs)
    team.run([lambda: done.append(1)] * 2)
    assert len(done) == 3


def outcome(program: str, *arguments: str) -> str:
    """What a program prints; it has a process of its own, since what is tested might hang."""
    process = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout.strip()


# Python looks for signals when a function begins, after a call, and before it jumps back.  This
# interrupts the first such place in the module, then the second, until all have had their turn.
AT_EVERY_PLACE = """
import dis, sys, threading
from backlit.engines.fast import threads

count = at = 0
before = {}  # the last instruction of each call

def trace(frame, event, argument):
    global count
    if frame.f_code.co_filename != threads.__file__:
        return None
    frame.f_trace_opcodes = True
    if event == "opcode":
        name = dis.opname[frame.f_code.co_code[frame.f_lasti]]
        last, before[frame] = before.get(frame, "CALL"), name
        if last.startswith(("CALL", "JUMP_BACKWARD")) and name != "CACHE":
            count += 1
            if count == at:
                raise KeyboardInterrupt
    return trace

team = threads.Team(3)
team.run([lambda: None] * 3)
running = set()
given_up = threading.Event()

def work():
    running.add(threading.get_ident())
    given_up.wait(0.01)
    running.remove(threading.get_ident())

interrupted = 0
sys._getframe().f_trace_opcodes = True  # Python 3.12 looks for it when a trace is set
while count == at:
    count, at = 0, at + 1
    before.clear()
    given_up.clear()
    sys.settrace(trace)
    try:
        team.run([lambda: None, work, work], given_up.set)
    except KeyboardInterrupt:
        interrupted += 1
    finally:
        sys.settrace(None)
    assert not running, f"a thread was left alone by the interrupt at place {at}"
print(interrupted == at - 1 > 15)
"""


def test_ctrl_c_at_any_place_leaves_no_thread_alone() -> None:
    assert outcome(AT_EVERY_PLACE) == "True"


SIGNALS = """
import os, random, signal, sys, threading, time
from backlit.engines.fast.threads import Team

signal.signal(signal.SIGINT, signal.default_int_handler)
team = Team(3)
running = set()
stop = threading.Event()

def work():
    running.add(threading.get_ident())
    sum(range(200))
    running.remove(threading.get_ident())

def press():
    numbers = random.Random(0)
    for _ in range(int(sys.argv[1])):
        time.sleep(numbers.random() * 0.004)
        os.kill(os.getpid(), signal.SIGINT)
    stop.set()

presser = threading.Thread(target=press)
started = False
while not stop.is_set():
    try:
        while not stop.is_set():
            if not started:
                started = True
                presser.start()
            team.run([work] * 3)
    except KeyboardInterrupt:
        pass
    # Before anything else could end; this thread's own job is what Ctrl-C may well cut off.
    alone = running - {threading.get_ident()}
    assert not alone
signal.signal(signal.SIGINT, signal.SIG_IGN)
presser.join()
print("done")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX is a signal sent this way")
def test_hundreds_of_ctrl_c() -> None:
    assert outcome(SIGNALS, "400") == "done"


def test_ctrl_c_is_raised_when_a_job_fails_as_well() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(KeyboardInterrupt):
        Team(2).run([interrupted, fail])


class Refusing(threading.Thread):
    """A thread that the system has no room for."""

    def start(self) -> None:
        raise RuntimeError("can't start new thread")


def test_a_thread_that_does_not_start_is_started_the_next_time() -> None:
    team, done = Team(3), list[int]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "Thread", Refusing)
        with pytest.raises(BacklitError, match=r"of the 3 threads .* no more than 1 run .*=1,"):
            team.run([lambda: done.append(1)] * 3)
    assert done == []
    team.run([lambda: done.append(1)] * 3)
    assert done == [1, 1, 1]


def in_child(work: Callable[[], object]) -> int:
    """How a child of a fork ends: with 0 if the work went well, by a signal if it hung."""
    child = os.fork()
    if child == 0:  # nothing here may raise: it would go on with the tests
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(60)
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


LAYERS = [bl.Conv2d(3, 3), bl.ReLU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(2)]
IMAGES = np.random.default_rng(0).standard_normal((8, 1, 6, 6)).astype(np.float32)


class Halfway:
    """Another thread that is in the middle of a job of the team, or just before it."""

    def __init__(self, patch: pytest.MonkeyPatch, where: type, method: str) -> None:
        self.there, self.on = threading.Event(), threading.Event()
        original = getattr(where, method)

        def wait(*arguments: object) -> object:
            if threading.current_thread() is not threading.main_thread():
                self.there.set()
                assert self.on.wait(300)
            return original(*arguments)

        patch.setattr(where, method, wait)

    def during(self, work: Callable[[], object], here: Callable[[], object]) -> None:
        """Do something here while the other thread is halfway through its work."""
        thread = threading.Thread(target=work)
        thread.start()
        try:
            assert self.there.wait(300)
            here()
        finally:
            self.on.set()
            thread.join()


@FORKS
@FORK_WARNING
@pytest.mark.parametrize(("where", "method"), [(Team, "_wake"), (Runner, "run")])
def test_a_child_computes_though_another_thread_was_computing(
    where: type, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_THREADS", "2")
    net, other = (bl.Network((1, 6, 6), LAYERS, engine="fast", seed=seed) for seed in (0, 1))
    alone = Single((1, 6, 6), [bl.ReLU()], training=True)
    expected = [net.forward(IMAGES), other.forward(IMAGES), alone.forward(IMAGES, {})]

    def check() -> None:
        found = [net.forward(IMAGES), other.forward(IMAGES), alone.forward(IMAGES, {})]
        np.testing.assert_equal(found, expected)

    def fork() -> None:
        assert in_child(check) == 0

    for work in (lambda: net.forward(IMAGES), lambda: alone.forward(IMAGES, {})):
        with pytest.MonkeyPatch.context() as patch:
            Halfway(patch, where, method).during(work, fork)
    check()
