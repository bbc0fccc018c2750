"""Functions inside a kernel.

Numba's own way, one ``@njit`` function calling another, makes each of them callable from Python and
into machine code on its own first.  A kernel needs neither, and leaving it out halves the time that
compiling takes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from numba import types
from numba.core.typing import signature
from numba.extending import intrinsic

_numbers = count()


def subroutine(function: Callable[..., Any], *arguments: types.Type) -> Any:
    """``function`` of arguments of these types, without a result, which kernels can call."""
    sig = signature(types.void, *arguments)
    # Numba knows functions by their code; those that a writer makes differ only in their constants.
    function.__code__ = function.__code__.replace(co_name=f"subroutine{next(_numbers)}")

    def generate(context: Any, builder: Any, _: Any, args: Any) -> Any:
        context.compile_internal(builder, function, sig, args)
        return context.get_dummy_value()

    # An intrinsic tells its number of arguments by its own, which follow ``typing``.
    names = ", ".join(f"a{k}" for k in range(len(arguments)))
    space: dict[str, Any] = {"result": (sig, generate)}
    exec(f"def call(typing, {names}): return result", space)
    return intrinsic(space["call"])
