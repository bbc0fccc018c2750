"""The loops of an equation that says where each product goes.

::

    for o in range(O):
        for i in range(OH):
            for j in range(OW):
                for u in range(kH):
                    for v in range(kW):
                        h, w = 2 * i + u - 1, 2 * j + v - 1
                        if 0 <= h < IH and 0 <= w < IW:
                            dX[n][c][h][w] += dY[n][o][i][j] * W[o][c][u][v]

The array on the left-hand side is given, and holds zeros.  Given too are the indices that stand
there alone, here n and c: nothing that the loops compute depends on another value of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..expressions import descendants
from ..indices import Letter, letter_of
from ..tensors import Reference
from .checks import ComputedPlace, steps
from .places import identifier, place
from .values import ADDED, Values

if TYPE_CHECKING:
    from ..equation import Equation, Written

INDENT = "    "


def scatter_program(equation: Equation) -> str:
    """Python that goes through all products and puts each where it belongs.

    Args:
        equation: one that :attr:`~.Equation.scatters`.
    """
    written = equation.written
    assert written is not None
    places = [
        ComputedPlace(identifier(axis.symbol), where, axis.size)
        for where, axis in zip(written.left.indices or (), _axes(written), strict=True)
        if where.letter is None
    ]
    values = Values({each.expression: each.name for each in places})
    loops = [f"for {identifier(each.symbol)} in range({_count(each)}):" for each in _run(written)]
    finish = f"{values.read(written.left)} {written.relation} {values.text(written.right, ADDED)}"
    lines, depth = [], 0
    for line in (*loops, *steps(places, written.leaves), finish):
        lines.append(INDENT * depth + line)
        depth += line.endswith(":")
    return "\n".join(lines)


def _axes(written: Written) -> list[Letter]:
    return [letter_of(axis) for axis in written.left.tensor.axes or ()]


def _run(written: Written) -> Iterator[Letter]:
    """The indices that are read and not given, in the order of reading."""
    indices = written.left.indices or ()
    places = zip(indices, _axes(written), strict=True)
    seen = {axis for where, axis in places if where.letter == axis}
    for read in descendants(written.right):
        if isinstance(read, Reference):
            for where in read.indices or ():
                for letter in where.letters():
                    if letter.kind == "index" and letter not in seen:
                        seen.add(letter)
                        yield letter


def _count(letter: Letter) -> str:
    assert letter.size is not None
    return place(letter.size)
