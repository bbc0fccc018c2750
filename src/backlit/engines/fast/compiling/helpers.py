"""Compiling with all processors: this process and a few others share the kernels.

Numba compiles in one thread, so the others are processes (:mod:`.worker`).  They are a help and
nothing that is relied on: what one does not deliver, for whatever reason, is compiled here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from .kernel import PACKAGE, Kernel

_WORTH = 6  # kernels; compiling fewer takes no longer than starting a process
_MOST = 3
_LARGEST = 1 << 28  # bytes of object code; no kernel has a thousandth of that
_LENGTH = 8  # as in worker.py, which imports Numba
_Result = tuple[Kernel, bytes]


def compiled(kernels: Sequence[Kernel], processors: int) -> Iterator[_Result]:
    """Each kernel with its object code, in the order in which they are done.

    Args:
        kernels: what to compile.
        processors: how many may work.
    """
    pending = deque(kernels)
    results: SimpleQueue[_Result | None] = SimpleQueue()
    count = min(processors - 1, _MOST, len(kernels) // _WORTH)
    helpers = [Helper(pending, results) for _ in range(count)]
    try:
        from .compiler import compile_kernel  # imports Numba, while the others do so too

        missing = len(kernels)
        while missing:
            own = _taken(pending) if results.empty() else None
            if own is not None:
                result: _Result | None = own, compile_kernel(own)
            else:
                result = results.get()
            if result is not None:  # else a helper gave up, and what it had is pending again
                missing -= 1
                yield result
    finally:
        for helper in helpers:
            helper.stop()


class Helper:
    """A process that compiles, and the thread that hands it one kernel after the other.

    Args:
        pending: what is still to be compiled.
        results: where object code goes, and None if the helper gives up.
    """

    def __init__(self, pending: deque[Kernel], results: SimpleQueue[_Result | None]) -> None:
        self._pending, self._results = pending, results
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        with suppress(OSError, RuntimeError):  # no more processes, no more threads
            self._process = _start()
            thread = threading.Thread(target=self._work, daemon=True)
            thread.start()
            self._thread = thread

    def stop(self) -> None:
        """End the process, whatever it does, and the thread, which then waits for nothing."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._thread is not None:
            self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not written yet cannot be any more
                pipe.close()  # type: ignore[union-attr]

    def _work(self) -> None:
        while (kernel := _taken(self._pending)) is not None:
            code = self._ask(kernel)
            if not code:
                self._pending.append(kernel)
                self._results.put(None)
                return
            self._results.put((kernel, code))

    def _ask(self, kernel: Kernel) -> bytes:
        """The object code of a kernel; nothing if the process failed."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{(kernel.writer, kernel.constants)!r}\n".encode())
            process.stdin.flush()
            length = int.from_bytes(process.stdout.read(_LENGTH), "little")
            if length > _LARGEST:
                return b""
            code = process.stdout.read(length)
        except (OSError, ValueError):
            return b""
        return code if len(code) == length else b""


def _start() -> subprocess.Popen[bytes]:
    paths = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "backlit.engines.fast.compiling.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        cwd=Path(sys.executable).parent,
    )


def _taken(pending: deque[Kernel]) -> Kernel | None:
    try:
        return pending.popleft()
    except IndexError:
        return None
