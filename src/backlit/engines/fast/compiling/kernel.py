"""What a kernel is before it is machine code: its writer, and the constants baked into it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[3]  # backlit/
# The files that machine code depends on, below it.
SOURCES = (
    "engines/fast/simd/*.py",
    "engines/fast/compiling/*.py",
    "engines/fast/kernels/*.py",
    "pure/window.py",
)

Body = Callable[[Any], None]  # a kernel in Python: takes a pointer to its arguments


@dataclass(frozen=True)
class Kernel:
    """A kernel for one combination of constants, such as the shapes of a layer.

    The writer is named, not given, so that a kernel that is in the cache can be used without
    importing Numba and the module that writes it.

    Attributes:
        writer: "module:function" below ``engines/fast/kernels``, such as "pooling:max_forward"; the
            function takes the constants and returns the kernel's body.
        constants: name and value of each constant, such as shapes; their ``repr`` identifies them.
    """

    writer: str
    constants: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, writer: str, **constants: Any) -> Kernel:
        """The kernel of a writer for these constants."""
        return cls(writer, tuple(sorted(constants.items())))

    def body(self) -> Body:
        """The kernel in Python."""
        module, function = self.writer.split(":")
        write = getattr(import_module(f"backlit.engines.fast.kernels.{module}"), function)
        body: Body = write(**dict(self.constants))
        return body

    @property
    def symbol(self) -> str:
        """The name under which its machine code is found in an object file."""
        return f"backlit_{self.key}"

    @cached_property
    def key(self) -> str:
        """What tells this kernel's machine code from that of all others, on this processor."""
        parts = "\n".join([environment(), self.writer, repr(self.constants)])
        return hashlib.sha256(parts.encode()).hexdigest()[:40]


@cache
def environment() -> str:
    """Everything besides the kernel itself that its machine code depends on."""
    import llvmlite
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    processor = [binding.get_default_triple(), binding.get_host_cpu_name(), features.flatten()]
    return "\n".join([_source_hash(), llvmlite.__version__, _numba_version(), *processor])


def _numba_version() -> str:
    """Read without importing Numba, which takes half a second."""
    from importlib.metadata import version

    return version("numba")


def sources() -> list[Path]:
    """The files that machine code depends on."""
    return [path for pattern in SOURCES for path in sorted(PACKAGE.glob(pattern))]


def _source_hash() -> str:
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
