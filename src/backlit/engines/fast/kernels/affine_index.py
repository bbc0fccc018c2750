"""Which inputs feed which output of a convolution along one axis: an affine index, as numbers.

Output position ``start + step·t`` (t = 0 … positions − 1) is fed by ``taps`` input positions

    pace·t + first + gap·k        k = 0 … taps − 1, those inside 0 … size − 1

That describes the forward convolution, with pace s, first −p and gap d.  It also describes its
input gradient, if the input positions are dealt out by their remainder modulo the stride: those
with the same remainder are fed by the same taps, one output position further for each.  So one
kernel serves both, and no zero is ever inserted or multiplied.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple

from backlit.pure.window import Axis


class AffineIndex(NamedTuple):
    """One axis of a convolution; tap k uses the weight in position ``weight + weight_step·k``."""

    positions: int
    start: int
    step: int
    pace: int
    first: int
    gap: int
    taps: int
    size: int
    weight: int
    weight_step: int

    def valid(self, t: int) -> tuple[int, int]:
        """The taps of position t that lie inside the input, from the first to behind the last."""
        at = self.pace * t + self.first
        begin = max(0, -(at // self.gap))
        end = min(self.taps, -((at - self.size) // self.gap))
        return begin, max(begin, end)

    @property
    def clipped(self) -> bool:
        """Whether any position has a tap outside the input."""
        ends = (0, self.positions - 1)
        return self.positions > 0 and any(self.valid(t) != (0, self.taps) for t in ends)


def forward_index(axis: Axis) -> AffineIndex:
    """The forward convolution along an axis."""
    return AffineIndex(
        positions=axis.output,
        start=0,
        step=1,
        pace=axis.stride,
        first=-axis.before,
        gap=axis.dilation,
        taps=axis.kernel,
        size=axis.size,
        weight=0,
        weight_step=1,
    )


def input_gradient_indices(axis: Axis) -> list[AffineIndex]:
    """The input gradient along an axis: one index for each remainder modulo the stride.

    Input position h meets output position (h + p − u·d)/s, where that is a whole number.
    """
    common = gcd(axis.stride, axis.dilation)
    every = axis.stride // common  # the distance of the taps u that fit one remainder
    indices = []
    for remainder in range(min(axis.stride, axis.size)):
        distance = remainder + axis.before
        fitting = [
            u for u in range(axis.kernel) if (distance - u * axis.dilation) % axis.stride == 0
        ]
        last = fitting[-1] if fitting else 0
        indices.append(
            AffineIndex(
                positions=-(-(axis.size - remainder) // axis.stride),
                start=remainder,
                step=axis.stride,
                pace=1,
                first=(distance - last * axis.dilation) // axis.stride,
                gap=axis.dilation // common,
                taps=len(fitting),
                size=axis.output,
                weight=last,
                weight_step=-every,
            )
        )
    return indices
