"""How fast a training goes on that somebody looks at: a pause from step to step, which can be cut.

Hundreds of steps of a small network pass in a second, which is too fast to look on.
"""

from __future__ import annotations

import math
import reprlib
import threading
import time
from typing import Any

from backlit.errors import InputError
from backlit.system.numbers import is_number

SLOWEST = 5.0  # seconds from step to step


def checked_pace(given: Any) -> float:
    """A pace that somebody asked for.

    Raises:
        InputError: it is no number of seconds, or none that anybody would wait for.
    """
    if not is_number(given) or not 0 <= given <= SLOWEST:  # which NaN is not, either
        raise InputError(
            f"the pace must be a number of seconds from 0 to {SLOWEST:g}, got {reprlib.repr(given)}"
        )
    return float(given)


class Pacer:
    """Tells a thread when its next step is due, and when there is to be none.

    Args:
        pace: the least number of seconds from the beginning of a step to that of the next.
    """

    def __init__(self, pace: float) -> None:
        self._pace, self._ended = pace, False
        self._changed = threading.Condition()

    @property
    def ended(self) -> bool:
        """Whether :meth:`end` was called."""
        return self._ended

    def change(self, pace: float) -> None:
        """Go on at another pace, which holds for a wait that has begun, too."""
        with self._changed:
            self._pace = pace
            self._changed.notify_all()

    def end(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait(self, since: float = -math.inf) -> bool:
        """Wait for the next step; True once it is due, False as soon as there is to be none.

        Args:
            since: when the last step began, by :func:`time.monotonic`.
        """
        with self._changed:
            while not self._ended:
                left = since + self._pace - time.monotonic()
                if left <= 0:
                    return True
                self._changed.wait(left)
            return False
