"""Ctrl-C while training: it cuts a computation short, but never an update or a save."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """Holds SIGINT back, except inside ``with interrupts.allowed():``.

    A signal that arrives outside is kept until the next ``allowed`` begins.  It then does what it
    would have done without this class: usually raise KeyboardInterrupt.  Only the main thread
    receives signals, and a program that ignores SIGINT goes on ignoring it.

    Attributes:
        forced: whether a second signal came while the first was held back, as when a callback
            hangs.  It acts at once, perhaps in the middle of an update.
    """

    def __init__(self) -> None:
        self._previous: signal.Handlers | object = None
        self._open = False
        self._pending: tuple[int, FrameType | None] | None = None
        self.forced = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):  # and neither ignored, nor handled outside Python
                self._previous = previous
                signal.signal(signal.SIGINT, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if callable(self._previous):
            signal.signal(signal.SIGINT, self._previous)
        if kind is None:  # else something is on its way out already
            self._deliver()

    def allowed(self) -> Allowed:
        """A block that may be interrupted at any point."""
        return Allowed(self)

    def open(self) -> None:
        """From here on a signal acts at once, first of all one that was held back."""
        self._open = True
        try:
            self._deliver()
        except BaseException:
            self._open = False
            raise

    def close(self) -> None:
        """From here on signals are held back."""
        self._open = False

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.forced = self._pending is not None
        self._pending = (number, frame)
        if self._open or self.forced:
            self._deliver()

    def _deliver(self) -> None:
        if self._pending is not None and callable(self._previous):
            pending, self._pending = self._pending, None
            self._previous(*pending)


class Allowed:
    """The block in which an interrupt acts; see :meth:`Interrupts.allowed`."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts

    def __enter__(self) -> None:
        self._interrupts.open()

    def __exit__(self, *_: object) -> None:
        self._interrupts.close()
