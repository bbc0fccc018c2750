"""The cache on disk: one file of object code for each kernel.

A file carries a checksum and is replaced in one step, so that it can be believed whoever wrote it,
and whenever.  A cache that cannot be read or written only costs time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

VARIABLE = "BACKLIT_CACHE"
_MAGIC = b"backlit kernel 1\n"
_DIGEST = hashlib.sha256().digest_size


def cache_folder() -> Path:
    """The folder of compiled kernels: below ``BACKLIT_CACHE``, or the user's own cache."""
    asked = os.environ.get(VARIABLE)
    if asked:
        return Path(asked) / "kernels"
    from platformdirs import user_cache_path

    return user_cache_path("backlit", appauthor=False) / "kernels"


def read(key: str) -> bytes | None:
    """The object code kept under a key; None if there is none, or it is not whole."""
    try:
        content = _path(key).read_bytes()
    except (OSError, RuntimeError):
        return None
    head = len(_MAGIC) + _DIGEST
    code = content[head:]
    if content[:head] != _MAGIC + hashlib.sha256(code).digest():
        return None
    return code


def write(key: str, code: bytes) -> bool:
    """Keep object code under a key; whether that worked."""
    path = _path(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
    except (OSError, RuntimeError):
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + hashlib.sha256(code).digest() + code)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        return False
    return True


def _path(key: str) -> Path:
    return cache_folder() / f"{key}.kernel"
