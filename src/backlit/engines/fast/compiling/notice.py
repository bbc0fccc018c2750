"""Saying that kernels are being compiled: never silently, since it takes seconds."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_PATIENCE = 0.7  # seconds: what is done sooner needs no word


class Notice:
    """Tells on standard error what is compiled and how long it took.

    Args:
        count: how many kernels are missing.
        distrust: why the cache is not used, if it is not.

    Attributes:
        kept: whether everything could be written to the cache.
    """

    def __init__(self, count: int, distrust: str | None = None) -> None:
        self.count = count
        self.distrust = distrust
        self.done = 0
        self.kept = True
        self._start = time.perf_counter()
        self._live = bool(sys.stderr) and sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> Notice:
        return self

    def wait(self) -> None:
        """Another process may be at it."""
        self._show("backlit: waiting for another process that compiles kernels")

    def begin(self, count: int) -> None:
        """It is this process's turn, and so many kernels are missing still."""
        self.count = count
        if count:
            self._start = time.perf_counter()
            self._count_off()

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
            print(f"backlit: {self._outcome(seconds)}", file=sys.stderr)

    def _outcome(self, seconds: float) -> str:
        if not self.count:
            return f"waited {seconds:.1f} s for another process that compiled kernels"
        end = "kept for the next time" if self.kept else "and the cache could not be written"
        if self.distrust:
            end = f"and not kept, since {self.distrust}"
        kernels = "1 kernel" if self.count == 1 else f"{self.count} kernels"
        return f"compiled {kernels} in {seconds:.1f} s, {end}"

    def _show(self, text: str) -> None:
        """A line in place of the one before."""
        if self._live:
            print("\r" + text.ljust(self._width) + "\r", end="", file=sys.stderr, flush=True)
            self._width = len(text)
