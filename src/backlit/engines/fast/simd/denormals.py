"""Denormal numbers, below 2⁻¹²⁶ = 1.2·10⁻³⁸: taken for 0 while kernels run.

A processor may need a hundred times longer for an operation on a denormal number, and errors that
fade layer by layer are full of them.  No network learns from such a number.  The processor's mode
belongs to the thread, so it is put back as it was before the thread goes on with something else.

Sources: Intel, "64 and IA-32 Architectures Software Developer's Manual", volume 1, section 10.2.3
(MXCSR, bits 6 and 15); Arm, "Architecture Reference Manual", register FPCR (bit 24).
"""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

X86 = platform.machine().lower() in ("x86_64", "amd64", "i686", "x86")
ARM = platform.machine().lower() in ("aarch64", "arm64")
_MODE = ir.IntType(32)
_BITS = (1 << 6 | 1 << 15) if X86 else 1 << 24  # denormal inputs are 0, denormal results become 0


@intrinsic
def flush_denormals(typing: Any) -> Any:
    """Take denormal numbers for 0 from now on; returns the mode before."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        before = _read(builder)
        _write(builder, builder.or_(before, ir.Constant(_MODE, _BITS)))
        return before

    return types.int32(), generate


@intrinsic
def restore_mode(typing: Any, mode: Any) -> Any:
    """Go back to a mode that :func:`flush_denormals` returned."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _write(builder, args[0])
        return context.get_dummy_value()

    return types.void(types.int32), generate


def _read(builder: Any) -> Any:
    if X86:
        place = builder.alloca(_MODE)
        _call(builder, "llvm.x86.sse.stmxcsr", place)
        return builder.load(place)
    if ARM:
        kind = ir.FunctionType(ir.IntType(64), [])
        value = builder.asm(kind, "mrs $0, fpcr", "=r", [], side_effect=True)
        return builder.trunc(value, _MODE)
    return ir.Constant(_MODE, 0)


def _write(builder: Any, mode: Any) -> None:
    if X86:
        place = builder.alloca(_MODE)
        builder.store(mode, place)
        _call(builder, "llvm.x86.sse.ldmxcsr", place)
    elif ARM:
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64)])
        value = builder.zext(mode, ir.IntType(64))
        builder.asm(kind, "msr fpcr, $0", "r", [value], side_effect=True)


def _call(builder: Any, name: str, place: Any) -> None:
    pointer = ir.IntType(8).as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [pointer])
    function = builder.module.declare_intrinsic(name, fnty=kind)
    builder.call(function, [builder.bitcast(place, pointer)])
