"""The operating system's lock on a folder, which keeps other processes out while one works in it.

It goes with its process, however that ends, so nothing that is left behind ever keeps anybody out;
and it leaves no file behind, except on Windows, where a folder cannot be locked.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class FolderLock:
    """A lock on a folder.  Where there is nothing to lock, or no locks, everybody may go on.

    Args:
        folder: what is locked.
        file: what is locked on Windows instead, and made for it.
    """

    def __init__(self, folder: Path, file: Path) -> None:
        self._place = file if sys.platform == "win32" else folder
        self._handle: int | None = None

    def take(self) -> bool:
        """Take the lock without waiting; whether that worked, or there is none to be had."""
        try:
            self._handle = _opened(self._place)
        except OSError:
            return True
        try:
            _lock(self._handle)
        except OSError as problem:
            self.release()
            return problem.errno not in _TAKEN
        return True

    def release(self) -> None:
        """Let others in again."""
        # Forgotten first: Ctrl-C may come at any moment, and a handle that was closed once may be
        # somebody else's when it is closed again.
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def _opened(place: Path) -> int:
    if sys.platform == "win32":
        return os.open(place, os.O_RDWR | os.O_CREAT)
    return os.open(place, os.O_RDONLY)


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
