"""A lock on a run's folder: two processes that train in it at once would undo each other's work."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from backlit.errors import RunError
from backlit.system.locking import FolderLock

LOCK = ".lock"  # a file that only Windows needs: elsewhere the folder itself is locked


class RunLock:
    """The lock on a folder that is trained in."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock: FolderLock | None = None

    def take(self, folder: Path) -> None:
        """Take the lock of a folder.

        Raises:
            RunError: another process has it.
        """
        lock = FolderLock(folder, folder / LOCK)
        if not lock.take():
            raise RunError(
                f"another process is training in {folder}: wait for its end, or choose another "
                "folder"
            )
        self._folder, self._lock = folder, lock

    def release(self) -> None:
        """Let others in again."""
        if self._folder is None or self._lock is None:
            return
        self._lock.release()
        if sys.platform == "win32":
            with suppress(OSError):  # somebody else has it already
                (self._folder / LOCK).unlink()
        self._folder = self._lock = None
