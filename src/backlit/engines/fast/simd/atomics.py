"""What threads need to wait for each other: a counter that all of them see."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .denormals import ARM, X86
from .intrinsics import ARGUMENTS

_WORD = ir.IntType(64)


@intrinsic
def add_one(typing: Any, counter: Any) -> Any:
    """Add 1 to a counter; whatever this thread wrote before is seen by who then reads it."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.atomic_rmw("add", args[0], ir.Constant(_WORD, 1), "acq_rel")

    return types.intp(ARGUMENTS), generate


@intrinsic
def read(typing: Any, counter: Any) -> Any:
    """What a counter says now; whatever others wrote before they added to it is seen here."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load_atomic(args[0], "acquire", 8)

    return types.intp(ARGUMENTS), generate


@intrinsic
def pause(typing: Any) -> Any:
    """Tell the processor that this thread only waits."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [])
        if X86:
            builder.call(builder.module.declare_intrinsic("llvm.x86.sse2.pause", fnty=kind), [])
        elif ARM:
            builder.asm(kind, "yield", "", [], side_effect=True)
        return context.get_dummy_value()

    return types.void(), generate
