"""Places for blocks of memory, of which those that are never needed at once may overlap.

Large blocks first, each in the first gap that it fits between those that have their place and are
needed at the same time.  That is "greedy by size" of Y. Pisarchyk, J. Lee, "Efficient memory
management for deep neural net inference", 2020, who take the smallest gap.  For the networks that
are timed that saves no more; either way some per cent are lost to what is needed at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ALIGNMENT = 64  # bytes: a line of the cache, and the longest vector


@dataclass(frozen=True)
class Block:
    """Memory that is needed for some time.

    Attributes:
        name: whose.
        size: bytes, a multiple of the alignment.
        first: when it is first needed.
        last: when it is last needed.
    """

    name: str
    size: int
    first: int
    last: int

    def meets(self, other: Block) -> bool:
        """Whether both are needed at some time."""
        return self.first <= other.last and other.first <= self.last


Packing = Callable[[Sequence[Block]], dict[str, int]]  # gives each name the offset of its block


def together(blocks: Sequence[Block]) -> dict[str, int]:
    """Offsets that make blocks overlap where they may."""
    placed: list[tuple[int, Block]] = []  # in the order of their offsets
    for block in sorted(blocks, key=lambda each: (-each.size, each.first, each.name)):
        offset = _gap(block.size, [each for each in placed if each[1].meets(block)])
        placed.append((offset, block))
        placed.sort(key=lambda each: each[0])
    return {block.name: offset for offset, block in placed}


def apart(blocks: Sequence[Block]) -> dict[str, int]:
    """Offsets that make no block overlap with another."""
    offsets, end = {}, 0
    for block in blocks:
        offsets[block.name] = end
        end += block.size
    return offsets


def extent(blocks: Sequence[Block], offsets: dict[str, int]) -> int:
    """The bytes from 0 to behind the last block."""
    return max((offsets[block.name] + block.size for block in blocks), default=0)


def _gap(size: int, taken: list[tuple[int, Block]]) -> int:
    """Where the first gap between taken places begins that has so many bytes, or their end."""
    end = 0
    for offset, block in taken:
        if offset - end >= size:
            break
        end = max(end, offset + block.size)
    return end
