"""A barrier: threads wait for each other between two stages of a plan, without going to sleep.

Waking a thread takes about fifty microseconds, as long as a stage of a small network.  So a thread
looks at the counter again and again for about so long, and only then lets the caller put it to
sleep.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.atomics import add_one, pause, read
from backlit.engines.fast.simd.intrinsics import longs


def wait() -> Any:
    """Arguments: counter, its goal, how often to look, whether to count this thread, passed or not.

    The fourth and the fifth are written to: a thread is counted once, however often it calls.
    """

    def body(a: Any) -> None:
        counter = longs(a, 1)
        if a[4]:
            a[4] = 0
            add_one(counter)
        looks, passed = a[3], 0
        while looks > 0 and passed == 0:
            if read(counter) >= a[2]:
                passed = 1
            else:
                pause()
            looks -= 1
        a[5] = passed

    return body
