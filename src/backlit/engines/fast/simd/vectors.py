"""The types of the vocabulary: vectors of lanes, masks, and arithmetic on them as Python operators.

A kernel's author writes ``a * b + 1.0`` and ``where(z > 0.0, z, y)``.  Numba learns here what that
means: one LLVM instruction on all lanes at once.  A plain number beside a vector stands for a
vector of equal lanes.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

FLOAT, INTEGER, BIT = ir.FloatType(), ir.IntType(32), ir.IntType(1)
_ELEMENTS = {"float32": FLOAT, "int32": INTEGER, "mask": BIT}


class Vector(types.Type):
    """``lanes`` numbers that are computed with at once.

    Args:
        element: "float32", "int32" (whose shift to the right brings in zeros) or "mask".
        lanes: how many.
    """

    def __init__(self, element: str, lanes: int) -> None:
        self.element = element
        self.lanes = lanes
        super().__init__(name=f"vector({element} x {lanes})")

    @property
    def llvm(self) -> ir.VectorType:
        """The same in LLVM."""
        return ir.VectorType(_ELEMENTS[self.element], self.lanes)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, vector.llvm)


def splat(builder: Any, scalar: Any, lanes: int) -> Any:
    """Instructions for a vector with ``scalar`` in every lane."""
    kind = ir.VectorType(scalar.type, lanes)
    nothing = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(nothing, scalar, ir.Constant(INTEGER, 0))
    return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(INTEGER, lanes), None))


def as_vector(context: Any, builder: Any, value: Any, kind: types.Type, vector: Vector) -> Any:
    """Instructions for ``value`` as a vector: itself, or a plain number in every lane."""
    if isinstance(kind, Vector):
        return value
    scalar = getattr(types, vector.element)
    return splat(builder, context.cast(builder, value, kind, scalar), vector.lanes)


_COMPARISONS = {
    operator.gt: ">",
    operator.ge: ">=",
    operator.lt: "<",
    operator.le: "<=",
    operator.eq: "==",
    operator.ne: "!=",
}
_FLOAT_ARITHMETIC = {
    operator.add: "fadd",
    operator.sub: "fsub",
    operator.mul: "fmul",
    operator.truediv: "fdiv",
}
_INTEGER_ARITHMETIC = {
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.and_: "and_",
    operator.or_: "or_",
    operator.xor: "xor",
    operator.lshift: "shl",
    operator.rshift: "lshr",
}
_MASK_ARITHMETIC = {operator.and_: "and_", operator.or_: "or_", operator.xor: "xor"}
_ARITHMETIC = {
    "float32": _FLOAT_ARITHMETIC,
    "int32": _INTEGER_ARITHMETIC,
    "mask": _MASK_ARITHMETIC,
}


def _result(function: Any, left: types.Type, right: types.Type) -> Any:
    """The signature of ``left function right``; None if that is not for us."""
    vector = left if isinstance(left, Vector) else right
    if not isinstance(vector, Vector):
        return None
    for other in (left, right):
        if other != vector and not (isinstance(other, types.Number) and vector.element != "mask"):
            return None
    if function in _COMPARISONS:
        return signature(Vector("mask", vector.lanes), left, right)
    return signature(vector, left, right) if function in _ARITHMETIC[vector.element] else None


def _teach(function: Any) -> None:
    """Tell Numba the types of an operator on vectors, and how it is computed."""

    @infer_global(function)
    class _Typing(AbstractTemplate):
        def generic(self, args: tuple[types.Type, ...], kws: Any) -> Any:
            return _result(function, *args) if len(args) == 2 else None

    def lower(context: Any, builder: Any, sig: Any, args: tuple[Any, Any]) -> Any:
        left, right = sig.args
        vector = left if isinstance(left, Vector) else right
        first = as_vector(context, builder, args[0], left, vector)
        second = as_vector(context, builder, args[1], right, vector)
        return _instruction(builder, function, vector.element)(first, second)

    for pair in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
        lower_builtin(function, *pair)(lower)


def _instruction(builder: Any, function: Any, element: str) -> Any:
    if function not in _COMPARISONS:
        return getattr(builder, _ARITHMETIC[element][function])
    sign = _COMPARISONS[function]
    if element == "int32":
        return lambda left, right: builder.icmp_signed(sign, left, right)
    # NaN is greater, smaller and equal to nothing, and unequal to everything.
    compare = builder.fcmp_unordered if sign == "!=" else builder.fcmp_ordered
    return lambda left, right: compare(sign, left, right)


for _function in {*_COMPARISONS, *_FLOAT_ARITHMETIC, *_INTEGER_ARITHMETIC}:
    _teach(_function)
