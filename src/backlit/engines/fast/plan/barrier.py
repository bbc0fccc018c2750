"""A barrier between the stages of a plan: no thread begins one before all have ended the last."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Sequence

import numpy as np

from backlit.engines.fast.compiling.kernel import Kernel

WAIT = Kernel.of("barrier:wait")
_LOOKS = 1000  # some tens of microseconds
_PATIENCE = 20  # times that, before a thread goes to sleep
_NAP = 5e-5  # seconds
_FREE = 1 << 60  # the counter of threads that need not wait any more
Work = Callable[[], None]


class Barrier:
    """Makes one job for each thread out of what the threads do in each stage.

    Args:
        threads: how many there are; all of them must run at the same time.
        code: where the machine code of :data:`WAIT` is.
    """

    def __init__(self, threads: int, code: int) -> None:
        self._threads = threads
        self._look = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(code)
        self._counter = np.zeros(1, np.int64)
        place = _address(self._counter)
        self._arguments = [np.array([1, place, 0, _LOOKS, 0, 0], np.int64) for _ in range(threads)]
        self._places = [_address(each) for each in self._arguments]

    def jobs(self, stages: Sequence[Sequence[Work]]) -> list[Work]:
        """What each thread is to do: its part of every stage, after that of all in the one before.

        Args:
            stages: of each stage what each thread does.
        """
        self._counter[0] = 0

        def job(thread: int) -> Work:
            def work() -> None:
                try:
                    for number, works in enumerate(stages):
                        if number:
                            self._wait(thread, number)
                        works[thread]()
                except BaseException:
                    self.give_up()
                    raise

            return work

        return [job(thread) for thread in range(self._threads)]

    def give_up(self) -> None:
        """Nobody waits any more for who will not come; what is computed then is worth nothing."""
        self._counter[0] = _FREE

    def _wait(self, thread: int, number: int) -> None:
        """Wait until all threads have come to a barrier, counted from 1."""
        arguments, place = self._arguments[thread], self._places[thread]
        arguments[2], arguments[4] = number * self._threads, 1
        self._look(place)
        tries = 0
        while not arguments[5]:
            tries += 1
            time.sleep(0 if tries < _PATIENCE else _NAP)
            self._look(place)


def _address(array: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    place: int = array.__array_interface__["data"][0]
    return place
