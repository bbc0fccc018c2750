"""How many numbers this processor computes with at once."""

from __future__ import annotations

import os
import platform
from functools import cache

from backlit.errors import ConfigurationError

WIDTHS = (4, 8, 16)
VARIABLE = "BACKLIT_LANES"


def lanes() -> int:
    """16 with AVX-512, 8 with AVX2 and FMA, else 4 (NEON, SSE); ``BACKLIT_LANES`` overrides.

    Every width runs on every processor: where its registers are shorter, one vector takes several.

    Raises:
        ConfigurationError: the variable is set to something else than 4, 8 or 16.
    """
    asked = os.environ.get(VARIABLE)
    if not asked:
        return _of_this_processor()
    if asked not in map(str, WIDTHS):
        raise ConfigurationError(f"{VARIABLE} must be 4, 8 or 16, got {asked!r}")
    return int(asked)


@cache
def _of_this_processor() -> int:
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    if features.get("avx512f"):
        return 16
    return 8 if features.get("avx2") and features.get("fma") else 4


def processor() -> str:
    """The kind of processor that kernels are compiled for, such as ``"sapphirerapids"``."""
    from llvmlite import binding

    name: str = binding.get_host_cpu_name()
    return name


def registers(lanes: int) -> int:
    """How many vectors of so many lanes the processor can hold at once, at least.

    AVX-512 has 32 registers of every width, AVX2 and SSE have 16, NEON has 32.
    """
    if lanes == 16 or platform.machine().lower() in {"aarch64", "arm64"}:
        return 32
    return 32 if _of_this_processor() == 16 else 16


def enough(lanes: int, count: int) -> int:
    """The narrowest vectors, none wider than ``lanes``, of which one holds ``count`` numbers.

    A processor does two operations on half a vector in the time of one on a whole one, or nearly.
    """
    return next((width for width in WIDTHS if count <= width <= lanes), lanes)
