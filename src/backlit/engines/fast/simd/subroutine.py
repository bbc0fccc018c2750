"""Functions inside a kernel.

Numba's own ways, one ``@njit`` function calling another or ``@register_jitable``, make each of them
callable from Python and into machine code on its own first.  A kernel needs neither.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from numba.core.typing import signature as typed
from numba.extending import intrinsic

from backlit.engines.fast.compiling.frontend import translated


def subroutine(function: Callable[..., Any]) -> Any:
    """``function``, so that kernels and other subroutines can call it, with any types.

    It is translated once for all arguments of the same types.
    """
    known: dict[Any, Any] = {}

    def result(*arguments: Any) -> Any:
        if arguments not in known:
            known[arguments] = translated(function, arguments)
        found = known[arguments]

        def generate(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            context.active_code_library.add_linking_library(found.library)
            return context.call_internal(builder, found.fndesc, sig, values)

        return typed(found.signature.return_type, *arguments), generate

    # An intrinsic tells its number of arguments by its own, which follow ``typing``.
    names = ", ".join(f"a{k}" for k in range(len(signature(function).parameters)))
    space: dict[str, Any] = {"result": result}
    exec(f"def call(typing, {names}): return result({names})", space)
    return intrinsic(space["call"])
