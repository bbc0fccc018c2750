"""The threads of the engine: few, asleep until there is work, safe after a fork."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from queue import SimpleQueue

from backlit.errors import ConfigurationError

VARIABLE = "BACKLIT_THREADS"
_GROUPS = Path("/sys/fs/cgroup")
Job = Callable[[], None]
_Order = tuple[Job, "SimpleQueue[BaseException | None]"]  # what to do, and where to say it is done


def thread_count() -> int:
    """As many threads as this process may use: ``BACKLIT_THREADS``, else its share of processors.

    Counts the processors of its affinity mask, and at most those that its control group allows.

    Raises:
        ConfigurationError: the variable is no number of at least 1.
    """
    asked = os.environ.get(VARIABLE)
    if asked:
        if not asked.isdecimal() or int(asked) < 1:
            raise ConfigurationError(f"{VARIABLE} must be a number of at least 1, got {asked!r}")
        return int(asked)
    if hasattr(os, "sched_getaffinity"):
        available = len(os.sched_getaffinity(0))
    else:
        available = os.cpu_count() or 1
    quota = _quota()
    return max(1, min(available, quota) if quota else available)


def _quota() -> int | None:
    """Processors that the control group allows (Linux, both versions); None if all of them."""
    try:
        amount, period = (_GROUPS / "cpu.max").read_text(encoding="ascii").split()[:2]
    except (OSError, ValueError):
        try:
            amount = (_GROUPS / "cpu/cpu.cfs_quota_us").read_text(encoding="ascii").strip()
            period = (_GROUPS / "cpu/cpu.cfs_period_us").read_text(encoding="ascii").strip()
        except OSError:
            return None
    if not amount.isdecimal() or not period.isdecimal() or int(period) == 0:
        return None
    return max(1, -(-int(amount) // int(period)))


class Team:
    """Threads that run jobs side by side; the caller is one of them.

    The others sleep between jobs and end with the process.  After a fork, the child's first jobs
    start new ones.

    Args:
        size: how many threads, the caller included.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._process = os.getpid()
        self._queues: list[SimpleQueue[_Order]] = []
        self._lock = threading.Lock()

    def run(self, jobs: Sequence[Job], give_up: Job = lambda: None) -> None:
        """Run jobs, at most one for each thread, and wait for all of them.

        Args:
            jobs: what to do side by side; the first is the caller's.
            give_up: called if the caller's own job fails, or Ctrl-C comes before it begins, so that
                jobs that wait for it end, too.
        """
        if len(jobs) == 1:
            jobs[0]()
            return
        if not jobs:
            return
        with self._lock:
            self._wake()
            done: SimpleQueue[BaseException | None] = SimpleQueue()
            problem: BaseException | None = None
            started = 0
            try:
                for queue, job in zip(self._queues, jobs[1:], strict=False):
                    started += 1
                    queue.put((job, done))
                jobs[0]()
            except BaseException:
                give_up()
                raise
            finally:
                problem = _outcome(done, started)
        if problem:
            raise problem

    def _wake(self) -> None:
        if self._process != os.getpid():
            self._process = os.getpid()
            self._queues = []
        while len(self._queues) < self.size - 1:
            queue: SimpleQueue[_Order] = SimpleQueue()
            self._queues.append(queue)
            name = f"backlit-{len(self._queues)}"
            threading.Thread(target=_work, args=(queue,), name=name, daemon=True).start()


def team() -> Team:
    """One team for everything: more threads than processors would be in each other's way."""
    return _team(thread_count())


@cache
def _team(size: int) -> Team:
    return Team(size)


def _work(queue: SimpleQueue[_Order]) -> None:
    while True:
        job, done = queue.get()
        try:
            job()
        except BaseException as problem:
            done.put(problem)
        else:
            done.put(None)


def _outcome(done: SimpleQueue[BaseException | None], count: int) -> BaseException | None:
    """What went wrong in so many jobs, once all have ended: Ctrl-C does not leave them alone."""
    problem: BaseException | None = None
    while count:
        try:
            problem = done.get() or problem
            count -= 1
        except KeyboardInterrupt as interrupt:
            problem = interrupt
    return problem
