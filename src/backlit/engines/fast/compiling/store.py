"""The cache on disk: one file of object code for each kernel.

A file carries a checksum and is replaced in one step, so it is whole or it is not used.  Whether
it is meant well no checksum can say: what is in the folder is run.  So a folder is used only if
nobody else can write to it.  A cache that cannot be read or written only costs time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from backlit.errors import RunError
from backlit.system.cache import cache_folder
from backlit.system.writing import write_atomically

LARGEST = 500_000_000  # bytes in the folder, after which the files used least recently go
_MAGIC = b"backlit kernel 1\n"
_DIGEST = hashlib.sha256().digest_size
_DAY = 86_400  # seconds
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def folder() -> Path:
    """Where compiled kernels are kept."""
    return cache_folder() / "kernels"


def distrust() -> str | None:
    """Why the folder is not used, if somebody else could have put files into it."""
    if not hasattr(os, "geteuid"):
        return None
    place = folder()
    try:
        status = place.stat()
    except OSError:
        return None
    if status.st_uid not in (os.geteuid(), 0):
        return f"{place} belongs to another user"
    if status.st_mode & _OTHERS:
        return f"others may write to {place}"
    return None


def read(key: str) -> bytes | None:
    """The object code kept under a key; None if there is none, or it is not whole."""
    path = _path(key)
    if distrust():
        return None
    try:
        content = path.read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + _DIGEST
    code = content[head:]
    if content[:head] != _MAGIC + hashlib.sha256(code).digest():
        return None
    with suppress(OSError):  # the time of a file says when it was used last, to a day
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)
    return code


def holds(key: str) -> bool:
    """Whether something is kept under a key."""
    return _path(key).is_file()


def write(key: str, code: bytes) -> bool:
    """Keep object code under a key; whether that worked."""
    path = _path(key)
    if distrust():
        return False
    try:
        make_folder()
        content = _MAGIC + hashlib.sha256(code).digest() + code
        # The checksum tells what a power cut has done.
        write_atomically(path, content, private=True, durable=False)
    except (OSError, RunError):
        return False
    return True


def make_folder() -> None:
    """The folder, in which only its owner may write."""
    place = folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)


def tidy() -> None:
    """Take away the files that were used least recently, if the folder has become too large."""
    files = []
    with suppress(OSError):
        for path in folder().iterdir():
            with suppress(OSError):  # another process takes files away at the same time
                status = path.stat()
                if stat.S_ISREG(status.st_mode):
                    files.append((status.st_mtime, status.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= LARGEST:
            return
        with suppress(OSError):
            path.unlink()
            total -= size


def _path(key: str) -> Path:
    return folder() / f"{key}.kernel"
