"""From a kernel in Python to object code: Numba makes optimized LLVM of it, LLVM the rest.

The object code stands on its own: one visible symbol, nothing that it needs from Numba.  So it can
be kept in a file and loaded without Numba.
"""

from __future__ import annotations

from llvmlite import binding
from numba import cfunc, types

from .kernel import Kernel
from .options import OPTIONS
from .target import target_machine

_SIGNATURE = types.void(types.CPointer(types.intp))


def compile_kernel(kernel: Kernel) -> bytes:
    """The object code of a kernel for this processor."""
    compiled = cfunc(_SIGNATURE, **OPTIONS)(kernel.body())
    module = binding.parse_assembly(compiled.inspect_llvm())
    entry = compiled.native_name
    for function in module.functions:
        if not function.is_declaration:
            # Numba's names are not unique among processes, so only the entry may be seen.
            function.linkage = "external" if function.name == entry else "internal"
    module.get_function(entry).name = kernel.symbol
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    code: bytes = target_machine().emit_object(module)
    return code
