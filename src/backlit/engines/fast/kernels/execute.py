"""The executor: walks through a program, a list of kernels with their arguments, for some units.

A program is an array of whole numbers.  Each step in it is

    address of the kernel, number of operands, then for each operand: address, bytes for each unit

and for ``count`` units from ``first`` on, the kernel is called with ``count`` and, for each
operand, its address moved on by ``first`` times its bytes for each unit.  Meanwhile denormal
numbers count as 0.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.denormals import flush_denormals, restore_mode
from backlit.engines.fast.simd.intrinsics import call_address, longs


def execute() -> Any:
    """Arguments: program, its number of steps, first unit, end, units at a time, scratch."""

    def body(a: Any) -> None:
        program = longs(a, 0)
        steps, first, end, chunk = a[1], a[2], a[3], a[4]
        arguments = longs(a, 5)
        mode = flush_denormals()
        while first < end:
            count = min(chunk, end - first)
            place = 0
            for _ in range(steps):
                kernel, operands = program[place], program[place + 1]
                place += 2
                arguments[0] = count
                for k in range(operands):
                    arguments[k + 1] = program[place] + first * program[place + 1]
                    place += 2
                call_address(kernel, arguments)
            first += chunk
        restore_mode(mode)

    return body
