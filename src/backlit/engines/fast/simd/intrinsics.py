"""Vector operations as Numba intrinsics: loads, stores, arithmetic, choices, sums across lanes.

``intrinsics(lanes)`` gives them for one vector width.  All indices count numbers, not bytes, and
addresses need no alignment.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .vectors import FLOAT, INTEGER, Vector, as_vector, splat

FLOATS = types.CPointer(types.float32)
INTEGERS = types.CPointer(types.int32)
BYTES = types.CPointer(types.uint8)
ARGUMENTS = types.CPointer(types.intp)  # what every kernel is called with: addresses and counts
_POINTERS = {"float32": FLOATS, "int32": INTEGERS}


def address_of(builder: Any, pointer: Any, index: Any, kind: Any) -> Any:
    """Instructions for the address of ``pointer[index]`` as a pointer to ``kind``."""
    return builder.bitcast(builder.gep(pointer, [index]), kind.as_pointer())


def _pointer_argument(kind: Any, element: ir.Type) -> Any:
    """An intrinsic that takes argument number k of a kernel as a pointer."""

    @intrinsic
    def pointer(typing: Any, arguments: Any, k: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            number = builder.load(builder.gep(args[0], [args[1]]))
            return builder.inttoptr(number, element.as_pointer())

        return kind(ARGUMENTS, types.intp), generate

    return pointer


floats = _pointer_argument(FLOATS, FLOAT)
integers = _pointer_argument(INTEGERS, INTEGER)
longs = _pointer_argument(ARGUMENTS, ir.IntType(64))
octets = _pointer_argument(BYTES, ir.IntType(8))


@intrinsic
def call_address(typing: Any, address: Any, arguments: Any) -> Any:
    """Call the kernel at an address."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64).as_pointer()])
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [args[1]])
        return context.get_dummy_value()

    return types.void(types.intp, ARGUMENTS), generate


@cache
def intrinsics(lanes: int) -> SimpleNamespace:
    """The operations on vectors of so many lanes.

    Memory: ``load(p, i)``, ``store(p, i, v)``; ``load_some(p, i, n)``, ``store_some(p, i, v, n)``
    for the first n lanes only.  Making: ``splat(x)``, ``splat_int(k)``, ``zero()``, ``iota()``
    (0, 1, 2, …).  Arithmetic beyond the operators: ``fma(a, b, c)`` = a·b + c with one rounding
    where the processor can, ``where(mask, a, b)``, ``maximum``, ``minimum`` (NaN wins in both if it
    is there), ``sqrt``, ``absolute``, ``round_even``, ``truncate`` (to int32), ``to_float``.
    ``bits`` and ``from_bits`` look at a float32 as an int32 and back.  Across lanes: ``total(v)``
    the sum, ``largest(v)``, ``any_lane(mask)``.
    """
    vector, whole, mask = (Vector(kind, lanes) for kind in ("float32", "int32", "mask"))
    named: dict[str, Any] = {"lanes": lanes, "vector": vector}
    for part in (_memory, _making, _unary, _choosing, _across):
        named |= part(vector, whole, mask)
    return SimpleNamespace(**named)


