"""How Numba compiles kernels and the functions in them."""

from __future__ import annotations

from typing import Any

# Products and sums may be fused; nothing else may be changed, so that NaN and infinities arrive.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "fastmath": {"contract"}}
