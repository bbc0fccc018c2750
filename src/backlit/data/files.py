"""Reading a data file whole, compressed or not, with errors that name it."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from backlit.errors import DataError

_GZIP_MAGIC = b"\x1f\x8b"


def read_file(path: Path) -> bytes:
    """The bytes of a file, uncompressed.

    Whether a file is compressed is seen from its first two bytes and not from its name: browsers
    like to save ``x.gz`` already unpacked.

    Raises:
        DataError: The file cannot be read, is cut off or fails its own check sum.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {reason(error)}") from None
    return unpack(data, path) if data.startswith(_GZIP_MAGIC) else data


def unpack(data: bytes, path: Path) -> bytes:
    """Undo gzip; ``path`` is for the message alone."""
    try:
        return gzip.decompress(data)
    except EOFError:
        raise DataError(f"{path} is cut off: its compressed data has no end") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is damaged: {reason(error)}") from None


def md5(data: bytes) -> str:
    """MD5, which is what the data sets' authors publish; no protection against an attacker."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def reason(error: BaseException) -> str:
    """The cause that an exception gives, as part of a sentence of ours."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = " ".join(said.split()).rstrip(".")
    return said or type(error).__name__
