"""Vectors of one width in every run of the tests; those of the others with ``-m widths``.

What a kernel computes is the same in all of them, and each takes a compilation of its own.
"""

import pytest

from backlit.engines.fast.simd.lanes import WIDTHS

EVERY_WIDTH = [n if n == 8 else pytest.param(n, marks=pytest.mark.widths) for n in WIDTHS]
