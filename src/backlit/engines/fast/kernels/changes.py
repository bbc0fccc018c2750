"""Numbers from outside that may have changed since they were last looked at."""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import integers, longs


def note_changes() -> Any:
    """Arguments: float32 numbers, what they were last time, a flag, how many numbers there are.

    If any differ, the flag becomes 1 and what they are now is kept.  Bits are compared, so that 0
    and −0 differ and a NaN is equal to itself.
    """

    def body(a):
        now, before, flag, count = integers(a, 1), integers(a, 2), longs(a, 3), a[4]
        differences = 0
        for k in range(count):
            differences |= now[k] ^ before[k]
        if differences != 0:
            flag[0] = 1
            for k in range(count):
                before[k] = now[k]

    return body
