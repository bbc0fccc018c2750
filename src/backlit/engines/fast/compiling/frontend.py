"""From a function in Python to optimized LLVM code, which is Numba's part of compiling.

Only what kernels are made of is asked of Numba, with as little work as that takes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from llvmlite import binding
from numba.core import compiler, typed_passes, untyped_passes
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager
from numba.core.cpu_options import FastMathOptions
from numba.core.registry import cpu_target
from numba.core.typing import Context

from .options import OPTIONS

# What Numba has to do with a function.  Of its usual passes those are left out that look for what
# no kernel has: inner functions, `with`, exceptions, lists and arrays whose operations could be
# fused.
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


class _Types(Context):  # type: ignore[misc]
    """Numba's knowledge of types, which remembers what it found out.

    Numba asks anew for each + of two numbers what type their sum is, and tries what NumPy, lists
    and strings have to say about it: a seventh of the time that compiling takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[Any, Any] = {}

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """The signature of a function for arguments of these types."""
        question = func, args
        if kws or isinstance(func, str):  # the latter with plain values, such as a slice
            return super().resolve_function_type(func, args, kws)
        if question not in self._found:
            found = super().resolve_function_type(func, args, kws)
            if found is None:  # so far
                return None
            self._found[question] = found
        return self._found[question]


def translated(function: Callable[..., Any], arguments: tuple[Any, ...], result: Any = None) -> Any:
    """Numba's result: the function's signature and description, and its library of LLVM code.

    Args:
        function: in Python.
        arguments: Numba's types of its arguments.
        result: that of what it returns; None if it shall be found out.
    """
    with global_compiler_lock, _without_collecting():
        return compiler.compile_extra(
            _context().typing_context,
            _context(),
            function,
            arguments,
            result,
            _flags(),
            {},
            pipeline_class=_Passes,
        )


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


@cache
def _context() -> Any:
    """Numba's way to compile for later: nothing becomes machine code in this process."""
    context = cpu_target.target_context.with_aot_codegen(
        "backlit", cpu_name=binding.get_host_cpu_name()
    )
    return context.subtarget(typing_context=_Types())


def _flags() -> Any:
    flags = compiler.Flags()
    flags.no_cpython_wrapper = True
    flags.no_cfunc_wrapper = True
    flags.no_compile = True
    flags.error_model = OPTIONS["error_model"]
    flags.fastmath = FastMathOptions(OPTIONS["fastmath"])
    flags.boundscheck = OPTIONS["boundscheck"]
    return flags
