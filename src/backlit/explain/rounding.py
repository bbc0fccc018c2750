"""How large the numbers are that a result was rounded among.

The error of a sum is in proportion to its terms, not to its total.  The same holds inside a term:
1 − tanh²X far out is a small number made of two large ones, and so is the logarithm
of a probability close to 1.  These sizes are added to those of the terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import numpy as np

from backlit.layers import Layer
from backlit.network.engine import Array

from .address import Address
from .explanation import Part, magnitude
from .recorded import RecordedPass


def function_scale(layer: Layer) -> float | None:
    """How large the numbers are that a function of one number, or its slope, is made of.

    None of them is larger than this scale times 1 + |X|.  None where a layer is no such function.
    """
    if layer.family != "activation":
        return None
    return 1.0 + abs(float(getattr(layer, "alpha", 0)))


def rounded_size(recorded: RecordedPass, address: Address, parts: tuple[Part, ...]) -> float:
    """Σ|terms|, and the sizes of what cancels inside them."""
    products = sum(magnitude(term) for part in parts for term in part.terms)
    return products + sum(_inside(recorded, address, part) for part in parts)


def _inside(recorded: RecordedPass, address: Address, part: Part) -> float:
    if address.is_result:
        # e^Z and ln Σ e^Z: an error of eps·|Z| in the exponent is one of that share in the result.
        return 1 + 2 * float(np.abs(recorded.recording.logits).max())
    if part.layer not in recorded.graph:
        return 0.0
    work = recorded.work(part.layer)
    layer, tensors = work.node.layer, work.tensors
    scale = function_scale(layer)
    if scale is not None:
        error = 1.0 if address.quantity == "output" else abs(float(tensors["dY"][address.index]))
        return error * scale * (1 + abs(float(tensors["X"][address.index])))
    if layer.family == "normalization":
        return _inside_batch_norm(address, tensors, getattr(layer, "eps", 0.0))
    return 0.0


def _inside_batch_norm(address: Address, tensors: Mapping[str, Array], eps: float) -> float:
    """X − μ, divided by the root, wherever it is a factor."""
    c = address.index[0] if address.is_parameter else address.index[1]
    root = sqrt(float(tensors["σ²"][c]) + eps)
    if address.is_parameter:
        sizes = np.abs(tensors["X"][:, c]) + abs(tensors["μ"][c])
        return float((np.abs(tensors["dY"][:, c]) * sizes).sum()) / root
    normalized = (abs(float(tensors["X"][address.index])) + abs(float(tensors["μ"][c]))) / root
    scale = abs(float(tensors["γ"][c]))
    if address.quantity == "output":
        return scale * normalized
    count = tensors["X"].size / tensors["X"].shape[1]
    return float(scale / root / count * normalized * abs(float(tensors["dγ"][c])))
