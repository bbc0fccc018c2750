"""Processes that share a cache compile one after the other, so that none repeats another's work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backlit.system.locking import FolderLock

from . import store

_LOOK = 0.05  # seconds between two looks whether it is our turn
_PATIENCE = 120.0  # seconds without a new kernel, after which a process is believed to have stopped


@contextmanager
def turn(progress: Callable[[], object]) -> Iterator[None]:
    """Compile while no other process does, if there is a cache to share and it knows locks.

    A process that was killed keeps nobody waiting; one that was only stopped does for a while.

    Args:
        progress: called again and again while waiting; what it returns changes as long as the
            other process gets on.
    """
    lock = _lock()
    try:
        if lock is not None:
            _wait(lock, progress)
        yield
    finally:
        if lock is not None:
            lock.release()


def _lock() -> FolderLock | None:
    """The lock of the cache; None if nothing can be shared here."""
    folder = store.folder()
    try:
        store.make_folder()
    except OSError:
        return None
    return FolderLock(folder, folder.with_suffix(".lock")) if os.access(folder, os.W_OK) else None


def _wait(lock: FolderLock, progress: Callable[[], object]) -> None:
    seen, since = progress(), time.monotonic()
    while not lock.take():
        time.sleep(_LOOK)
        now = progress()
        if now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            return
