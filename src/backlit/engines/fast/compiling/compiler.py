"""From a kernel in Python to object code: Numba makes optimized LLVM of it, LLVM the rest.

The object code stands on its own: one visible symbol, nothing that it needs from Numba.  So it can
be kept in a file and loaded without Numba.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from llvmlite import binding
from numba import config, types
from numba.core import compiler, typed_passes, untyped_passes
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager
from numba.core.cpu_options import FastMathOptions
from numba.core.registry import cpu_target

from backlit.errors import ConfigurationError

from .kernel import Kernel
from .options import OPTIONS
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


# What Numba has to do with a kernel.  Of its usual passes those are left out that look for what no
# kernel has: inner functions, `with`, exceptions, lists and arrays whose operations could be fused.
_PASSES = {
    "analyzing bytecode": untyped_passes.TranslateByteCode,
    "fix up args": untyped_passes.FixupArgs,
    "processing IR": untyped_passes.IRProcessing,
    "rewrite semantic constants": untyped_passes.RewriteSemanticConstants,
    "dead branch pruning": untyped_passes.DeadBranchPrune,
    "nopython rewrites": untyped_passes.GenericRewrites,
    "ssa": untyped_passes.ReconstructSSA,
    "dead branch pruning again": untyped_passes.DeadBranchPrune,
    "nopython frontend": typed_passes.NopythonTypeInference,
    "remove phis nodes": typed_passes.PreLowerStripPhis,
    "ensure IR is legal prior to lowering": typed_passes.IRLegalization,
    "annotate types": typed_passes.AnnotateTypes,
    "native lowering": typed_passes.NativeLowering,
    "nopython mode backend": typed_passes.NoPythonBackend,
}


class _Passes(compiler.CompilerBase):  # type: ignore[misc]
    """A compiler that does these passes, in this order."""

    def define_pipelines(self) -> list[PassManager]:
        """One pipeline, and no other to fall back to."""
        manager = PassManager("kernel")
        for about, each in _PASSES.items():
            manager.add_pass(each, about)
        manager.finalize()
        return [manager]


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
    with global_compiler_lock, _without_collecting():
        result = compiler.compile_extra(
            cpu_target.typing_context,
            _context(),
            kernel.body(),
            _ARGUMENTS,
            types.void,
            _flags(),
            {},
            pipeline_class=_Passes,
        )
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


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Collect no garbage meanwhile.

    Numba makes many thousands of small objects that refer to one another, and Python would walk
    through them all again and again: a sixth of the time that compiling takes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _check_complete(module: Any, kernel: Kernel) -> None:
    """Make sure that a kernel needs no function that only Numba or Python could give it."""
    needed = {each.name for each in module.functions if each.is_declaration}
    outside = {name for name in needed if not name.startswith("llvm.")} - {"memset", "memcpy"}
    if outside:
        raise RuntimeError(f"the kernel {kernel.writer} calls {', '.join(sorted(outside))}")


@cache
def _context() -> Any:
    """Numba's way to compile for later: nothing becomes machine code in this process."""
    return cpu_target.target_context.with_aot_codegen(
        "backlit", cpu_name=binding.get_host_cpu_name()
    )


def _flags() -> Any:
    flags = compiler.Flags()
    flags.no_cpython_wrapper = True
    flags.no_cfunc_wrapper = True
    flags.no_compile = True
    flags.error_model = OPTIONS["error_model"]
    flags.fastmath = FastMathOptions(OPTIONS["fastmath"])
    flags.boundscheck = OPTIONS["boundscheck"]
    return flags
