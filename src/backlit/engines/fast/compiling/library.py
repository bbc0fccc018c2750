"""Where kernels come from: memory, else the cache on disk, else the compiler."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from llvmlite import binding

from backlit.engines.fast.threads import thread_count
from backlit.system.forking import make_forks_wait_for

from . import store
from .kernel import Kernel
from .notice import Notice
from .sharing import turn
from .target import target_machine

_lock = threading.RLock()
make_forks_wait_for(_lock)  # what LLVM and Numba are in the middle of cannot be renewed
_addresses: dict[Kernel, int] = {}
_engines: list[Any] = []  # what the machine code in memory belongs to; more goes to the last one


def addresses(kernels: Iterable[Kernel]) -> dict[Kernel, int]:
    """Where the machine code of each kernel lies in memory, compiled if need be.

    A kernel is loaded once in a process, and compiled once for all that share a cache, also if they
    ask for it at the same time.

    Raises:
        ConfigurationError: a kernel has to be compiled, and Numba was told not to.
    """
    wanted = list(dict.fromkeys(kernels))
    with _lock:
        missing = [each for each in wanted if each not in _addresses and not _kept(each)]
        if missing:
            _compile(missing)
        return {kernel: _addresses[kernel] for kernel in wanted}


def _compile(kernels: list[Kernel]) -> None:
    with Notice(len(kernels), store.distrust()) as notice:

        def progress() -> int:
            notice.wait()
            return sum(store.holds(kernel.key) for kernel in kernels)

        with turn(progress):
            missing = [kernel for kernel in kernels if not _kept(kernel)]
            notice.begin(len(missing))
            if missing:
                _compile_now(missing, notice)


def _compile_now(kernels: list[Kernel], notice: Notice) -> None:
    from .helpers import compiled

    for kernel, code in compiled(kernels, thread_count()):
        notice.next(kernel.writer)
        notice.kept &= store.write(kernel.key, code)
        if not _load(kernel, code):
            raise RuntimeError(f"the machine code of {kernel.writer} cannot be loaded")
    store.tidy()


def _kept(kernel: Kernel) -> bool:
    """Whether a kernel could be loaded from the cache."""
    code = store.read(kernel.key)
    return code is not None and _load(kernel, code)


def _load(kernel: Kernel, code: bytes) -> bool:
    """Put object code into memory; whether it is that of the kernel."""
    if not _engines:
        _begin_engine()
    engine = _engines[-1]
    try:
        engine.add_object_file(binding.ObjectFileRef.from_data(code))
        engine.finalize_object()
        address = engine.get_function_address(kernel.symbol)
    except (RuntimeError, ValueError):
        address = 0
    if not address:
        _begin_engine()  # nothing of what is wrong in this one may reach the next kernel
        return False
    _addresses[kernel] = address
    return True


def _begin_engine() -> None:
    """One engine for many kernels: one for each would take ten times as long, and more memory."""
    _engines.append(binding.create_mcjit_compiler(binding.parse_assembly(""), target_machine()))
