"""An optimizer's update of a row of weights: everything about a weight is read and written once.

The rule comes as lines of source, made of its equations by :mod:`backlit.engines.fast.plan.update`.
New numbers are written beside the old ones, so that a step can still be thrown away; and so is a
vector that is 0 if all of them are finite, and NaN in some lane if not.

Units are runs of :data:`.sizes.RUN` numbers.
"""

from __future__ import annotations

import re
from typing import Any

from backlit.engines.fast.simd.intrinsics import intrinsics

from .nest import Nest
from .sizes import RUN

_WORD = re.compile(r"\w+")


def update(
    lanes: int,
    assignments: tuple[tuple[str, str], ...],
    descent: str,
    kept: tuple[str, ...],
    numbers: int,
) -> Any:
    """Arguments: W, dW, new W, not finite, numbers, then what is kept and its new row, one by one.

    Args:
        lanes: of the vectors.
        assignments: (letter, value) of everything that is computed before the new weight.  The
            values may use W, dW, the letters so far, and c0, c1, … for the numbers.
        descent: what is subtracted from W.
        kept: the letters that are read from rows, and written to new ones.
        numbers: how many numbers there are.
    """
    simd = intrinsics(lanes)
    rows = range(len(kept))
    nest = Nest(
        "update",
        load=simd.load,
        store=simd.store,
        zero=simd.zero,
        sqrt=simd.sqrt,
        maximum=simd.maximum,
    )
    nest.arrays("weights, gradients, new_weights")
    nest.write(
        "given = floats(a, 5)",
        *(f"c{k} = given[{k}]" for k in range(numbers)),
        *(f"old{k}, new{k} = floats(a, {6 + 2 * k}), floats(a, {7 + 2 * k})" for k in rows),
        "not_finite = zero()",
    )
    with nest.loop("i", 0, f"a[0] * {RUN}", lanes):
        nest.write("W, dW = load(weights, i), load(gradients, i)")
        waiting = dict(zip(kept, rows, strict=True))
        for letter, value in assignments:
            # Loaded where it is used first: the order of instructions decides which products become
            # part of a fused operation, and so the last bits.
            for used in [each for each in waiting if each in _WORD.findall(value)]:
                nest.write(f"{used} = load(old{waiting.pop(used)}, i)")
            waiting.pop(letter, None)
            nest.write(f"{letter} = {value}")
        nest.write(
            f"W = W - {descent}",
            "store(new_weights, i, W)",
            "not_finite = not_finite + (W - W)",
        )
        for k in rows:
            nest.write(
                f"store(new{k}, i, {kept[k]})",
                f"not_finite = not_finite + ({kept[k]} - {kept[k]})",
            )
    nest.write("store(floats(a, 4), 0, not_finite)")
    return nest.function()
