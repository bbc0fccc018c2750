"""What the child of a fork finds: of all threads only the one that forked has come along.

Whatever another thread was in the middle of stays in the middle, and a lock that it held is held
for ever.  So a child gets new locks; where that is not enough, the fork waits.
"""

from __future__ import annotations

import os
import threading
from typing import Protocol
from weakref import WeakSet


class Renewable(Protocol):
    """Something with locks or threads."""

    def renew(self) -> None:
        """Make it usable in a child that has just been forked."""
        ...


_RENEWED: WeakSet[Renewable] = WeakSet()


def renew_in_children(thing: Renewable) -> None:
    """Have every child that is forked from now on renew a thing, as long as that exists."""
    _RENEWED.add(thing)


def make_forks_wait_for(lock: threading.RLock) -> None:
    """Fork only while no other thread holds a lock: for what cannot be renewed."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
        )


def _renew() -> None:
    for thing in list(_RENEWED):
        thing.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
