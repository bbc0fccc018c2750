"""Which kernels a layer is made of: a file for each family, which enters its rules by itself."""

from __future__ import annotations

from . import activation, batch_norm, convolution, dense, dropout, merging, pooling, prelu, shaping
from .ends import begin, error, loss
from .optimizer import update

__all__ = [
    "activation",
    "batch_norm",
    "begin",
    "convolution",
    "dense",
    "dropout",
    "error",
    "loss",
    "merging",
    "pooling",
    "prelu",
    "shaping",
    "update",
]
