"""The passes that pages have looked at last, so that a click does not run them again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from backlit.explain import Trace

LARGEST = 256_000_000  # bytes of all that is kept; the pass that was looked at last is kept anyway


@dataclass(frozen=True)
class Pass:
    """A recorded pass, and the edits that led to it, as a page is told of them."""

    trace: Trace
    edits: tuple[dict[str, Any], ...] = ()


class RecentPasses:
    """Passes by all that they depend on; those that nobody asked for the longest go first.

    Args:
        largest: how many bytes their arrays may have together.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest, self._total = largest, 0
        self._kept: OrderedDict[Hashable, tuple[Pass, int]] = OrderedDict()

    def get(self, key: Hashable) -> Pass | None:
        """A pass; None if it is not known any more."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def add(self, key: Hashable, made: Pass) -> None:
        """Keep a pass, and let go of others that there is no room for."""
        if key in self._kept:
            return
        size = sum(each.nbytes for each in _arrays(made.trace))
        self._kept[key] = made, size
        self._total += size
        while self._total > self._largest and len(self._kept) > 1:
            _, (_, size) = self._kept.popitem(last=False)
            self._total -= size

    def __len__(self) -> int:
        return len(self._kept)


def _arrays(trace: Trace) -> Iterator[Any]:
    recording = trace.recording
    yield recording.images
    for some in (recording.activations, recording.errors, recording.gradients):
        yield from some.values()
    for some in recording.auxiliary.values():
        yield from some.values()
    yield from trace.snapshot.parameters.values()
