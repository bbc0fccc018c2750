"""Where kernels come from: memory, else the cache on disk, else the compiler."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from llvmlite import binding

from backlit.fast.threads import thread_count

from . import store
from .kernel import Kernel
from .notice import Notice
from .target import target_machine

_lock = threading.Lock()
_addresses: dict[Kernel, int] = {}
_engines: list[Any] = []  # what the machine code in memory belongs to


def addresses(kernels: Iterable[Kernel]) -> dict[Kernel, int]:
    """Where the machine code of each kernel lies in memory, compiled if need be.

    A kernel is compiled once for all processes that share a cache, and loaded once in each.
    """
    wanted = list(dict.fromkeys(kernels))
    with _lock:
        missing = {}
        for kernel in wanted:
            if kernel not in _addresses:
                code = store.read(kernel.key)
                if code is None or not _load(kernel, code):
                    missing[kernel] = kernel.key
        if missing:
            _compile(list(missing))
        return {kernel: _addresses[kernel] for kernel in wanted}


def _compile(kernels: list[Kernel]) -> None:
    from .helpers import compiled

    with Notice(len(kernels)) as notice:
        for kernel, code in compiled(kernels, thread_count()):
            notice.next(kernel.name)
            notice.kept &= store.write(kernel.key, code)
            if not _load(kernel, code):
                raise RuntimeError(f"the machine code of {kernel.name} cannot be loaded")


def _load(kernel: Kernel, code: bytes) -> bool:
    """Put object code into memory; whether it is what it should be."""
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target_machine())
    try:
        engine.add_object_file(binding.ObjectFileRef.from_data(code))
        engine.finalize_object()
    except (RuntimeError, ValueError):
        return False
    address = engine.get_function_address(kernel.symbol)
    if not address:
        return False
    _engines.append(engine)
    _addresses[kernel] = address
    return True
