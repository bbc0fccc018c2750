"""Weights from their public order into the order in which the convolution reads them.

    packed[g][block of filters][u][v][c][filter in the block]

so that a tile finds its vectors of weights one after the other.  Filters are filled up with zeros
to whole vectors.  For the input gradient, the roles of filters and channels are exchanged, and the
taps come in the order of the index, which is the reverse.

One kernel serves all shapes, which it is told with each call (:class:`.sizes.WeightPacking`).  With
constants in their place it packs a third faster (measured: 64 filters of 64 channels, 3 by 3, in 13
instead of 17 µs), which is less than a hundredth of what a training step takes; but a kernel for
each shape was a sixth of what the compiler had to do.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import floats


def pack() -> Any:
    """Arguments: W (O, C/G, kH, kW), packed weights, numbers of a :class:`.sizes.WeightPacking`.

    Done once for all weights, not for units.
    """

    def body(a):
        w, packed = floats(a, 1), floats(a, 2)
        groups, inputs, outputs, filled, block = a[3], a[4], a[5], a[6], a[7]
        begin, rows, row_step, columns, column_step = a[8], a[9], a[10], a[11], a[12]
        out_step, in_step = a[13], a[14]
        k = 0
        for g in range(groups):
            for o in range(0, filled, block):
                wide = min(block, filled - o)
                some = max(0, min(wide, outputs - o))
                for u in range(rows):
                    for v in range(columns):
                        at = g * inputs * outputs * a[15] + begin + o * out_step
                        at += u * row_step + v * column_step
                        for c in range(inputs):
                            for f in range(some):
                                packed[k + f] = w[at + c * in_step + f * out_step]
                            for f in range(some, wide):
                                packed[k + f] = 0.0
                            k += wide

    return body
