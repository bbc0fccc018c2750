"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from backlit.errors import RunError


def write_atomically(
    path: Path, content: bytes, *, private: bool = False, durable: bool = True
) -> None:
    """Write a file so that others see the old one or the new one, even if power fails.

    The bytes go to a neighbor first, reach the disk, and take the name in one step.  A link stays
    a link: the file that it leads to is replaced.

    Args:
        path: the file.
        content: all of its bytes.
        private: let nobody but the owner read or write it, whatever the process's mask says.
        durable: wait until they are on the disk; without it a file may be empty after a power cut.

    Raises:
        RunError: the file cannot be written, or something that is no file has its name.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a device, a pipe or a socket"
        raise RunError(f"{path} cannot be written: it is {what}, not a file")
    try:
        descriptor, neighbor = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            if not private:
                Path(neighbor).chmod(0o666 & ~_umask())
            Path(neighbor).replace(path)
        except BaseException:
            Path(neighbor).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise RunError(f"{path} cannot be written: {problem.strerror or problem}") from None


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
