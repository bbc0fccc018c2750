"""The memory of a plan's tensors: one piece, of which a part is shared and each thread has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arena import ALIGNMENT, Block, Packing, extent, together
from .layouts import SLACK
from .lifetimes import Lifetime, lifetimes
from .parts import Place, Plan, PlanTensor

_PAGE = 4096
_KINDS = {1: np.uint8, 4: np.float32, 8: np.int64}


def images_at_a_time(chunk: int, images: int, threads: int) -> int:
    """How many images a thread takes through a phase at a time: ``chunk``, or all that it has."""
    return max(1, min(chunk, -(-images // threads)))


class Memory:
    """Room for the tensors of a plan.

    What is in it when a run begins is what an earlier one has left, in any tensor.

    Args:
        plan: whose tensors.
        threads: how many have tensors of their own.
        chunk: images that a thread takes through a phase at a time.
        capacity: images of a batch, at most.
        packing: gives tensors their places.

    Attributes:
        room: all of it, as bytes.
        bytes: how many these are.
        bytes_apart: how many they would be if no tensors shared a place.
    """

    def __init__(
        self, plan: Plan, threads: int, chunk: int, capacity: int, packing: Packing = together
    ) -> None:
        self._lifetimes = {each.tensor.name: each for each in lifetimes(plan)}
        self._images = {True: capacity, False: chunk}
        shared = self._blocks(own=False)
        own = self._blocks(own=True)
        self._offsets = packing(shared) | packing(own)
        self._own_begin = _pages(extent(shared, self._offsets))
        self._own_size = _pages(extent(own, self._offsets))
        self.bytes = self._own_begin + threads * self._own_size
        self.bytes_apart = _pages(_sum(shared)) + threads * _pages(_sum(own))
        room = np.zeros(self.bytes + _PAGE, np.uint8)
        begin = -room.__array_interface__["data"][0] % _PAGE
        self.room = room[begin : begin + self.bytes]
        self._address: int = self.room.__array_interface__["data"][0]

    def address(self, tensor: PlanTensor, thread: int) -> int:
        """Where a tensor lies, or the one of a thread."""
        return self._address + self._place(self._lifetimes[tensor.name], thread)

    def array(self, name: str, thread: int = 0) -> NDArray[Any]:
        """A tensor as a row of numbers."""
        lifetime = self._lifetimes[name]
        place, count = self._place(lifetime, thread), self._count(lifetime)
        numbers = self.room[place : place + count * lifetime.tensor.itemsize]
        return numbers.view(_KINDS[lifetime.tensor.itemsize])

    def _place(self, lifetime: Lifetime, thread: int) -> int:
        begin = self._own_begin + thread * self._own_size if lifetime.own else 0
        return begin + self._offsets[lifetime.tensor.name]

    def _count(self, lifetime: Lifetime) -> int:
        """How many numbers."""
        tensor = lifetime.tensor
        return tensor.size * (self._images[lifetime.whole] if tensor.place is Place.IMAGES else 1)

    def _blocks(self, own: bool) -> list[Block]:
        """What shared tensors need, or those that a thread has of its own."""
        chosen = [each for each in self._lifetimes.values() if each.own is own]
        sizes = [(self._count(each) + SLACK) * each.tensor.itemsize for each in chosen]
        return [
            Block(each.tensor.name, _filled_up(size, ALIGNMENT), each.first, each.last)
            for each, size in zip(chosen, sizes, strict=True)
        ]


def _sum(blocks: Sequence[Block]) -> int:
    return sum(block.size for block in blocks)


def _pages(size: int) -> int:
    return _filled_up(size, _PAGE)


def _filled_up(size: int, unit: int) -> int:
    """``size``, or the next multiple of ``unit``."""
    return -(-size // unit) * unit