def _memory(vector: Vector, whole: Vector, mask: Vector) -> dict[str, Any]:
    @intrinsic
    def load(typing: Any, p: Any, i: Any) -> Any:
        kind = whole if p == INTEGERS else vector

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.load(address_of(builder, args[0], args[1], kind.llvm), align=4)

        return kind(_POINTERS[kind.element], types.intp), generate

    @intrinsic
    def store(typing: Any, p: Any, i: Any, v: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            value = as_vector(context, builder, args[2], sig.args[2], vector)
            address = address_of(builder, args[0], args[1], value.type)
            builder.store(value, address, align=4)
            return context.get_dummy_value()

        return types.void(p, types.intp, v), generate

    @intrinsic
    def load_some(typing: Any, p: Any, i: Any, n: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return _masked(builder, vector, args[0], args[1], args[2], None)

        return vector(FLOATS, types.intp, types.intp), generate

    @intrinsic
    def store_some(typing: Any, p: Any, i: Any, v: Any, n: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            _masked(builder, vector, args[0], args[1], args[3], args[2])
            return context.get_dummy_value()

        return types.void(FLOATS, types.intp, vector, types.intp), generate

    return {"load": load, "store": store, "load_some": load_some, "store_some": store_some}


def _masked(builder: Any, vector: Vector, p: Any, i: Any, count: Any, value: Any) -> Any:
    """Load or store the first ``count`` lanes; memory beyond them is not touched."""
    lanes, kind = vector.lanes, vector.llvm
    numbers = ir.Constant(ir.VectorType(ir.IntType(64), lanes), list(range(lanes)))
    chosen = builder.icmp_signed("<", numbers, splat(builder, count, lanes))
    place = address_of(builder, p, i, kind)
    align = ir.Constant(INTEGER, 4)
    name = f"v{lanes}f32.p0"
    if value is None:
        load = ir.FunctionType(kind, [place.type, INTEGER, chosen.type, kind])
        function = cgutils.get_or_insert_function(builder.module, load, f"llvm.masked.load.{name}")
        return builder.call(function, [place, align, chosen, ir.Constant(kind, None)])
    store = ir.FunctionType(ir.VoidType(), [kind, place.type, INTEGER, chosen.type])
    function = cgutils.get_or_insert_function(builder.module, store, f"llvm.masked.store.{name}")
    return builder.call(function, [value, place, align, chosen])


def _making(vector: Vector, whole: Vector, mask: Vector) -> dict[str, Any]:
    def equal_lanes(kind: Vector) -> Any:
        @intrinsic
        def operation(typing: Any, number: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return as_vector(context, builder, args[0], sig.args[0], kind)

            return kind(number), generate

        return operation

    def constant(kind: Vector, value: Any) -> Any:
        @intrinsic
        def operation(typing: Any) -> Any:
            return kind(), lambda context, builder, sig, args: ir.Constant(kind.llvm, value)

        return operation

    return {
        "splat": equal_lanes(vector),
        "splat_int": equal_lanes(whole),
        "zero": constant(vector, None),
        "iota": constant(whole, list(range(whole.lanes))),
    }


def _unary(vector: Vector, whole: Vector, mask: Vector) -> dict[str, Any]:
    def through_llvm(function: str) -> Any:
        @intrinsic
        def operation(typing: Any, a: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return call_llvm(builder, function, vector, args)

            return vector(vector), generate

        return operation

    def converting(source: Vector, target: Vector, instruction: str) -> Any:
        @intrinsic
        def operation(typing: Any, a: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return getattr(builder, instruction)(args[0], target.llvm)

            return target(source), generate

        return operation

    return {
        "sqrt": through_llvm("sqrt"),
        "absolute": through_llvm("fabs"),
        "round_even": through_llvm("rint"),
        "truncate": converting(vector, whole, "fptosi"),
        "to_float": converting(whole, vector, "sitofp"),
        "bits": converting(vector, whole, "bitcast"),
        "from_bits": converting(whole, vector, "bitcast"),
    }


def call_llvm(builder: Any, function: str, vector: Vector, args: Any) -> Any:
    """Instructions for one of LLVM's functions on vectors."""
    kind = vector.llvm
    signature = ir.FunctionType(kind, [kind] * len(args))
    name = f"llvm.{function}.v{vector.lanes}f32"
    return builder.call(cgutils.get_or_insert_function(builder.module, signature, name), args)


def _choosing(vector: Vector, whole: Vector, mask: Vector) -> dict[str, Any]:
    @intrinsic
    def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            pairs = zip(args, sig.args, strict=True)
            vectors = [as_vector(context, builder, value, kind, vector) for value, kind in pairs]
            return call_llvm(builder, "fmuladd", vector, vectors)

        return vector(a, b, c), generate

    @intrinsic
    def where(typing: Any, condition: Any, a: Any, b: Any) -> Any:
        kind = next((each for each in (a, b) if isinstance(each, Vector)), vector)

        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            first = as_vector(context, builder, args[1], sig.args[1], kind)
            second = as_vector(context, builder, args[2], sig.args[2], kind)
            return builder.select(args[0], first, second)

        return kind(mask, a, b), generate

    def keeping(sign: str) -> Any:
        @intrinsic
        def operation(typing: Any, a: Any, b: Any) -> Any:
            """The first where it wins or is NaN, else the second, which may be NaN, too."""

            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                first = as_vector(context, builder, args[0], sig.args[0], vector)
                second = as_vector(context, builder, args[1], sig.args[1], vector)
                return _winner(builder, sign, first, second)

            return vector(a, b), generate

        return operation

    return {"fma": fma, "where": where, "maximum": keeping(">"), "minimum": keeping("<")}


def _winner(builder: Any, sign: str, first: Any, second: Any) -> Any:
    nan = builder.fcmp_unordered("uno", first, first)
    wins = builder.or_(builder.fcmp_ordered(sign, first, second), nan)
    return builder.select(wins, first, second)


def _halved(builder: Any, value: Any, lanes: int, combine: Any) -> Any:
    """Instructions that combine the upper half of the lanes with the lower until one is left."""
    while lanes > 1:
        lanes //= 2
        halves = [
            ir.Constant(ir.VectorType(INTEGER, lanes), list(range(start, start + lanes)))
            for start in (0, lanes)
        ]
        nothing = ir.Constant(value.type, ir.Undefined)
        low, high = (builder.shuffle_vector(value, nothing, half) for half in halves)
        value = combine(builder, low, high)
    return builder.extract_element(value, ir.Constant(INTEGER, 0))


def total(builder: Any, value: Any, lanes: int) -> Any:
    """Instructions for the sum of the lanes."""
    return _halved(builder, value, lanes, lambda b, low, high: b.fadd(low, high))


def _largest(builder: Any, value: Any, lanes: int) -> Any:
    return _halved(builder, value, lanes, lambda b, low, high: _winner(b, ">", low, high))


def _across(vector: Vector, whole: Vector, mask: Vector) -> dict[str, Any]:
    def of_lanes(instructions: Any) -> Any:
        @intrinsic
        def operation(typing: Any, a: Any) -> Any:
            def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
                return instructions(builder, args[0], vector.lanes)

            return types.float32(vector), generate

        return operation

    @intrinsic
    def any_lane(typing: Any, condition: Any) -> Any:
        def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            together = ir.IntType(mask.lanes)
            number = builder.bitcast(args[0], together)
            return builder.icmp_unsigned("!=", number, ir.Constant(together, 0))

        return types.boolean(mask), generate

    return {
        "total": of_lanes(total),
        "largest": of_lanes(_largest),
        "any_lane": any_lane,
    }
