"""From a kernel in Python to object code: Numba makes optimized LLVM of it, LLVM the rest.

The object code stands on its own: one visible symbol, nothing that it needs from Numba.  So it can
be kept in a file and loaded without Numba.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding
from numba import config, types
from numba.core.compiler_lock import global_compiler_lock

from backlit.errors import ConfigurationError

from .frontend import translated
from .kernel import Kernel
from .target import target_machine

# Numba's functions return a status and take two more pointers, for a result and an exception; a
# kernel has neither.
_ENTRY = """
define void @"{symbol}"(ptr %arguments) {{
  %result = alloca ptr
  %exception = alloca ptr
  %status = call i32 @"{body}"(ptr %result, ptr %exception, ptr %arguments)
  ret void
}}
"""
_ARGUMENTS = (types.CPointer(types.intp),)


def compile_kernel(kernel: Kernel) -> bytes:
    """The object code of a kernel for this processor.

    Raises:
        ConfigurationError: Numba was told not to compile.
    """
    if config.DISABLE_JIT:
        raise ConfigurationError(
            "the fast engine cannot compile its kernels while NUMBA_DISABLE_JIT is set: unset it, "
            'or choose the engine "pure"'
        )
    with global_compiler_lock:
        result = translated(kernel.body(), _ARGUMENTS, types.void)
        result.library.finalize()
        body = result.library.get_llvm_str()
    entry = _ENTRY.format(symbol=kernel.symbol, body=result.fndesc.llvm_func_name)
    module = binding.parse_assembly(body + entry)
    for function in module.functions:
        if not function.is_declaration and function.name != kernel.symbol:
            function.linkage = "internal"  # Numba's names are not unique among processes
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    _check_complete(module, kernel)
    code: bytes = target_machine().emit_object(module)
    return code


def _check_complete(module: Any, kernel: Kernel) -> None:
    """Make sure that a kernel needs no function that only Numba or Python could give it."""
    needed = {each.name for each in module.functions if each.is_declaration}
    outside = {name for name in needed if not name.startswith("llvm.")} - {"memset", "memcpy"}
    if outside:
        raise RuntimeError(f"the kernel {kernel.writer} calls {', '.join(sorted(outside))}")
