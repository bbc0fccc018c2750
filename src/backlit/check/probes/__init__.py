"""What is tried: small whole numbers without symmetry, under many options, and what is right.

A mistake in a stride shows only where there is one, a mistake in `=` only where windows overlap, a
mistake with images only where there are several.  So each operation has a row of probes, the
plainest first; what is right comes from the book.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from backlit.check.vocabulary import ACTIVATIONS

from .activations import activation_kind, activations
from .convolution import CONVOLUTION, convolutions
from .dense import DENSE, REGRESSION, dense_layers, regressions
from .losses import SOFTMAX, SOFTMAX_LOSS, scores
from .normalization import NORMALIZATION, normalizations
from .numbers import mapped
from .pooling import AVERAGE_POOL, GLOBAL_POOL, MAX_POOL, global_pools, pools
from .probe import FEATURES, Kind, Limits, Probe, Rows, Windows, words_by
from .windows import pair_of

__all__ = [
    "FEATURES",
    "KINDS",
    "Kind",
    "Limits",
    "Probe",
    "Windows",
    "first_probe",
    "pair_of",
    "probes_of",
    "square_probe",
    "with_errors_of_one",
    "without_bias",
    "words_by",
]

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        CONVOLUTION,
        MAX_POOL,
        AVERAGE_POOL,
        GLOBAL_POOL,
        DENSE,
        NORMALIZATION,
        SOFTMAX_LOSS,
        SOFTMAX,
        REGRESSION,
        *(activation_kind(name) for name in ACTIVATIONS),
    )
}
_ROWS: dict[str, Rows] = {
    "conv2d": convolutions,
    "max_pool2d": pools(MAX_POOL),
    "avg_pool2d": pools(AVERAGE_POOL),
    "global_avg_pool2d": global_pools,
    "dense": dense_layers,
    "batch_norm2d": normalizations,
    "softmax_cross_entropy": scores(SOFTMAX_LOSS),
    "softmax": scores(SOFTMAX),
    "softmax_regression": regressions,
    **{name: activations(KINDS[name]) for name in ACTIVATIONS},
}


@lru_cache(maxsize=256)
def without_bias(probe: Probe) -> Probe:
    """The same with a bias of 0, for code that has none."""
    tensors = {**probe.tensors, "b": [0] * len(probe.tensors["b"])}
    return replace(probe, tensors=tensors)


@lru_cache(maxsize=256)
def with_errors_of_one(probe: Probe) -> Probe:
    """The same with errors of 1, for code that gives the slope alone."""
    tensors = {**probe.tensors, "dy": mapped(probe.tensors["dy"], lambda error: 1)}
    return replace(probe, tensors=tensors)


@lru_cache(maxsize=256)
def probes_of(operation: str, limits: Limits) -> Sequence[Probe]:
    """All probes of an operation within these limits."""
    return tuple(_ROWS[operation](limits))


@lru_cache(maxsize=256)
def square_probe(operation: str, limits: Limits) -> Probe | None:
    """The plainest with a square image with which a wrong layout gives wrong numbers, if any.

    It might not where axes have a length of 1, or where numbers are equal.
    """
    several = {"n": "images", "c": "channels", "o": "filters"}
    for probe in _ROWS[operation](limits):
        wanted = {several[axis] for axis in set(several) & set(probe.sizes) - limits.single}
        if not {"oblong", "ties", "negative"} & probe.features and wanted <= probe.features:
            return probe
    return None


@lru_cache(maxsize=256)
def first_probe(operation: str, limits: Limits) -> Probe:
    """The plainest of the probes."""
    return next(_ROWS[operation](limits))
