"""Fetching published data sets, once, into the user's cache."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from backlit.data.files import md5, reason
from backlit.data.published import Published
from backlit.errors import DataError

_TIMEOUT_SECONDS = 30
# pooch writes and reports chunk by chunk; its own 1 kB would mean 170,000 reports for CIFAR-10.
_CHUNK = 1 << 16


def fetch(known: Published, cache: Path, progress: bool = True) -> Path:
    """The folder with the data set's official files, downloading those that are not there yet.

    A file is downloaded to a temporary name beside its place, checked, and only then moved
    there; a broken transfer leaves nothing behind.  Each mirror is tried in turn.

    Raises:
        DataError: No mirror has sent the file intact, or the cache cannot be written.
    """
    folder = cache / known.name
    for name, published in known.downloads.items():
        path = folder / name
        if not (path.is_file() and md5(path.read_bytes()) == published):
            _download(known, path, published, progress)
    return folder


def _download(known: Published, path: Path, published: str, progress: bool) -> None:
    failures = []
    for mirror in known.mirrors:
        try:
            _retrieve(mirror + path.name, path, published, progress)
            return
        except (OSError, ValueError) as error:
            if _is_local(error):
                raise DataError(
                    f"the cache {path.parent} cannot be written "
                    f"({reason(error.__cause__ or error)}); name another one in BACKLIT_CACHE"
                ) from None
            failures.append(_failure(mirror, error))
    raise DataError(
        f"{path.name} of {known.title} could not be downloaded ({'; '.join(failures)}); "
        f"if you have a copy of {', '.join(known.downloads)}, name its folder with "
        "--data-dir FOLDER, data_dir=… or BACKLIT_DATA"
    )


def _is_local(error: Exception) -> bool:
    """Whether our own disk failed: what the network raises are OSErrors without an errno."""
    return isinstance(error, PermissionError) or getattr(error, "errno", None) is not None


def _failure(mirror: str, error: Exception) -> str:
    host = urlsplit(mirror).netloc
    response = getattr(error, "response", None)
    if response is not None:
        return f"{host} answered {response.status_code} {response.reason}"
    if isinstance(error, OSError):
        return f"{host} could not be reached or broke off"
    return f"what {host} sent has the wrong check sum"  # pooch's only ValueError


def _retrieve(url: str, path: Path, published: str, progress: bool) -> None:
    import pooch  # slow to import, so only here

    with _quiet(pooch.get_logger()), _bar(path.name, progress) as bar:
        pooch.retrieve(
            url,
            known_hash=f"md5:{published}",
            fname=path.name,
            path=path.parent,
            downloader=pooch.HTTPDownloader(
                progressbar=bar, chunk_size=_CHUNK, timeout=_TIMEOUT_SECONDS
            ),
        )


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep pooch from printing addresses and hashes beside our own progress."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _bar(name: str, visible: bool) -> Iterator[Any]:
    """A progress bar on standard error with the four methods that pooch asks for, or ``False``."""
    if not visible:
        yield False
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        yield _PoochBar(shown)


class _PoochBar:
    """What pooch calls a progress bar, drawn by rich."""

    def __init__(self, shown: Any) -> None:
        self._shown = shown
        self._task = shown.add_task("", total=None)

    @property
    def total(self) -> int:
        return int(self._shown.tasks[0].total or 0)

    @total.setter
    def total(self, size: int) -> None:
        self._shown.update(self._task, total=size or None)

    def update(self, size: int) -> None:
        self._shown.advance(self._task, size)

    def reset(self) -> None:
        self._shown.update(self._task, completed=0)

    def close(self) -> None:
        """Nothing to do: the bar closes with its context."""
