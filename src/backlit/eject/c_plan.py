"""Where each array of a C program stands in its arena: room is used again once nobody needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass
class UseOfRoom:
    """An array that is in use from one step to another, both included."""

    size: int
    first: int
    last: int

    def meets(self, other: UseOfRoom) -> bool:
        """Whether both are in use at some step."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class ArenaPlan:
    """Where arrays stand.

    Attributes:
        offsets: the first place of each.
        size: of the whole arena.
    """

    offsets: Mapping[str, int]
    size: int


class Lifetimes:
    """Collects which array is used in which step."""

    def __init__(self) -> None:
        self.found: dict[str, UseOfRoom] = {}

    def use(self, name: str, size: int, step: int) -> None:
        """An array is written or read in a step."""
        known = self.found.setdefault(name, UseOfRoom(size, step, step))
        known.first, known.last = min(known.first, step), max(known.last, step)
        known.size = max(known.size, size)

    def plan(self, alignment: int) -> ArenaPlan:
        """Large arrays first, each at the lowest place that is free for as long as it lives."""
        placed: list[tuple[UseOfRoom, int]] = []
        offsets: dict[str, int] = {}
        for name, life in sorted(self.found.items(), key=lambda item: -item[1].size):
            taken = sorted((at, other.size) for other, at in placed if life.meets(other))
            offset = _lowest(taken, life.size, alignment)
            offsets[name] = offset
            placed.append((life, offset))
        ordered = {name: offsets[name] for name in self.found}
        return ArenaPlan(ordered, max((at + each.size for each, at in placed), default=0))


def _lowest(taken: Iterable[tuple[int, int]], size: int, alignment: int) -> int:
    """The lowest place for so many numbers beside those that are taken."""
    offset = 0
    for at, length in taken:
        if offset + size <= at:
            break
        offset = max(offset, -(-(at + length) // alignment) * alignment)
    return offset
