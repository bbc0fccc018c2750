"""The threads of the engine: few, asleep until there is work, safe after a fork."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from queue import SimpleQueue

from backlit.errors import BacklitError, ConfigurationError
from backlit.system.forking import renew_in_children

VARIABLE = "BACKLIT_THREADS"
_GROUPS = Path("/sys/fs/cgroup")
Job = Callable[[], None]


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
        self.renew()
        renew_in_children(self)

    def renew(self) -> None:
        """Begin without threads: a child that was just forked has none but its own."""
        self._queues: list[SimpleQueue[_Order]] = []
        self._lock = threading.Lock()

    def run(self, jobs: Sequence[Job], give_up: Job = lambda: None) -> None:
        """Run jobs, at most one for each thread, and wait for all of them.

        Ctrl-C does not leave the others alone with what they are doing: it is raised when they have
        ended.

        Args:
            jobs: what to do side by side; the first is the caller's.
            give_up: called if the caller's own job fails, or Ctrl-C comes, so that jobs that wait
                for it end, too.  It may be called more than once, and must not fail.

        Raises:
            BacklitError: the system starts no more threads.
        """
        if len(jobs) == 1:
            jobs[0]()
            return
        if not jobs:
            return
        with self._lock:
            self._wake()
            pairs = zip(self._queues, jobs[1:], strict=False)
            bell: SimpleQueue[None] = SimpleQueue()
            orders = [(queue, _Order(job, bell)) for queue, job in pairs]
            problem: BaseException | None = None
            ended = False
            while not ended:  # Ctrl-C may come between any two lines; then everything is done again
                try:
                    if problem is not None:
                        give_up()
                    for queue, order in orders:
                        queue.put(order)
                    if problem is None:
                        jobs[0]()
                    for _, order in orders:
                        while not order.ended:
                            bell.get()
                    ended = True
                except BaseException as failure:
                    problem = failure
        for _, order in orders:
            problem = problem or order.problem
        if problem is not None:
            try:
                raise problem
            finally:
                del problem, orders  # else the error and this call would keep each other alive

    def _wake(self) -> None:
        """Start the threads that are missing."""
        while len(self._queues) < self.size - 1:
            queue: SimpleQueue[_Order] = SimpleQueue()
            count = len(self._queues) + 1
            name = f"backlit-{count}"
            thread = threading.Thread(target=_work, args=(queue,), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError as problem:
                raise BacklitError(
                    f"of the {self.size} threads of the fast engine the system lets no more than "
                    f"{count} run ({problem}): set {VARIABLE}={count}, or allow this process more"
                ) from None
            self._queues.append(queue)


def team() -> Team:
    """One team for everything: more threads than processors would be in each other's way."""
    return _team(thread_count())


@cache
def _team(size: int) -> Team:
    return Team(size)


def _work(queue: SimpleQueue[_Order]) -> None:
    while True:
        queue.get().carry_out()


class _Order:
    """A job for another thread, and what has become of it.

    Ctrl-C may cut off the one who orders at any point, and nothing may be lost by it.  So an order
    can be given again, and is carried out once; and the bell only wakes the one who waits, while
    what has ended is known from here, however often it is asked.
    """

    def __init__(self, job: Job, bell: SimpleQueue[None]) -> None:
        self._job, self._bell = job, bell
        self._begun = False
        self.ended = False
        self.problem: BaseException | None = None

    def carry_out(self) -> None:
        """Run the job; called by one thread only."""
        if self._begun:
            return
        self._begun = True
        try:
            self._job()
        except BaseException as problem:
            self.problem = problem
        self.ended = True
        self._bell.put(None)
