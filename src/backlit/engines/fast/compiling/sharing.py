"""Processes that share a cache compile one after the other, so that none repeats another's work."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import store

_LOOK = 0.05  # seconds between two looks whether it is our turn
_PATIENCE = 120.0  # seconds without a new kernel, after which a process is believed to have stopped
_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


@contextmanager
def turn(progress: Callable[[], object]) -> Iterator[None]:
    """Compile while no other process does, if there is a cache to share and it knows locks.

    The operating system's lock ends with its process, so a process that was killed keeps nobody
    waiting; one that was only stopped does for a while.

    Args:
        progress: called again and again while waiting; what it returns changes as long as the
            other process gets on.
    """
    handle = _opened()
    try:
        if handle is not None:
            _wait(handle, progress)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _opened() -> int | None:
    """What is locked; None if nothing can be shared here."""
    try:
        store.make_folder()
        folder = store.folder()
        if not os.access(folder, os.W_OK):
            return None
        if sys.platform == "win32":
            return os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
        return os.open(folder, os.O_RDONLY)
    except OSError:
        return None


def _wait(handle: int, progress: Callable[[], object]) -> None:
    seen, since = progress(), time.monotonic()
    while not _locked(handle):
        time.sleep(_LOOK)
        now = progress()
        if now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > _PATIENCE:
            return


def _locked(handle: int) -> bool:
    """Whether no other process has the lock; so it is where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        return problem.errno not in _TAKEN
    return True
