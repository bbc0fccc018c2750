"""The error of a convolution's input by Winograd's transforms, transposed; see :mod:`.winograd`.

    dX = Σ_tiles B·[ Σ_o (A·dY·Aᵀ) ⊙ (G·W·Gᵀ) ]·Bᵀ        6×6 inputs for each 4×4 tile of dY

The 6×6 tiles overlap by two rows and columns, where they are added up.  The other way, a
convolution of dY with the filters turned by 180°, cuts dX into tiles and not dY.  Without padding
dX is two rows and columns larger, which may be many more tiles: 4 instead of 1 from 4×4 to 6×6.
"""

from __future__ import annotations

from typing import Any

from backlit.engines.fast.simd.intrinsics import intrinsics
from backlit.engines.fast.simd.winograd_transform import Matrix
from backlit.pure.window import Axis

from .nest import Nest, Steps
from .sizes import plane
from .winograd import (
    BT,
    PRODUCTS,
    TILE,
    A,
    gather,
    onto_map,
    products,
    transformed,
)

B: Matrix = tuple(zip(*BT, strict=True))


def input_gradient(
    lanes: int,
    inputs: int,
    outputs: int,
    source: Steps,
    target: Steps,
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    begin: str,
    block: int,
    height: int,
    width: int,
) -> Any:
    """Arguments: dY, U, nothing, dX, scratch (:func:`.sizes.winograd_scratch`).

    Args:
        lanes: of the vectors.
        inputs: filters, which are summed over.
        outputs: channels.
        source: the :data:`Steps` of dY.
        target: the same of dX.
        rows: an :class:`backlit.pure.window.Axis` of three taps without padding before, as numbers.
        columns: one along the columns.
        begin: "zero", or "add" to what is in dX.
        block: tiles that are done at a time, a multiple of the height.
        height: tiles in a register tile of the products.
        width: vectors of channels in it.
    """
    down, across = Axis(*rows), Axis(*columns)
    out_stride = -(-outputs // lanes) * lanes
    behind_v = PRODUCTS * plane(lanes, inputs, block)
    behind_m = behind_v + PRODUCTS * plane(lanes, outputs, block)
    nest = Nest(
        "winograd_input_gradient",
        store=intrinsics(lanes).store,
        zero=intrinsics(lanes).zero,
        gather=gather(lanes, inputs, TILE, A, source, block),
        products=products(lanes, inputs, outputs, block, height, width),
        onto_map=onto_map(B, lanes, target, outputs, "add", None, block),
    )
    nest.arrays("dy, u, b, dx, v")
    nest.write(f"m, zeros = {behind_v}, {behind_m}", "store(v, zeros, zero())")
    if begin == "zero":
        with nest.loop("i", 0, f"a[0] * {target[0]}", lanes):
            nest.write("store(dx, i, zero())")
    size = down.output, across.output
    return transformed(
        nest,
        size,
        block,
        f"gather(dy, n, i, j, {down.output}, {across.output}, v, t, 0, zeros)",
        f"onto_map(v, m + t * {out_stride}, b, dx, n, i, j, {down.size} - i, {across.size} - j)",
    )
