"""What only one thread at a time may do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from .forking import renew_in_children


class Turns:
    """A lock, used as a context, that can be copied with what it belongs to.

    A copy has a lock of its own, and so has the child of a fork, where the thread that holds it
    may not exist.

    Args:
        forget: called in the child of a fork if a thread that is not there any more had the turn,
            so that nothing is left of what it was in the middle of.
    """

    def __init__(self, forget: Callable[[], object] | None = None) -> None:
        self._lock = threading.RLock()
        self._forget = forget
        renew_in_children(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Turns, ()

    def renew(self) -> None:
        """After a fork: end the turn of a thread that is not there any more."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
            return
        self._lock = threading.RLock()
        if self._forget is not None:
            self._forget()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()
