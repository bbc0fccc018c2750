"""What only one thread at a time may do."""

from __future__ import annotations

import threading
from typing import Any

from backlit.system.forking import renew_in_children


class Turns:
    """A lock, used as a context, that can be copied with what it belongs to.

    A copy has a lock of its own, and so has the child of a fork, where the thread that holds it
    may not exist.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        renew_in_children(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Turns, ()

    def renew(self) -> None:
        """After a fork: forget the turn of a thread that is not there any more."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()
