"""Saying that kernels are being compiled: never silently, since it takes seconds."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_PATIENCE = 0.7  # seconds: what is done sooner needs no word


class Notice:
    """Tells on standard error what is compiled and how long it took.

    Attributes:
        kept: whether everything could be written to the cache.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.done = 0
        self.kept = True
        self._start = time.perf_counter()
        self._live = bool(sys.stderr) and sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> Notice:
        self._count_off()
        return self

    def next(self, name: str) -> None:
        """Another kernel is done."""
        self.done += 1
        self._count_off(f": {name}")

    def _count_off(self, what: str = "") -> None:
        if self._live:
            self._show(f"backlit: compiling kernels, {self.done} of {self.count}{what}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._start
        self._show("")
        if kind is None and seconds > _PATIENCE and sys.stderr:
            end = "kept for the next time" if self.kept else "and the cache could not be written"
            kernels = "1 kernel" if self.count == 1 else f"{self.count} kernels"
            print(f"backlit: compiled {kernels} in {seconds:.1f} s, {end}", file=sys.stderr)

    def _show(self, text: str) -> None:
        """A line in place of the one before."""
        if self._live:
            print("\r" + text.ljust(self._width) + "\r", end="", file=sys.stderr, flush=True)
            self._width = len(text)
