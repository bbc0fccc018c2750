"""A lock on a run's folder: two processes that train in it at once would undo each other's work."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from backlit.errors import RunError

LOCK = ".lock"  # a file that only Windows needs: elsewhere the folder itself is locked
_TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class RunLock:
    """The operating system's lock on a folder.

    It lasts as long as the process at most, whatever ends it, so nothing that is left behind ever
    keeps anybody out.  Where a file system knows no locks, there is none.
    """

    def __init__(self) -> None:
        self._held: int | None = None
        self._folder: Path | None = None

    def take(self, folder: Path) -> None:
        """Take the lock of a folder.

        Raises:
            RunError: another process has it.
        """
        try:
            self._held = _opened(folder)
            self._folder = folder
            _lock(self._held)
        except OSError as problem:
            self.release()
            if problem.errno in _TAKEN and folder.is_dir() and os.access(folder, os.R_OK):
                raise RunError(
                    f"another process is training in {folder}: wait for its end, or choose another "
                    "folder"
                ) from None

    def release(self) -> None:
        """Let others in again."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
        if sys.platform == "win32" and self._folder is not None:
            with suppress(OSError):  # somebody else has it already
                (self._folder / LOCK).unlink()


def _opened(folder: Path) -> int:
    if sys.platform == "win32":
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT)
    return os.open(folder, os.O_RDONLY)


def _lock(handle: int) -> None:
    """Lock without waiting."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
